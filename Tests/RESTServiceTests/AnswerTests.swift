import HTTPService
import NIOCore
import PostgresClient
import Testing

@testable import RESTService

/// Status, headers and bodies, as PostgREST gives them.
@Suite struct AnswerTests {
  private static let items = """
    create table items (id int primary key, name text not null unique, note text);
    insert into items values (1, 'one', 'a'), (2, 'two', null), (3, 'three', 'c');
    create table keyless (note text);
    """

  @Test func readsHaveRangeLocationAndType() async throws {
    try await ServiceFixture.with(Self.items) { service in
      let all = await service.send("GET /items?order=id&select=id,name")
      #expect(all.status == 200)
      #expect(
        all.body
          == #"[{"id":1,"name":"one"}, \#n {"id":2,"name":"two"}, \#n {"id":3,"name":"three"}]"#)
      #expect(all["Content-Range"] == "0-2/*")
      #expect(all["Content-Type"] == "application/json; charset=utf-8")
      #expect(all["Content-Location"] == "/items?order=id&select=id%2Cname")
      #expect(all["Content-Profile"] == nil)

      let page = await service.send(
        "GET /items?limit=1&offset=1&order=id", headers: [("prefer", "count=exact")])
      #expect(page.status == 206)
      #expect(page["Content-Range"] == "1-1/3")
      #expect(page["Preference-Applied"] == "count=exact")

      let none = await service.send("GET /items?id=eq.9", headers: [("prefer", "count=exact")])
      #expect(none.status == 200)
      #expect(none.body == "[]")
      #expect(none["Content-Range"] == "*/0")

      let beyond = await service.send("GET /items?offset=9", headers: [("prefer", "count=exact")])
      #expect(beyond.status == 416)
      #expect(
        beyond.body
          == #"{"code":"PGRST103","details":"An offset of 9 was requested, but there are only 3 rows.","hint":null,"message":"Requested range not satisfiable"}"#
      )
      #expect(beyond["Proxy-Status"] == "PostgREST; error=PGRST103")

      let head = await service.send("HEAD /items", headers: [("prefer", "count=exact")])
      #expect(head.status == 200)
      #expect(head["Content-Range"] == "0-2/3")
      #expect(head["Content-Length"] == nil)
      #expect(head.body == "")
    }
  }

  @Test func writesSayWhatTheyDid() async throws {
    try await ServiceFixture.with(Self.items) { service in
      let silent = await service.send("POST /items", body: #"{"id":4,"name":"four"}"#)
      #expect(silent.status == 201)
      #expect(silent.body == "")
      #expect(silent["Content-Type"] == nil)
      #expect(silent["Content-Range"] == "*/*")

      let located = await service.send(
        "POST /items", headers: [("prefer", "return=headers-only, count=exact")],
        body: #"{"id":5,"name":"five"}"#)
      #expect(located["Location"] == "/items?id=eq.5")
      #expect(located["Content-Range"] == "*/1")
      #expect(located["Preference-Applied"] == "return=headers-only, count=exact")

      let shown = await service.send(
        "PATCH /items?id=gte.4&select=id", headers: [("prefer", "return=representation")],
        body: #"{"note":"x"}"#)
      #expect(shown.status == 200)
      #expect(shown.body == #"[{"id":4}, \#n {"id":5}]"#)
      #expect(shown["Content-Range"] == "0-1/*")

      let nothing = await service.send("PATCH /items?id=eq.99", body: #"{"note":"x"}"#)
      #expect(nothing.status == 204)
      #expect(nothing["Content-Range"] == "*/*")

      let merged = await service.send(
        "POST /items",
        headers: [("prefer", "resolution=merge-duplicates, return=representation")],
        body: #"[{"id":5,"name":"FIVE"}]"#)
      #expect(merged.status == 200)
      #expect(merged.body == #"[{"id":5,"name":"FIVE","note":"x"}]"#)
      #expect(
        merged["Preference-Applied"] == "resolution=merge-duplicates, return=representation")

      let keyless = await service.send(
        "POST /keyless", headers: [("prefer", "resolution=merge-duplicates")],
        body: #"{"note":"n"}"#)
      #expect(keyless.status == 201)
      #expect(keyless["Preference-Applied"] == nil)

      let put = await service.send("PUT /items?id=eq.6", body: #"{"id":6,"name":"six"}"#)
      #expect(put.status == 204)
      let again = await service.send(
        "PUT /items?id=eq.6", headers: [("prefer", "return=representation")],
        body: #"{"id":6,"name":"SIX"}"#)
      #expect(again.status == 200)

      let gone = await service.send(
        "DELETE /items?id=gte.5", headers: [("prefer", "count=exact")])
      #expect(gone.status == 204)
      #expect(gone["Content-Range"] == "*/2")
    }
  }

  /// What the answer shows to be wrong is not there afterwards.
  @Test func aWriteThatFailsItsPromiseIsUndone() async throws {
    try await ServiceFixture.with(Self.items) { service in
      let many = await service.send(
        "PATCH /items",
        headers: [
          ("accept", "application/vnd.pgrst.object+json"), ("prefer", "return=representation"),
        ], body: #"{"note":"lost"}"#)
      #expect(many.status == 406)
      #expect(many.body.contains("PGRST116"))
      let bounded = await service.send(
        "DELETE /items", headers: [("prefer", "handling=strict, max-affected=2")])
      #expect(bounded.status == 400)
      #expect(bounded.body.contains("PGRST124"))
      let mismatch = await service.send("PUT /items?id=eq.9", body: #"{"id":8,"name":"n"}"#)
      #expect(mismatch.body.contains("PGRST115"))
      let rest = await service.send("GET /items?select=id,note&order=id")
      #expect(
        rest.body
          == #"[{"id":1,"note":"a"}, \#n {"id":2,"note":null}, \#n {"id":3,"note":"c"}]"#)
    }
  }

  @Test func transactionsEndAsTheClientMayChoose() async throws {
    try await ServiceFixture.with(
      Self.items, settings: ["db_tx_end": "commit-allow-override"]
    ) { service in
      let tried = await service.send(
        "POST /items", headers: [("prefer", "tx=rollback, return=representation")],
        body: #"{"id":7,"name":"seven"}"#)
      #expect(tried.status == 201)
      #expect(tried.body == #"[{"id":7,"name":"seven","note":null}]"#)
      #expect(tried["Preference-Applied"] == "return=representation, tx=rollback")
      let rest = await service.send("GET /items?id=eq.7")
      #expect(rest.body == "[]")
    }
  }

  @Test func theDatabaseCanSpeakForItself() async throws {
    try await ServiceFixture.with(
      """
      create function teapot() returns text language plpgsql as $$ begin
        perform set_config('response.status', '418', true);
        perform set_config('response.headers', '[{"X-Kind": "pot"}, {"Content-Type": "a/b"}]', true);
        return 'short'; end $$;
      create function broken(what text) returns void language plpgsql as $$ begin
        perform set_config(what, 'nonsense', true); end $$;
      create function raised() returns void language plpgsql as $$ begin
        raise sqlstate 'PGRST' using
          message = '{"code":"123","message":"ABC","details":"DEF","hint":"XYZ"}',
          detail = '{"status":332,"headers":{"X-Header":"str"}}'; end $$;
      create function raised_badly() returns void language plpgsql as $$ begin
        raise sqlstate 'PGRST' using message = 'no json'; end $$;
      create function payment() returns void language plpgsql as $$ begin
        raise sqlstate 'PT402' using message = 'Payment Required', hint = 'pay'; end $$;
      """
    ) { service in
      let pot = await service.send("POST /rpc/teapot")
      #expect(pot.status == 418)
      #expect(pot["X-Kind"] == "pot")
      #expect(pot["Content-Type"] == "a/b")
      let header = await service.send("POST /rpc/broken", body: #"{"what":"response.headers"}"#)
      #expect(header.status == 500)
      #expect(header.body.contains("PGRST111"))
      let status = await service.send("POST /rpc/broken", body: #"{"what":"response.status"}"#)
      #expect(status.body.contains("PGRST112"))
      let raised = await service.send("POST /rpc/raised")
      #expect(raised.status == 332)
      #expect(raised["X-Header"] == "str")
      #expect(raised.body == #"{"code":"123","details":"DEF","hint":"XYZ","message":"ABC"}"#)
      let badly = await service.send("POST /rpc/raised_badly")
      #expect(badly.status == 500)
      #expect(badly.body.contains("Invalid JSON value for MESSAGE: 'no json'"))
      let payment = await service.send("POST /rpc/payment")
      #expect(payment.status == 402)
      #expect(payment.body.contains(#""hint":"pay""#))
    }
  }

  @Test func callsAnswerInTheShapeOfTheirResult() async throws {
    try await ServiceFixture.with(
      """
      create function add(a int, b int) returns int language sql immutable as 'select a + b';
      create function nothing() returns void language sql as 'select null::void';
      create table log (at int);
      create function write() returns int language sql as
        'insert into api.log values (1) returning at';
      """
    ) { service in
      let sum = await service.send("GET /rpc/add?a=1&b=2")
      #expect(sum.status == 200)
      #expect(sum.body == "3")
      #expect(sum["Content-Range"] == "0-0/*")
      let void = await service.send("POST /rpc/nothing")
      #expect(void.status == 204)
      #expect(void["Content-Type"] == nil)
      let written = await service.send("GET /rpc/write")
      #expect(written.status == 405)
      #expect(written.body.contains("25006"))
      let called = await service.send("POST /rpc/write")
      #expect(called.body == "1")
      let method = await service.send("PUT /rpc/write")
      #expect(method.status == 405)
      #expect(method.body.contains("PGRST101"))
    }
  }

  /// Bytes that are no text are refused, not mended: nobody has sent what would be stored.
  @Test func bodiesAreUTF8() async throws {
    try await ServiceFixture.with(Self.items) { service in
      func post(_ type: String?, _ bytes: [UInt8]) async -> Answer {
        var request = HTTPRequest(method: "POST", path: "/items")
        if let type { request.headers.append(HTTPHeader("content-type", type)) }
        return Answer(
          await service.responder.respond(
            to: request, body: HTTPRequestBody(ByteBuffer(bytes: bytes))))
      }
      let json = await post(
        nil, Array(#"{"id":9,"name":"\#u{0}"}"#.utf8).map { $0 == 0 ? 0xFF : $0 })
      #expect(json.status == 400)
      #expect(json.body.contains("PGRST102"))
      let csv = await post("text/csv", Array("id,name\n9,".utf8) + [0xE9])
      #expect(csv.status == 400)
      #expect(csv.body.contains("22021"))
      #expect(await service.send("GET /items?id=eq.9").body == "[]")
    }
  }
}
