import Diagnostics
import Glibc
import PostgresClient
import ProcessSupervision

/// What the last run of a server left behind.
package enum ClusterHealth: String, Sendable, Hashable, Codable {
  /// A copy of the image that has never run.
  case new
  /// It was shut down in order.
  case cleanShutdown
  /// It was killed; the kernel kept what was written, and recovery mends the rest.
  case crashRecoveryNeeded
  /// The machine went down with it: without fsync the files may be anything. See `verify`.
  case powerCutSuspected
}

/// A database that cannot be trusted any more.
package struct BrokenDatabase: Sendable, Hashable {
  package var name: String
  /// What the server said.
  package var reason: String
  package var sqlstate: String?
}

/// The marks that tell one kind of ending from another.
enum ShutdownMarks {
  /// Which boot of the machine the server was last started in.
  static let bootFile = "homebase.boot"
  /// There from a suspected power cut until the databases have been checked.
  static let suspicionFile = "homebase.suspected"

  /// The machine's present boot; nil where the kernel does not tell.
  static func currentBoot() -> String? {
    FileTree.read("/proc/sys/kernel/random/boot_id").map { String($0.prefix { !$0.isNewline }) }
  }

  /// Whether the control file says that the server was shut down in order.
  ///
  /// Source: PostgreSQL 15, `src/include/catalog/pg_control.h`: `ControlFileData.state` follows
  /// eight, four and four bytes; `DB_SHUTDOWNED` is 1, `DB_SHUTDOWNED_IN_RECOVERY` 2.
  static func wasShutDown(_ dataFolder: String) -> Bool? {
    guard let bytes = FileTree.readBytes(dataFolder + "/global/pg_control"), bytes.count >= 20
    else { return nil }
    let state = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 16, as: UInt32.self) }
    return state == 1 || state == 2
  }

  /// Judges the last run, and keeps a suspicion until it has been cleared.
  static func judge(
    _ dataFolder: String, currentBoot: String?, owner: UserIdentity?
  ) throws(ClusterError) -> ClusterHealth {
    if FileTree.exists("\(dataFolder)/\(suspicionFile)") { return .powerCutSuspected }
    guard let wasShutDown = wasShutDown(dataFolder) else { return .powerCutSuspected }
    let lastBoot = FileTree.read("\(dataFolder)/\(bootFile)")
      .map { String($0.prefix { !$0.isNewline }) }
    if wasShutDown { return lastBoot == nil ? .new : .cleanShutdown }
    guard let lastBoot, let currentBoot, lastBoot != currentBoot else {
      return .crashRecoveryNeeded
    }
    try FileTree.write("", to: "\(dataFolder)/\(suspicionFile)", owner: owner)
    return .powerCutSuspected
  }
}

extension Cluster {
  /// Reads every table and checks every B-tree of every database of the running server.
  ///
  /// To be called when `health` says `.powerCutSuspected`. It reads everything once: some seconds
  /// a gigabyte. Databases that take no connections (layers) are opened for it and closed again.
  /// When it finds nothing, the suspicion is over. It finds pages that cannot be read, files that
  /// are missing or cut off, and indexes out of order; rows on a page that went back to zeroes are
  /// missing without a trace, so what can be made anew from migrations is best made anew.
  ///
  /// - Parameter progress: Told the name of each database before it is read.
  /// - Returns: The broken ones, with the first thing that is wrong in each.
  /// - Throws: `PostgresError` when the server gives no answer, or not even the list of databases
  ///   can be read: then all is lost, and `setAside()` makes room for a new cluster.
  package func verify(
    progress: @Sendable (String) -> Void = { _ in }
  ) async throws -> [BrokenDatabase] {
    let admin = try await connectForChecks()
    let databases = try await admin.query(
      "select datname, datallowconn from pg_catalog.pg_database order by oid")
    var broken: [BrokenDatabase] = []
    for row in databases.rows {
      guard let name = row[0] else { continue }
      progress(name)
      let opens = row[1] == "t"
      let alter = "alter database \(quoteIdentifier(name)) allow_connections"
      if !opens { _ = try await admin.query("\(alter) true") }
      if let found = try await confirmDamage(in: name) { broken.append(found) }
      if !opens { _ = try await admin.query("\(alter) false") }
    }
    await admin.close()
    if broken.isEmpty { try clearSuspicion() }
    return broken
  }

  /// Ends the suspicion of a power cut: everything broken has been rebuilt.
  ///
  /// - Throws: `ClusterError.system`.
  package func clearSuspicion() throws {
    try FileTree.remove("\(dataFolder)/\(ShutdownMarks.suspicionFile)")
  }

