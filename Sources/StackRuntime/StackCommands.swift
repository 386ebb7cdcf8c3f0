import ControlSocket
import DatabaseLifecycle
import Diagnostics
import FoundationEssentials
import Glibc
import PostgresClient
import ProcessSupervision
import ProjectConfiguration
import StackProtocol

/// What each request of the control socket does.
struct StackCommands: Sendable {
  let stack: Stack
  /// Called when the daemon is to end, after its last answer.
  let finish: @Sendable () -> Void
  let leases = StackLeases()

  /// Answers a request.
  ///
  /// - Parameters:
  ///   - request: As it came in.
  ///   - reply: Takes progress.
  /// - Returns: The result's JSON.
  /// - Throws: What the work throws; the client sees its diagnostic.
  func answer(_ request: ControlRequest, _ reply: ControlReply) async throws -> Data {
    let progress: Stack.Progress = { step, message in
      reply.progress(ControlProgress(step: step, message: message))
    }
    let lifecycle = LifecycleProgress { progress($0.rawValue, $1) }
    let began = ContinuousClock.now
    func took() -> Milliseconds { Milliseconds(ContinuousClock.now - began) }

    switch request.command {
    case StatusRequest.name:
      return try encode(try await stack.status())

    case AddressesRequest.name:
      return try encode(try await stack.addresses())

    case StartRequest.name:
      let arguments = try request.arguments(as: StartRequest.self)
      return try encode(
        try await stack.start(
          exclude: arguments.exclude, only: arguments.only, progress: progress))

    case StopRequest.name:
      let arguments = try request.arguments(as: StopRequest.self)
      let status = try await stack.stop(deletesData: arguments.deletesData)
      finish()
      return try encode(status)

    case RestartRequest.name:
      let arguments = try request.arguments(as: RestartRequest.self)
      return try encode(try await stack.restart(arguments.service))

    case LogsRequest.name:
      return try encode(try await logs(try request.arguments(), reply))

    case StackProtocol.ResetRequest.name:
      let arguments = try request.arguments(as: StackProtocol.ResetRequest.self)
      let outcome = try await stack.needRunning().database.reset(
        ResetOptions(
          leavesOutSeeds: !arguments.seeds, version: arguments.version,
          leavesOutLast: arguments.last, seedPatterns: arguments.sqlPaths),
        progress: lifecycle)
      await stack.databaseIsThere()
      return try encode(
        ResetReport(
          took: took(), source: ResetReport.Source(rawValue: outcome.source.rawValue),
          replayed: outcome.replayed, snapshot: outcome.snapshot,
          halt: Milliseconds(outcome.halt),
          warnings: outcome.warnings.isEmpty ? nil : outcome.warnings))

    case UndoRequest.name:
      let (restored, outcome) = try await stack.needRunning().database.undo()
      return try encode(
        UndoReport(
          took: took(), restored: restored.name, from: Timestamp(restored.createdAt),
          reason: restored.reason, snapshot: outcome.snapshot))

    case SnapshotSaveRequest.name:
      let arguments = try request.arguments(as: SnapshotSaveRequest.self)
      let saved = try await stack.needRunning().database.saveSnapshot(arguments.snapshot)
      return try encode(
        SnapshotReport(
          name: saved.name, took: took(), sizeInBytes: Int(clamping: saved.sizeInBytes)))

    case SnapshotRestoreRequest.name:
      let arguments = try request.arguments(as: SnapshotRestoreRequest.self)
      let outcome = try await stack.needRunning().database.restoreSnapshot(arguments.snapshot)
      return try encode(
        SnapshotReport(name: arguments.snapshot, took: took(), snapshot: outcome.snapshot))

    case SnapshotListRequest.name:
      let snapshots = try await stack.needRunning().database.snapshots()
      return try encode(
        SnapshotList(
          snapshots: snapshots.map {
            Snapshot(
              name: $0.name, createdAt: Timestamp($0.createdAt) ?? .now,
              sizeInBytes: Int(clamping: $0.sizeInBytes), reason: $0.reason)
          }))

    case SnapshotRemoveRequest.name:
      let arguments = try request.arguments(as: SnapshotRemoveRequest.self)
      let removed = try await stack.needRunning().database.removeSnapshot(arguments.snapshot)
      return try encode(
        SnapshotReport(
          name: removed.name, took: took(), sizeInBytes: Int(clamping: removed.sizeInBytes)))

    case MigrationListRequest.name:
      let (states, warnings) = try await stack.needRunning().database.migrationStates()
      return try encode(
        MigrationList(
          migrations: states.map {
            MigrationEntry(
              version: $0.version, name: $0.name, file: $0.file, isLocal: $0.file != nil,
              isApplied: $0.isApplied,
              content: MigrationEntry.Content(rawValue: $0.content.rawValue),
              renumberedFrom: $0.renumberedFrom)
          }, warnings: warnings.isEmpty ? nil : warnings))

    case MigrationUpRequest.name:
      let arguments = try request.arguments(as: MigrationUpRequest.self)
      let database = try await stack.needRunning().database
      let applied = try await database.migrateUp(
        includesAll: arguments.includeAll, progress: lifecycle)
      // What is edited or renamed is no reason to stop, and one to know.
      let warnings = try await database.migrationStates().warnings
      return try encode(
        MigrationUpReport(
          took: took(), applied: applied, warnings: warnings.isEmpty ? nil : warnings))

    case MigrationRepairRequest.name:
      let arguments = try request.arguments(as: MigrationRepairRequest.self)
      let repaired = try await stack.needRunning().database.repairHistory(
        arguments.versions, isApplied: arguments.status == .applied)
      return try encode(MigrationRepairReport(repaired: repaired, status: arguments.status))

    case DiffRequest.name:
      let arguments = try request.arguments(as: DiffRequest.self)
      return try encode(try await stack.diff(arguments, progress: lifecycle))

    case HistoryRecordRequest.name:
      let arguments = try request.arguments(as: HistoryRecordRequest.self)
      return try encode(try await stack.recordHistory(arguments))

    case SquashRequest.name:
      let arguments = try request.arguments(as: SquashRequest.self)
      return try encode(try await stack.squash(arguments, progress: lifecycle))

    case SeedRequest.name:
      let arguments = try request.arguments(as: SeedRequest.self)
      return try encode(try await stack.seed(arguments, progress: lifecycle))

    case SeedBucketsRequest.name:
      let seeded = try await stack.needRunning().database.seedBuckets()
      let folders = seeded.filter { $0.bucket.objectsPath != nil }.map(\.bucket.name)
      return try encode(
        SeedBucketsReport(
          took: took(), created: seeded.filter(\.isNew).map(\.bucket.name),
          updated: seeded.filter { !$0.isNew }.map(\.bucket.name),
          warnings: folders.isEmpty ? nil : [Self.withoutFiles(folders)]))

    case SeedGenerateRequest.name:
      let arguments = try request.arguments(as: SeedGenerateRequest.self)
      return try encode(try await stack.generateRows(arguments))

    case QueryRequest.name:
      let arguments = try request.arguments(as: QueryRequest.self)
      let (results, losesChanges) = try await query(arguments.sql)
      var last = Self.document(results.last ?? PostgresResult())
      let earlier = results.dropLast().filter { !$0.columns.isEmpty }.map(Self.document)
      if !earlier.isEmpty { last.earlier = earlier }
      if losesChanges { last.isRolledBack = true }
      last.took = took()
      return try encode(last)

    case DatabaseLeaseRequest.name:
      return try encode(try await lend(try request.arguments(), reply))

    case DatabaseReplaceRequest.name:
      return try encode(try await replace(try request.arguments()))

    case DatabasePromoteRequest.name:
      return try encode(try await promote(try request.arguments()))

    default:
      throw Diagnostic(
        code: "unknown_command",
        message: "this supervisor does not know the command \(request.command)",
        hint: "`homebase restart` runs it with the version that you call", category: .usage)
    }
  }

