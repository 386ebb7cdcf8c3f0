// PostgresClient: to come.
