// Tests of SchemaCatalog: to come.
