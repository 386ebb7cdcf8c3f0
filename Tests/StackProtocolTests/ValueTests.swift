import FoundationEssentials
import StackProtocol
import Testing

@Suite struct ValueTests {
  /// What people write after `--since` and what scripts write must both be read.
  @Test(arguments: [
    ("2026-11-18T09:46:40Z", "2026-11-18T09:46:40.000Z"),
    ("2026-11-18T09:46:40.250Z", "2026-11-18T09:46:40.250Z"),
    ("2026-11-18T11:46:40+02:00", "2026-11-18T09:46:40.000Z"),
  ])
  func timesAreReadAndShownInUTC(text: String, shown: String) {
    #expect(Timestamp(text)?.description == shown)
  }

  /// What is no time is refused, not read as another one.
  @Test(arguments: ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-18"])
  func otherTextIsNoTime(text: String) {
    #expect(Timestamp(text) == nil)
  }

  /// Plots need the fraction of a short time, nobody that of a long one.
  @Test(arguments: [
    (Duration.microseconds(1), "0"), (.microseconds(14_236), "14.24"), (.milliseconds(14), "14"),
    (.microseconds(9_999_990), "9999.99"), (.microseconds(10_000_600), "10001"),
    (.seconds(86_400 * 365), "31536000000"),
  ])
  func durationsAreNumbers(duration: Duration, json: String) throws {
    let data = try JSONEncoder().encode([Milliseconds(duration)])
    #expect(String(decoding: data, as: UTF8.self) == "[\(json)]")
    #expect(try JSONDecoder().decode([Milliseconds].self, from: data).count == 1)
  }

  /// A broken number must not end the program that reads it.
  @Test func anImpossibleDurationIsRefused() {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Milliseconds].self, from: Data("[1e300]".utf8))
    }
  }

  /// `db query` shows a value as the JSON type that a script expects, and loses no digit.
  @Test(
    arguments: [
      ("t", 16, "true"), ("f", 16, "false"), ("x", 16, #""x""#),
      ("9223372036854775807", 20, "9223372036854775807"), ("-3", 23, "-3"), ("1.5", 701, "1.5"),
      ("1e+20", 701, "1e+20"), ("NaN", 701, #""NaN""#), ("-Infinity", 701, #""-Infinity""#),
      ("NaN", 1700, #""NaN""#), ("12.30", 1700, "12.30"), ("100.00", 1700, "100.00"),
      ("12345678901234567890.123456789", 1700, "12345678901234567890.123456789"),
      (#"{"b":1, "a":1.10}"#, 114, #"{"b":1, "a":1.10}"#),
      (#"{"a": [1, null]}"#, 3802, #"{"a": [1, null]}"#), ("5", 25, #""5""#),
      ("a\"b\\\n\u{1}é", 25, #""a\"b\\\n\u0001é""#),
      ("2026-01-01", 1082, #""2026-01-01""#), ("{1,2}", 1007, #""{1,2}""#),
    ] as [(String, UInt32, String)])
  func valuesHaveTheirJSONType(text: String, typeOID: UInt32, json: String) throws {
    #expect(JSONValue.json(postgresText: text, typeOID: typeOID) == json)
    _ = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
  }

  /// The server's own texts reach scripts and tables, whatever an encoder would make of them.
  @Test func queriesKeepTheServersText() throws {
    let result = QueryResult(
      columns: ["p", "j"], types: [1700, 114],
      texts: [["12.30", #"{"b":1,"a":1.10}"#], [nil, nil]],
      command: "SELECT 2", took: Milliseconds(.milliseconds(2)))
    let sent = try JSONDecoder().decode(QueryResult.self, from: JSONEncoder().encode(result))
    #expect(sent == result)
    #expect(
      sent.json(isPretty: false)
        == #"{"columns":["p","j"],"command":"SELECT 2","count":2,"#
        + #""rows":[{"j":{"b":1,"a":1.10},"p":12.30},{"j":null,"p":null}],"took_ms":2}"#)
    #expect(
      QueryResult(columns: ["n"], types: [23], texts: [["1"]]).json(isPretty: true) == """
        {
          "columns":["n"],
          "count":1,
          "rows":[
            {"n":1}
          ]
        }
        """)
    #expect(sent.rows[0]["p"]?.cellText == "12.30")
  }

  /// `status -o env` renames by the Supabase CLI's dotted names and by the printed ones.
  @Test func namesCanBeOverridden() {
    let status = StackStatus(
      project: "p", stack: "s", state: .running, urls: ["API_URL": "u", "DB_URL": "d"],
      keys: ["ANON_KEY": "k"])
    let names = status.environment(overriding: ["api.url": "NEXT_URL", "ANON_KEY": "A"])
    #expect(names.map { "\($0.name)=\($0.value)" } == ["A=k", "DB_URL=d", "NEXT_URL=u"])
  }

  /// Two requests with one name would be one command for the supervisor.
  @Test func requestsHaveTheirOwnNames() {
    let names = [
      StatusRequest.name, AddressesRequest.name, StartRequest.name, StopRequest.name,
      RestartRequest.name,
      LogsRequest.name, ResetRequest.name, UndoRequest.name, QueryRequest.name,
      SnapshotSaveRequest.name, SnapshotRestoreRequest.name, SnapshotListRequest.name,
      SnapshotRemoveRequest.name, MigrationListRequest.name, MigrationUpRequest.name,
      MigrationRepairRequest.name, SeedRequest.name, SeedGenerateRequest.name,
      StackListRequest.name,
    ]
    #expect(Set(names).count == names.count)
  }
}
