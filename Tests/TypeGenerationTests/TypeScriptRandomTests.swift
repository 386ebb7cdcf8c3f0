import FoundationEssentials
import Glibc
import ProcessSupervision
import SchemaCatalog
import Testing

@testable import TypeGeneration

/// Schemas that nobody thought of; `TYPESCRIPT_SCHEMAS=1000 TYPESCRIPT_SEED=1` makes more of them.
@Suite struct TypeScriptRandomTests {
  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap(UInt64.init)
  }

  private static let seed = number("TYPESCRIPT_SEED") ?? UInt64.random(in: 0..<1_000_000)
  private static let count = number("TYPESCRIPT_SCHEMAS") ?? 25
  /// So many files for one run of the compiler.
  private static let batch: UInt64 = 250

  private static let compiler: String? = {
    if let named = ProcessInfo.processInfo.environment["DENO"] { return named }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { "\($0)/deno" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }()

  private static let options = TypeScriptGenerator.Compatibility.allCases.map {
    TypeScriptGenerator.Options(compatibility: $0)
  }

  /// Every output compiles, where there is a compiler: `pip install deno` brings one.
  @Test(.enabled(if: compiler != nil)) func randomSchemasCompile() async throws {
    var start: UInt64 = 0
    while start < Self.count {
      let seeds = (start..<min(start + Self.batch, Self.count)).map { Self.seed + $0 }
      start += Self.batch
      var template = Array("/tmp/homebase-deno-XXXXXX".utf8CString)
      let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
      defer { try? FileManager.default.removeItem(atPath: folder) }
      var files: [String] = []
      for seed in seeds {
        let metadata = RandomMetadata.make(seed: seed)
        for options in Self.options {
          let file = "\(folder)/\(seed)-\(options.compatibility.rawValue).ts"
          let text = TypeScriptGenerator.generate(metadata, options)
          try text.write(toFile: file, atomically: false, encoding: .utf8)
          files.append(file)
        }
      }
      let result = try await runTool(
        [Self.compiler ?? "deno", "check", "--no-lock", "--quiet"] + files)
      #expect(
        result.status.isSuccess,
        "TYPESCRIPT_SEED=\(seeds[0]): \((result.output + result.errorOutput).suffix(2000))")
    }
  }

  /// A file under version control changes when the schema does, and at no other time.
  @Test func equalSchemasGiveEqualFiles() {
    for seed in Self.seed..<Self.seed + 100 {
      var metadata = RandomMetadata.make(seed: seed)
      // PostgreSQL has no two functions of one name with the same arguments.
      var signatures: Set<[String]> = []
      metadata.functions.removeAll {
        !signatures.insert([$0.schema, $0.name, $0.argumentTypes]).inserted
      }
      var shuffled = metadata
      var random = SeededGenerator(seed: seed)
      shuffled.schemas.shuffle(using: &random)
      shuffled.tables.shuffle(using: &random)
      shuffled.views.shuffle(using: &random)
      shuffled.columns.shuffle(using: &random)
      shuffled.functions.shuffle(using: &random)
      shuffled.relationships.shuffle(using: &random)
      for options in Self.options {
        #expect(
          TypeScriptGenerator.generate(metadata, options)
            == TypeScriptGenerator.generate(shuffled, options), "seed \(seed)")
      }
    }
  }
}