  private static func withoutFiles(_ buckets: [String]) -> Diagnostic {
    Diagnostic(
      code: "bucket_files_left_out",
      message: "the files of objects_path are not uploaded: \(buckets.joined(separator: ", "))",
      hint: "files come with the storage service; the buckets themselves are there")
  }

  private func encode(_ document: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    return try encoder.encode(document)
  }

  private static func document(_ result: PostgresResult) -> QueryResult {
    QueryResult(
      columns: result.columns.map(\.name), types: result.columns.map(\.typeOID),
      texts: result.rows, affectedRows: result.affectedRows, command: result.command)
  }

  /// Runs SQL; an error shows the line and the place in it.
  ///
  /// - Returns: A result a statement, and whether changes are lost in a transaction left open.
  private func query(
    _ sql: String
  ) async throws -> (results: [PostgresResult], losesChanges: Bool) {
    do {
      return try await stack.needRunning().database.withLive { connection in
        let results = try await connection.execute(sql)
        guard connection.isInTransaction else { return (results, false) }
        let changed = try await connection.query(
          "select pg_current_xact_id_if_assigned() is not null")
        return (results, changed.firstValue == "t")
      }
    } catch let error as PostgresError {
      if case .protocolViolation = error, sql.lowercased().contains("copy") {
        throw Diagnostic(
          code: "copy_needs_psql", message: "COPY from stdin or to stdout cannot run here",
          hint: "use `homebase db psql`, or `copy (…) to` a file", category: .usage)
      }
      guard case .server(let server, _) = error, let position = server.position else { throw error }
      // Counted from 1, in characters of the whole text. Source: PostgreSQL 15, 55.8, field P.
      let before = sql.unicodeScalars.prefix(max(position - 1, 0))
      let line = before.count { $0 == "\n" }
      let column = before.reversed().prefix { $0 != "\n" }.count
      let lines = sql.split(separator: "\n", omittingEmptySubsequences: false)
      var diagnostic = error.diagnostic
      diagnostic.location = SourceLocation(file: "query", line: line + 1, column: column + 1)
      if lines.indices.contains(line) {
        let number = "\(line + 1) | "
        diagnostic.excerpt = [
          number + lines[line],
          String(repeating: " ", count: number.count - 2) + "| "
            + String(repeating: " ", count: column) + "^",
        ]
      }
      throw diagnostic
    }
  }

