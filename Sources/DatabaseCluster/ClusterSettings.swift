import ProcessSupervision

/// What a project's server is told by its files.
package struct ClusterSettings: Sendable, Hashable {
  /// `[db.settings]` of the project: name to value, as PostgreSQL writes them.
  package var parameters: [String: String]

  package init(parameters: [String: String] = [:]) {
    self.parameters = parameters
  }

  /// Settings for development: small, and safe against everything but a power cut.
  private static let defaults: [(String, String)] = [
    // A kill -9 loses nothing by it: what was written is with the kernel. A power cut may, and
    // `ClusterHealth` notices one.
    ("fsync", "off"),
    // These two stay on. A commit is a promise; and a kill can tear a page in two (the kernel
    // copies 4 KiB at a time, a page has 8), which only the whole page in the WAL mends.
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    ("wal_level", "logical"),
    ("wal_init_zero", "off"),
    ("min_wal_size", "32MB"),
    ("max_connections", "100"),
    ("max_locks_per_transaction", "128"),
    ("shared_buffers", "64MB"),
    ("huge_pages", "off"),
    ("dynamic_shared_memory_type", "posix"),
    ("jit", "off"),
    ("autovacuum_max_workers", "2"),
    ("autovacuum_naptime", "2min"),
    ("password_encryption", "scram-sha-256"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("datestyle", "iso, mdy"),
    ("lc_messages", "C.UTF-8"),
    ("lc_monetary", "C.UTF-8"),
    ("lc_numeric", "C.UTF-8"),
    ("lc_time", "C.UTF-8"),
    ("default_text_search_config", "pg_catalog.english"),
    ("log_checkpoints", "off"),
    ("log_line_prefix", "[%p] %q%u@%d "),
    // What the workers of pg_net go by; `show` answers.
    ("pg_net.ttl", "6 hours"),
    ("pg_net.batch_size", "200"),
  ]

  /// The whole of `postgresql.conf`.
  ///
  /// Later lines win: first ours, then the project's, then what must hold for homebase to reach
  /// the server and nobody else to.
  ///
  /// - Parameters:
  ///   - installation: Tells which libraries are there to be loaded.
  ///   - socketFolder: Where the unix socket is to be.
  ///   - port: Of TCP, and in the socket's name.
  ///   - disk: What the data folder's file system has; nil: enough.
  /// - Returns: The text.
  /// - Throws: `ClusterError.badSetting`.
  func file(
    installation: PostgresInstallation, socketFolder: String, port: Int, disk: DiskSpace? = nil
  ) throws(ClusterError) -> String {
    var lines = [
      "# Written by homebase at every start. Put your settings into [db.settings].",
      "",
    ]
    for (name, value) in Self.defaults { lines.append(try Self.line(name, value)) }
    lines.append(try Self.line("max_wal_size", Self.writeAheadLogSize(on: disk)))
    if installation.hasLibrary("pg_stat_statements") {
      lines.append(try Self.line("shared_preload_libraries", "pg_stat_statements"))
      lines.append(try Self.line("pg_stat_statements.max", "1000"))
    }
    lines += ["", "# [db.settings]"]
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
      lines.append(try Self.line(name, value))
    }
    lines += ["", "# Fixed"]
    for (name, value) in [
      ("listen_addresses", "127.0.0.1"), ("port", String(port)),
      ("unix_socket_directories", socketFolder), ("unix_socket_permissions", "0700"),
      ("logging_collector", "off"), ("log_destination", "stderr"),
      ("ssl", "off"),
    ] {
      lines.append(try Self.line(name, value))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// How much log the server keeps to write over: 1 GiB of it would be most of a small disk.
  private static func writeAheadLogSize(on disk: DiskSpace?) -> String {
    guard let disk else { return "1GB" }
    let eighth = disk.availableInBytes >> 23
    return "\(max(64, min(1024, eighth)))MB"
  }

  /// Who may connect: over the socket (its folder is the server's user's own) without a password,
  /// over TCP only from this machine and only with one.
  static let hostBasedAuthentication = """
    # Written by homebase at every start.
    # type  database     user  address       method
    local   all          all                 trust
    local   replication  all                 trust
    host    all          all   127.0.0.1/32  scram-sha-256
    host    all          all   ::1/128       scram-sha-256
    host    replication  all   127.0.0.1/32  scram-sha-256
    host    replication  all   ::1/128       scram-sha-256

    """

  private static func line(_ name: String, _ value: String) throws(ClusterError) -> String {
    let isName =
      !name.isEmpty
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
    guard isName, !value.contains(where: { $0.isNewline || $0 == "\0" }) else {
      throw .badSetting(name: name)
    }
    // `\r\n` is one Character and a newline; in quotes a backslash escapes, a quote is doubled.
    var quoted = ""
    for character in value {
      if character == "'" || character == "\\" { quoted.append(character) }
      quoted.append(character)
    }
    return "\(name) = '\(quoted)'"
  }
}
