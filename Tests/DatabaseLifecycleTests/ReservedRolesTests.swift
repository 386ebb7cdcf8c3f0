import SQLScript
import Testing

@testable import DatabaseLifecycle

@Suite struct ReservedRolesTests {
  /// A migration that would break the platform's roles fails here as it does when it is pushed.
  @Test func refusesWhatThePlatformRefuses() throws {
    let tests = #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
    let table = String(
      decoding: try readFile("\(tests)/Corpora/platform/reserved-roles.tsv"), as: UTF8.self)
    let rows = table.split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(rows.count > 70)
    for row in rows where row.count == 3 {
      let statement = try #require(Script(row[0]).statements.first)
      let expected = row[1] == "ok" ? nil : row[2]
      #expect(ReservedRoles.refusal(of: statement) == expected, "\(row[0])")
    }
  }
}
