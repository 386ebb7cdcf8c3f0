// SchemaCatalog: one introspection of a database, as a value.
//
// Two questions, each one round trip. What do rows look like: `Catalog`, of the tables and types that
// mock data and types are made for (`CatalogQuery.swift`, `Introspection.swift`). What would SQL have
// to create: `Inventory`, of every object with its definition, grants and dependencies
// (`InventoryQueries.swift`). All names in expressions are qualified.
// Never: a change to the database; a guess about what the catalog does not say.
