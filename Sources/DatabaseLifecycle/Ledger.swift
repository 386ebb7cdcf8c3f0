import FoundationEssentials
import PostgresClient

/// Which of a cluster's databases homebase made, and what for.
///
/// Kept in the cluster itself, in the database `homebase`: a rename and its entry are one
/// transaction, so that no crash can part them.
struct Ledger: Sendable {
  /// What a database is for.
  enum Kind: String, Sendable {
    /// A template: never connected to, cloned from.
    case layer
    /// A clone made ahead of time, claimed once.
    case spare
    /// A named copy, or what a reset put aside.
    case snapshot
    /// The one that clients connect to.
    case live
  }

  /// One database.
  struct Entry: Sendable, Hashable {
    /// As the catalog spells it.
    var name: String
    var kind: Kind
    /// The `LayerChain` key of its content when it was made; for a spare of a snapshot, the
    /// snapshot's database.
    var key: String
    /// A snapshot's name for people.
    var label: String?
    /// Why a snapshot was made: `manual`, `reset`, `restore`, `undo`.
    var reason: String?
    /// ISO 8601 in UTC.
    var createdAt: String
    /// Orders entries by when they were last of use; it goes only up, whatever the clock does.
    var usedAt: String
  }

  /// The database that holds the ledger.
  static let database = "homebase"
  /// The database that clients know.
  static let live = "postgres"
  /// Names of databases that are homebase's to drop start with this.
  static let prefix = "homebase_"
  /// The template that a cluster is born with.
  static let platform = "homebase_platform"

  private static let columns = """
    name, kind, key, label, reason, \(utc("created_at")), \(utc("used_at"))
    """

  private static func utc(_ column: String) -> String {
    "to_char(\(column) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
  }

  /// Makes the ledger's tables where they are missing.
  static func create(_ connection: PostgresConnection) async throws(PostgresError) {
    _ = try await connection.execute(
      """
      create schema if not exists homebase;
      create sequence if not exists homebase.database_number;
      create table if not exists homebase.databases (
        name text primary key,
        kind text not null check (kind in ('layer', 'spare', 'snapshot', 'live')),
        key text not null,
        label text,
        reason text,
        created_at timestamptz not null default clock_timestamp(),
        used_at timestamptz not null default clock_timestamp()
      );
      create unique index if not exists databases_label on homebase.databases (label);
      create table if not exists homebase.project_roles (
        name text primary key,
        created_at timestamptz not null default clock_timestamp()
      );
      """)
  }

  /// Now, and after every other: with a clock that was set back the layer used last would else be
  /// the first to go.
  private static let nextUse = """
    greatest(clock_timestamp(),
      (select max(used_at) + interval '1 microsecond' from homebase.databases))
    """

  /// Orders copies by the number in their name.
  static let order = """
    case when kind in ('snapshot', 'spare') then substring(name from '[0-9]+$')::numeric else 0 end
    """

  /// All entries whose database is there, oldest first.
  ///
  /// Whoever dropped a database by hand has struck it out. Numbers order copies, not times: a clock
  /// may be set back.
  static func entries(_ connection: PostgresConnection) async throws(PostgresError) -> [Entry] {
    let result = try await connection.query(
      """
      select \(columns) from homebase.databases
      where exists (select 1 from pg_database where datname = name)
      order by \(Self.order), created_at, name
      """)
    return result.rows.compactMap { row in
      guard row.count == 7, let name = row[0], let kind = row[1].flatMap(Kind.init(rawValue:)),
        let key = row[2], let createdAt = row[5], let usedAt = row[6]
      else { return nil }
      return Entry(
        name: name, kind: kind, key: key, label: row[3], reason: row[4], createdAt: createdAt,
        usedAt: usedAt)
    }
  }

  /// A name that no database has had.
  static func newName(
    _ kind: String, _ connection: PostgresConnection
  ) async throws(PostgresError) -> String {
    let number = try await connection.query("select nextval('homebase.database_number')")
    return "\(prefix)\(kind)_\(number.firstValue ?? "0")"
  }

  /// The statement that enters a database, or changes its entry.
  static func record(
    _ name: String, kind: Kind, key: String, label: String? = nil, reason: String? = nil
  ) -> PostgresStatement {
    PostgresStatement(
      sql: """
        insert into homebase.databases (name, kind, key, label, reason, used_at)
        values ($1, $2, $3, $4, $5, \(nextUse))
        on conflict (name) do update set kind = excluded.kind, key = excluded.key,
          label = excluded.label, reason = excluded.reason, created_at = clock_timestamp(),
          used_at = excluded.used_at
        """,
      values: [name, kind.rawValue, key, label, reason])
  }

  /// The statement that strikes a database out.
  static func strike(_ name: String) -> PostgresStatement {
    PostgresStatement(sql: "delete from homebase.databases where name = $1", values: [name])
  }

  /// The statement that says that a layer was of use.
  static func touch(_ name: String) -> PostgresStatement {
    PostgresStatement(
      sql: "update homebase.databases set used_at = \(nextUse) where name = $1",
      values: [name])
  }

  /// The statement that gives a database another name.
  static func rename(_ name: String, to other: String) -> PostgresStatement {
    PostgresStatement(
      sql: "alter database \(quoteIdentifier(name)) rename to \(quoteIdentifier(other))", values: []
    )
  }
}
