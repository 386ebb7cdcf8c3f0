package import PostgresClient

/// A look at what a database holds and does, as a table.
package struct Inspection: Sendable {
  /// As it is typed: `table-stats`.
  package var name: String
  /// What it shows, in a sentence.
  package var abstract: String
  /// The query; the columns' names are the table's head.
  package var sql: String
  /// The one that shows the same and more; nil for those of today.
  package var successor: String?

  init(_ name: String, _ abstract: String, successor: String? = nil, _ sql: String) {
    self.name = name
    self.abstract = abstract
    self.sql = sql
    self.successor = successor
  }

  /// Asks the database.
  ///
  /// - Parameter connection: A role that may read statistics.
  /// - Returns: The rows.
  /// - Throws: `PostgresError`; 42P01 where pg_stat_statements is needed and not there.
  package func run(on connection: PostgresConnection) async throws(PostgresError) -> PostgresResult
  {
    try await connection.query(sql)
  }
}

/// Schemas that are PostgreSQL's or the platform's.
private let managed = """
  ('_analytics', '_realtime', '_supavisor', 'auth', 'cron', 'extensions', 'graphql',
    'graphql_public', 'information_schema', 'net', 'pg_catalog', 'pg_toast', 'pgbouncer',
    'pgsodium', 'pgtle', 'realtime', 'storage', 'supabase_functions', 'supabase_migrations',
    'vault')
  """

private let tables = """
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  left join pg_stat_user_tables s on s.relid = c.oid
  where c.relkind in ('r', 'm') and n.nspname not in \(managed) and n.nspname !~ '^pg_'
  """

private let indexes = """
  from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_stat_user_indexes s on s.indexrelid = i.indexrelid
  where n.nspname not in \(managed) and n.nspname !~ '^pg_'
  """

private let statements = """
  from extensions.pg_stat_statements t join pg_roles r on r.oid = t.userid
  where t.query not ilike '%pg_stat_statements%'
  """

private func statementColumns() -> String {
  """
  select r.rolname as role, left(regexp_replace(t.query, '\\s+', ' ', 'g'), 200) as query,
    t.calls, round(t.total_exec_time::numeric, 1) as total_ms,
    round((100 * t.total_exec_time / nullif(sum(t.total_exec_time) over (), 0))::numeric, 1)
      as percent,
    round(t.mean_exec_time::numeric, 2) as mean_ms,
    round((t.blk_read_time + t.blk_write_time)::numeric, 1) as io_ms
  """
}

extension Inspection {
  /// All of them, in the order of their names.
  package static let all: [Inspection] = [
    bloat, blocking, cacheHit, calls, dbStats, indexSizes, indexStats, indexUsage, locks,
    longRunningQueries, outliers, replicationSlots, roleConfigs, roleConnections, roleStats,
    seqScans, tableIndexSizes, tableRecordCounts, tableSizes, tableStats, totalIndexSize,
    totalTableSizes, trafficProfile, unusedIndexes, vacuumStats,
  ]

  package static let dbStats = Inspection(
    "db-stats", "Sizes, cache hits and the age of the statistics, for the whole database.",
    """
    select current_database() as name, pg_size_pretty(pg_database_size(current_database())) as size,
      pg_size_pretty((select coalesce(sum(pg_indexes_size(c.oid)), 0) from pg_class c
        where c.relkind in ('r', 'm'))) as index_size,
      pg_size_pretty((select coalesce(sum(pg_table_size(c.oid)), 0) from pg_class c
        where c.relkind in ('r', 'm'))) as table_size,
      pg_size_pretty((select coalesce(sum(pg_relation_size(c.reltoastrelid)), 0) from pg_class c
        where c.relkind in ('r', 'm') and c.reltoastrelid <> 0)) as toast_size,
      date_trunc('second', now() - d.stats_reset)::text as time_since_stats_reset,
      (select round(sum(idx_blks_hit) / nullif(sum(idx_blks_hit + idx_blks_read), 0), 4)
        from pg_statio_user_indexes) as index_hit_rate,
      (select round(sum(heap_blks_hit) / nullif(sum(heap_blks_hit + heap_blks_read), 0), 4)
        from pg_statio_user_tables) as table_hit_rate,
      pg_size_pretty((select coalesce(sum(size), 0) from pg_ls_waldir())) as wal_size
    from pg_stat_database d where d.datname = current_database()
    """)

