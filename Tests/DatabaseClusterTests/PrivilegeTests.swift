import Diagnostics
import PostgresClient
import Testing

@testable import DatabaseCluster

/// What each role may do, and what it is refused: `Tests/Corpora/platform/probes.tsv`.
@Suite struct PrivilegeTests {
  struct Probe: Sendable {
    var line: Int
    var role: String
    var sql: String
    /// nil: it works.
    var refusal: String?
  }

  static let database = "probes"

  static func probes() throws -> [Probe] {
    let lines = try PlatformCorpusTests.text("probes.tsv")
      .split(separator: "\n", omittingEmptySubsequences: false).enumerated().dropFirst()
    return try lines.compactMap { number, line in
      if line.isEmpty { return nil }
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      try #require(cells.count == 4, "probes.tsv:\(number + 1)")
      return Probe(
        line: number + 1, role: cells[0],
        sql: cells[1].replacing("{database}", with: quoteIdentifier(database)),
        refusal: cells[2] == "ok" ? nil : cells[2])
    }
  }

  /// The privileges are the platform: what a hosted project may do works, what it may not is
  /// refused with the same SQLSTATE, for migrations, requests and services alike.
  @Test func everyRoleMayWhatThePlatformLetsItAndNothingElse() async throws {
    let cluster = try await SharedServer.shared.cluster()
    let admin = try await PostgresConnection.connect(cluster.adminParameters())
    _ = try await admin.query(
      "create database \(Self.database) template \(PlatformSchema.templateDatabase)")
    _ = try await admin.execute(
      PlatformSchema.databaseSettings(
        database: Self.database, jwtSecret: "secret", jwtExpiry: 3600))
    await admin.close()
    let migrations = try await cluster.connect(Self.database, as: "postgres")
    _ = try await migrations.execute(try PlatformCorpusTests.text("probes-setup.sql"))
    await migrations.close()

    let probes = try Self.probes()
    #expect(probes.count >= 320)
    var sessions: [String: PostgresConnection] = [:]
    for probe in probes {
      // Taken as the services take them.
      let isRequest = ["anon", "authenticated", "service_role"].contains(probe.role)
      let takesOver = ["dashboard_user", "supabase_realtime_admin"].contains(probe.role)
      let login =
        isRequest ? "authenticator" : takesOver ? PlatformSchema.superuser : probe.role
      let key = takesOver ? probe.role : login
      let session: PostgresConnection
      if let open = sessions[key], !open.isClosed {
        session = open
      } else {
        session = try await cluster.connect(Self.database, as: login)
        sessions[key] = session
        if takesOver { _ = try await session.execute("set session authorization \(probe.role)") }
      }
      _ = try await session.execute("begin")
      if isRequest {
        _ = try await session.execute(
          """
          set local role \(probe.role);
          set local request.jwt.claims to '{"sub": "00000000-0000-0000-0000-000000000001"}';
          set local realtime.topic to 'room'
          """)
      }
      var sqlstate: String?
      var message = ""
      do {
        _ = try await session.execute(probe.sql)
      } catch {
        sqlstate = error.sqlstate ?? "?"
        message = error.diagnostic.message
      }
      _ = try await session.execute("rollback; reset role")
      #expect(
        sqlstate == probe.refusal,
        """
        probes.tsv:\(probe.line): \(probe.role): \(probe.sql)
          expected \(probe.refusal ?? "to work"), got \(sqlstate ?? "no error") \(message)
        """)
    }
    for session in sessions.values { await session.close() }
  }
}
