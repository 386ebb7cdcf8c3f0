// SchemaCatalog: to come.
