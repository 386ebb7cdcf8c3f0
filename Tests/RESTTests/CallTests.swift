import Testing

/// What functions give, by a real server.
@Suite struct CallTests {
  /// Functions of every shape, by GET and POST.
  @Test(
    arguments: [
      Case(
        "GET /rpc/add?a=1&b=2",
        gives: "3"),
      Case(
        "POST /rpc/add",
        body: #"{"a":1}"#,
        gives: "11"),
      Case(
        "GET /rpc/numbers?n=3",
        gives: "[1, 2, 3]"),
      Case(
        "POST /rpc/numbers",
        body: #"{"n":3}"#,
        gives: "[1, 2, 3]"),
      Case(
        "GET /rpc/numbers?n=3&limit=2&offset=1",
        headers: [(name: "prefer", value: "count=exact")],
        gives: "[2, 3]",
        total: 3),
      Case(
        "GET /rpc/one_client?client=1",
        gives: #"{"id":1,"name":"Ada"}"#),
      Case(
        "GET /rpc/one_client?client=1&select=name",
        gives: #"{"name":"Ada"}"#),
      Case(
        "GET /rpc/all_clients?select=name&id=gt.1&order=name.desc",
        gives: #"[{"name":"Cy"}, \#n {"name":"Bo"}]"#),
      Case(
        "GET /rpc/all_clients?select=name,projects(name)&order=id&limit=2",
        headers: [(name: "prefer", value: "count=exact")],
        gives: #"""
          [{"name":"Ada","projects":[{"name": "one"}, {"name": "two"}]}, \#n \#
          {"name":"Bo","projects":[{"name": "three"}]}]
          """#,
        total: 3),
      Case(
        "POST /rpc/all_clients?id=eq.2",
        body: "{}",
        gives: #"[{"id":2,"name":"Bo"}]"#),
      Case(
        "GET /rpc/all_clients?id=eq.2",
        headers: [(name: "accept", value: "application/vnd.pgrst.object+json")],
        gives: #"{"id":2,"name":"Bo"}"#),
      Case(
        "GET /rpc/all_clients?order=id",
        headers: [(name: "accept", value: "text/csv")],
        gives: #"id,name\#n1,Ada\#n2,Bo\#n3,Cy"#),
      Case(
        "GET /rpc/rows_of?n=2",
        gives: #"[{"a":1,"b":"r1"}, \#n {"a":2,"b":"r2"}]"#),
      Case(
        "GET /rpc/all_projects?select=id,label&label=eq.p:two",
        gives: #"[{"id":2,"label":"p:two"}]"#),
      Case(
        "GET /rpc/all_projects?select=*&order=label&limit=1",
        gives: #"[{"id":4,"name":"free","client_id":null}]"#),
      Case(
        "GET /rpc/rows_of?n=2&select=b&a=eq.2",
        gives: #"[{"b":"r2"}]"#),
      Case(
        "GET /rpc/parts?x=10",
        gives: #"{"half":5,"twice":20}"#),
      Case(
        "POST /rpc/nothing",
        body: "{}",
        gives: "null"),
      Case(
        "GET /rpc/pick?a=1",
        gives: #""int""#),
      Case(
        "GET /rpc/pick?b=x",
        gives: #""text""#),
      Case(
        "POST /rpc/joined",
        body: #"{"words":["a","b"]}"#,
        gives: #""a-b""#),
      Case(
        "GET /rpc/joined?words=a&words=b",
        gives: #""a-b""#),
      Case(
        "GET /rpc/joined",
        gives: #""""#),
      Case(
        "POST /rpc/whole_json",
        body: #"{"k":"v"}"#,
        gives: #""v""#),
      Case(
        "POST /rpc/whole_text",
        headers: [(name: "content-type", value: "text/plain")],
        body: "some text",
        gives: #""SOME TEXT""#),
      Case(
        "POST /rpc/whole_bytes",
        headers: [(name: "content-type", value: "application/octet-stream")],
        body: "abc",
        gives: #""616263""#),
      Case(
        "POST /rpc/add",
        headers: [(name: "content-type", value: "application/x-www-form-urlencoded")],
        body: "a=3&b=4",
        gives: "7"),
      Case(
        "POST /rpc/rename_client",
        body: #"{"client":1,"name":"R"}"#,
        gives: #"[{"id":1,"name":"R"}]"#),
      Case(
        "GET /rpc/short_code?code=abcdef&note=xyz",
        gives: #""abcdefxyz""#),
      Case(
        "POST /rpc/short_code",
        body: #"{"code":"abcdef","note":"xyz"}"#,
        gives: #""abcdefxyz""#),
      Case(
        "GET /rpc/one_client?client=1",
        headers: [(name: "accept", value: "application/vnd.pgrst.object+json")],
        gives: #"{"id":1,"name":"Ada"}"#),
      Case(
        "HEAD /rpc/add?a=1",
        gives: "",
        rows: 1),
    ])
  func calls(_ row: Case) async throws {
    try await row.check()
  }

  /// Functions that are not there, or there twice.
  @Test(
    arguments: [
      Case(
        "GET /rpc/numbrs?a=1",
        error: #"""
          404 {"code":"PGRST202","details":"Searched for the function api.numbrs with \#
          parameter a, but no matches were found in the schema \#
          cache.","hint":"Perhaps you meant to call the function \#
          api.numbers","message":"Could not find the function api.numbrs(a) in the schema \#
          cache"}
          """#),
      Case(
        "GET /rpc/add?a=1&c=1",
        error: #"""
          404 {"code":"PGRST202","details":"Searched for the function api.add with \#
          parameters a, c, but no matches were found in the schema \#
          cache.","hint":"Perhaps you meant to call the function api.add(a, \#
          b)","message":"Could not find the function api.add(a, c) in the schema \#
          cache"}
          """#),
      Case(
        "POST /rpc/add",
        body: #"{"x":1,"y":2}"#,
        error: #"""
          404 {"code":"PGRST202","details":"Searched for the function api.add with \#
          parameters x, y or with a single unnamed json/jsonb parameter, but no \#
          matches were found in the schema cache.","hint":"Perhaps you meant to call \#
          the function api.add(a, b)","message":"Could not find the function \#
          api.add(x, y) in the schema cache"}
          """#),
      Case(
        "POST /rpc/all_clents",
        body: "{}",
        error: #"""
          404 {"code":"PGRST202","details":"Searched for the function api.all_clents \#
          without parameters or with a single unnamed json/jsonb parameter, but no \#
          matches were found in the schema cache.","hint":"Perhaps you meant to call \#
          the function api.all_clients","message":"Could not find the function \#
          api.all_clents without parameters in the schema cache"}
          """#),
      Case(
        "GET /rpc/twice?a=1",
        error: #"""
          300 {"code":"PGRST203","details":null,"hint":"Try renaming the parameters \#
          or the function itself in the database so function overloading can be \#
          resolved","message":"Could not choose the best candidate function between: \#
          api.twice(a => integer), api.twice(a => text)"}
          """#),
      Case(
        "POST /rpc/whole_xml",
        headers: [(name: "content-type", value: "text/xml")],
        body: "<a/>",
        error: #"""
          404 {"code":"PGRST202","details":"Searched for the function api.whole_xml \#
          with a single unnamed xml parameter, but no matches were found in the \#
          schema cache.","hint":null,"message":"Could not find the function \#
          api.whole_xml in the schema cache"}
          """#),
      Case(
        "GET /rpc/rename_client?client=1&name=R",
        error: #"""
          405 {"code":"25006","details":null,"hint":null,"message":"cannot execute \#
          UPDATE in a read-only transaction"}
          """#),
      Case(
        "POST /rpc/add",
        headers: [(name: "prefer", value: "handling=strict, max-affected=1")],
        body: #"{"a":1}"#,
        error: #"""
          400 {"code":"PGRST128","details":null,"hint":null,"message":"Function must \#
          return SETOF or TABLE when max-affected preference is used with \#
          handling=strict"}
          """#),
      Case(
        "PATCH /rpc/add",
        error: #"""
          405 {"code":"PGRST101","details":null,"hint":null,"message":"Cannot use \#
          the PATCH method on RPC"}
          """#),
      Case(
        "GET /rpc/all_clients",
        headers: [(name: "accept", value: "application/vnd.pgrst.object+json")],
        error: #"""
          406 {"code":"PGRST116","details":"The result contains 3 \#
          rows","hint":null,"message":"Cannot coerce the result to a single JSON \#
          object"}
          """#),
      Case(
        "GET /clients",
        headers: [(name: "accept", value: "image/png")],
        error: #"""
          406 {"code":"PGRST107","details":null,"hint":null,"message":"None of these \#
          media types are available: image/png"}
          """#),
    ])
  func callErrors(_ row: Case) async throws {
    try await row.check()
  }
}