  package static let cacheHit = Inspection(
    "cache-hit", "How much is read from memory: of tables, and of indexes.", successor: "db-stats",
    """
    select 'index hit rate' as name,
      round(sum(idx_blks_hit) / nullif(sum(idx_blks_hit + idx_blks_read), 0), 6) as ratio
    from pg_statio_user_indexes
    union all
    select 'table hit rate',
      round(sum(heap_blks_hit) / nullif(sum(heap_blks_hit + heap_blks_read), 0), 6)
    from pg_statio_user_tables
    """)

  package static let replicationSlots = Inspection(
    "replication-slots", "Replication slots: who reads, and how far behind.",
    """
    select s.slot_name, s.active, coalesce(r.state, 'N/A') as state,
      coalesce(host(r.client_addr), 'N/A') as replication_client_address,
      greatest(0, round(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn) / 1024 / 1024, 1))
        as replication_lag_mb
    from pg_replication_slots s left join pg_stat_replication r on r.pid = s.active_pid
    order by 1
    """)

  package static let locks = Inspection(
    "locks", "Queries that hold an exclusive lock, with its age.",
    """
    select a.pid, coalesce(c.relname, '') as relation,
      coalesce(l.transactionid::text, '') as transaction_id, l.granted,
      left(regexp_replace(a.query, '\\s+', ' ', 'g'), 120) as query,
      date_trunc('millisecond', age(clock_timestamp(), a.query_start))::text as age
    from pg_stat_activity a join pg_locks l on l.pid = a.pid
      left join pg_class c on c.oid = l.relation
    where l.mode in ('ExclusiveLock', 'AccessExclusiveLock', 'RowExclusiveLock')
      and a.query <> '<insufficient privilege>' and a.pid <> pg_backend_pid()
    order by a.query_start
    """)

  package static let blocking = Inspection(
    "blocking", "Queries that wait for a lock, beside those that hold it.",
    """
    select w.pid as blocked_pid,
      left(regexp_replace(w.query, '\\s+', ' ', 'g'), 80) as blocked_statement,
      date_trunc('millisecond', age(clock_timestamp(), w.query_start))::text as blocked_duration,
      h.pid as blocking_pid,
      left(regexp_replace(h.query, '\\s+', ' ', 'g'), 80) as blocking_statement,
      date_trunc('millisecond', age(clock_timestamp(), h.query_start))::text as blocking_duration
    from pg_stat_activity w, unnest(pg_blocking_pids(w.pid)) b (pid)
      join pg_stat_activity h on h.pid = b.pid
    order by w.query_start
    """)

  package static let outliers = Inspection(
    "outliers", "The statements that took the most time altogether.",
    "\(statementColumns()) \(statements) order by t.total_exec_time desc limit 10")

  package static let calls = Inspection(
    "calls", "The statements that were called the most.",
    "\(statementColumns()) \(statements) order by t.calls desc limit 10")

  package static let indexStats = Inspection(
    "index-stats", "Indexes: size, use, share of reads, and those that nobody uses.",
    """
    select n.nspname || '.' || x.relname as name, n.nspname || '.' || c.relname as table,
      pg_size_pretty(pg_relation_size(x.oid)) as size,
      coalesce(round(100.0 * s.idx_scan / nullif(t.seq_scan + t.idx_scan, 0), 1)::text, '-')
        as percent_used,
      coalesce(s.idx_scan, 0) as index_scans, coalesce(t.seq_scan, 0) as seq_scans,
      coalesce(s.idx_scan, 0) = 0 and not i.indisunique as unused
    from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_stat_user_indexes s on s.indexrelid = i.indexrelid
      left join pg_stat_user_tables t on t.relid = c.oid
    where n.nspname not in \(managed) and n.nspname !~ '^pg_'
    order by pg_relation_size(x.oid) desc, 1
    """)

  package static let totalIndexSize = Inspection(
    "total-index-size", "The size of all indexes together.", successor: "index-stats",
    "select pg_size_pretty(coalesce(sum(pg_relation_size(x.oid)), 0)) as size \(indexes)")

