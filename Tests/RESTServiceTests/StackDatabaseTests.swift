import HTTPService
import PostgresClient
import REST
import RESTRequests
import TestCluster
import Testing

@testable import RESTService

/// What the service knows of a database, and when it learns of changes.
@Suite struct StackDatabaseTests {
  /// Asks until an answer is as expected: a notification takes its time.
  private func ask(
    _ service: ServiceFixture, _ line: String, until isExpected: (Answer) -> Bool
  ) async -> Answer {
    var answer = await service.send(line)
    while !isExpected(answer), !Task.isCancelled {
      await Task.yield()
      answer = await service.send(line)
    }
    return answer
  }

  @Test(.timeLimit(.minutes(2))) func aNewTableIsThereOnceThatIsSaid() async throws {
    try await ServiceFixture.with("create table a (id int)") { service in
      let before = await service.send("GET /b")
      #expect(before.status == 404)
      #expect(before.body.contains("PGRST205"))
      try await service.execute(
        "create table api.b (id int); insert into api.b values (7); notify pgrst, 'reload schema'")
      let after = await ask(service, "GET /b") { $0.status != 404 }
      #expect(after.body == #"[{"id":7}]"#)
    }
  }

  @Test(.timeLimit(.minutes(2))) func settingsOfTheRoleCountForItsDatabase() async throws {
    try await ServiceFixture.with("create table a (id int); insert into a values (1), (2), (3)") {
      service in
      let all = await service.send("GET /a")
      #expect(all["Content-Range"] == "0-2/*")
      try await service.execute(
        """
        alter role rest_authenticator in database \(service.parameters.database)
          set pgrst.db_max_rows = 2;
        notify pgrst, 'reload config';
        """)
      let fewer = await ask(service, "GET /a") { $0["Content-Range"] != "0-2/*" }
      #expect(fewer["Content-Range"] == "0-1/*")
    }
  }

  /// The gateway says that a reset has put another database in the place.
  @Test func aHigherGenerationStartsAnew() async throws {
    try await ServiceFixture.with("create table a (id int)") { service in
      func send(_ generation: Int) async -> Answer {
        await service.send(
          "GET /a",
          headers: [
            ("x-homebase-stack", "main"), ("x-homebase-generation", String(generation)),
          ])
      }
      #expect(await send(1).body == "[]")
      let first = try service.registry.database("main", generation: 1)
      #expect(await send(1).body == "[]")
      #expect(try service.registry.database("main", generation: 1) === first)
      // The new database has another table of that name.
      try await service.execute("drop table api.a; create table api.a (other text)")
      try await service.execute("insert into api.a values ('new')")
      #expect(await send(2).body == #"[{"other":"new"}]"#)
      // A request that was on its way during the reset.
      let late = await send(1)
      #expect(late.status == 503)
      #expect(late["Retry-After"] == "1")
      // Nobody asks the old one any more.
      let old = try? await first.pool.withConnection { try await $0.query("select 1") }
      #expect(old == nil)
    }
  }

  /// A read that is planned once answers for everybody with what is theirs, and goes with the schema.
  @Test func readsThatComeAgainAreKept() async throws {
    try await ServiceFixture.with(
      """
      create table a (id int, owner text); insert into a values (1, 'rest_user'), (2, 'rest_slow');
      alter table a enable row level security;
      create policy own on a using (owner = current_user);
      """
    ) { service in
      let database = try service.registry.database("main", generation: nil)
      for _ in 0..<3 {
        #expect(await service.send("GET /a?select=id", as: "rest_user").body == #"[{"id":1}]"#)
        #expect(await service.send("GET /a?select=id", as: "rest_slow").body == #"[{"id":2}]"#)
        let csv = await service.send(
          "GET /a?select=id", as: "rest_slow", headers: [("accept", "text/csv")])
        #expect(csv.body == "id\n2")
      }
      #expect(try await database.loaded().reads.count == 2)
    }
  }

