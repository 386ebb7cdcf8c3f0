import PostgresClient
import TestCluster
import Testing

@Suite struct StatementTests {
  /// The one thing everything else is made of.
  @Test func queryGivesRowsColumnsAndTag() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      let result = try await connection.query(
        "select $1::int + 1 as sum, $2::text as word, null as nothing", ["41", "höhe"])
      #expect(result.rows == [["42", "höhe", nil]])
      #expect(result.columns.map(\.name) == ["sum", "word", "nothing"])
      #expect(result.columns.map(\.typeOID) == [23, 25, 25])
      #expect(result.command == "SELECT 1")
      #expect(result.affectedRows == 1)
      #expect(result.firstValue == "42")
      #expect(result[column: "word"] == ["höhe"])
    }
  }

  /// A seed file may be empty, a migration may be all comment.
  @Test func emptyStatementsGiveEmptyResults() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      #expect(try await connection.query("") == PostgresResult())
      #expect(try await connection.query(" -- nothing") == PostgresResult())
      #expect(try await connection.execute("") == [PostgresResult()])
      #expect(try await connection.pipeline([]) == [])
      #expect(
        try await connection.pipeline([PostgresStatement(""), PostgresStatement("select 1")])
          .map(\.firstValue) == [nil, "1"])
      #expect(try await connection.query("select where false").rows == [])
    }
  }

  /// A C string would end at the NUL, and half a value would be stored.
  @Test func nulByteIsRefusedBeforeItIsSent() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      for attempt in 0..<4 {
        let error = await #expect(throws: PostgresError.self) {
          switch attempt {
          case 0: _ = try await connection.query("select 'a\0b'")
          case 1: _ = try await connection.query("select $1::text", ["a\0b"])
          case 2: _ = try await connection.execute("select 1;\0")
          default:
            _ = try await connection.pipeline([.init("select 1"), .init("select $1::text", ["\0"])])
          }
        }
        #expect(error?.sqlstate == "22021")
      }
      #expect(try await connection.query("select 1").firstValue == "1")
    }
  }

  /// Scripts are how migrations with their own BEGIN run: all results, in order.
  @Test func scriptGivesOneResultAStatement() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      let results = try await connection.execute(
        "create temp table s (n int); insert into s values (1), (2); select n from s order by n;")
      #expect(results.map(\.command) == ["CREATE TABLE", "INSERT 0 2", "SELECT 2"])
      #expect(results.map(\.affectedRows) == [nil, 2, 2])
      #expect(results.last?.rows == [["1"], ["2"]])
    }
  }

  /// A script without BEGIN is one transaction: nothing of a broken one may stay.
  @Test func brokenScriptLeavesNothing() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await connection.execute("create temp table s (n int)")
      let error = await #expect(throws: PostgresError.self) {
        try await connection.execute(
          "insert into s values (1); select 1/0; insert into s values (2)")
      }
      guard case .server(let server, let index) = error else { return }
      #expect(server.sqlstate == "22012" && index == 1)
      #expect(try await connection.query("select count(*) from s").firstValue == "0")
      #expect(!connection.isInTransaction)
    }
  }

  /// REST lives on this: a transaction in one round trip, without begin and commit.
  @Test func pipelineIsOneTransaction() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      let results = try await connection.pipeline([
        .init("select set_config('app.user', $1, true)", ["anna"]),
        .init("select current_setting('app.user')"),
        .init("select txid_current_if_assigned() is null"),
      ])
      #expect(results.map(\.firstValue) == ["anna", "anna", "t"])
      // Local settings are gone with the sync.
      #expect(
        try await connection.query("select current_setting('app.user', true)").firstValue == "")
      #expect(!connection.isInTransaction)
    }
  }

  /// An error in the middle undoes what came before, skips what comes after, and says which it was.
  @Test func errorInAPipelineUndoesAllOfIt() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await connection.execute("create temp table p (n int unique)")
      for failing in 0..<5 {
        let statements = (0..<5).map { number in
          PostgresStatement("insert into p values ($1)", [number == failing ? "x" : "\(number)"])
        }
        let error = await #expect(throws: PostgresError.self) {
          try await connection.pipeline(statements)
        }
        guard case .server(let server, let index) = error else {
          Issue.record("not a server error")
          return
        }
        #expect(server.sqlstate == "22P02" && index == failing)
        #expect(!connection.isInTransaction)
        #expect(try await connection.query("select count(*) from p").firstValue == "0")
      }
    }
  }

  /// Statements that refuse a transaction block run when they are alone.
  @Test func vacuumRunsAlone() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await connection.execute("create temp table v (n int)")
      #expect(try await connection.query("vacuum v").command == "VACUUM")
      let error = await #expect(throws: PostgresError.self) {
        try await connection.pipeline([.init("insert into v values (1)"), .init("vacuum v")])
      }
      #expect(error?.sqlstate == "25001")
    }
  }

  /// A pipeline larger than all buffers must not block both sides for ever.
  @Test func hugePipelineDoesNotDeadlock() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      let text = String(repeating: "x", count: 100_000)
      let results = try await connection.pipeline(
        (0..<200).map { .init("select $1::text || \($0)", [text]) })
      #expect(results.count == 200)
      #expect(results.last?.firstValue == text + "199")
    }
  }

  /// A big result arrives whole.
  @Test func hugeResultArrivesWhole() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      let result = try await connection.query(
        "select n, repeat(chr(97 + n % 26), 100) from generate_series(1, 100000) n")
      #expect(result.rows.count == 100_000)
      #expect(result.rows.last == ["100000", String(repeating: "e", count: 100)])
      let large = try await connection.query("select repeat('é', 10000000)")
      #expect(large.firstValue?.utf8.count == 20_000_000)
    }
  }

  /// Two calls at once share a connection by waiting, never by mixing their bytes.
  @Test func concurrentCallsWaitForEachOther() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<100 {
          group.addTask {
            switch number % 3 {
            case 0:
              return try await connection.query("select $1::int", ["\(number)"]).firstValue
                == "\(number)"
            case 1:
              return try await connection.execute("select \(number)").first?.firstValue
                == "\(number)"
            default:
              return try await connection.pipeline([.init("select 0"), .init("select \(number)")])
                .last?.firstValue == "\(number)"
            }
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
    }
  }

  /// A function that talks is debugged by its notices: all, in order, before the call returns.
  @Test func noticesComeBeforeTheResult() async throws {
    let notices = Recorder<PostgresNotice>()
    try await TemporaryCluster.shared().withConnection(onNotice: notices.append) {
      connection async throws in
      try await connection.query(
        """
        do $$ begin
          for n in 1..50 loop raise notice 'step %', n; end loop;
          raise warning 'careful' using hint = 'look', detail = 'there', errcode = '01042';
        end $$
        """)
      #expect(notices.all.count == 51)
      #expect(notices.all.first?.message == "step 1" && notices.all.first?.severity == "NOTICE")
      let last = notices.all.last
      #expect(last?.severity == "WARNING" && last?.sqlstate == "01042")
      #expect(last?.hint == "look" && last?.detail == "there" && last?.message == "careful")
    }
  }

  /// A handler may use the connection's properties: it is called outside of every lock.
  @Test func noticeHandlerMayAskTheConnection() async throws {
    let connection = Recorder<PostgresConnection>()
    let answers = Recorder<Bool>()
    try await TemporaryCluster.shared().withConnection(
      onNotice: { _ in answers.append(connection.all.first?.isClosed ?? true) },
      { current async throws in
        connection.append(current)
        try await current.query("do $$ begin raise notice 'hi'; end $$")
      })
    #expect(answers.all == [false])
  }

  /// COPY through the wrong door must cost an error, not the connection.
  @Test func copyThroughQueryIsRefused() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await connection.execute("create temp table c (n int)")
      for sql in ["copy c from stdin", "copy (select generate_series(1, 100000)) to stdout"] {
        let queried = await #expect(throws: PostgresError.self) { try await connection.query(sql) }
        let executed = await #expect(throws: PostgresError.self) {
          try await connection.execute(sql)
        }
        for error in [queried, executed] {
          guard case .protocolViolation = error else {
            Issue.record("\(String(describing: error))")
            continue
          }
        }
      }
      #expect(try await connection.query("select count(*) from c").firstValue == "0")
    }
  }

  /// More parameters than the protocol can count: an error before anything is sent.
  @Test func tooManyParametersAreRefused() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      let values = [String?](repeating: "1", count: 65_536)
      await #expect(throws: PostgresError.self) { try await connection.query("select 1", values) }
      await #expect(throws: PostgresError.self) {
        try await connection.pipeline([.init("select 1"), .init("select 1", values)])
      }
      #expect(try await connection.query("select 1").firstValue == "1")
    }
  }

  /// A SQL_ASCII database may hold anything: an error first, and readable for who insists.
  @Test func bytesThatAreNotUTF8AreRepaired() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withDatabase(encoding: "SQL_ASCII") { name async throws in
      try await cluster.withConnection(to: name) { connection async throws in
        let sql = "select 'a' || chr(255) || 'b'"
        let error = await #expect(throws: PostgresError.self) { try await connection.query(sql) }
        #expect(error?.sqlstate == "22021")
        try await connection.execute("set client_encoding = SQL_ASCII")
        #expect(try await connection.query(sql).firstValue == "a\u{FFFD}b")
        var bytes: [UInt8] = []
        for try await piece in connection.copyOut("copy (select chr(255)) to stdout") {
          bytes += piece
        }
        #expect(bytes == [0xFF, 0x0A])
      }
    }
  }

  /// Parameters of every size: on the stack, on the heap, empty, null.
  @Test func parametersArriveAsTheyAre() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("parametersArriveAsTheyAre: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    try await TemporaryCluster.shared().withConnection { connection async throws in
      for _ in 0..<60 {
        let values: [String?] = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: nil
          case 1: ""
          default: generator.nastyText(longest: 2_000)
          }
        }
        let columns = values.indices.map { "$\($0 + 1)::text" }.joined(separator: ", ")
        let row = try await connection.query("select \(columns)", values).rows.first
        #expect(row?.map { $0.map { Array($0.utf8) } } == values.map { $0.map { Array($0.utf8) } })
      }
    }
  }
}

