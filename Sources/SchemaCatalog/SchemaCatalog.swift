// SchemaCatalog: one introspection of a database, as a value.
//
// One query that answers with JSON → `Catalog`. Start at `Catalog.swift`; the query is in
// `CatalogQuery.swift`, `Introspection.swift` runs it. All names in expressions are qualified.
// Never: a change to the database; a guess about what the catalog does not say.
