import Testing

@testable import RESTService

/// What holds inside of a request's transaction, and what its end means.
@Suite struct TransactionTests {
  @Test func aFunctionCanLookAtEveryRequestBefore() async throws {
    try await ServiceFixture.with(
      """
      create table a (id int);
      create function check_it() returns void language plpgsql as $$ begin
        if current_setting('request.headers', true)::json ->> 'x-forbidden' = 'yes' then
          raise sqlstate 'PT403' using message = 'not today';
        end if;
        perform set_config('response.headers', '[{"X-Checked": "yes"}]', true); end $$;
      """, settings: ["db_pre_request": "api.check_it"]
    ) { service in
      let passed = await service.send("GET /a")
      #expect(passed.status == 200)
      #expect(passed["X-Checked"] == "yes")
      let refused = await service.send(
        "POST /a", headers: [("x-forbidden", "yes")], body: #"{"id":1}"#)
      #expect(refused.status == 403)
      #expect(refused.body.contains("not today"))
      #expect(await service.send("GET /a").body == "[]")
    }
  }

  /// Settings of a function that reach over the whole transaction; others stay the function's own.
  @Test func settingsOfFunctionsHold() async throws {
    try await ServiceFixture.with(
      """
      create function level() returns text language sql volatile
        set default_transaction_isolation = 'serializable'
        as $$ select current_setting('transaction_isolation') $$;
      create function bound() returns text language sql stable set statement_timeout = '7s'
        as $$ select current_setting('statement_timeout') $$;
      create function impatient() returns text language sql volatile set statement_timeout = '10ms'
        as $$ select pg_sleep(60)::text $$;
      """
    ) { service in
      #expect(await service.send("POST /rpc/level").body == #""serializable""#)
      #expect(await service.send("GET /rpc/bound").body == #""7s""#)
      let ended = await service.send("POST /rpc/impatient")
      #expect(ended.status == 500)
      #expect(ended.body.contains("57014"))
    }
  }

  /// A constraint that is looked at last is looked at also where nothing stays.
  @Test(arguments: ["commit", "rollback"]) func deferredConstraintsAreSaid(end: String) async throws
  {
    try await ServiceFixture.with(
      """
      create table parents (id int primary key);
      create table children (id int primary key,
        parent int references parents deferrable initially deferred);
      """, settings: ["db_tx_end": end]
    ) { service in
      let orphan = await service.send("POST /children", body: #"{"id":1,"parent":9}"#)
      #expect(orphan.status == 409)
      #expect(orphan.body.contains("23503"))
      // The session is as good as before.
      #expect(await service.send("GET /children").body == "[]")
    }
  }

  @Test func viewsWithTriggersTakeRows() async throws {
    try await ServiceFixture.with(
      """
      create table base (id int primary key, name text);
      create view shown as select id, upper(name) as name from base;
      create function put() returns trigger language plpgsql security definer as $$ begin
        insert into api.base values (new.id, lower(new.name)); return new; end $$;
      create trigger put instead of insert on shown for each row execute function put();
      create view plain as select id, name from base;
      """
    ) { service in
      let made = await service.send(
        "POST /shown", headers: [("prefer", "return=representation")],
        body: #"{"id":1,"name":"ADA"}"#)
      #expect(made.status == 201)
      #expect(made.body == #"[{"id":1,"name":"ADA"}]"#)
      let merged = await service.send(
        "POST /plain",
        headers: [("prefer", "resolution=merge-duplicates, return=representation")],
        body: #"{"id":1,"name":"bo"}"#)
      #expect(merged.body == #"[{"id":1,"name":"bo"}]"#)
    }
  }

  @Test func theRootIsADescriptionOrAFunction() async throws {
    let script = """
      create table a (id int primary key);
      create function root() returns json language sql stable as $$ select '{"swagger":"own"}'::json $$;
      """
    try await ServiceFixture.with(script) { service in
      let document = await service.send("GET /")
      #expect(document.status == 200)
      #expect(document["Content-Type"] == "application/openapi+json; charset=utf-8")
      #expect(document.body.contains(#""/a""#))
    }
    try await ServiceFixture.with(script, settings: ["openapi_mode": "disabled"]) { service in
      let nothing = await service.send("GET /")
      #expect(nothing.status == 404)
      #expect(nothing.body.contains("PGRST126"))
    }
    try await ServiceFixture.with(script, settings: ["db_root_spec": "root"]) { service in
      #expect(await service.send("GET /").body == #"{"swagger":"own"}"#)
    }
  }

  @Test func severalSchemasAreNamed() async throws {
    try await ServiceFixture.with(
      """
      create table a (id int);
      create schema other; grant usage on schema other to rest_anon;
      create table other.b (id int); grant all on other.b to rest_anon;
      """, settings: ["db_schemas": "api, other"]
    ) { service in
      #expect(await service.send("GET /a")["Content-Profile"] == "api")
      let other = await service.send("GET /b", headers: [("accept-profile", "other")])
      #expect(other.status == 200)
      #expect(other["Content-Profile"] == "other")
      let written = await service.send(
        "POST /b",
        headers: [("content-profile", "other"), ("prefer", "return=representation")],
        body: #"{"id":1}"#)
      #expect(written["Content-Profile"] == "other")
      let hidden = await service.send("GET /b", headers: [("accept-profile", "pg_catalog")])
      #expect(hidden.status == 406)
      #expect(hidden.body.contains("PGRST106"))
    }
  }

  @Test func raisesWithoutADetailAreSaid() async throws {
    try await ServiceFixture.with(
      """
      create function bare() returns void language plpgsql as $$ begin
        raise sqlstate 'PGRST' using message = '{"code":"1","message":"m"}'; end $$;
      create function odd() returns void language plpgsql as $$ begin
        raise sqlstate 'PGRST' using message = '{"code":"1","message":"m"}', detail = '[]'; end $$;
      """
    ) { service in
      #expect(await service.send("POST /rpc/bare").body.contains("DETAIL is missing in the RAISE"))
      #expect(
        await service.send("POST /rpc/odd").body.contains("Invalid JSON value for DETAIL: '[]'"))
    }
  }

  @Test func graphQLSaysWhatIsMissing() async throws {
    let headers = [(name: "content-profile", value: "graphql_public")]
    try await ServiceFixture.with("create table a (id int)") { service in
      let answer = await service.send("POST /rpc/graphql", headers: headers, body: "{}")
      #expect(answer.status == 501)
      #expect(answer.body.hasPrefix(#"{"errors":[{"message":"GraphQL is not served"#))
      let other = await service.send("POST /rpc/graphql", body: "{}")
      #expect(other.status == 404)
    }
    try await ServiceFixture.with(
      """
      create schema graphql_public; grant usage on schema graphql_public to rest_anon;
      create function graphql_public.graphql(query text) returns json language sql stable
        as $$ select json_build_object('data', query) $$;
      """, settings: ["db_schemas": "api, graphql_public"]
    ) { service in
      let answer = await service.send(
        "POST /rpc/graphql", headers: headers, body: #"{"query":"{x}"}"#)
      #expect(answer.body == #"{"data" : "{x}"}"#)
    }
  }
}
