import Diagnostics
import PostgresClient
package import ProjectConfiguration

/// A secret of the configuration, `[db.vault] NAME = "…"`: every database of the project has it.
package struct VaultSecret: Sendable, Hashable {
  /// How `vault.secrets` knows it.
  package var name: String
  /// What it says.
  package var secret: Secret

  /// The configuration's secrets, in the order of their names.
  ///
  /// One whose variable is not set is left out, as the Supabase CLI does: there is nothing to keep.
  ///
  /// - Parameter database: `[db]` of the configuration.
  /// - Returns: `[db.vault]`, each.
  package static func list(_ database: DatabaseConfiguration) -> [VaultSecret] {
    database.vault.sorted { $0.key < $1.key }
      .filter { environmentReference($0.value.value) == nil }
      .map { VaultSecret(name: $0.key, secret: $0.value) }
  }

  /// The statement that makes it, or gives it this value where it has another one.
  ///
  /// The value goes as a parameter: a statement may be logged.
  private var upsert: PostgresStatement {
    PostgresStatement(
      sql: """
        select case
          when kept.id is null then vault.create_secret($2, $1) is null
          when kept.decrypted_secret is distinct from $2 then
            vault.update_secret(kept.id, $2) is null
        end
        from (select) as one left join vault.decrypted_secrets as kept on kept.name = $1
        """, values: [name, secret.value])
  }

  /// Brings a database's vault to the configuration; what else is in it stays.
  ///
  /// Does nothing where a project dropped the vault.
  ///
  /// - Parameters:
  ///   - secrets: Of the configuration.
  ///   - connection: To the database, as its superuser.
  /// - Throws: `PostgresError`.
  static func apply(
    _ secrets: [VaultSecret], on connection: PostgresConnection
  ) async throws(PostgresError) {
    if secrets.isEmpty { return }
    let vault = try await connection.query(
      "select from pg_extension where extname = 'supabase_vault'")
    if vault.rows.isEmpty { return }
    _ = try await connection.pipeline(secrets.map { $0.upsert })
  }

  /// What goes into the hash that a layer's key is; never a part of a name or of a message itself.
  var fingerprint: String { "\(name)\u{0}\(secret.value)" }
}

extension ProjectDatabase {
  /// Brings the live database's vault to the configuration, which may have changed since.
  ///
  /// A vault that cannot be written is no reason not to start: it is reported.
  func updateVault() async {
    do {
      let secrets = try currentInputs().vaultSecrets
      if secrets.isEmpty { return }
      try await withLiveCatalog { try await VaultSecret.apply(secrets, on: $0) }
    } catch {
      report(
        Diagnostic(
          code: "vault_not_updated",
          message: "[db.vault] is not in the database's vault: "
            + Diagnostic(describing: error).message,
          hint: "`homebase db reset` makes the vault anew"))
    }
  }
}
