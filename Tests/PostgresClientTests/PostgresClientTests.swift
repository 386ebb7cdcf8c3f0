// Tests of PostgresClient.
