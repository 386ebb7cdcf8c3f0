import Glibc
import PostgresClient

/// Files in a database's folder that no table has.
///
/// A transaction that makes a table and goes down with the server, because the disk was full or by
/// a kill, leaves the table's files, and PostgreSQL never looks for them. After a migration that
/// filled the disk they are most of the disk.
struct OrphanFiles: Sendable {
  /// To the database, as the superuser.
  let connection: PostgresConnection
  /// The cluster's.
  let dataFolder: String

  /// Deletes them.
  ///
  /// The order makes it safe beside other sessions: the files are listed first; when no transaction
  /// is open after that, whoever made one of them has committed, and the catalog read last names
  /// it, or has failed.
  ///
  /// - Returns: Whether it could be told: not while another session is in a transaction.
  /// - Throws: `PostgresError`.
  func remove() async throws(PostgresError) -> Bool {
    let database = try await connection.query(
      "select oid::text from pg_database where datname = current_database()")
    guard let oid = database.firstValue else { return true }
    let folder = "\(dataFolder)/base/\(oid)"
    let files = Self.files(in: folder)
    let others = try await connection.query(
      """
      select exists (
          select from pg_stat_get_activity(null) a
          where a.datid = (select oid from pg_database where datname = current_database())
            and a.pid <> pg_backend_pid() and a.xact_start is not null)
        or exists (select from pg_prepared_xacts where database = current_database())
      """)
    guard others.firstValue == "f" else { return false }
    let known = try await connection.query(
      "select distinct pg_relation_filenode(oid)::text from pg_class where relkind <> 'v'")
    let owned = Set(known.rows.compactMap { $0[0] })
    for file in files where !owned.contains(file.filenode) {
      unlink("\(folder)/\(file.name)")
    }
    return true
  }

  /// The files of relations that hold something.
  ///
  /// An empty one may be of a table that was just dropped: it keeps the number from being given
  /// away until the next checkpoint. Source: PostgreSQL 15, `mdunlink` in
  /// `src/backend/storage/smgr/md.c`.
  static func files(in folder: String) -> [(name: String, filenode: String)] {
    guard let names = try? entries(of: folder) else { return [] }
    return names.compactMap { name in
      let filenode = name.prefix { $0.isASCII && $0.isNumber }
      let rest = name.dropFirst(filenode.count)
      var status = stat()
      guard !filenode.isEmpty, rest.isEmpty || rest.hasPrefix(".") || rest.hasPrefix("_"),
        lstat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        status.st_size > 0
      else { return nil }
      return (name, String(filenode))
    }
  }
}
