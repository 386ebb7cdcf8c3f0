import Diagnostics
import FoundationEssentials
import StackProtocol
import Testing

/// Scripts rely on these keys: each row is a promise of the command line's contract.
@Suite struct DocumentTests {
  let at = Timestamp(Date(timeIntervalSince1970: 1_795_000_000.25))

  @Test func status() throws {
    let status = StackStatus(
      project: "sasarjan", stack: "local", state: .running,
      supervisor: .init(
        pid: 7, version: "0.1.0", uptime: Milliseconds(.seconds(61)), residentBytes: 9_000_000),
      services: [
        ServiceStatus(
          name: "postgres", state: .backoff, pid: 8, restarts: 1,
          uptime: Milliseconds(.milliseconds(5)), residentBytes: 3,
          lastExit: .init(signal: "KILL", at: at, log: ["bye"]))
      ],
      spares: .init(ready: 1, wanted: 2), migrations: .init(applied: 15, pending: ["a.sql"]),
      urls: ["API_URL": "http://127.0.0.1:54321"], keys: ["ANON_KEY": "k"],
      took: Milliseconds(.microseconds(14_234)))
    try expect(
      status,
      #"{"keys":{"ANON_KEY":"k"},"migrations":{"applied":15,"pending":["a.sql"]},"#
        + #""project":"sasarjan","services":[{"last_exit":{"at":"2026-11-18T11:06:40.250Z","#
        + #""log":["bye"],"signal":"KILL"},"name":"postgres","pid":8,"restarts":1,"rss_bytes":3,"#
        + #""state":"backoff","uptime_ms":5}],"spares":{"ready":1,"wanted":2},"stack":"local","#
        + #""state":"running","supervisor":{"pid":7,"rss_bytes":9000000,"uptime_ms":61000,"#
        + #""version":"0.1.0"},"took_ms":14.23,"urls":{"API_URL":"http://127.0.0.1:54321"}}"#)
  }

  /// A stopped stack has the arrays and objects too, so that a script needs no special case.
  @Test func statusWhenStopped() throws {
    try expect(
      StackStatus(project: "p", stack: "local", state: .stopped),
      #"{"keys":{},"project":"p","services":[],"stack":"local","state":"stopped","urls":{}}"#)
  }

  @Test func reset() throws {
    try expect(
      ResetReport(
        took: Milliseconds(.milliseconds(14)), source: .spare, replayed: ["s/seed.sql"],
        snapshot: "reset-1"),
      #"{"replayed":["s/seed.sql"],"snapshot":"reset-1","source":"spare","took_ms":14}"#)
  }

  @Test func snapshots() throws {
    try expect(
      SnapshotList(snapshots: [
        Snapshot(name: "before", createdAt: at, sizeInBytes: 11, reason: "manual")
      ]),
      #"{"snapshots":[{"created_at":"2026-11-18T11:06:40.250Z","name":"before","#
        + #""reason":"manual","size_bytes":11}]}"#)
  }

  @Test func migrations() throws {
    try expect(
      MigrationList(migrations: [
        MigrationEntry(
          version: "1", name: "a", file: "migrations/1_a.sql", isLocal: true, isApplied: false,
          content: .changed)
      ]),
      #"{"migrations":[{"applied":false,"content":"changed","file":"migrations/1_a.sql","#
        + #""local":true,"name":"a","version":"1"}]}"#)
  }

  @Test func doctor() throws {
    try expect(
      DoctorReport(checks: [.init(name: "n", isOK: false, detail: "d", fix: "f")]),
      #"{"checks":[{"detail":"d","fix":"f","name":"n","ok":false}]}"#)
  }

  @Test func stacks() throws {
    try expect(
      StackList(stacks: [
        StackSummary(
          name: "s", state: .running, createdAt: at, expiresAt: at, ownerPID: 4,
          databaseURL: "d", apiURL: "a")
      ]),
      #"{"stacks":[{"API_URL":"a","DB_URL":"d","created_at":"2026-11-18T11:06:40.250Z","#
        + #""expires_at":"2026-11-18T11:06:40.250Z","name":"s","owner_pid":4,"#
        + #""state":"running"}]}"#)
  }

  @Test func query() throws {
    let result = QueryResult(
      columns: ["id", "id", "id_2"], values: [[.integer(1), .null, .string("x")]])
    #expect(result.columns == ["id", "id_3", "id_2"])
    try expect(
      result,
      #"{"columns":["id","id_3","id_2"],"count":1,"rows":[{"id":1,"id_2":"x","id_3":null}]}"#)
    #expect(QueryResult(columns: [], values: [], affectedRows: 5).count == 5)
  }

  /// A word or a member of a newer supervisor must not break an older command.
  @Test func whatIsNewIsPassedOver() throws {
    let text = #"""
      {"project":"p","stack":"s","state":"hibernating","services":[{"name":"x","state":"warming",
      "restarts":0,"mood":"good"}],"urls":{},"keys":{},"new":{"a":[1]}}
      """#
    let status = try JSONDecoder().decode(StackStatus.self, from: Data(text.utf8))
    #expect(status.state.description == "hibernating")
    #expect(status.services.first?.state == "warming")
  }

  /// A seed beyond 2^63 must come back as it was, or the same rows cannot be made again.
  @Test func seedsKeepAllTheirBits() throws {
    let report = SeedGenerateReport(took: Milliseconds(.zero), seed: .max, tables: [])
    #expect(try JSONDecoder().decode(SeedGenerateReport.self, from: encode(report)) == report)
  }

  private func expect<Document: Codable & Equatable>(
    _ document: Document, _ json: String, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let data = try encode(document)
    #expect(String(decoding: data, as: UTF8.self) == json, sourceLocation: sourceLocation)
    let back = try JSONDecoder().decode(Document.self, from: data)
    #expect(try encode(back) == data, sourceLocation: sourceLocation)
  }

  private func encode(_ document: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(document)
  }
}
