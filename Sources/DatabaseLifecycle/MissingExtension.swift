import PostgresClient

/// What to do when a migration asks for an extension that this machine does not have.
enum MissingExtension {
  /// Packages by extension, without `postgresql-MAJOR-`.
  ///
  /// Source: Debian 12, `apt-cache search postgresql-15-`.
  private static let packages = [
    "address_standardizer": "postgis-3", "address_standardizer_data_us": "postgis-3",
    "hll": "hll", "hypopg": "hypopg", "ip4r": "ip4r", "orafce": "orafce", "pg_partman": "partman",
    "pg_repack": "repack", "pgaudit": "pgaudit", "pgrouting": "pgrouting", "pgtap": "pgtap",
    "plpgsql_check": "plpgsql-check", "postgis": "postgis-3", "postgis_raster": "postgis-3",
    "postgis_sfcgal": "postgis-3", "postgis_tiger_geocoder": "postgis-3",
    "postgis_topology": "postgis-3", "rum": "rum", "semver": "semver", "wal2json": "wal2json",
  ]

  /// Finds the way on.
  ///
  /// - Parameters:
  ///   - error: What the server said.
  ///   - serverVersion: `150018` is PostgreSQL 15.18.
  /// - Returns: The package, or how to go on without; nil for another error.
  static func hint(for error: ServerError, serverVersion: Int) -> String? {
    guard error.sqlstate == "0A000" || error.sqlstate == "58P01",
      error.message.hasPrefix("extension \""),
      error.message.hasSuffix("\" is not available")
    else { return nil }
    let name = error.message.dropFirst("extension \"".count).prefix { $0 != "\"" }
    if let package = packages[String(name)] {
      return "install it with `apt-get install postgresql-\(serverVersion / 10_000)-\(package)`, "
        + "then `homebase restart`"
    }
    return "neither Debian nor homebase has \(name); to go on without it here: "
      + "`do $$ begin create extension \(name); "
      + "exception when feature_not_supported then raise notice 'without \(name)'; end $$`"
  }
}
