import PostgresClient
import ProjectConfiguration
import Synchronization
import Testing

@testable import DatabaseLifecycle

@Suite struct VaultSecretTests {
  private static let text = """
    select format('%s=%s', name, decrypted_secret) from vault.decrypted_secrets order by name
    """

  /// Migrations can read the secrets; a changed value reaches the live database at the next start.
  @Test func secretsAreInTheVault() async throws {
    try await withDatabase { folder, database in
      try folder.write(
        "migrations/20260101000099_reads.sql",
        """
        create table public.read_there as
          select decrypted_secret from vault.decrypted_secrets where name = 'one';
        """)
      folder.secrets.withLock {
        $0 = [VaultSecret(name: "one", secret: "it's"), VaultSecret(name: "two", secret: "2")]
      }
      _ = try await database.reset()
      #expect(try await rows(database, Self.text) == ["one=it's", "two=2"])
      #expect(try await rows(database, "select decrypted_secret from read_there") == ["it's"])

      // What a project keeps there besides stays, and an equal value is not written again.
      _ = try await rows(database, "select vault.create_secret('own', 'mine')")
      let written = "select updated_at from vault.secrets where name = 'two'"
      let before = try await rows(database, written)
      folder.secrets.withLock { $0[0].secret = "changed" }
      #expect(try await database.open() == nil)
      #expect(try await rows(database, Self.text) == ["mine=own", "one=changed", "two=2"])
      #expect(try await rows(database, written) == before)

      // A reset runs what had read the old value.
      #expect(try await database.reset().source == .replay)
      #expect(try await rows(database, "select decrypted_secret from read_there") == ["changed"])
      #expect(try await database.reset().source != .replay)
    }
  }

  /// A project may have dropped the vault.
  @Test func noVaultIsNoError() async throws {
    try await withDatabase { folder, database in
      try folder.write(
        "migrations/20260101000099_drops.sql", "drop extension supabase_vault cascade;")
      folder.secrets.withLock { $0 = [VaultSecret(name: "one", secret: "1")] }
      _ = try await database.reset()
      #expect(try await database.open() == nil)
    }
  }

  /// One whose variable is not set is left out, and none is shown.
  @Test func unsetVariablesAreLeftOut() {
    var configuration = DatabaseConfiguration()
    configuration.vault = ["b": "env(NOT_SET)", "c": "env", "a": "hunter2"]
    let secrets = VaultSecret.list(configuration)
    #expect(secrets.map(\.name) == ["a", "c"])
    #expect(!"\(secrets)".contains("hunter2"))
  }
}
