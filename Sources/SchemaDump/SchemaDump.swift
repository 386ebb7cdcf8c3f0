// SchemaDump: a database as SQL, by pg_dump, without what the platform makes.
//
// `Dump` says what is wanted and how pg_dump is asked for it, `DumpFilter` edits its lines,
// `DumpRun.swift` finds the program and runs it. What is left out is what the Supabase CLI leaves
// out, so that a dump of the one applies with the other.
// Never: a password in an argument or a message; an edit inside a function's body.
