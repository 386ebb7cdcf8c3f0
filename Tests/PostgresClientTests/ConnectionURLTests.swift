import Diagnostics
import PostgresClient
import Testing

@Suite struct ConnectionURLTests {
  /// Addresses as the Supabase CLI and its dashboard write them.
  @Test(arguments: [
    (
      "postgresql://postgres:p%40ss%23@db.example.com:6543/app", "db.example.com", 6543, "app",
      "postgres", "p@ss#"
    ),
    ("postgres://127.0.0.1", "127.0.0.1", 5432, "postgres", "postgres", nil),
    ("postgresql://someone@localhost/", "localhost", 5432, "someone", "someone", nil),
    ("postgresql://u:p@[::1]:5433/d", "::1", 5433, "d", "u", "p"),
    ("postgresql:///d?host=/run/pg&port=5434", "/run/pg", 5434, "d", "postgres", nil),
    (
      "postgresql://u.ref:p@pooler:5432/postgres?sslmode=require", "pooler", 5432, "postgres",
      "u.ref", "p"
    ),
  ])
  func addresses(
    url: String, host: String, port: Int, database: String, user: String, password: String?
  ) throws {
    let parameters = try ConnectionParameters(url: url)
    #expect(parameters.host == host)
    #expect(parameters.port == port)
    #expect(parameters.database == database)
    #expect(parameters.user == user)
    #expect(parameters.password == password)
  }

  /// Anything else is refused without showing it: there may be a password in it.
  @Test(arguments: ["", "localhost", "mysql://a:secret@b/c", "postgresql:"])
  func noAddresses(url: String) {
    let error = #expect(throws: ConnectionURLError.self) { try ConnectionParameters(url: url) }
    #expect(error?.diagnostic.message.contains("secret") == false)
  }
}
