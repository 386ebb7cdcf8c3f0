/// Which extension files a project's server finds: those of the system, and homebase's own.
enum ExtensionFiles {
  /// Extensions that `postgres` may create though it is no superuser, when they are installed.
  ///
  /// Source: `supautils.privileged_extensions` of the platform's image.
  static let trusted: Set<String> = [
    "address_standardizer", "address_standardizer_data_us", "autoinc", "bloom", "btree_gin",
    "btree_gist", "citext", "cube", "dblink", "dict_int", "dict_xsyn", "earthdistance",
    "fuzzystrmatch", "hll", "hstore", "http", "hypopg", "index_advisor", "insert_username",
    "intarray", "ip4r", "isn", "ltree", "moddatetime", "old_snapshot", "orafce", "pg_buffercache",
    "pg_cron", "pg_freespacemap", "pg_graphql", "pg_hashids", "pg_jsonschema", "pg_net",
    "pg_partman", "pg_prewarm", "pg_repack", "pg_stat_monitor", "pg_stat_statements", "pg_tle",
    "pg_trgm", "pg_visibility", "pg_walinspect", "pgaudit", "pgcrypto", "pgjwt", "pgmq",
    "pgroonga", "pgroonga_database", "pgrouting", "pgrowlocks", "pgsodium", "pgstattuple",
    "pgtap", "plpgsql_check", "postgis", "postgis_raster", "postgis_sfcgal",
    "postgis_tiger_geocoder", "postgis_topology", "postgres_fdw", "refint", "rum", "seg",
    "semver", "sslinfo", "supabase_vault", "tablefunc", "tcn", "timescaledb", "tsm_system_rows",
    "tsm_system_time", "unaccent", "uuid-ossp", "vector", "wrappers",
  ]

  /// Own extensions that give way to the real one when it is installed.
  ///
  /// The others need a library to be loaded when the server starts, or serve one database of a
  /// cluster only: homebase has many.
  static let givingWay: Set<String> = [
    "http", "hypopg", "index_advisor", "pg_hashids", "pg_jsonschema", "pgjwt", "vector",
  ]

  /// homebase's own: path below `extension/` to text.
  static let own: [String: [(name: String, text: String)]] = {
    var files: [String: [(name: String, text: String)]] = [:]
    for (path, text) in PlatformFiles.texts.sorted(by: { $0.key < $1.key }) {
      let parts = path.split(separator: "/")
      guard parts.count == 3, parts[0] == "extensions" else { continue }
      files[String(parts[1]), default: []].append((String(parts[2]), text))
    }
    return files
  }()

  /// The extension that a file belongs to: `pgmq` of `pgmq.control` and `pgmq--1.5.1.sql`.
  ///
  /// - Parameter file: A name in a folder `extension`.
  /// - Returns: The name; nil for a file of another kind.
  static func extensionName(ofFile file: String) -> String? {
    if let end = file.firstRange(of: "--") { return String(file[..<end.lowerBound]) }
    return file.hasSuffix(".control") ? String(file.dropLast(".control".count)) : nil
  }

  /// A control file that lets a role that may create objects create the extension.
  ///
  /// - Parameter control: The file as its package has it.
  /// - Returns: The same with `trusted = true`.
  static func trusting(_ control: String) -> String {
    let lines = control.split(separator: "\n", omittingEmptySubsequences: false)
    let others = lines.filter { line in
      line.prefix { $0 != "=" && $0 != "#" }.filter { !$0.isWhitespace } != "trusted"
    }
    return others.joined(separator: "\n") + "\ntrusted = true\n"
  }
}
