import FoundationEssentials
import PostgresClient
import SchemaCatalog
import TestCluster
import Testing

@testable import TypeGeneration

/// Schemas of Tests/Corpora/types with what is generated for them, line by line.
///
/// `HOMEBASE_RECORD=1` writes the files anew; the difference is then read by a person.
@Suite struct TypeSnapshotTests {
  static let folder =
    #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Corpora/types"

  static let names = ["tables", "views", "types", "functions", "relationships", "names"]

  private func metadata(of script: String) async throws -> TypeMetadata {
    let cluster = try await TemporaryCluster.shared()
    return try await cluster.withDatabase { name in
      try await cluster.withConnection(to: name) { connection in
        _ = try await connection.execute(script)
        return try await TypeMetadata.read(from: connection, schemas: ["public"]).metadata
      }
    }
  }

  private func text(_ file: String) -> String? {
    FileManager.default.contents(atPath: "\(Self.folder)/\(file)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private func expect(_ generated: String, equals file: String) throws {
    if ProcessInfo.processInfo.environment["HOMEBASE_RECORD"] != nil {
      try Data(generated.utf8).write(to: URL(filePath: "\(Self.folder)/\(file)"))
    }
    let expected = try #require(text(file), "\(file)")
    if generated == expected { return }
    let lines = generated.split(separator: "\n", omittingEmptySubsequences: false)
    let others = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let place = zip(lines, others).enumerated().first { $0.element.0 != $0.element.1 }
    Issue.record(
      """
      \(file):\((place?.offset ?? min(lines.count, others.count)) + 1)
      generated: \(place?.element.0 ?? "ends")
      expected:  \(place?.element.1 ?? "ends")
      """)
  }

  /// The peer's TypeScript is the contract of every supabase-js app.
  @Test(arguments: names) func typeScriptIsAsRecorded(name: String) async throws {
    let metadata = try await metadata(of: try #require(text("\(name).sql")))
    try expect(TypeScriptGenerator.generate(metadata), equals: "\(name).2026-08.ts")
    try expect(
      TypeScriptGenerator.generate(metadata, .init(compatibility: .latest)),
      equals: "\(name).latest.ts")
  }

  /// The order of names must not be that of their creation.
  @Test func orderDoesNotDependOnTheDatabase() async throws {
    let metadata = try await metadata(of: try #require(text("functions.sql")))
    var turned = metadata
    turned.tables.reverse()
    turned.columns.reverse()
    turned.functions.reverse()
    turned.types.reverse()
    turned.relationships.reverse()
    #expect(TypeScriptGenerator.generate(turned) == TypeScriptGenerator.generate(metadata))
  }
}
