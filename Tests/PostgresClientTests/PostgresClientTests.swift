// Tests of PostgresClient: to come.