@Suite struct PreparedStatementTests {
  /// A statement that comes again is parsed once.
  @Test func repeatedStatementsArePrepared() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      for number in 0..<10 {
        #expect(
          try await connection.query("select $1::int * 2", ["\(number)"]).firstValue
            == "\(number * 2)")
      }
      for _ in 0..<5 {
        #expect(
          try await connection.pipeline([.init("select 'a'"), .init("select 'b'")])
            .map(\.firstValue) == ["a", "b"])
      }
      let prepared = try await connection.execute("select statement from pg_prepared_statements")
      #expect(
        Set(prepared.first?[column: "statement"] ?? [])
          == ["select $1::int * 2", "select 'a'", "select 'b'"])
    }
  }

  /// A migration changes a table under a warm pool: the next request must not fail.
  @Test func changedTableDoesNotShow() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await connection.execute("create temp table t (a int); insert into t values (1)")
      for _ in 0..<4 { try await connection.query("select * from t") }
      try await connection.execute("alter table t add b text default 'new'")
      #expect(try await connection.query("select * from t").rows == [["1", "new"]])

      for _ in 0..<4 { try await connection.pipeline([.init("select * from t")]) }
      try await connection.execute("alter table t drop b")
      #expect(
        try await connection.pipeline([.init("select 1"), .init("select * from t")])
          .map(\.firstValue) == ["1", "1"])
    }
  }

  /// Others' poolers send DISCARD ALL; so may a user's script.
  @Test(arguments: [
    "discard all", "deallocate all", "do $$ begin execute 'deallocate all'; end $$",
  ])
  func forgottenStatementsComeBack(script: String) async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      for _ in 0..<4 { try await connection.query("select 7") }
      try await connection.execute(script)
      for _ in 0..<6 { #expect(try await connection.query("select 7").firstValue == "7") }
    }
  }

  /// In a transaction an error could not be hidden, so nothing prepared is used there.
  @Test func transactionsUseNothingPrepared() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      for _ in 0..<4 { try await connection.query("select 8") }
      try await connection.execute("begin")
      #expect(connection.isInTransaction)
      try await connection.execute("deallocate all")
      #expect(try await connection.query("select 8").firstValue == "8")
      try await connection.execute("commit")
    }
  }

  /// A server must not fill up with statements of long-lived connections.
  @Test func serverForgetsWhatWeForget() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      for number in 0..<300 {
        for _ in 0..<3 { try await connection.query("select \(number)") }
      }
      let count = try await connection.execute("select count(*) from pg_prepared_statements")
      #expect(Int(count.first?.firstValue ?? "") ?? .max <= 140)
    }
  }

  /// An error in a statement that is prepared is the statement's own.
  @Test func errorsOfPreparedStatementsAreTheirOwn() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      for _ in 0..<5 {
        let error = await #expect(throws: PostgresError.self) {
          try await connection.query("select 1 / $1::int", ["0"])
        }
        #expect(error?.sqlstate == "22012")
        let wrong = await #expect(throws: PostgresError.self) {
          try await connection.query("select nothing_here")
        }
        #expect(wrong?.sqlstate == "42703")
      }
      #expect(try await connection.query("select 1 / $1::int", ["1"]).firstValue == "1")
    }
  }
}