  /// Moves the data folder away, so that the next `prepare` begins anew.
  ///
  /// - Returns: Where it is now.
  /// - Throws: `ClusterError.inUse` while its server runs; `.system`.
  package func setAside() throws -> String {
    if let pid = Cluster.runningServer(in: dataFolder) {
      throw ClusterError.inUse(folder: dataFolder, pid: pid)
    }
    var number = 1
    while FileTree.exists("\(dataFolder).broken-\(number)") { number += 1 }
    let aside = "\(dataFolder).broken-\(number)"
    guard rename(dataFolder, aside) == 0 else {
      throw FileTree.failure("move away", dataFolder)
    }
    return aside
  }

  /// Any database will do to read the list of all: one of them may be the broken one.
  private func connectForChecks() async throws -> PostgresConnection {
    var first: PostgresError?
    for database in [PlatformSchema.adminDatabase, "template1", "postgres"] {
      do {
        return try await PostgresConnection.connect(adminParameters(database: database))
      } catch {
        first = first ?? error
      }
    }
    throw first ?? PostgresError.closed
  }

  /// Damage is found twice, or it is none: a table that is being vacuumed is shorter for a moment.
  private func confirmDamage(in database: String) async throws(PostgresError) -> BrokenDatabase? {
    guard try await findDamage(in: database) != nil else { return nil }
    return try await findDamage(in: database)
  }

  private func findDamage(in database: String) async throws(PostgresError) -> BrokenDatabase? {
    var attemptsLeft = 3
    while true {
      do {
        let connection = try await PostgresConnection.connect(adminParameters(database: database))
        defer { Task { await connection.close() } }
        _ = try await connection.execute(Self.readEverything)
        _ = try await connection.execute(Self.checkIndexes)
        return nil
      } catch {
        if error.tellsOfDamage {
          return BrokenDatabase(
            name: database, reason: error.diagnostic.message, sqlstate: error.sqlstate)
        }
        attemptsLeft -= 1
        guard attemptsLeft > 0 else { throw error }
      }
    }
  }

  /// Sequential scans alone touch every page of every table, toast and catalogs included.
  private static let readEverything = """
    set enable_indexonlyscan to off;
    set enable_indexscan to off;
    set enable_bitmapscan to off;
    set statement_timeout to 0;
    do $$
    declare
      one record;
    begin
      for one in
        select c.oid::regclass as relation, c.relkind, c.relpages
          from pg_catalog.pg_class as c
         where c.relkind in ('r', 't', 'm', 'S') and c.relpersistence <> 't'
      loop
        -- A file that has lost its end reads without complaint.
        if pg_catalog.pg_relation_size(one.relation)
           < one.relpages * pg_catalog.current_setting('block_size')::bigint then
          raise exception '% is shorter than it was', one.relation using errcode = 'XX001';
        end if;
        begin
          execute 'select count(*) from '
            || case one.relkind when 'r' then 'only ' else '' end || one.relation;
        exception when object_not_in_prerequisite_state then
          -- A materialized view that was never filled.
          null;
        end;
      end loop;
    end
    $$;
    """

  /// amcheck comes and goes in one transaction: nothing of it stays in the database.
  private static let checkIndexes = """
    do $$
    declare
      one record;
    begin
      if not exists (select from pg_catalog.pg_available_extensions where name = 'amcheck')
         or exists (select from pg_catalog.pg_extension where extname = 'amcheck') then
        return;
      end if;
      begin
        create schema homebase_check;
        create extension amcheck schema homebase_check;
        for one in
          select c.oid from pg_catalog.pg_index as i
            join pg_catalog.pg_class as c on c.oid = i.indexrelid
            join pg_catalog.pg_am as a on a.oid = c.relam
           where a.amname = 'btree' and c.relkind = 'i' and c.relpersistence <> 't'
             and i.indisvalid and i.indisready
        loop
          perform homebase_check.bt_index_check(one.oid);
        end loop;
        raise exception sqlstate 'HB000';
      exception when sqlstate 'HB000' then
        null;
      end;
    end
    $$;
    """
}

extension PostgresError {
  /// Whether it says that files are not what they were, rather than that the server was busy, short
  /// of something, going down, or silent: a database is not given up for that.
  fileprivate var tellsOfDamage: Bool {
    guard let sqlstate else { return false }
    return !["08", "40", "53", "55", "57"].contains(String(sqlstate.prefix(2)))
  }
}
