import Testing

/// What a column's type means for a request, by a real server.
@Suite struct TypeTests {
  /// Columns of every kind are compared as what they are.
  @Test(
    arguments: [
      Case(
        "GET /kinds?select=mood&mood=in.(fine,sad)",
        gives: #"[{"mood":"fine"}]"#),
      Case(
        "GET /kinds?select=moods&moods=cs.{happy}",
        gives: #"[{"moods":["sad","happy"]}]"#),
      Case(
        "GET /kinds?select=word&word=eq.hi&word=in.(hi,ho)&word=like.h*",
        gives: #"[{"word":"hi"}]"#),
      Case(
        "GET /kinds?select=code&code=eq.ab&code=in.(ab)",
        gives: #"[{"code":"ab "}]"#),
      Case(
        "GET /kinds?select=id&id=in.(00000000-0000-0000-0000-000000000001)",
        gives: #"[{"id":"00000000-0000-0000-0000-000000000001"}]"#),
      Case(
        "GET /kinds?select=at&at=gt.2026-01-01&at=lt.2026-01-02T04:00:00Z",
        headers: [(name: "prefer", value: "timezone=UTC")],
        gives: #"[{"at":"2026-01-02T03:04:05+00:00"}]"#),
      Case(
        "GET /kinds?select=mood&mood=gt(any).{sad,happy}",
        gives: #"[{"mood":"fine"}]"#),
      Case(
        "GET /kinds?select=mood&mood=eq.angry",
        error: #"""
          400 {"code":"22P02","details":null,"hint":null,"message":"invalid input \#
          value for enum mood: \"angry\""}
          """#),
      Case(
        "GET /kinds?select=word&word=imatch.^H&terms=fts.one",
        gives: #"[{"word":"hi"}]"#),
      Case(
        "GET /kinds?select=bits&bits=eq.101",
        gives: #"[{"bits":"101"}]"#),
      Case(
        "GET /kinds?select=pair&pair=sl.[5,6)&pair=nxr.[1,9)",
        gives: #"[{"pair":"[1,3)"}]"#),
      Case(
        "GET /kinds?select=x:mood::text,y:point&word=not.is.null",
        gives: #"[{"x":"fine","y":"(1,2)"}]"#),
    ])
  func types(_ row: Case) async throws {
    try await row.check()
  }

  /// Lengths and domains hold for what is sent.
  @Test(
    arguments: [
      Case(
        "POST /kinds?select=code,bits,moods",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"""
          {"id":"00000000-0000-0000-0000-000000000002","code":"a","bits":"011","mood\#
          s":["sad"],"mood":"happy","word":"w"}
          """#,
        gives: #"[{"code":"a  ","bits":"011","moods":["sad"]}]"#),
      Case(
        "POST /kinds",
        body: #"{"id":"00000000-0000-0000-0000-000000000003","code":"abcd"}"#,
        error: #"""
          400 {"code":"22001","details":null,"hint":null,"message":"value too long \#
          for type character(3)"}
          """#),
      Case(
        "POST /kinds",
        body: #"{"id":"00000000-0000-0000-0000-000000000003","word":""}"#,
        error: #"""
          400 {"code":"23514","details":null,"hint":null,"message":"value for domain \#
          word violates check constraint \"word_check\""}
          """#),
    ])
  func writtenTypes(_ row: Case) async throws {
    try await row.check()
  }

  /// A junction's own columns, with those of what it leads to.
  @Test(
    arguments: [
      Case(
        "GET /users_tasks?select=*,...tasks(*)&order=user_id,task_id",
        gives: #"""
          [{"user_id":1,"task_id":1,"id":1,"name":"draw","project_id":1}, \#n \#
          {"user_id":1,"task_id":2,"id":2,"name":"code","project_id":1}, \#n \#
          {"user_id":2,"task_id":2,"id":2,"name":"code","project_id":1}]
          """#),
      Case(
        "GET /users?select=name,tasks:users_tasks(...tasks(*))&id=eq.2",
        gives: #"[{"name":"Vic","tasks":[{"id": 2, "name": "code", "project_id": 1}]}]"#),
    ])
  func junctionColumns(_ row: Case) async throws {
    try await row.check()
  }
}