  package static let indexSizes = Inspection(
    "index-sizes", "The size of each index.", successor: "index-stats",
    """
    select n.nspname || '.' || x.relname as name, pg_size_pretty(pg_relation_size(x.oid)) as size
    \(indexes) order by pg_relation_size(x.oid) desc, 1
    """)

  package static let indexUsage = Inspection(
    "index-usage", "For each table, how many reads went by an index.", successor: "index-stats",
    """
    select n.nspname || '.' || c.relname as name,
      case coalesce(s.idx_scan, 0) when 0 then '-'
        else (100 * s.idx_scan / (s.seq_scan + s.idx_scan))::text end
        as percent_of_times_index_used,
      coalesce(s.n_live_tup, 0) as rows_in_table
    \(tables) order by s.n_live_tup desc nulls last, 1
    """)

  package static let unusedIndexes = Inspection(
    "unused-indexes", "Indexes that are hardly ever used.", successor: "index-stats",
    """
    select n.nspname || '.' || c.relname as table, x.relname as index,
      pg_size_pretty(pg_relation_size(x.oid)) as index_size, coalesce(s.idx_scan, 0) as index_scans
    \(indexes) and not i.indisunique and coalesce(s.idx_scan, 0) < 50
    order by pg_relation_size(x.oid) desc, 1, 2
    """)

  package static let longRunningQueries = Inspection(
    "long-running-queries", "Queries that run for more than five minutes.",
    """
    select pid, date_trunc('second', now() - query_start)::text as duration,
      left(regexp_replace(query, '\\s+', ' ', 'g'), 200) as query
    from pg_stat_activity
    where query <> '' and state <> 'idle' and backend_type = 'client backend'
      and now() - query_start > interval '5 minutes'
    order by query_start
    """)

  package static let bloat = Inspection(
    "bloat", "Tables that take more space than their rows need, by an estimate.",
    """
    select 'table' as type, n.nspname || '.' || c.relname as name,
      round((b.actual / nullif(b.needed, 0))::numeric, 1) as bloat,
      pg_size_pretty(greatest(0, b.actual - b.needed)::bigint) as waste
    from pg_class c join pg_namespace n on n.oid = c.relnamespace,
      lateral (select c.relpages * 8192.0, greatest(8192, c.reltuples * (28 + coalesce((
        select sum((1 - s.null_frac) * s.avg_width) from pg_stats s
        where s.schemaname = n.nspname and s.tablename = c.relname), 32)))) b (actual, needed)
    where c.relkind in ('r', 'm') and c.reltuples >= 0 and c.relpages > 0
      and n.nspname not in \(managed) and n.nspname !~ '^pg_'
    order by b.actual - b.needed desc, 2
    """)

  package static let roleStats = Inspection(
    "role-stats", "Roles: connections, their limit, and settings of their own.",
    """
    select r.rolname as role, count(a.pid) as active_connections,
      case r.rolconnlimit when -1 then current_setting('max_connections')::int
        else r.rolconnlimit end as connection_limit,
      coalesce(array_to_string(r.rolconfig, ', '), '') as custom_config
    from pg_roles r left join pg_stat_activity a on a.usesysid = r.oid
    where r.rolname !~ '^pg_'
    group by r.oid, r.rolname, r.rolconnlimit, r.rolconfig order by 2 desc, 1
    """)

  package static let roleConfigs = Inspection(
    "role-configs", "Settings that roles have of their own.", successor: "role-stats",
    """
    select rolname as role_name, array_to_string(rolconfig, ', ') as custom_config
    from pg_roles where rolconfig is not null order by 1
    """)

  package static let roleConnections = Inspection(
    "role-connections", "How many connections each role has, and may have.",
    successor: "role-stats",
    """
    select r.rolname as role_name, count(a.pid) as active_connections,
      case r.rolconnlimit when -1 then current_setting('max_connections')::int
        else r.rolconnlimit end as connection_limit
    from pg_roles r left join pg_stat_activity a on a.usesysid = r.oid
    group by r.oid, r.rolname, r.rolconnlimit order by 2 desc, 1
    """)

