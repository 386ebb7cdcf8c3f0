import FoundationEssentials
import SchemaCatalog
import Testing

@testable import TypeGeneration

/// Schemas that nobody thought of; `SWIFT_SCHEMAS=1000 SWIFT_SEED=1` makes more of them.
@Suite struct SwiftRandomTests {
  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap(UInt64.init)
  }

  private static let seed = number("SWIFT_SEED") ?? UInt64.random(in: 0..<1_000_000)
  private static let count = number("SWIFT_SCHEMAS") ?? 12
  /// So many schemas in one module, for one run of the compiler.
  private static let batch: UInt64 = 50

  /// Every output compiles, in every style.
  @Test func randomSchemasCompile() async throws {
    var start: UInt64 = 0
    while start < Self.count {
      let seeds = (start..<min(start + Self.batch, Self.count)).map { Self.seed + $0 }
      start += Self.batch
      let schemas = seeds.map { RandomMetadata.make(seed: $0, prefix: "s\($0)") }
      let structs = zip(seeds, schemas).map { seed, metadata in
        let options = SwiftOptions(
          access: SwiftAccess.allCases[Int(seed % 3)], hasAdditions: seed % 4 > 0,
          updatesCanSayNull: seed % 5 > 0)
        return SwiftGenerator.generate(metadata, options: options).text
      }
      let tables = schemas.map { metadata in
        SwiftCompiler.withoutMacros(
          SwiftGenerator.generate(metadata, options: SwiftOptions(style: .table)).text)
      }
      let again = "SWIFT_SEED=\(seeds[0]) SWIFT_SCHEMAS=\(seeds.count)"
      let first = try await SwiftCompiler.complaints(about: structs, clients: .supabase)
      #expect(first == "", "\(again): \(first)")
      let second = try await SwiftCompiler.complaints(about: tables, clients: .macros)
      #expect(second == "", "\(again): \(second)")
    }
  }

  /// A file under version control changes when the schema does, and at no other time.
  @Test func equalSchemasGiveEqualFiles() {
    for seed in Self.seed..<Self.seed + 50 {
      for style in SwiftStyle.allCases {
        let options = SwiftOptions(style: style)
        let one = SwiftGenerator.generate(RandomMetadata.make(seed: seed), options: options)
        var shuffled = RandomMetadata.make(seed: seed)
        var random = SeededGenerator(seed: seed)
        shuffled.schemas.shuffle(using: &random)
        shuffled.tables.shuffle(using: &random)
        shuffled.views.shuffle(using: &random)
        shuffled.types.shuffle(using: &random)
        shuffled.columns.shuffle(using: &random)
        shuffled.functions.shuffle(using: &random)
        let other = SwiftGenerator.generate(shuffled, options: options)
        #expect(one == other, "seed \(seed)")
      }
    }
  }
}
