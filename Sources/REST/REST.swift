// REST: from a request tree and what the database holds to one SQL statement and its settings.
//
// catalog → `SchemaCache`; request + cache → plan → `RESTStatement`. Start at `RESTStatement.swift`;
// reads are planned in `ReadPlanner.swift` and written in `ReadSQL.swift`, writes and function calls
// beside them, and what a client did wrong is worded in `PlanErrors.swift`, in PostgREST v14's words.
// Never: a value of a request in the text of SQL, a name that is not quoted, a body re-serialised.