  package static let vacuumStats = Inspection(
    "vacuum-stats", "Tables: dead rows, and when they were last cleaned.",
    """
    select n.nspname || '.' || c.relname as name,
      coalesce(to_char(s.last_vacuum, 'YYYY-MM-DD HH24:MI'), '') as last_vacuum,
      coalesce(to_char(s.last_autovacuum, 'YYYY-MM-DD HH24:MI'), '') as last_auto_vacuum,
      greatest(0, c.reltuples)::bigint as row_count, coalesce(s.n_dead_tup, 0) as dead_row_count,
      (current_setting('autovacuum_vacuum_threshold')::int
        + current_setting('autovacuum_vacuum_scale_factor')::float8 * greatest(0, c.reltuples)
        )::bigint as autovacuum_threshold,
      coalesce(s.n_dead_tup, 0) > current_setting('autovacuum_vacuum_threshold')::int
        + current_setting('autovacuum_vacuum_scale_factor')::float8 * greatest(0, c.reltuples)
        as expect_autovacuum
    \(tables) order by s.n_dead_tup desc nulls last, 1
    """)

  package static let tableStats = Inspection(
    "table-stats", "Tables: sizes, rows, and how they are read.",
    """
    select n.nspname || '.' || c.relname as name, pg_size_pretty(pg_table_size(c.oid)) as table_size,
      pg_size_pretty(pg_indexes_size(c.oid)) as index_size,
      pg_size_pretty(pg_total_relation_size(c.oid)) as total_size,
      greatest(0, c.reltuples)::bigint as estimated_row_count, coalesce(s.seq_scan, 0) as seq_scans
    \(tables) order by pg_total_relation_size(c.oid) desc, 1
    """)

  package static let tableSizes = Inspection(
    "table-sizes", "The size of each table without its indexes.", successor: "table-stats",
    """
    select n.nspname || '.' || c.relname as name, pg_size_pretty(pg_table_size(c.oid)) as size
    \(tables) order by pg_table_size(c.oid) desc, 1
    """)

  package static let tableIndexSizes = Inspection(
    "table-index-sizes", "The size of each table's indexes.", successor: "table-stats",
    """
    select n.nspname || '.' || c.relname as table, pg_size_pretty(pg_indexes_size(c.oid))
      as index_size
    \(tables) order by pg_indexes_size(c.oid) desc, 1
    """)

  package static let totalTableSizes = Inspection(
    "total-table-sizes", "The size of each table with its indexes.", successor: "table-stats",
    """
    select n.nspname || '.' || c.relname as name, pg_size_pretty(pg_total_relation_size(c.oid))
      as size
    \(tables) order by pg_total_relation_size(c.oid) desc, 1
    """)

  package static let tableRecordCounts = Inspection(
    "table-record-counts", "About how many rows each table has.", successor: "table-stats",
    """
    select n.nspname || '.' || c.relname as name, coalesce(s.n_live_tup, 0) as estimated_count
    \(tables) order by s.n_live_tup desc nulls last, 1
    """)

  package static let seqScans = Inspection(
    "seq-scans", "How often each table was read from its beginning to its end.",
    successor: "table-stats",
    """
    select n.nspname || '.' || c.relname as name, coalesce(s.seq_scan, 0) as count
    \(tables) order by s.seq_scan desc nulls last, 1
    """)

  package static let trafficProfile = Inspection(
    "traffic-profile", "Whether tables are rather read or written: blocks and rows.",
    """
    select n.nspname || '.' || c.relname as name,
      coalesce(o.heap_blks_read + o.idx_blks_read, 0) as blocks_read,
      coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0) as write_tuples,
      round(b.written::numeric, 1) as blocks_write,
      case when coalesce(o.heap_blks_read + o.idx_blks_read, 0) = 0 and b.written = 0 then 'none'
        when b.written > 2 * coalesce(o.heap_blks_read + o.idx_blks_read, 0) then 'write-heavy'
        when coalesce(o.heap_blks_read + o.idx_blks_read, 0) > 2 * b.written then 'read-heavy'
        else 'balanced' end as activity
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
      left join pg_stat_user_tables s on s.relid = c.oid
      left join pg_statio_user_tables o on o.relid = c.oid,
      lateral (select coalesce((s.n_tup_ins + s.n_tup_upd + s.n_tup_del) * c.relpages
        / nullif(c.reltuples, 0), 0)) b (written)
    where c.relkind in ('r', 'm') and n.nspname not in \(managed) and n.nspname !~ '^pg_'
    order by 2 desc, 3 desc, 1
    """)
}
