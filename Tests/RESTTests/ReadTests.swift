import Testing

/// What reads give, by a real server.
@Suite struct ReadTests {
  /// Operators, their negation, lists, and places in JSON on the left.
  @Test(
    arguments: [
      Case(
        "GET /projects?id=eq.1",
        gives: #"[{"id":1,"name":"one","client_id":1}]"#),
      Case(
        "GET /projects?id=not.eq.1&select=id",
        gives: #"[{"id":2}, \#n {"id":3}, \#n {"id":4}]"#),
      Case(
        "GET /projects?id=in.(1,3)&select=id",
        gives: #"[{"id":1}, \#n {"id":3}]"#),
      Case(
        "GET /projects?id=in.()&select=id",
        gives: "[]"),
      Case(
        "GET /projects?name=like.*o*&select=id",
        gives: #"[{"id":1}, \#n {"id":2}]"#),
      Case(
        "GET /projects?name=like(any).{*ne,t*o}&select=id",
        gives: #"[{"id":1}, \#n {"id":2}]"#),
      Case(
        "GET /projects?client_id=is.null&select=id",
        gives: #"[{"id":4}]"#),
      Case(
        "GET /projects?client_id=isdistinct.1&select=id",
        gives: #"[{"id":3}, \#n {"id":4}]"#),
      Case(
        "GET /projects?name=match.^t&select=name",
        gives: #"[{"name":"two"}, \#n {"name":"three"}]"#),
      Case(
        "GET /docs?data->a->>b=eq.x&select=id",
        gives: #"[{"id":1}]"#),
      Case(
        "GET /docs?tags=cs.{red}&select=id",
        gives: #"[{"id":1}]"#),
      Case(
        "GET /docs?span=ov.[4,6]&select=id",
        gives: #"[{"id":1}, \#n {"id":2}]"#),
      Case(
        "GET /docs?span=adj.[9,10)&select=id",
        gives: #"[{"id":2}]"#),
      Case(
        "GET /docs?search=fts(english).cats&select=id",
        gives: #"[{"id":1}]"#),
      Case(
        "GET /docs?body=wfts(english).dog&select=id",
        gives: #"[{"id":2}]"#),
      Case(
        "GET /docs?words=fts(simple).quick&select=id",
        gives: #"[{"id":1}]"#),
      Case(
        "GET /docs?body=plfts.quick&select=id",
        gives: #"[{"id":1}]"#),
      Case(
        "GET /docs?is_done=is.true&select=id",
        gives: #"[{"id":1}]"#),
      Case(
        "GET /docs?doc->>d=eq.1&select=id,doc->d",
        gives: #"[{"id":1,"d":1}]"#),
      Case(
        #"GET /docs?tags->0=eq."red"&select=id"#,
        gives: #"[{"id":1}]"#),
    ])
  func filters(_ row: Case) async throws {
    try await row.check()
  }

  /// Conditions in `or` and `and`, nested and negated.
  @Test(
    arguments: [
      Case(
        #"""
        GET /projects?or=(id.eq.1,and(id.gt.2,client_id.not.is.null))&select=id
        """#,
        gives: #"[{"id":1}, \#n {"id":3}]"#),
      Case(
        "GET /projects?not.and=(id.gt.1,id.lt.4)&select=id",
        gives: #"[{"id":1}, \#n {"id":4}]"#),
    ])
  func trees(_ row: Case) async throws {
    try await row.check()
  }

  /// Places in JSON, aliases, casts, computed columns, names that need quotes.
  @Test(
    arguments: [
      Case(
        "GET /projects",
        gives: #"""
          [{"id":1,"name":"one","client_id":1}, \#n \#
          {"id":2,"name":"two","client_id":1}, \#n \#
          {"id":3,"name":"three","client_id":2}, \#n \#
          {"id":4,"name":"free","client_id":null}]
          """#),
      Case(
        "GET /docs?select=id,data->a->>b,data->l->0,data->>n&id=eq.1",
        gives: #"[{"id":1,"b":"x","l":10,"n":"3"}]"#),
      Case(
        "GET /docs?select=x:data->a,id::text&id=eq.1",
        gives: #"[{"x":{"b": "x"},"id":"1"}]"#),
      Case(
        "GET /projects?select=label,id&label=eq.p:two",
        gives: #"[{"label":"p:two","id":2}]"#),
      Case(
        #"GET /odd%20%22table?select="col%20\"x",select,Größe&select=eq.7"#,
        gives: #"[{"col \"x":"it's","select":7,"Größe":8}]"#),
    ])
  func selection(_ row: Case) async throws {
    try await row.check()
  }

  /// Sorted as asked, the page that was asked for, counted as asked.
  @Test(
    arguments: [
      Case(
        "GET /projects?order=client_id.desc.nullslast,id.desc&select=id",
        gives: #"[{"id":3}, \#n {"id":2}, \#n {"id":1}, \#n {"id":4}]"#),
      Case(
        "GET /projects?limit=2&offset=1&select=id&order=id",
        gives: #"[{"id":2}, \#n {"id":3}]"#),
      Case(
        "GET /projects?limit=0",
        gives: "[]"),
      Case(
        "GET /projects?select=id&limit=1",
        headers: [(name: "prefer", value: "count=exact")],
        gives: #"[{"id":1}]"#,
        total: 4),
      Case(
        "GET /projects?select=id&limit=1",
        headers: [(name: "prefer", value: "count=planned")],
        gives: #"[{"id":1}]"#,
        total: 4),
    ])
  func orderAndRange(_ row: Case) async throws {
    try await row.check()
  }

  /// Rows of other relations, by every kind of relationship.
  @Test(
    arguments: [
      Case(
        "GET /projects?select=name,clients(name)&order=id",
        gives: #"""
          [{"name":"one","clients":{"name": "Ada"}}, \#n \#
          {"name":"two","clients":{"name": "Ada"}}, \#n \#
          {"name":"three","clients":{"name": "Bo"}}, \#n \#
          {"name":"free","clients":null}]
          """#),
      Case(
        "GET /clients?select=name,projects(name)&order=id",
        gives: #"""
          [{"name":"Ada","projects":[{"name": "one"}, {"name": "two"}]}, \#n \#
          {"name":"Bo","projects":[{"name": "three"}]}, \#n \#
          {"name":"Cy","projects":[]}]
          """#),
      Case(
        #"""
        GET \#
        /clients?select=name,projects!inner(name)&order=id&projects.name=eq.two
        """#,
        headers: [(name: "prefer", value: "count=exact")],
        gives: #"[{"name":"Ada","projects":[{"name": "two"}]}]"#,
        total: 1),
      Case(
        #"""
        GET /clients?select=name,projects(name)&projects.order=name.desc&projects.\#
        limit=1&order=id
        """#,
        gives: #"""
          [{"name":"Ada","projects":[{"name": "two"}]}, \#n \#
          {"name":"Bo","projects":[{"name": "three"}]}, \#n \#
          {"name":"Cy","projects":[]}]
          """#),
      Case(
        "GET /clients?select=name,projects()&projects=is.null",
        gives: #"[{"name":"Cy"}]"#),
      Case(
        "GET /clients?select=name,projects()&projects=not.is.null&order=id",
        headers: [(name: "prefer", value: "count=exact")],
        gives: #"[{"name":"Ada"}, \#n {"name":"Bo"}]"#,
        total: 2),
      Case(
        "GET /projects?select=id,...clients(client:name)&order=id",
        gives: #"""
          [{"id":1,"client":"Ada"}, \#n {"id":2,"client":"Ada"}, \#n \#
          {"id":3,"client":"Bo"}, \#n {"id":4,"client":null}]
          """#),
      Case(
        "GET /clients?select=id,...projects(pname:name,id)&order=id",
        gives: #"""
          [{"id":1,"pname":["one", "two"],"id":[1, 2]}, \#n \#
          {"id":2,"pname":["three"],"id":[3]}, \#n {"id":3,"pname":[],"id":[]}]
          """#),
      Case(
        "GET /users?select=name,tasks(name,projects(name))&order=id",
        gives: #"""
          [{"name":"Uma","tasks":[{"name": "draw", "projects": {"name": "one"}}, \#
          {"name": "code", "projects": {"name": "one"}}]}, \#n \#
          {"name":"Vic","tasks":[{"name": "code", "projects": {"name": "one"}}]}]
          """#),
      Case(
        "GET /organizations?select=name,auditor:auditor_id(name)&id=eq.3",
        gives: #"[{"name":"acme","auditor":{"name": "audit"}}]"#),
      Case(
        #"""
        GET \#
        /organizations?select=name,audits:organizations!auditor_id(name)&order=id
        """#,
        gives: #"""
          [{"name":"ref","audits":[]}, \#n {"name":"audit","audits":[{"name": \#
          "acme"}]}, \#n {"name":"acme","audits":[]}]
          """#),
      Case(
        #"""
        GET /orders?select=id,billing:addresses!orders_billing_id_fkey(city),shipp\#
        ing:addresses!shipping_id(city)&order=id
        """#,
        gives: #"""
          [{"id":1,"billing":{"city": "Oslo"},"shipping":{"city": "Rome"}}, \#n \#
          {"id":2,"billing":{"city": "Oslo"},"shipping":{"city": "Oslo"}}]
          """#),
      Case(
        "GET /orders?select=id,billing_id(city)&order=id",
        gives: #"""
          [{"id":1,"billing_id":{"city": "Oslo"}}, \#n {"id":2,"billing_id":{"city": \#
          "Oslo"}}]
          """#),
      Case(
        "GET /people?select=name,profiles(bio)&order=id",
        gives: #"""
          [{"name":"Pia","profiles":{"bio": "hello"}}, \#n \#
          {"name":"Quin","profiles":null}]
          """#),
      Case(
        "GET /profiles?select=bio,people(name)",
        gives: #"[{"bio":"hello","people":{"name": "Pia"}}]"#),
      Case(
        "GET /projects_view?select=name,clients_view(key,name)&id=eq.1",
        gives: #"[{"name":"one","clients_view":{"key": 1, "name": "ADA"}}]"#),
      Case(
        "GET /projects?select=id,main_client(name)&order=id",
        gives: #"""
          [{"id":1,"main_client":{"name": "Ada"}}, \#n \#
          {"id":2,"main_client":{"name": "Ada"}}, \#n {"id":3,"main_client":{"name": \#
          "Bo"}}, \#n {"id":4,"main_client":null}]
          """#),
      Case(
        #"""
        GET \#
        /projects?select=id,clients(name)&order=clients(name).desc.nullslast,id
        """#,
        gives: #"""
          [{"id":3,"clients":{"name": "Bo"}}, \#n {"id":1,"clients":{"name": \#
          "Ada"}}, \#n {"id":2,"clients":{"name": "Ada"}}, \#n \#
          {"id":4,"clients":null}]
          """#),
      Case(
        "GET /secrets?select=id,clients(name)",
        gives: "[]"),
      Case(
        "GET /clients?select=id,secrets(id)&id=eq.1",
        gives: #"[{"id":1,"secrets":[]}]"#),
    ])
  func embeds(_ row: Case) async throws {
    try await row.check()
  }

  /// Groups are made of what is not aggregated.
  @Test(
    arguments: [
      Case(
        "GET /orders?select=amount.sum(),billing_id",
        gives: #"[{"sum":30.5,"billing_id":1}]"#),
      Case(
        "GET /orders?select=count()",
        gives: #"[{"count":2}]"#),
      Case(
        "GET /projects?select=client_id,id.count()&order=client_id",
        gives: #"""
          [{"client_id":1,"count":2}, \#n {"client_id":2,"count":1}, \#n \#
          {"client_id":null,"count":1}]
          """#),
      Case(
        "GET /tasks?select=...projects(client_id,id.sum())",
        gives: #"[{"client_id":1,"sum":4}]"#),
      Case(
        "GET /clients?select=name,...projects(id.sum())",
        error: #"""
          400 {"code":"PGRST127","details":"Aggregates are not implemented for \#
          one-to-many or many-to-many spreads.","hint":null,"message":"Feature not \#
          implemented"}
          """#),
    ])
  func aggregates(_ row: Case) async throws {
    try await row.check()
  }

  /// The same rows as object, CSV, without nulls, without a body.
  @Test(
    arguments: [
      Case(
        "GET /projects?id=eq.1",
        headers: [(name: "accept", value: "application/vnd.pgrst.object+json")],
        gives: #"{"id":1,"name":"one","client_id":1}"#),
      Case(
        "GET /projects",
        headers: [(name: "accept", value: "application/vnd.pgrst.object+json")],
        error: #"""
          406 {"code":"PGRST116","details":"The result contains 4 \#
          rows","hint":null,"message":"Cannot coerce the result to a single JSON \#
          object"}
          """#),
      Case(
        "GET /docs?select=id,plain,body",
        headers: [(name: "accept", value: "application/vnd.pgrst.array+json;nulls=stripped")],
        gives: #"""
          [{"id":1,"plain":{"k":1},"body":"the quick brown \#
          fox"},{"id":2,"body":"lazy dogs"},{"id":3}]
          """#),
      Case(
        "GET /projects?order=id",
        headers: [(name: "accept", value: "text/csv")],
        gives: #"id,name,client_id\#n1,one,1\#n2,two,1\#n3,three,2\#n4,free,"#),
      Case(
        "GET /projects?id=eq.99",
        headers: [(name: "accept", value: "text/csv")],
        gives: #"\#n"#),
      Case(
        "GET /notes",
        headers: [(name: "accept-profile", value: "other")],
        gives: #"[{"id":1,"note":"n"}]"#),
      Case(
        "HEAD /projects",
        gives: "",
        rows: 4),
    ])
  func shapes(_ row: Case) async throws {
    try await row.check()
  }

  /// What a client did wrong, in the words it knows.
  @Test(
    arguments: [
      Case(
        "GET /projects?select=id&offset=9",
        headers: [(name: "prefer", value: "count=exact")],
        error: #"""
          416 {"code":"PGRST103","details":"An offset of 9 was requested, but there \#
          are only 4 rows.","hint":null,"message":"Requested range not satisfiable"}
          """#),
      Case(
        "GET /orders?select=id,addresses(city)",
        error: #"""
          300 {"code":"PGRST201","details":[{"cardinality":"many-to-one","embedding"\#
          :"orders with addresses","relationship":"orders_billing_id_fkey using \#
          orders(billing_id) and \#
          addresses(id)"},{"cardinality":"many-to-one","embedding":"orders with \#
          addresses","relationship":"orders_shipping_id_fkey using \#
          orders(shipping_id) and addresses(id)"}],"hint":"Try changing 'addresses' \#
          to one of the following: 'addresses!orders_billing_id_fkey', \#
          'addresses!orders_shipping_id_fkey'. Find the desired relationship in the \#
          'details' key.","message":"Could not embed because more than one \#
          relationship was found for 'orders' and 'addresses'"}
          """#),
      Case(
        "GET /clients?select=id,projects(name)&order=projects(name)",
        error: #"""
          400 {"code":"PGRST118","details":"'clients' and 'projects' do not form a \#
          many-to-one or one-to-one relationship","hint":null,"message":"A related \#
          order on 'projects' is not possible"}
          """#),
      Case(
        "GET /projects?select=id&clients.name=eq.x",
        error: #"""
          400 {"code":"PGRST108","details":null,"hint":"Verify that 'clients' is \#
          included in the 'select' query parameter.","message":"'clients' is not an \#
          embedded resource in this request"}
          """#),
      Case(
        "GET /projcts",
        error: #"""
          404 {"code":"PGRST205","details":null,"hint":"Perhaps you meant the table \#
          'api.projects'","message":"Could not find the table 'api.projcts' in the \#
          schema cache"}
          """#),
      Case(
        "GET /projects?select=id,clint(name)",
        error: #"""
          400 {"code":"PGRST200","details":"Searched for a foreign key relationship \#
          between 'projects' and 'clint' in the schema 'api', but no matches were \#
          found.","hint":"Perhaps you meant 'clients' instead of \#
          'clint'.","message":"Could not find a relationship between 'projects' and \#
          'clint' in the schema cache"}
          """#),
      Case(
        "GET /projects?select=id,nothing(name)",
        error: #"""
          400 {"code":"PGRST200","details":"Searched for a foreign key relationship \#
          between 'projects' and 'nothing' in the schema 'api', but no matches were \#
          found.","hint":null,"message":"Could not find a relationship between \#
          'projects' and 'nothing' in the schema cache"}
          """#),
      Case(
        "GET /projects?select=id,clients!nohint(name)",
        error: #"""
          400 {"code":"PGRST200","details":"Searched for a foreign key relationship \#
          between 'projects' and 'clients' using the hint 'nohint' in the schema \#
          'api', but no matches were found.","hint":null,"message":"Could not find a \#
          relationship between 'projects' and 'clients' in the schema cache"}
          """#),
      Case(
        "GET /projects?select=nocol",
        error: #"""
          400 {"code":"42703","details":null,"hint":null,"message":"column \#
          projects.nocol does not exist"}
          """#),
    ])
  func errors(_ row: Case) async throws {
    try await row.check()
  }
}
