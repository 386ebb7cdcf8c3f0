import PostgresClient
import TestCluster
import Testing

@testable import REST

/// What policies and functions know of a request.
@Suite struct SettingsTests {
  /// Everything is there inside the transaction, and nothing of it after.
  @Test func settingsLastAsLongAsTheTransaction() async throws {
    let fixtures = try await Fixtures.shared()
    var settings = RequestSettings(schema: "api", method: "GET", path: "/a\"b")
    settings.extraSchemas = ["public", "odd \"one"]
    settings.role = "pg_read_all_data"
    settings.claims = #"{"sub":"x'y"}"#
    settings.headers = [(name: "user-agent", value: "t\"e"), (name: "a", value: "1")]
    settings.cookies = [(name: "c", value: "2")]
    settings.timeZone = "Asia/Tokyo"
    settings.applicationSettings = [.init(name: "app.settings.key", value: "v")]
    let names = [
      "search_path", "role", "request.jwt.claims", "request.method", "request.path",
      "request.headers", "request.cookies", "timezone", "app.settings.key",
    ]
    let asked = PostgresStatement(
      "select current_setting(n, true) from unnest($1::text[]) n",
      ["{\(names.map { "\"\($0)\"" }.joined(separator: ","))}"])
    let connection = try await PostgresConnection.connect(fixtures.parameters)
    let results = try await connection.pipeline([settings.statement, asked])
    let after = try await connection.query("select current_setting('role')")
    await connection.close()
    #expect(
      results[1].rows.map { $0[0] } == [
        #""api", "public", "odd ""one""#, "pg_read_all_data", #"{"sub":"x'y"}"#, "GET", "/a\"b",
        #"{"a":"1","user-agent":"t\"e"}"#, #"{"c":"2"}"#, "Asia/Tokyo", "v",
      ])
    #expect(after.firstValue == "none")
  }

  /// A statement is prepared once for all requests of a shape.
  @Test func valuesAreNoPartOfTheText() {
    var one = RequestSettings(schema: "a", method: "GET", path: "/a")
    var other = RequestSettings(schema: "b'; drop", method: "POST", path: "/b")
    one.role = "anon"
    other.role = "x"
    #expect(one.statement.sql == other.statement.sql)
    #expect(one.statement.values != other.statement.values)
  }
}
