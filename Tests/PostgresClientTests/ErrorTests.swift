import Diagnostics
import PostgresClient
import TestCluster
import Testing

@testable import PostgresClient

@Suite struct ErrorTests {
  /// Every field is somebody's only clue: drift, the caret below a line, REST's error body.
  @Test func serverErrorHasAllFields() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await connection.execute(
        "create temp table t (id int primary key, n int constraint positive check (n > 0))")
      let duplicate = await #expect(throws: PostgresError.self) {
        try await connection.execute("insert into t values (1, 1); insert into t values (1, 1)")
      }
      guard case .server(let error, let index) = duplicate else {
        Issue.record("not a server error: \(String(describing: duplicate))")
        return
      }
      #expect(index == 1)
      #expect(error.severity == "ERROR")
      #expect(error.sqlstate == "23505")
      #expect(error.detail == "Key (id)=(1) already exists.")
      #expect(error.table == "t" && error.constraint == "t_pkey")
      #expect(error.schema?.hasPrefix("pg_temp") == true)

      let syntax = await #expect(throws: PostgresError.self) {
        try await connection.execute("select 'ä'; selekt 1")
      }
      // Characters, not bytes: ä counts once.
      #expect(
        syntax
          == .server(
            ServerError(
              sqlstate: "42601", message: #"syntax error at or near "selekt""#, position: 13),
            statementIndex: nil))

      let inside = await #expect(throws: PostgresError.self) {
        try await connection.execute("do $$ begin execute 'select nope'; end $$")
      }
      guard case .server(let inner, _) = inside else { return }
      #expect(inner.internalQuery == "select nope" && inner.internalPosition == 8)
      #expect(inner.context?.contains("PL/pgSQL function") == true)

      let hinted = await #expect(throws: PostgresError.self) {
        try await connection.query(
          "do $$ begin raise 'no' using hint = 'do this', errcode = 'P0042'; end $$")
      }
      #expect(hinted?.sqlstate == "P0042")
      #expect(hinted?.diagnostic.hint == "do this")
    }
  }

  /// What a user may see, word for word.
  @Test(arguments: [
    (
      PostgresError.server(
        ServerError(sqlstate: "23505", message: "duplicate key", detail: "Key (id)=(1)."),
        statementIndex: 3),
      "duplicate key (23505): Key (id)=(1).", String?.none
    ),
    (
      .connectionFailed("no such file", sqlstate: nil),
      "no connection to PostgreSQL: no such file",
      "is it running? `homebase status` tells; `homebase start` starts it"
    ),
    (
      .connectionFailed("libpq.so.5 cannot be loaded: no such file", sqlstate: nil),
      "no connection to PostgreSQL: libpq.so.5 cannot be loaded: no such file",
      "install it: `apt-get install libpq5`"
    ),
    (
      .connectionFailed("FATAL: bad password", sqlstate: "28P01"),
      "no connection to PostgreSQL: FATAL: bad password",
      "check the role and its password (`db.password`)"
    ),
    (
      .connectionLost("terminated"), "the connection to PostgreSQL ended: terminated",
      "see `homebase logs` for what the server said, then try again"
    ),
    (.cancelled, "cancelled", nil),
  ])
  func diagnosticsSayWhatToDo(_ row: (error: PostgresError, message: String, hint: String?)) {
    #expect(row.error.diagnostic.message == row.message)
    #expect(row.error.diagnostic.hint == row.hint)
  }

  /// Only libpq's text tells a starting server from a wrong password; `start` waits for one.
  @Test func sqlstateIsFoundInTheText() {
    let text = """
      connection to server on socket "/run/x" failed: FATAL:  57P03: the database system is \
      starting up
      LOCATION:  ProcessStartupPacket, postmaster.c:2345

      """
    #expect(
      ConnectionFailure.error(from: text)
        == .connectionFailed(
          #"connection to server on socket "/run/x" failed: "#
            + "FATAL: the database system is starting up", sqlstate: "57P03"))
    #expect(ConnectionFailure.error(from: "") == .connectionFailed("unknown reason", sqlstate: nil))
    #expect(
      ConnectionFailure.error(from: "x:  ab:  12345:")
        == .connectionFailed("x:  ab:  12345:", sqlstate: nil))
  }

  /// Parameters end up in logs; the password must not.
  @Test func descriptionHidesThePassword() {
    let parameters = ConnectionParameters(
      host: "/run", port: 1, database: "d", user: "u", password: "geheim")
    var dumped = ""
    dump(parameters, to: &dumped)
    #expect(!dumped.contains("geheim"))
    #expect("\(parameters)" == "u@/run:1/d")
    #expect(!String(reflecting: parameters).contains("geheim"))
  }
}
