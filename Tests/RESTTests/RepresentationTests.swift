import PostgresClient
import RESTRequests
import TestCluster
import Testing

@testable import REST

/// Domains that clients see as something else than what is stored.
@Suite struct RepresentationTests {
  private static let script = """
    create schema api;
    set search_path = api;
    create domain color as int check (value between 0 and 16777215);
    create function to_json(color) returns json language sql immutable
      as $$ select pg_catalog.to_json('#' || lpad(upper(to_hex($1)), 6, '0')) $$;
    create function from_text(text) returns color language sql immutable
      as $$ select (('x' || lpad(substr($1, 2), 8, '0'))::bit(32)::int)::api.color $$;
    create function from_json(json) returns color language sql immutable
      as $$ select api.from_text($1 #>> '{}') $$;
    create cast (color as json) with function to_json(color) as implicit;
    create cast (json as color) with function from_json(json) as implicit;
    create cast (text as color) with function from_text(text) as implicit;
    create table t (id int primary key, shade color default 255);
    create table parts (id int primary key, t_id int references t, shade color);
    insert into t values (1, 255), (2, null);
    insert into parts values (1, 1, 16);
    """

  private func body(_ line: String, _ body: String = "") async throws -> String {
    let cluster = try await TemporaryCluster.shared()
    return try await cluster.withDatabase { name in
      let cache = try await cluster.withConnection(to: name) { connection in
        _ = try await connection.execute(Self.script)
        return try await SchemaCache.read(from: connection, schemas: ["api"])
      }
      let fixtures = Fixtures(
        parameters: cluster.parameters(database: name), cache: cache, schemas: ["api"])
      return try await fixtures.body(
        line, headers: [(name: "prefer", value: "return=representation")], body: body)
    }
  }

  /// What comes out, with and without names, in embeds and behind aggregates.
  @Test(
    arguments: [
      ("GET /t?id=eq.1", ##"[{"id":1,"shade":"#0000FF"}]"##),
      ("GET /t?select=shade&id=eq.1", ##"[{"shade":"#0000FF"}]"##),
      ("GET /t?select=s:shade&id=eq.1", ##"[{"s":"#0000FF"}]"##),
      ("GET /t?select=shade::text&id=eq.1", ##"[{"shade":"\"#0000FF\""}]"##),
      (
        "GET /t?select=id,parts(*)&id=eq.1",
        ##"[{"id":1,"parts":[{"id": 1, "t_id": 1, "shade": "#000010"}]}]"##
      ),
    ])
  func valuesAreShownConverted(_ line: String, _ expected: String) async throws {
    #expect(try await body(line) == expected)
  }

  /// What a query says is compared as what is stored.
  @Test(
    arguments: [
      ("GET /t?select=id&shade=eq.%230000FF", #"[{"id":1}]"#),
      ("GET /t?select=id&shade=in.(%23000001,%230000FF)", #"[{"id":1}]"#),
      ("GET /t?select=id&or=(shade.gt.%23000010,id.eq.7)", #"[{"id":1}]"#),
      ("GET /t?select=id&shade=is.null", #"[{"id":2}]"#),
      ("GET /t?select=id&shade=in.()", "[]"),
    ])
  func valuesOfFiltersAreConverted(_ line: String, _ expected: String) async throws {
    #expect(try await body(line) == expected)
  }

  /// What a body says is stored converted, and comes back as it was sent.
  @Test func valuesOfBodiesAreConverted() async throws {
    let new = ##"[{"id":5,"shade":"#000102"}]"##
    #expect(try await body("POST /t", new) == new)
    #expect(try await body("POST /t?select=id,shade", new) == new)
    #expect(
      try await body("PATCH /t?id=eq.1", ##"{"shade":"#00000A"}"##)
        == ##"[{"id":1,"shade":"#00000A"}]"##)
  }
}
