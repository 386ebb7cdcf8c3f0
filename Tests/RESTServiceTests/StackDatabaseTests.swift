import HTTPService
import PostgresClient
import REST
import RESTRequests
import TestCluster
import Testing

@testable import RESTService

/// What the service knows of a database, and when it learns of changes.
@Suite struct StackDatabaseTests {
  /// The request that comes right after a change sees it: nobody has to try again.
  @Test func whatWasMadeIsThereForTheNextRequest() async throws {
    try await ServiceFixture.with("create table a (id int)") { service in
      #expect(await service.send("GET /b").status == 404)
      for number in 0..<5 {
        let name = "t\(number)"
        try await service.execute(
          "create table api.\(name) (id int); notify pgrst, 'reload schema'")
        #expect(await service.send("GET /\(name)").body == "[]")
        try await service.execute(
          "alter table api.\(name) add more text; notify pgrst, 'reload schema'")
        let made = await service.send(
          "POST /\(name)?select=more", headers: [("prefer", "return=representation")],
          body: #"{"id":1,"more":"x"}"#)
        #expect(made.body == #"[{"more":"x"}]"#)
        try await service.execute(
          """
          create function api.f\(number)() returns int language sql stable as 'select \(number)';
          notify pgrst, 'reload schema'
          """)
        #expect(await service.send("GET /rpc/f\(number)").body == "\(number)")
        try await service.execute(
          "alter table api.\(name) rename more to less; notify pgrst, 'reload schema'")
        #expect(await service.send("GET /\(name)?select=*").body == #"[{"id":1,"less":"x"}]"#)
        #expect(await service.send("GET /\(name)?select=more").status == 400)
      }
    }
  }

  @Test func settingsOfTheRoleCountForItsDatabase() async throws {
    try await ServiceFixture.with("create table a (id int); insert into a values (1), (2), (3)") {
      service in
      let all = await service.send("GET /a")
      #expect(all["Content-Range"] == "0-2/*")
      let database = try service.registry.database("main", generation: nil)
      let before = try await database.loaded()
      try await service.execute(
        """
        alter role rest_authenticator in database \(service.parameters.database)
          set pgrst.db_max_rows = 2;
        notify pgrst, 'reload config';
        """)
      #expect(await database.newer(than: before) != nil)
      #expect(await service.send("GET /a")["Content-Range"] == "0-1/*")
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

  /// A database that is not there is said at once.
  @Test func aMissingDatabaseIsSaid() async throws {
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
      #expect(missing["Retry-After"] == "1")
      #expect(missing.body.contains("PGRST002"))
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
