import PostgresClient
import RESTRequests
import TestCluster
import Testing

@testable import REST

/// Bodies that the database makes itself, by domains that are named like media types.
@Suite struct MediaHandlerTests {
  private static let script = """
    create schema api;
    set search_path = api;
    create domain "text/plain" as text;
    create domain "text/html" as text;
    create domain "image/png" as bytea;
    create domain "app/lines" as text;
    create domain "app/bound" as jsonb;
    create domain "*/*" as bytea;
    create table t (id int primary key, name text);
    insert into t values (1, 'a'), (2, 'b');
    create table u (id int primary key);
    insert into u values (1);
    create function page() returns "text/html" language sql stable
      as $$ select '<p>'::api."text/html" $$;
    create function picture() returns "image/png" language sql stable
      as $$ select '\\x0089ff'::bytea::api."image/png" $$;
    create function whatever() returns "*/*" language sql stable
      as $$ select 'any'::bytea::api."*/*" $$;
    create function plain() returns text language sql stable as $$ select 'x' $$;
    create function rows() returns setof t language sql stable as $$ select * from api.t $$;
    create function add_line("app/lines", anyelement) returns "app/lines" language sql
      as $$ select ($1 || $2::text || E'\\n')::api."app/lines" $$;
    create aggregate lines(anyelement) (
      sfunc = add_line, stype = "app/lines", initcond = '');
    create function add_row("text/plain", t) returns "text/plain" language sql
      as $$ select ($1 || $2.name)::api."text/plain" $$;
    create aggregate names(t) (sfunc = add_row, stype = "text/plain", initcond = '');
    create function bind_row("app/bound", u) returns "app/bound" language sql
      as $$ select jsonb_build_object('id', $2.id)::api."app/bound" $$;
    create aggregate bound(u) (sfunc = bind_row, stype = "app/bound");
    """

  private func answer(
    _ line: String, accept: String, rules: PlanRules = PlanRules()
  ) async throws -> (answer: RESTAnswer, type: String) {
    let cluster = try await TemporaryCluster.shared()
    return try await cluster.withDatabase { name in
      let cache = try await cluster.withConnection(to: name) { connection in
        _ = try await connection.execute(Self.script)
        return try await SchemaCache.read(from: connection, schemas: ["api"])
      }
      let fixtures = Fixtures(
        parameters: cluster.parameters(database: name), cache: cache, schemas: ["api"])
      let headers = [(name: "accept", value: accept)]
      let statement = try RESTStatement(
        try fixtures.request(line, headers: headers), body: "", cache: cache, rules: rules)
      let answer = try await fixtures.answer(line, headers: headers, rules: rules).answer
      return (answer, statement.mediaType.contentType)
    }
  }

  /// The domain is the type of the response, and its value the body, to the byte.
  @Test(
    arguments: [
      ("GET /rpc/page", "text/html", "<p>", "text/html"),
      ("GET /t", "app/lines", "(1,a)\n(2,b)\n", "app/lines"),
      ("GET /t?select=id", "app/lines", "(1)\n(2)\n", "app/lines"),
      ("GET /rpc/rows", "app/lines", "(1,a)\n(2,b)\n", "app/lines"),
      ("GET /t", "text/plain", "ab", "text/plain; charset=utf-8"),
      ("GET /rpc/rows", "text/plain", "ab", "text/plain; charset=utf-8"),
      (
        "GET /t", "text/plain;q=0.5, application/json",
        #"[{"id":1,"name":"a"}, \#n {"id":2,"#
          + #""name":"b"}]"#, "application/json; charset=utf-8"
      ),
      ("GET /u", "app/bound", "\u{1}{\"id\": 1}", "app/bound"),
    ])
  func textsAreTheBody(
    _ line: String, _ accept: String, _ body: String, _ type: String
  ) async throws {
    let (answer, found) = try await answer(line, accept: accept)
    #expect(answer.body == body)
    #expect(answer.bytes == nil)
    #expect(found == type)
  }

  /// A picture is no text.
  @Test func bytesAreTheBody() async throws {
    let (picture, type) = try await answer("GET /rpc/picture", accept: "image/png")
    #expect(picture.bytes == [0x00, 0x89, 0xFF])
    #expect(type == "image/png")
    for accept in ["*/*", "made/up"] {
      let (any, type) = try await answer("GET /rpc/whatever", accept: accept)
      #expect(any.bytes == Array("any".utf8))
      #expect(type == "application/octet-stream")
    }
  }

  /// An aggregate of a relation's rows needs them whole; and a text is not a domain of it.
  @Test(
    arguments: [
      ("GET /t?select=id", "text/plain"), ("GET /u", "text/plain"),
      ("GET /rpc/plain", "text/plain"), ("GET /rpc/page", "image/png"),
      ("GET /t", "application/vnd.pgrst.plan"),
    ])
  func othersAreNotThere(_ line: String, _ accept: String) async throws {
    let error = await #expect(throws: RESTError.self) {
      try await answer(line, accept: accept)
    }
    #expect(error?.code == "PGRST107")
    #expect(error?.status == 406)
  }

  /// Who may see plans sees that of the statement itself.
  @Test func plansAreThoseOfTheStatement() async throws {
    let rules = PlanRules(allowsPlans: true)
    let (text, type) = try await answer(
      "GET /t?id=eq.1", accept: "application/vnd.pgrst.plan; options=verbose|analyze", rules: rules)
    #expect(text.body.hasPrefix("Aggregate"))
    #expect(text.body.contains("Execution Time"))
    #expect(text.body.contains("\n"))
    #expect(
      type == "application/vnd.pgrst.plan+text; for=\"application/json\";"
        + " options=analyze|verbose; charset=utf-8")
    let (json, jsonType) = try await answer(
      "GET /rpc/page", accept: "application/vnd.pgrst.plan+json; for=\"text/html\"", rules: rules)
    #expect(json.body.hasPrefix("["))
    #expect(jsonType.hasPrefix("application/vnd.pgrst.plan+json; for=\"text/html\""))
    let (object, _) = try await answer(
      "GET /t", accept: "application/vnd.pgrst.plan; for=\"application/vnd.pgrst.object\"",
      rules: rules)
    #expect(object.body.hasPrefix("Aggregate"))
  }
}