  // MARK: - Logs

  private func logs(_ request: LogsRequest, _ reply: ControlReply) async throws -> LogsEnd {
    let running = try await stack.needRunning()
    if let service = request.service, !running.plan.services.contains(where: { $0.name == service })
    {
      throw Diagnostic(
        code: "service_unknown", message: "there is no service \(service)",
        hint: "there are: \(running.plan.services.map(\.name).joined(separator: ", "))",
        category: .usage)
    }
    let logs = running.supervisor.logs
    // Following begins before the tail is read, so that no line falls between the two.
    let live = request.follow ? logs.follow(services: request.service.map { [$0] }) : nil
    var count = 0
    var last: [String: Int64] = [:]
    for entry in logs.archive.tail(
      services: request.service.map { [$0] },
      since: request.since.map { Int64($0.date.timeIntervalSince1970 * 1000) },
      lines: request.lines ?? 10_000)
    {
      try await reply.stream(Self.line(entry))
      last[entry.service] = entry.milliseconds
      count += 1
    }
    if let live {
      for await entry in live where entry.milliseconds > last[entry.service] ?? 0 {
        try await reply.stream(Self.line(entry))
        count += 1
      }
    }
    return LogsEnd(lines: count)
  }

  private static func line(_ entry: LogEntry) -> LogLine {
    LogLine(
      time: Timestamp(Date(timeIntervalSince1970: Double(entry.milliseconds) / 1000)),
      service: entry.service, stream: entry.stream.rawValue, message: entry.text)
  }
}