  /// However many there are, only so many are kept; one that comes once is not.
  @Test func keptReadsAreBounded() throws {
    var understood = HTTPRequest(method: "GET", path: "/a")
    let request = try [UInt8]().withUnsafeBufferPointer { nothing in
      try RESTRequest(
        method: "GET", path: "/a", query: "", headers: [], body: nothing,
        rules: .init(schemas: ["api"]))
    }
    var cache = SchemaCache(schemas: ["api"])
    cache.relations[QualifiedName("api", "a")] = .init(
      name: QualifiedName("api", "a"), isView: false, columns: [], primaryKey: [],
      isInsertable: true, isUpdatable: true, isDeletable: true, comment: nil)
    let read = PlannedReads.Read(
      request: request, statement: try RESTStatement(request, body: "", cache: cache))
    let reads = PlannedReads()
    func keep(_ number: Int) throws {
      understood.query = "id=eq.\(number)"
      reads.keep(read, as: try #require(PlannedReads.name(of: understood)))
    }
    try keep(0)
    #expect(reads.count == 0)
    try keep(0)
    #expect(reads.count == 1)
    for number in 0..<PlannedReads.capacity * 3 {
      try keep(number)
      try keep(number)
      #expect(reads.count <= PlannedReads.capacity)
    }
    understood.query = String(repeating: "x", count: 5000)
    #expect(PlannedReads.name(of: understood) == nil)
    understood = HTTPRequest(method: "POST", path: "/a")
    #expect(PlannedReads.name(of: understood) == nil)
  }

  @Test func unknownStacksAreNobodys() async throws {
    try await ServiceFixture.with("create table a (id int)") { service in
      let answer = await service.send("GET /a", headers: [("x-homebase-stack", "other")])
      #expect(answer.status == 503)
      #expect(answer.body.contains("there is no stack other"))
    }
  }

  /// Sessions that the server has ended are replaced; a read does not even notice.
  @Test func sessionsThatEndAreReplaced() async throws {
    try await ServiceFixture.with("create table a (id int)", pool: 2) { service in
      for _ in 0..<5 {
        #expect(await service.send("GET /a").status == 200)
        try await service.execute(
          """
          select pg_terminate_backend(pid, 5000) from pg_stat_activity
          where usename = 'rest_authenticator' and datname = current_database()
          """)
      }
      #expect(await service.send("GET /a").status == 200)
    }
  }

  /// A database that is not there is said at once, and found when it comes.
  @Test(.timeLimit(.minutes(2))) func aDatabaseMayComeLate() async throws {
    try await ServiceFixture.with("create table a (id int)") { service in
      var stack = RESTServiceConfiguration.Stack(
        id: "late",
        database: .init(
          host: service.parameters.host, port: service.parameters.port,
          name: service.parameters.database + "_late", user: service.parameters.user),
        schemas: ["public"])
      stack.anonymousRole = service.parameters.user
      await service.registry.take([stack])
      let missing = await service.send("GET /t")
      #expect(missing.status == 503)
      #expect(missing.body.contains("PGRST002"))
      try await service.execute("create database \(service.parameters.database)_late")
      var parameters = service.parameters
      parameters.database += "_late"
      let connection = try await PostgresConnection.connect(parameters)
      _ = try await connection.execute(
        "create table t (id int); insert into t values (1); notify pgrst")
      await connection.close()
      let found = await ask(service, "GET /t") { $0.status == 200 }
      #expect(found.body == #"[{"id":1}]"#)
      await service.registry.close()
      try await service.execute("drop database \(service.parameters.database)_late with (force)")
    }
  }

  @Test func timeZonesAreTheServers() async throws {
    try await ServiceFixture.with(
      "create function zone() returns text language sql stable as $$ select current_setting('timezone') $$"
    ) { service in
      let known = await service.send(
        "GET /rpc/zone", headers: [("prefer", "timezone=America/Los_Angeles")])
      #expect(known.body == #""America/Los_Angeles""#)
      #expect(known["Preference-Applied"] == "timezone=America/Los_Angeles")
      let unknown = await service.send("GET /rpc/zone", headers: [("prefer", "timezone=Nowhere")])
      #expect(unknown.status == 200)
      #expect(unknown["Preference-Applied"] == nil)
      let strict = await service.send(
        "GET /rpc/zone", headers: [("prefer", "handling=strict, timezone=Nowhere")])
      #expect(strict.status == 400)
      #expect(strict.body.contains("PGRST122"))
    }
  }
}
