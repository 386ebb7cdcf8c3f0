import Testing

@testable import REST

/// What writes give and do, by a real server.
@Suite struct WriteTests {
  /// New rows, what comes back of them, and what is in the table then.
  @Test(
    arguments: [
      Case(
        "POST /clients",
        body: #"{"id":9,"name":"New"}"#,
        check: "select count(*) from api.clients where id = 9",
        rows: 1,
        checked: "1"),
      Case(
        "POST /clients",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"id":9,"name":"New"}"#,
        gives: #"[{"id":9,"name":"New"}]"#),
      Case(
        "POST /clients",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"[{"id":9,"name":"a"},{"id":10,"name":"b"}]"#,
        gives: #"[{"id":9,"name":"a"}, \#n {"id":10,"name":"b"}]"#),
      Case(
        "POST /clients?select=id",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"[{"id":9,"name":"a"},{"id":10,"name":"b"}]"#,
        gives: #"[{"id":9}, \#n {"id":10}]"#),
      Case(
        "POST /clients?columns=id,name&select=id",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"[{"id":9,"name":"a","x":1}]"#,
        gives: #"[{"id":9}]"#),
      Case(
        "POST /items?select=kind,name",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"name":"a"}"#,
        gives: #"[{"kind":"plain","name":"a"}]"#),
      Case(
        "POST /items?columns=name,kind&select=kind,name",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"name":"a"}"#,
        gives: #"[{"kind":null,"name":"a"}]"#),
      Case(
        "POST /items?columns=name,kind&select=kind,name",
        headers: [(name: "prefer", value: "return=representation, missing=default")],
        body: #"{"name":"a"}"#,
        gives: #"[{"kind":"plain","name":"a"}]"#),
      Case(
        "POST /items?columns=id,name,kind&select=kind,name&order=name",
        headers: [(name: "prefer", value: "return=representation, missing=default")],
        body: #"[{"name":"a"},{"name":"b","kind":"q"}]"#,
        gives: #"[{"kind":"plain","name":"a"}, \#n {"kind":"q","name":"b"}]"#),
      Case(
        "POST /items?select=code,price",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"name":"a","code":"xy","price":1.5}"#,
        gives: #"[{"code":"xy ","price":1.50}]"#),
      Case(
        "POST /items",
        headers: [(name: "prefer", value: "return=headers-only")],
        body: #"{"id":77,"name":"a"}"#,
        rows: 1,
        location: #"[["id", "eq.77"]]"#),
      Case(
        "POST /pairs",
        headers: [(name: "prefer", value: "return=headers-only")],
        body: #"{"a":5,"b":"x=y"}"#,
        rows: 1,
        location: #"[["a", "eq.5"], ["b", "eq.x=y"]]"#),
      Case(
        "POST /clients",
        body: "[]",
        check: "select count(*) from api.clients",
        rows: 0,
        checked: "3"),
      Case(
        "POST /bare",
        headers: [(name: "prefer", value: "return=representation")],
        body: "{}",
        gives: #"[{"note":null}]"#),
      Case(
        "POST /bare",
        headers: [(name: "prefer", value: "return=representation")],
        body: "[{},{}]",
        gives: #"[{"note":null}, \#n {"note":null}]"#),
      Case(
        "POST /projects?select=name,clients(name)",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"id":9,"name":"p","client_id":2}"#,
        gives: #"[{"name":"p","clients":{"name": "Bo"}}]"#),
      Case(
        "POST /projects_view?select=id,name",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"id":9,"name":"p"}"#,
        gives: #"[{"id":9,"name":"p"}]"#),
      Case(
        "POST /clients",
        headers: [
          (name: "prefer", value: "return=representation"),
          (name: "content-type", value: "text/csv"),
        ],
        body: #"id,name\#n8,NULL"#,
        error: #"""
          400 {"code":"23502","details":"Failing row contains (8, \#
          null).","hint":null,"message":"null value in column \"name\" of relation \\#
          "clients\" violates not-null constraint"}
          """#),
      Case(
        "POST /projects",
        headers: [
          (name: "prefer", value: "return=representation"),
          (name: "content-type", value: "application/x-www-form-urlencoded"),
        ],
        body: "id=8&name=f",
        gives: #"[{"id":8,"name":"f","client_id":null}]"#),
      Case(
        "POST /clients",
        headers: [
          (name: "prefer", value: "return=representation"),
          (name: "accept", value: "application/vnd.pgrst.object+json"),
        ],
        body: #"{"id":9,"name":"New"}"#,
        gives: #"{"id":9,"name":"New"}"#),
      Case(
        "POST /clients",
        headers: [
          (name: "prefer", value: "return=representation"),
          (name: "accept", value: "application/vnd.pgrst.object+json"),
        ],
        body: #"[{"id":9,"name":"a"},{"id":8,"name":"b"}]"#,
        error: #"""
          406 {"code":"PGRST116","details":"The result contains 2 \#
          rows","hint":null,"message":"Cannot coerce the result to a single JSON \#
          object"}
          """#),
      Case(
        "POST /odd%20%22table?select=select",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"id":2,"col \"x":"v","select":3}"#,
        gives: #"[{"select":3}]"#),
    ])
  func inserts(_ row: Case) async throws {
    try await row.check()
  }

  /// Rows that are there already are merged or left, by key or by named columns.
  @Test(
    arguments: [
      Case(
        "POST /clients",
        headers: [(name: "prefer", value: "return=representation, resolution=merge-duplicates")],
        body: #"[{"id":1,"name":"Ada2"},{"id":9,"name":"New"}]"#,
        gives: #"[{"id":1,"name":"Ada2"}, \#n {"id":9,"name":"New"}]"#,
        inserted: 1),
      Case(
        "POST /clients",
        headers: [(name: "prefer", value: "return=representation, resolution=ignore-duplicates")],
        body: #"[{"id":1,"name":"Ada2"},{"id":9,"name":"New"}]"#,
        gives: #"[{"id":9,"name":"New"}]"#),
      Case(
        "POST /clients",
        headers: [(name: "prefer", value: "resolution=merge-duplicates")],
        body: #"[{"id":1,"name":"Ada2"}]"#,
        check: "select name from api.clients where id = 1",
        rows: 1,
        inserted: 0,
        checked: "Ada2"),
      Case(
        "POST /items?on_conflict=name&select=name,kind",
        headers: [(name: "prefer", value: "return=representation, resolution=merge-duplicates")],
        body: #"{"name":"cup","kind":"new"}"#,
        gives: #"[{"name":"cup","kind":"new"}]"#,
        inserted: 0),
      Case(
        "POST /bare",
        headers: [(name: "prefer", value: "return=representation, resolution=merge-duplicates")],
        body: #"{"note":"x"}"#,
        gives: #"[{"note":"x"}]"#),
      Case(
        "PUT /clients?id=eq.1",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"id":1,"name":"Put"}"#,
        gives: #"[{"id":1,"name":"Put"}]"#,
        inserted: 0),
      Case(
        "PUT /clients?id=eq.12",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"id":12,"name":"Put"}"#,
        gives: #"[{"id":12,"name":"Put"}]"#,
        inserted: 1),
      Case(
        "PUT /pairs?a=eq.1&b=eq.x",
        body: #"{"a":1,"b":"x","note":"put"}"#,
        check: "select note from api.pairs where a = 1 and b = 'x'",
        rows: 1,
        inserted: 0,
        checked: "put"),
    ])
  func upserts(_ row: Case) async throws {
    try await row.check()
  }

  /// Rows that fit the filters, and only those.
  @Test(
    arguments: [
      Case(
        "PATCH /clients?id=eq.1",
        body: #"{"name":"X"}"#,
        check: "select string_agg(name, ',' order by id) from api.clients",
        rows: 1,
        checked: "X,Bo,Cy"),
      Case(
        "PATCH /clients?id=eq.1",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"name":"X"}"#,
        gives: #"[{"id":1,"name":"X"}]"#),
      Case(
        "PATCH /clients",
        body: #"{"name":"X"}"#,
        check: "select string_agg(name, ',' order by id) from api.clients",
        rows: 3,
        checked: "X,X,X"),
      Case(
        "PATCH /clients?id=eq.1",
        headers: [(name: "prefer", value: "return=representation")],
        body: "{}",
        gives: "[]"),
      Case(
        "PATCH /clients?id=eq.1&select=name",
        headers: [(name: "prefer", value: "return=representation")],
        body: "{}",
        gives: "[]"),
      Case(
        "PATCH /clients?name=eq.Ada&select=name",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"name":"Not Ada"}"#,
        gives: #"[{"name":"Not Ada"}]"#),
      Case(
        "PATCH /clients?or=(name.eq.Ada,name.eq.Bo)&select=id,name",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"name":"Z"}"#,
        gives: #"[{"id":1,"name":"Z"}, \#n {"id":2,"name":"Z"}]"#),
      Case(
        "PATCH /projects?id=eq.1&select=id,clients(name)",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"client_id":2}"#,
        gives: #"[{"id":1,"clients":{"name": "Bo"}}]"#),
      Case(
        "PATCH /clients?id=eq.1&select=id,projects(id)",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"name":"E"}"#,
        gives: #"[{"id":1,"projects":[{"id": 1}, {"id": 2}]}]"#),
      Case(
        "PATCH /items?name=eq.cup&columns=kind,price&select=kind,price",
        headers: [(name: "prefer", value: "return=representation, missing=default")],
        body: #"{"price":3}"#,
        gives: #"[{"kind":"plain","price":3.00}]"#),
      Case(
        "PATCH /clients",
        headers: [(name: "prefer", value: "handling=strict, max-affected=5")],
        body: #"{"name":"X"}"#,
        rows: 3),
      Case(
        "PATCH /users?id=eq.1&select=id,tasks(name)",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"name":"U"}"#,
        gives: #"[{"id":1,"tasks":[{"name": "draw"}, {"name": "code"}]}]"#),
      Case(
        "PATCH /projects?id=eq.1&select=id,main_client(name)",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"name":"U"}"#,
        gives: #"[{"id":1,"main_client":{"name": "Ada"}}]"#),
      Case(
        "POST /projects?select=*,label",
        headers: [(name: "prefer", value: "return=representation")],
        body: #"{"id":9,"name":"p"}"#,
        gives: #"[{"id":9,"name":"p","client_id":null,"label":"p:p"}]"#),
    ])
  func updates(_ row: Case) async throws {
    try await row.check()
  }

  /// What goes, and what is left.
  @Test(
    arguments: [
      Case(
        "DELETE /users_tasks?user_id=eq.1",
        body: "{}",
        check: "select count(*) from api.users_tasks",
        rows: 2,
        checked: "1"),
      Case(
        "DELETE /users_tasks?user_id=eq.2",
        headers: [(name: "prefer", value: "return=representation")],
        gives: #"[{"user_id":2,"task_id":2}]"#),
      Case(
        "DELETE /users_tasks?user_id=eq.1&select=tasks(name),user_id",
        headers: [(name: "prefer", value: "return=representation")],
        gives: #"""
          [{"user_id":1,"tasks":{"name": "draw"}}, \#n {"user_id":1,"tasks":{"name": \#
          "code"}}]
          """#),
      Case(
        "DELETE /projects_view?id=eq.4&select=name",
        headers: [(name: "prefer", value: "return=representation")],
        gives: #"[{"name":"free"}]"#),
    ])
  func deletes(_ row: Case) async throws {
    try await row.check()
  }

  /// What a client did wrong, with nothing changed.
  @Test(
    arguments: [
      Case(
        "POST /clients",
        body: #"{"id":9,"nam":"x"}"#,
        error: #"""
          400 {"code":"PGRST204","details":null,"hint":null,"message":"Could not \#
          find the 'nam' column of 'clients' in the schema cache"}
          """#),
      Case(
        "POST /clients?columns=id,zz",
        body: #"{"id":9}"#,
        error: #"""
          400 {"code":"PGRST204","details":null,"hint":null,"message":"Could not \#
          find the 'zz' column of 'clients' in the schema cache"}
          """#),
      Case(
        "POST /clients",
        body: #"{"id":1,"name":"x"}"#,
        error: #"""
          409 {"code":"23505","details":"Key (id)=(1) already \#
          exists.","hint":null,"message":"duplicate key value violates unique \#
          constraint \"clients_pkey\""}
          """#),
      Case(
        "POST /clients",
        body: #"{"id":7}"#,
        error: #"""
          400 {"code":"23502","details":"Failing row contains (7, \#
          null).","hint":null,"message":"null value in column \"name\" of relation \\#
          "clients\" violates not-null constraint"}
          """#),
      Case(
        "POST /clients",
        body: #"[{"id":7},{"name":"x"}]"#,
        error: #"""
          400 {"code":"PGRST102","details":null,"hint":null,"message":"All object \#
          keys must match"}
          """#),
      Case(
        "POST /clients",
        body: #"{"id":"#,
        error: #"""
          400 {"code":"PGRST102","details":null,"hint":null,"message":"Empty or \#
          invalid json"}
          """#),
      Case(
        "PUT /clients?id=gt.1",
        body: #"{"id":1,"name":"x"}"#,
        error: #"""
          405 {"code":"PGRST105","details":null,"hint":null,"message":"Filters must \#
          include all and only primary key columns with 'eq' operators"}
          """#),
      Case(
        "PUT /clients",
        body: #"{"id":1,"name":"x"}"#,
        error: #"""
          405 {"code":"PGRST105","details":null,"hint":null,"message":"Filters must \#
          include all and only primary key columns with 'eq' operators"}
          """#),
      Case(
        "PUT /clients?id=eq.2",
        body: #"{"id":1,"name":"x"}"#,
        error: #"""
          400 {"code":"PGRST115","details":null,"hint":null,"message":"Payload \#
          values do not match URL in primary key column(s)"}
          """#),
      Case(
        "PUT /clients?id=eq.2&limit=1",
        body: #"{"id":2,"name":"x"}"#,
        error: #"""
          400 {"code":"PGRST114","details":null,"hint":null,"message":"limit/offset \#
          querystring parameters are not allowed for PUT"}
          """#),
      Case(
        "PATCH /clients",
        headers: [(name: "prefer", value: "handling=strict, max-affected=2")],
        body: #"{"name":"X"}"#,
        error: #"""
          400 {"code":"PGRST124","details":"The query affects 3 \#
          rows","hint":null,"message":"Query result exceeds max-affected preference \#
          constraint"}
          """#),
      Case(
        "PATCH /clients?select=name",
        headers: [
          (name: "prefer", value: "return=representation"),
          (name: "accept", value: "application/vnd.pgrst.object+json"),
        ],
        body: #"{"name":"X"}"#,
        error: #"""
          406 {"code":"PGRST116","details":"The result contains 3 \#
          rows","hint":null,"message":"Cannot coerce the result to a single JSON \#
          object"}
          """#),
      Case(
        "PATCH /clients?id=eq.1",
        body: #"{"nam":"x"}"#,
        error: #"""
          400 {"code":"PGRST204","details":null,"hint":null,"message":"Could not \#
          find the 'nam' column of 'clients' in the schema cache"}
          """#),
      Case(
        "DELETE /clients?id=eq.1",
        error: #"""
          409 {"code":"23503","details":"Key (id)=(1) is still referenced from table \#
          \"projects\".","hint":null,"message":"update or delete on table \"clients\#
          \" violates foreign key constraint \"projects_client_id_fkey\" on table \\#
          "projects\""}
          """#),
      Case(
        "DELETE /nothere",
        error: #"""
          404 {"code":"PGRST205","details":null,"hint":null,"message":"Could not \#
          find the table 'api.nothere' in the schema cache"}
          """#),
    ])
  func writeErrors(_ row: Case) async throws {
    try await row.check()
  }

  /// Where the rule of `safeupdate` holds, nobody changes all rows by forgetting a filter.
  @Test func writesSayWhichRows() async throws {
    let rules = PlanRules(requiresConditions: true)
    func refusal(_ verb: String) -> String {
      #"400 {"code":"21000","details":null,"hint":null,"message":"\#(verb) requires a WHERE clause"}"#
    }
    try await Case("DELETE /bare", error: refusal("DELETE")).check(rules: rules)
    try await Case("PATCH /bare", body: #"{"note":"x"}"#, error: refusal("UPDATE"))
      .check(rules: rules)
    try await Case("DELETE /bare?note=eq.x", rows: 0).check(rules: rules)
    try await Case("PATCH /bare?or=(note.is.null)", body: #"{"note":"x"}"#, rows: 0)
      .check(rules: rules)
    // Nothing is to be changed.
    try await Case("PATCH /bare", body: "{}", rows: 0).check(rules: rules)
    try await Case("DELETE /bare", rows: 0).check()
  }
}
