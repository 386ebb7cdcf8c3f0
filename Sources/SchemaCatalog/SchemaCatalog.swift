// SchemaCatalog: one introspection of a database, as a value.
//
// Three questions, each one round trip. What do rows look like: `Catalog`, of the tables and types
// that mock data is made for (`CatalogQuery.swift`, `Introspection.swift`). What would SQL have to
// create: `Inventory`, of every object with its definition, grants and dependencies
// (`InventoryQueries.swift`). What may a client ask for: `TypeMetadata`, of what a role sees of some
// schemas, as a document for generators of types (`TypeMetadataQueries.swift`).
// Never: a change to the database; a guess about what the catalog does not say.
