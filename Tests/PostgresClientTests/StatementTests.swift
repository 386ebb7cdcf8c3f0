import PostgresClient
import TestCluster
import Testing

@Suite struct StatementTests {
  /// The one thing everything else is made of.
  @Test func queryGivesRowsColumnsAndTag() async throws {
    try await TemporaryCluster.shared().withConnection { connection in
      let result = try await connection.query(
        "select $1::int + 1 as sum, $2::text as word, null as nothing", ["41", "höhe"])
      #expect(result.rows == [["42", "höhe", nil]])
      #expect(result.columns.map(\.name) == ["sum", "word", "nothing"])
      #expect(result.columns.map(\.typeOID) == [23, 25, 25])
      #expect(result.command == "SELECT 1")
      #expect(result.affectedRows == 1)
      #expect(result.firstValue == "42")
    }
  }
}
