import Testing

/// What reads with several parts give, by a real server.
@Suite struct EmbedTests {
  /// Embeds in embeds, restricted and counted, asked for by every name they have.
  @Test(
    arguments: [
      Case(
        #"""
        GET /tasks?select=name,projects!inner(name,clients!inner(name))&projects.c\#
        lients.name=eq.Ada&order=id
        """#,
        headers: [(name: "prefer", value: "count=exact")],
        gives: #"""
          [{"name":"draw","projects":{"name": "one", "clients": {"name": "Ada"}}}, \#
          \#n {"name":"code","projects":{"name": "one", "clients": {"name": \#
          "Ada"}}}, \#n {"name":"test","projects":{"name": "two", "clients": \#
          {"name": "Ada"}}}]
          """#,
        total: 3),
      Case(
        "GET /tasks?select=name,projects(name)&or=(projects.is.null,id.eq.1)",
        gives: #"[{"name":"draw","projects":{"name": "one"}}]"#),
      Case(
        #"""
        GET /clients?select=name,projects()&or=(projects.is.null,id.eq.2)&order=id
        """#,
        headers: [(name: "prefer", value: "count=exact")],
        gives: #"[{"name":"Bo"}, \#n {"name":"Cy"}]"#,
        total: 2),
      Case(
        "GET /users?select=name,tasks!users_tasks(name)&id=eq.1",
        gives: #"[{"name":"Uma","tasks":[{"name": "draw"}, {"name": "code"}]}]"#),
      Case(
        "GET /projects?select=id,clients!client_id(name)&id=eq.1",
        gives: #"[{"id":1,"clients":{"name": "Ada"}}]"#),
      Case(
        "GET /projects?select=id,projects_client_id_fkey(name)&id=eq.1",
        gives: #"[{"id":1,"projects_client_id_fkey":{"name": "Ada"}}]"#),
      Case(
        "GET /clients?select=id,main:projects(count())&order=id",
        gives: #"""
          [{"id":1,"main":[{"count": 2}]}, \#n {"id":2,"main":[{"count": 1}]}, \#n \#
          {"id":3,"main":[{"count": 0}]}]
          """#),
      Case(
        "GET /clients?select=*,projects(count())&order=id",
        gives: #"""
          [{"id":1,"name":"Ada","projects":[{"count": 2}]}, \#n \#
          {"id":2,"name":"Bo","projects":[{"count": 1}]}, \#n \#
          {"id":3,"name":"Cy","projects":[{"count": 0}]}]
          """#),
    ])
  func nesting(_ row: Case) async throws {
    try await row.check()
  }

  /// Columns of embeds in their row, alone or as arrays.
  @Test(
    arguments: [
      Case(
        #"""
        GET \#
        /users?select=name,...tasks(task:name,...projects(project:name))&order=id
        """#,
        gives: #"""
          [{"name":"Uma","task":["draw", "code"],"project":["one", "one"]}, \#n \#
          {"name":"Vic","task":["code"],"project":["one"]}]
          """#),
      Case(
        "GET /projects?select=id,...clients(c:name,projects(id))&id=eq.1",
        gives: #"[{"id":1,"c":"Ada","projects":[{"id": 1}, {"id": 2}]}]"#),
      Case(
        #"""
        GET \#
        /tasks?select=name,...projects(pname:name,...clients(cname:name))&order=id
        """#,
        gives: #"""
          [{"name":"draw","pname":"one","cname":"Ada"}, \#n \#
          {"name":"code","pname":"one","cname":"Ada"}, \#n \#
          {"name":"test","pname":"two","cname":"Ada"}]
          """#),
      Case(
        #"""
        GET /clients?select=id,...projects!inner(name)&projects.order=name.desc&or\#
        der=id
        """#,
        gives: #"[{"id":1,"name":["two", "one"]}, \#n {"id":2,"name":["three"]}]"#),
      Case(
        "GET /tasks?select=...projects(...clients(name),id.max()),count()",
        gives: #"[{"count":3,"max":2,"name":"Ada"}]"#),
    ])
  func spreads(_ row: Case) async throws {
    try await row.check()
  }

  /// Order of what a write shows, nothing selected, a total that is estimated.
  @Test(
    arguments: [
      Case(
        "POST /clients?select=name&order=id.desc",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"[{"id":9,"name":"a"},{"id":10,"name":"b"}]"#,
        gives: #"[{"name":"b"}, \#n {"name":"a"}]"#),
      Case(
        "POST /clients?select=id,projects(name)&order=id.desc",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"[{"id":9,"name":"a"},{"id":10,"name":"b"}]"#,
        gives: #"[{"id":10,"projects":[]}, \#n {"id":9,"projects":[]}]"#),
      Case(
        #"""
        PATCH /clients?select=id,projects(name)&id=eq.1&projects.order=name.desc
        """#,
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"name":"x"}"#,
        gives: #"[{"id":1,"projects":[{"name": "two"}, {"name": "one"}]}]"#),
      Case(
        "GET /clients?select=&order=id",
        gives: #"""
          [{"id":1,"name":"Ada"}, \#n {"id":2,"name":"Bo"}, \#n \#
          {"id":3,"name":"Cy"}]
          """#),
      Case(
        "GET /clients?select=id&limit=1&offset=1",
        headers: [(name: "prefer", value: "count=estimated")],
        gives: #"[{"id":2}]"#,
        total: 3),
    ])
  func wholeAnswers(_ row: Case) async throws {
    try await row.check()
  }

  /// Values that need quotes, places from the end, aggregates with names and casts.
  @Test(
    arguments: [
      Case(
        "GET /docs?select=id,data->l->-1&data->l->>0=eq.10",
        gives: #"[{"id":1,"l":20}]"#),
      Case(
        "GET /projects?select=id&id=eq.x",
        error: #"""
          400 {"code":"22P02","details":null,"hint":null,"message":"invalid input \#
          syntax for type integer: \"x\""}
          """#),
      Case(
        "GET /projects?name=fts.one&select=id",
        gives: #"[{"id":1}]"#),
      Case(
        #"GET /docs?select=id&data=cs.{"n":3}"#,
        gives: #"[{"id":1}]"#),
      Case(
        #"""
        GET /docs?select=id&or=(data->>n.eq.5,tags.cs.{red})&order=data->n.desc.nu\#
        llslast,id
        """#,
        gives: #"[{"id":2}, \#n {"id":1}]"#),
      Case(
        #"GET /projects?select=id&name=in.("one","a,b",free)&order=id"#,
        gives: #"[{"id":1}, \#n {"id":4}]"#),
      Case(
        "GET /projects?select=count()",
        headers: [(name: "accept", value: "application/vnd.pgrst.object+json")],
        gives: #"{"count":4}"#),
      Case(
        "GET /projects?select=total:id.sum(),avg:id.avg()::int",
        gives: #"[{"total":10,"avg":3}]"#),
    ])
  func values(_ row: Case) async throws {
    try await row.check()
  }
}
