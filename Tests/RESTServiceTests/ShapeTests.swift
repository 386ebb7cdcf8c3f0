import HTTPService
import NIOCore
import Testing

@testable import RESTService

/// Answers that are no JSON of rows: methods, plans, bytes, ranges that are not there.
@Suite struct ShapeTests {
  @Test func optionsTellMethods() async throws {
    try await ServiceFixture.with(
      """
      create table items (id int primary key);
      create view seen as select distinct id from items;
      create function look() returns int language sql stable as 'select 1';
      create function act() returns int language sql volatile as 'select 1';
      """
    ) { service in
      let items = await service.send("OPTIONS /items")
      #expect(items.status == 200)
      #expect(items["Allow"] == "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE")
      #expect(items["Access-Control-Allow-Origin"] == "*")
      #expect(await service.send("OPTIONS /seen")["Allow"] == "OPTIONS,GET,HEAD")
      #expect(await service.send("OPTIONS /rpc/look")["Allow"] == "OPTIONS,GET,HEAD,POST")
      #expect(await service.send("OPTIONS /rpc/act")["Allow"] == "OPTIONS,POST")
      #expect(await service.send("OPTIONS /")["Allow"] == "OPTIONS,GET,HEAD")
      #expect(await service.send("OPTIONS /nowhere").status == 404)
    }
  }

  @Test func plansComeInPlaceOfRows() async throws {
    try await ServiceFixture.with(
      "create table items (id int primary key);", settings: ["db_plan_enabled": "true"]
    ) { service in
      let plan = await service.send(
        "POST /items", headers: [("accept", "application/vnd.pgrst.plan+json")],
        body: #"{"id":1}"#)
      #expect(plan.status == 200)
      #expect(
        plan["Content-Type"]
          == #"application/vnd.pgrst.plan+json; for="application/json"; charset=utf-8"#)
      #expect(plan["Content-Range"] == nil)
      #expect(plan.body.contains(#""Plan""#))
      #expect(await service.send("GET /items").body == "[]")
    }
    try await ServiceFixture.with("create table items (id int primary key);") { service in
      let plan = await service.send(
        "GET /items", headers: [("accept", "application/vnd.pgrst.plan+json")])
      #expect(plan.status == 406)
    }
  }

  @Test func bytesAreSentAsTheyAre() async throws {
    try await ServiceFixture.with(
      #"""
      create domain "image/x" as bytea;
      create function image() returns "image/x" language sql stable as
        $$select '\x00ff89'::bytea$$;
      create function size(bytea) returns text language sql immutable as
        $$select encode($1, 'hex')$$;
      """#
    ) { service in
      let request = HTTPRequest(
        method: "GET", path: "/rpc/image", query: "", headers: [HTTPHeader("accept", "image/x")])
      let response = await service.responder.respond(to: request, body: HTTPRequestBody(.init()))
      guard case .bytes(let body) = response.body else {
        Issue.record("no body")
        return
      }
      #expect(Array(body.readableBytesView) == [0x00, 0xFF, 0x89])
      #expect(response.headers.contains { $0.name == "Content-Type" && $0.value == "image/x" })

      let sent = HTTPRequest(
        method: "POST", path: "/rpc/size", query: "",
        headers: [HTTPHeader("content-type", "application/octet-stream")])
      let size = await service.responder.respond(
        to: sent, body: HTTPRequestBody(ByteBuffer(bytes: [0xFF, 0x00, 0x80])))
      #expect(Answer(size).body == #""ff0080""#)
    }
  }

  @Test func rangesBeyondTheLastRowTellHowManyThereAre() async throws {
    try await ServiceFixture.with(
      "create table items (id int primary key); insert into items values (1);"
    ) { service in
      let beyond = await service.send("GET /items?offset=9", headers: [("prefer", "count=exact")])
      #expect(beyond.status == 416)
      #expect(beyond["Content-Range"] == "*/1")
      let nothing = await service.send(
        "POST /items",
        headers: [("prefer", "resolution=merge-duplicates, return=representation")], body: "[]")
      #expect(nothing.status == 200)
      #expect(nothing.body == "[]")
    }
  }
}
