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
      (nil, 25, "null"), ("t", 16, "true"), ("f", 16, "false"), ("x", 16, #""x""#),
      ("9223372036854775807", 20, "9223372036854775807"), ("-3", 23, "-3"), ("1.5", 701, "1.5"),
      ("NaN", 701, #""NaN""#), ("Infinity", 701, #""Infinity""#), ("NaN", 1700, #""NaN""#),
      ("12345678901234567890.123456789", 1700, "12345678901234567890.123456789"),
      ("10", 1700, "10"),
      (
        "1234567890123456789012345678901234567890", 1700,
        #""1234567890123456789012345678901234567890""#
      ),
      (#"{"a": [1, null]}"#, 3802, #"{"a":[1,null]}"#), ("{broken", 114, #""{broken""#),
      ("5", 25, #""5""#), ("2026-01-01", 1082, #""2026-01-01""#), ("{1,2}", 1007, #""{1,2}""#),
    ] as [(String?, UInt32, String)])
  func valuesHaveTheirJSONType(text: String?, typeOID: UInt32, json: String) throws {
    let value = JSONValue(postgresText: text, typeOID: typeOID)
    let data = try JSONEncoder().encode([value])
    #expect(String(decoding: data, as: UTF8.self) == "[\(json)]")
    #expect(try JSONDecoder().decode([JSONValue].self, from: data) == [value])
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
      StatusRequest.name, StartRequest.name, StopRequest.name, RestartRequest.name,
      LogsRequest.name, ResetRequest.name, UndoRequest.name, QueryRequest.name,
      SnapshotSaveRequest.name, SnapshotRestoreRequest.name, SnapshotListRequest.name,
      SnapshotRemoveRequest.name, MigrationListRequest.name, MigrationUpRequest.name,
      MigrationRepairRequest.name, SeedRequest.name, SeedGenerateRequest.name,
      StackListRequest.name,
    ]
    #expect(Set(names).count == names.count)
  }
}
