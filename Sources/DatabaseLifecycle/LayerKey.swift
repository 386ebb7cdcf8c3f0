/// What a database is made of, as one short text: equal keys mean equal content.
///
/// Each step's key is the hash of the step before it and of what the step adds, so that an edited
/// migration changes its own key and those after it, and leaves the layers before it usable.
struct LayerChain: Sendable {
  /// The platform with the project's settings and roles, before any migration.
  let base: String
  /// After migration `i` (counted from 0): one entry a migration.
  let afterMigration: [String]
  /// After the seeds and buckets; equal to the last step before them when there are none.
  let final: String

  init(inputs: LifecycleInputs, files: ProjectFiles) {
    base = Self.shorten(
      hashOf(
        ([
          "homebase layer 1", inputs.platformHash, inputs.exposesNewTables.map { "\($0)" } ?? "-",
          inputs.jwtSecret, "\(inputs.jwtExpiryInSeconds)", files.rolesHash ?? "-",
        ] + inputs.vaultSecrets.map { $0.fingerprint }).joined(separator: "\u{0}")))
    var key = base
    var keys: [String] = []
    keys.reserveCapacity(files.migrations.count)
    for migration in files.migrations {
      key = Self.shorten(
        hashOf("\(key)\u{0}\(migration.version)\u{0}\(migration.name)\u{0}\(migration.hash)"))
      keys.append(key)
    }
    afterMigration = keys
    if !files.seeds.isEmpty {
      let seeds = files.seeds.map { "\($0.name)\u{0}\($0.hash)" }.joined(separator: "\u{0}")
      key = Self.shorten(hashOf("\(key)\u{0}seeds\u{0}\(seeds)"))
    }
    if !inputs.buckets.isEmpty {
      let buckets = inputs.buckets.map { $0.fingerprint }.joined(separator: "\u{0}")
      key = Self.shorten(hashOf("\(key)\u{0}buckets\u{0}\(buckets)"))
    }
    final = key
  }

  /// The key of the database before the migration at `index` is applied.
  func before(migration index: Int) -> String {
    index == 0 ? base : afterMigration[index - 1]
  }

  /// The key after all migrations, before the seeds.
  var migrated: String { afterMigration.last ?? base }

  /// 80 bits: names of databases have room for 63 bytes, and no two layers of a project meet.
  private static func shorten(_ hash: String) -> String { String(hash.prefix(20)) }
}
