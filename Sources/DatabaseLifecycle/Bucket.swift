import PostgresClient
package import ProjectConfiguration

/// A bucket of files that the configuration names, as a row.
package struct Bucket: Sendable, Hashable {
  /// Also its id.
  package var name: String
  /// Whether files are readable without a token.
  package var isPublic: Bool
  /// The largest file; nil: the project's limit.
  package var fileSizeLimitInBytes: Int?
  /// Types of files; none means any.
  package var allowedMimeTypes: [String]
  /// A folder of files for it, which come with the storage service.
  package var objectsPath: String?

  /// The buckets of a configuration, in the order of their names; none where storage is off.
  ///
  /// - Parameter storage: `[storage]`.
  /// - Returns: `[storage.buckets.<name>]`, each.
  package static func list(_ storage: StorageConfiguration) -> [Bucket] {
    guard storage.enabled else { return [] }
    return storage.buckets.sorted { $0.key < $1.key }.map { name, bucket in
      Bucket(
        name: name, isPublic: bucket.isPublic, fileSizeLimitInBytes: bucket.fileSizeLimit?.bytes,
        allowedMimeTypes: bucket.allowedMimeTypes, objectsPath: bucket.objectsPath)
    }
  }

  /// The statement that makes the row, or gives it these properties.
  ///
  /// It returns whether the row was new.
  var upsert: PostgresStatement {
    PostgresStatement(
      sql: """
        insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
        values ($1, $1, $2::boolean, $3::bigint, $4::text[])
        on conflict (id) do update
        set public = excluded.public, file_size_limit = excluded.file_size_limit,
          allowed_mime_types = excluded.allowed_mime_types, updated_at = now()
        returning xmax = 0
        """,
      values: [
        name, isPublic ? "true" : "false", fileSizeLimitInBytes.map { String($0) },
        allowedMimeTypes.isEmpty ? nil : arrayLiteral(allowedMimeTypes),
      ])
  }

  /// What a layer's key says of it.
  var fingerprint: String {
    // Files are no part of a layer: the path changes nothing here.
    [
      name, "\(isPublic)", fileSizeLimitInBytes.map { "\($0)" } ?? "-",
      allowedMimeTypes.joined(separator: "\u{1}"),
    ].joined(separator: "\u{1}")
  }
}

extension ProjectDatabase {
  /// Makes the configuration's buckets in the live database, or gives them its properties.
  ///
  /// - Returns: Each bucket, and whether it was new.
  /// - Throws: `PostgresError`.
  package func seedBuckets() async throws -> [(bucket: Bucket, isNew: Bool)] {
    try await turnstile.pass {
      let buckets = try currentInputs().buckets
      if buckets.isEmpty { return [] }
      let session = try await access.connect(to: Ledger.live, as: access.superuser)
      do {
        let results = try await session.pipeline(buckets.map { $0.upsert })
        await session.close()
        return zip(buckets, results).map { ($0, $1.firstValue == "t") }
      } catch {
        await session.close()
        throw error
      }
    }
  }
}
