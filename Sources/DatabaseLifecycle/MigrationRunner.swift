import Diagnostics
import PostgresClient
package import SQLScript

/// Applies one file to a database, as the role `postgres`.
///
/// The statements of a file and its history row are one transaction, sent as one pipeline without
/// BEGIN, so that a file with BEGIN and COMMIT of its own means what it says. What PostgreSQL
/// refuses in a transaction runs alone. Source: supabase-local.md, 3.3.
struct MigrationRunner: Sendable {
  let inputs: LifecycleInputs
  /// To the database `homebase`, as its superuser.
  let admin: PostgresConnection
  /// To the database that is changed, as `postgres`.
  let connection: PostgresConnection
  /// The name that the database has while it is changed.
  var database = Ledger.live
  /// The files whose statements the history of the database holds, or may come to hold.
  var files: ProjectFiles?

  /// More statements than this are sent in parts, so that a file of 50 MB needs no more memory.
  static let mostStatementsInFlight = 1_000
  /// What one portion of ordinary files holds at most, or one file more.
  static let mostFilesOfAPortion = 24
  static let mostStatementsOfAPortion = 400
  static let mostBytesOfAPortion = 256 << 10

  /// Applies migrations in turn; each is one transaction with its row in the history.
  ///
  /// Ordinary files reach the server several at once, and the next ones are read and split while
  /// it works, so that it never waits for us.
  ///
  /// - Parameters:
  ///   - migrations: Files that must still have the bytes of their hashes.
  ///   - databaseIsUnchanged: Whether a failure leaves the live database as it was.
  ///   - onBegin: Is told of each file when its turn comes; must not block.
  /// - Throws: `LifecycleError`, with file and line; files after that one were not run.
  func apply(
    _ migrations: ArraySlice<Migration>, databaseIsUnchanged: Bool,
    onBegin: @escaping @Sendable (Migration) -> Void
  ) async throws {
    var queue = FileQueue(runner: self, rest: migrations)
    var next = queue.next()
    while let portion = next {
      async let sent: Void = run(
        portion, databaseIsUnchanged: databaseIsUnchanged, onBegin: onBegin)
      next = queue.next()
      try await sent
    }
  }

  /// Applies a seed file and notes its hash.
  func apply(_ seed: ProjectFiles.Seed, databaseIsUnchanged: Bool) async throws {
    var file = try read(seed.path, step: "seed")
    file.closing = PostgresStatement(
      sql: """
        insert into supabase_migrations.seed_files (path, hash) values ($1, $2)
        on conflict (path) do update set hash = excluded.hash
        """,
      values: [seed.name, seed.hash])
    try await run(file, databaseIsUnchanged: databaseIsUnchanged)
  }

  /// Applies `roles.sql`.
  func applyRoles(_ path: String) async throws {
    try await run(try read(path, step: "roles"), databaseIsUnchanged: true)
  }

  // MARK: - Reading

  /// A file that was read and split, and what is sent behind its statements.
  private struct ReadFile: Sendable {
    var path: String
    /// As people know it.
    var file: String
    var step: String
    var script: Script
    /// Without pieces that are comments only, and without lines of psql that may be left out.
    var statements: [SQLStatement]
    /// The history's row, or the seeds'.
    var closing: PostgresStatement?

    /// Whether BEGIN and COMMIT around the file change nothing of what it does.
    var isOrdinary: Bool {
      statements.count <= MigrationRunner.mostStatementsOfAPortion
        && script.bytes.count <= MigrationRunner.mostBytesOfAPortion
        && statements.allSatisfy { $0.ignoresBlocks && $0.customSetting == nil }
        && !script.turnsTransactionOff
    }
  }

  private func read(_ path: String, step: String) throws -> ReadFile {
    let file = inputs.displayPath(path)
    let script = try Script(bytes: try readFile(path), file: file)
    var statements: [SQLStatement] = []
    for piece in script {
      if piece.isEmpty {
        // An open comment alone is no statement that the server could refuse.
        if let open = piece.unterminatedDiagnostic(file: file) {
          throw Failure.unterminated(
            open, step: step,
            whatStays: database == Ledger.live ? .nothingOfFile : .databaseUnchanged)
        }
      } else if !piece.isMetaCommand {
        statements.append(piece)
      } else if !piece.isSkippableMetaCommand {
        throw LifecycleError.notSQL(
          step: step, location: SourceLocation(file: file, line: piece.line),
          command: "\\" + (piece.metaCommand ?? ""))
      }
    }
    return ReadFile(path: path, file: file, step: step, script: script, statements: statements)
  }

  private func read(_ migration: Migration) throws -> ReadFile {
    var file = try read(migration.path, step: "migration")
    // The history keeps the statements without comments before them, as the Supabase CLI does.
    file.closing = PostgresStatement(
      sql: """
        insert into supabase_migrations.schema_migrations (version, name, statements)
        values ($1, $2, $3::text[])
        """,
      values: [
        migration.version, migration.name, arrayLiteral(file.statements.map { $0.text }),
      ])
    return file
  }

  /// What is sent in one go.
  private enum Portion: Sendable {
    /// Ordinary files, one after the other.
    case ordinary([(migration: Migration, file: ReadFile)])
    /// A file of any kind.
    case alone(Migration, ReadFile)
    /// A file that cannot be read as SQL.
    case unreadable(Migration, any Error)
  }

  /// Migrations that wait, cut into portions.
  private struct FileQueue {
    let runner: MigrationRunner
    var rest: ArraySlice<Migration>
    /// Read already, for the next portion.
    private var held: Portion?
    private var isFirst = true

    init(runner: MigrationRunner, rest: ArraySlice<Migration>) {
      self.runner = runner
      self.rest = rest
    }

    mutating func next() -> Portion? {
      if let held {
        self.held = nil
        return held
      }
      var gathered: [(migration: Migration, file: ReadFile)] = []
      var statements = 0
      var bytes = 0
      // The first portion is small: meanwhile the server has nothing to do.
      let most = isFirst ? 2 : MigrationRunner.mostFilesOfAPortion
      isFirst = false
      while gathered.count < most, statements < MigrationRunner.mostStatementsOfAPortion,
        bytes < MigrationRunner.mostBytesOfAPortion, let migration = rest.popFirst()
      {
        let portion: Portion
        do {
          let file = try runner.read(migration)
          if file.isOrdinary {
            gathered.append((migration, file))
            statements += file.statements.count
            bytes += file.script.bytes.count
            continue
          }
          portion = .alone(migration, file)
        } catch {
          portion = .unreadable(migration, error)
        }
        if gathered.isEmpty { return portion }
        held = portion
        break
      }
      return gathered.isEmpty ? nil : .ordinary(gathered)
    }
  }

  // MARK: - Running

  /// One statement on its way to the server, and where it is from.
  private struct Sent {
    var statement: PostgresStatement
    /// nil for statements of homebase's own.
    var origin: SQLStatement?
    /// Where the text that is sent is not the file's.
    var change: TextChange?
  }

  /// What a session must be before a file, and before the history's row.
  private static let resetAll = Sent(statement: PostgresStatement("reset all"))
  private static let resetRole = Sent(statement: PostgresStatement("reset role"))
  /// A file may leave behind a role who may not write the history, and a timeout too short for it.
  private static let regain = Sent(
    statement: PostgresStatement(
      """
      select pg_catalog.set_config('role', 'none', false),
        pg_catalog.set_config('statement_timeout', '0', false)
      """))

  private func run(
    _ portion: Portion, databaseIsUnchanged: Bool, onBegin: @escaping @Sendable (Migration) -> Void
  ) async throws {
    switch portion {
    case .ordinary(let files):
      try await run(files, databaseIsUnchanged: databaseIsUnchanged, onBegin: onBegin)
    case .alone(let migration, let file):
      onBegin(migration)
      try await run(file, databaseIsUnchanged: databaseIsUnchanged)
    case .unreadable(let migration, let error):
      onBegin(migration)
      throw error
    }
  }

  /// Sends several files before one sync, each between BEGIN and COMMIT.
  ///
  /// After an error the server passes over all that comes before the sync: files behind the one
  /// that failed do not run.
  private func run(
    _ files: [(migration: Migration, file: ReadFile)], databaseIsUnchanged: Bool,
    onBegin: @escaping @Sendable (Migration) -> Void
  ) async throws {
    var sent: [Sent] = []
    /// The file of each statement.
    var owners: [Int] = []
    /// The last statement of each file, and what begins behind it.
    var followers: [Int: Migration] = [:]
    for (number, (_, file)) in files.enumerated() {
      sent.append(Sent(statement: PostgresStatement("begin")))
      sent.append(Self.resetAll)
      if number == 0 { sent.append(Self.resetRole) }
      sent += file.statements.map { said($0, file.script) }
      sent.append(Self.regain)
      if let closing = file.closing { sent.append(Sent(statement: closing)) }
      sent.append(Sent(statement: PostgresStatement("commit")))
      owners += Array(repeating: number, count: sent.count - owners.count)
      if number + 1 < files.count { followers[sent.count - 1] = files[number + 1].migration }
    }
    if let first = files.first { onBegin(first.migration) }
    let begins = followers
    try await send(
      sent,
      milestones: PipelineMilestones(Set(begins.keys)) { index in
        if let migration = begins[index] { onBegin(migration) }
      }
    ) { index in
      let file = files[index.map { owners[$0] } ?? files.count - 1].file
      return Failure(
        step: file.step, file: file.file, isUnchanged: databaseIsUnchanged,
        serverVersion: connection.serverVersion)
    }
  }

  private func run(_ file: ReadFile, databaseIsUnchanged: Bool) async throws {
    var failure = Failure(
      step: file.step, file: file.file, isUnchanged: databaseIsUnchanged,
      serverVersion: connection.serverVersion)
    let statements = file.statements
    let script = file.script
    var batch = [Self.resetAll, Self.resetRole]
    let controlsItself = statements.contains { $0.isTransactionControl }
    let isAlone = script.turnsTransactionOff
    let needsBlock =
      !isAlone && !controlsItself
      && (statements.contains { $0.isCopyFromStdin }
        || statements.count > Self.mostStatementsInFlight)
    var isInBlock = false
    failure.keepsPart = controlsItself || isAlone || statements.contains { $0.refusesTransaction }

    for statement in statements {
      if statement.isCopyFromStdin {
        if needsBlock, !isInBlock { try await begin(&isInBlock) }
        try await send(&batch, failure)
        try await copy(statement, failure)
        continue
      }
      if isAlone || statement.refusesTransaction {
        try await send(&batch, failure)
        if isInBlock { try await commit(&isInBlock, failure) }
        batch = [said(statement, script)]
        try await send(&batch, failure)
        continue
      }
      if needsBlock, !isInBlock { try await begin(&isInBlock) }
      if let setting = statement.customSetting { await allow(setting) }
      if let role = statement.createdRole, ReservedRoles.refusal(of: statement) == nil {
        batch += try await creation(of: role, in: statement, file)
      } else {
        batch.append(said(statement, script))
      }
      if isInBlock, batch.count >= Self.mostStatementsInFlight { try await send(&batch, failure) }
    }
    if controlsItself {
      // The rest is to tell what the file left open, not what homebase adds.
      try await send(&batch, failure)
      if connection.isInTransaction {
        _ = try? await connection.execute("rollback")
        throw LifecycleError.transactionLeftOpen(
          step: file.step, location: SourceLocation(file: file.file),
          isDatabaseUnchanged: databaseIsUnchanged)
      }
    }
    batch.append(Self.regain)
    if let closing = file.closing { batch.append(Sent(statement: closing)) }
    try await send(&batch, failure)
    if isInBlock { try await commit(&isInBlock, failure) }
  }

  /// What is sent for a statement: its text, but for what the name of the database and the other
  /// databases of the cluster would change.
  private func said(_ statement: SQLStatement, _ script: Script) -> Sent {
    if let refusal = ReservedRoles.refusal(of: statement) {
      return Sent(
        statement: PostgresStatement(sql: Self.refusing(refusal), values: []), origin: statement)
    }
    if !inputs.hasVectorIndexes, let text = statement.withoutVectorIndexOptions {
      return Sent(statement: PostgresStatement(text), origin: statement)
    }
    if database != Ledger.live, let named = statement.namedDatabase, named.name == Ledger.live {
      let change = TextChange(
        of: statement, at: named.nameRange, to: quoteIdentifier(database), script)
      return Sent(
        statement: PostgresStatement(sql: change.text, values: []), origin: statement,
        change: change)
    }
    let dropped = statement.droppedRoles
    guard !dropped.isEmpty else { return Sent(statement: sql(statement), origin: statement) }
    return Sent(
      statement: PostgresStatement(
        sql: Self.forgivingDrop(statement.text, of: dropped), values: []),
      origin: statement)
  }

  /// Fails as the platform does, at the statement's own place in the pipeline.
  private static func refusing(_ message: String) -> String {
    """
    do $homebase_refusal$ begin
      raise insufficient_privilege using message = \(quoteLiteral(message));
    end $homebase_refusal$
    """
  }

  /// Lets `postgres` keep a setting of the project's own with a database or a role.
  ///
  /// Only a superuser could, and a grant names one setting. What cannot be granted, such as a name
  /// that is none, the server refuses with its own words when the statement comes.
  private func allow(_ setting: String) async {
    _ = try? await admin.execute("grant set on parameter \(quoteIdentifier(setting)) to postgres")
  }

  /// A role that only other copies of the database still name cannot go yet; here it is gone.
  private static func forgivingDrop(_ text: String, of roles: [String]) -> String {
    """
    do $homebase_drop$ begin \(text); exception when dependent_objects_still_exist then
      if exists (
        select 1 from pg_shdepend d
        join pg_database b on b.oid = d.dbid and b.datname = current_database()
        join pg_roles r on r.oid = d.refobjid and d.refclassid = 'pg_authid'::regclass
        where r.rolname = any (\(quoteLiteral(arrayLiteral(roles)))::text[])
      ) then raise; end if;
    end $homebase_drop$
    """
  }

  private func sql(_ statement: SQLStatement) -> PostgresStatement {
    PostgresStatement(sql: statement.text, values: [])
  }

  private func begin(_ isInBlock: inout Bool) async throws {
    _ = try await connection.execute("begin")
    isInBlock = true
  }

  private func commit(_ isInBlock: inout Bool, _ failure: Failure) async throws {
    isInBlock = false
    do {
      _ = try await connection.execute("commit")
    } catch PostgresError.server(let server, _) {
      throw failure.error(server, origin: nil)
    }
  }

  /// Sends what has gathered as one pipeline, and empties it.
  private func send(_ batch: inout [Sent], _ failure: Failure) async throws {
    guard !batch.isEmpty else { return }
    let sent = batch
    batch = []
    try await send(sent) { _ in failure }
  }

  private func send(
    _ sent: [Sent], milestones: PipelineMilestones? = nil, _ failure: (Int?) -> Failure
  ) async throws {
    do {
      _ = try await connection.pipeline(sent.map { $0.statement }, milestones: milestones)
    } catch let error {
      // After BEGIN in the file, or in a block of ours, the session waits for a rollback.
      _ = try? await connection.execute("rollback")
      if case .connectionLost(let reason) = error {
        let only = sent.count == 1 ? 0 : nil
        throw failure(only).lost(reason, only.flatMap { sent[$0].origin })
      }
      guard case .server(let server, let place) = error else { throw error }
      let index = place.flatMap { sent.indices.contains($0) ? $0 : nil }
      let failure = failure(index)
      guard let index else { throw failure.error(server, origin: nil) }
      var shown = server
      if let change = sent[index].change { shown.position = server.position.map(change.original) }
      throw failure.error(shown, origin: sent[index].origin)
    }
  }

  private func copy(_ statement: SQLStatement, _ failure: Failure) async throws {
    let bytes = Array(statement.copyBytes ?? [])
    let chunks = AsyncThrowingStream<[UInt8], any Error> { continuation in
      var start = 0
      while start < bytes.count {
        let end = min(start + 64 * 1024, bytes.count)
        continuation.yield(Array(bytes[start..<end]))
        start = end
      }
      continuation.finish()
    }
    do {
      _ = try await connection.copyIn(statement.text, chunks)
    } catch {
      _ = try? await connection.execute("rollback")
      guard case PostgresError.server(let server, _) = error else { throw error }
      throw failure.copyError(server, statement)
    }
  }

  // MARK: - Roles

  /// What makes a role, or makes the role of an earlier replay as if it were new.
  ///
  /// Roles belong to the cluster and outlive the database that a migration ran in. One that
  /// migrations made before is given the attributes that the statement asks for. One that this
  /// history made already is refused by the server, as on the platform (42710).
  private func creation(
    of role: CreatedRole, in statement: SQLStatement, _ file: ReadFile
  ) async throws -> [Sent] {
    let plain = Sent(statement: sql(statement), origin: statement)
    // Noted before it is there: after a crash between the two it could not be told from one that
    // somebody made by hand.
    _ = try await admin.query(
      """
      insert into homebase.project_roles (name)
      select $1::text where not exists (select 1 from pg_roles where rolname = $1::text)
      on conflict do nothing
      """, [role.name])
    let known = try await admin.query(
      """
      select 1 from pg_roles r join homebase.project_roles p on p.name = r.rolname
      where r.rolname = $1
      """, [role.name])
    guard !known.rows.isEmpty, try !isMade(role.name, before: statement, file) else {
      return [plain]
    }
    let script = file.script
    let name = String(decoding: script.bytes[role.nameRange], as: UTF8.self)
    let options = RoleOptions(String(decoding: script.bytes[role.optionsRange], as: UTF8.self))
    return options.statements(for: name).map {
      Sent(statement: PostgresStatement(sql: $0, values: []), origin: statement)
    }
  }

  /// Whether this history made a role before a statement, and did not drop it again.
  private func isMade(
    _ role: String, before statement: SQLStatement, _ file: ReadFile
  ) throws -> Bool {
    var isMade = false
    func walk(_ statements: some Sequence<SQLStatement>) {
      for statement in statements {
        if statement.createdRole?.name == role { isMade = true }
        if statement.droppedRoles.contains(role) { isMade = false }
      }
    }
    for path in files?.before(file.path, inputs) ?? [] {
      walk(try Script(bytes: try readFile(path), file: inputs.displayPath(path)))
    }
    walk(file.statements.prefix { $0.range.lowerBound < statement.range.lowerBound })
    return isMade
  }
}

extension Script {
  /// What the history keeps of a file: its statements, without lines that are psql's.
  package var historyStatements: [String] {
    statements.filter { !$0.isMetaCommand }.map { $0.text }
  }
}

/// A statement with another name in it, and how the server's positions in it are to be read.
struct TextChange: Sendable {
  /// The text to send.
  let text: String
  /// The changed part, in characters counted from 1.
  private let range: Range<Int>
  private let growth: Int

  init(of statement: SQLStatement, at bytes: Range<Int>, to name: String, _ script: Script) {
    func string(_ range: Range<Int>) -> String {
      String(decoding: script.bytes[range], as: UTF8.self)
    }
    let before = string(statement.textRange.lowerBound..<bytes.lowerBound)
    let old = string(bytes)
    text = before + name + string(bytes.upperBound..<statement.textRange.upperBound)
    let start = before.unicodeScalars.count + 1
    range = start..<(start + name.unicodeScalars.count)
    growth = name.unicodeScalars.count - old.unicodeScalars.count
  }

  /// The position in the file's own text.
  func original(_ position: Int) -> Int {
    if position < range.lowerBound { return position }
    return position < range.upperBound ? range.lowerBound : position - growth
  }
}

/// Says in the terms of a file what the server said of a statement.
private struct Failure {
  var step: String
  var file: String
  var isUnchanged: Bool
  var serverVersion: Int
  /// Whether a part of the file may be committed already.
  var keepsPart = false

  /// A construct that is never closed, said as a failure of the step.
  static func unterminated(
    _ open: Diagnostic, step: String, whatStays: LifecycleError.Remains
  ) -> LifecycleError {
    .statementFailed(
      step: step, location: open.location ?? SourceLocation(file: ""), sqlstate: "42601",
      reason: open.message, detail: nil, serverHint: open.hint, excerpt: open.excerpt,
      whatStays: whatStays)
  }

  private var whatStays: LifecycleError.Remains {
    isUnchanged ? .databaseUnchanged : keepsPart ? .partOfFile : .nothingOfFile
  }

  /// What the server says of a role that things depend on, without the copies that homebase keeps.
  static func withoutCopies(_ detail: String?) -> String? {
    let lines = detail?.split(separator: "\n").filter { line in
      guard let name = line.firstRange(of: "in database ") else { return true }
      let database = line[name.upperBound...]
      return !database.hasPrefix(Ledger.prefix) && database != Ledger.live
    }
    guard let lines, !lines.isEmpty else { return nil }
    return lines.joined(separator: "\n")
  }

  private static func rolesHint(_ origin: SQLStatement, isSeen: Bool) -> String {
    if origin.droppedRoles.isEmpty, !isSeen {
      return "only copies of the database that homebase keeps name the role: write DROP ROLE "
        + "outside of code, where they do not count"
    }
    let roles = origin.droppedRoles.map(quoteIdentifier).joined(separator: ", ")
    let role = roles.isEmpty ? "the role" : roles
    return "before it, `grant \(role) to postgres; drop owned by \(role);` takes its objects and "
      + "rights away; or revoke what is named one by one"
  }

  /// The session ended (`connection_failure`); which of several statements ran then, nobody knows.
  func lost(_ reason: String, _ origin: SQLStatement?) -> LifecycleError {
    let place = origin?.excerpt(serverPosition: nil)
    return .statementFailed(
      step: step, location: SourceLocation(file: file, line: place?.line, column: place?.column),
      sqlstate: "08006", reason: "the connection to PostgreSQL ended: \(reason)", detail: nil,
      serverHint: "`homebase logs postgres` shows what the server said",
      excerpt: place?.lines ?? [], whatStays: whatStays)
  }

  func error(_ server: ServerError, origin: SQLStatement?) -> any Error {
    var server = server
    // `dependent_objects_still_exist`
    let isRoleInUse = server.sqlstate == "2BP01" && server.message.hasPrefix("role ")
    if isRoleInUse { server.detail = Self.withoutCopies(server.detail) }
    guard let origin else {
      return LifecycleError.statementFailed(
        step: step, location: SourceLocation(file: file), sqlstate: server.sqlstate,
        reason: server.message, detail: server.detail, serverHint: server.hint, excerpt: [],
        whatStays: whatStays)
    }
    if let open = origin.unterminatedDiagnostic(file: file), server.sqlstate == "42601" {
      return Self.unterminated(open, step: step, whatStays: whatStays)
    }
    let place = origin.excerpt(serverPosition: server.position)
    // CREATE ROLE by itself is answered before; code that runs it cannot be.
    let isRole =
      server.sqlstate == "42710" && origin.createdRole == nil && isUnchanged
      && server.message.hasPrefix("role ")
    let missing = MissingExtension.hint(for: server, serverVersion: serverVersion)
    return LifecycleError.statementFailed(
      step: step, location: SourceLocation(file: file, line: place.line, column: place.column),
      sqlstate: server.sqlstate, reason: server.message,
      // Where a missing extension's file would be is nobody's business.
      detail: missing == nil ? server.detail : nil,
      serverHint: isRole
        ? "roles belong to the cluster and outlive a reset: make it with CREATE ROLE outside of "
          + "code, or ask `if not exists (select from pg_roles where rolname = …)` first"
        : isRoleInUse
          ? Self.rolesHint(origin, isSeen: server.detail != nil)
          : missing ?? server.hint,
      excerpt: place.lines, whatStays: whatStays)
  }

  /// The server counts the lines of COPY data in its context: `COPY notes, line 3, column body`.
  func copyError(_ server: ServerError, _ statement: SQLStatement) -> any Error {
    guard let context = server.context, let first = statement.copyDataLine,
      let mark = context.firstRange(of: ", line "),
      let line = Int(context[mark.upperBound...].prefix { $0.isNumber })
    else { return error(server, origin: statement) }
    return LifecycleError.statementFailed(
      step: step, location: SourceLocation(file: file, line: first + line - 1),
      sqlstate: server.sqlstate, reason: server.message, detail: server.detail,
      serverHint: server.hint, excerpt: [], whatStays: whatStays)
  }
}

/// The options of `CREATE ROLE`, to be said of a role that is there already.
struct RoleOptions {
  private var attributes: [Substring] = []
  private var memberships: [(kind: String, roles: String)] = []

  init(_ text: String) {
    var clause: (kind: String, words: [Substring])?
    var words = text.split(whereSeparator: { $0.isWhitespace })[...]
    func finish(_ clause: (kind: String, words: [Substring])?) -> (kind: String, roles: String)? {
      clause.map { ($0.kind, $0.words.joined(separator: " ")) }
    }
    while let word = words.popFirst() {
      switch word.lowercased() {
      case "in":
        if let done = finish(clause) { memberships.append(done) }
        _ = words.popFirst()
        clause = ("in", [])
      case "role", "user", "admin":
        if let done = finish(clause) { memberships.append(done) }
        clause = (word.lowercased() == "admin" ? "admin" : "role", [])
      case "sysid":
        _ = words.popFirst()
      case "with" where attributes.isEmpty && clause == nil:
        break
      default:
        if clause != nil { clause?.words.append(word) } else { attributes.append(word) }
      }
    }
    if let done = finish(clause) { memberships.append(done) }
  }

  /// The statements that give a role these options and no others.
  ///
  /// - Parameter name: As the script writes it, quotes included.
  /// - Returns: One entry a statement, in the order in which they must run.
  func statements(for name: String) -> [String] {
    var statements = [
      "alter role \(name) nocreatedb nocreaterole inherit nologin connection limit -1",
      "alter role \(name) reset all",
    ]
    if !attributes.isEmpty {
      statements.append("alter role \(name) \(attributes.joined(separator: " "))")
    }
    for (kind, roles) in memberships {
      switch kind {
      case "in": statements.append("grant \(roles) to \(name)")
      case "admin": statements.append("grant \(name) to \(roles) with admin option")
      default: statements.append("grant \(name) to \(roles)")
      }
    }
    return statements
  }
}

/// An array of texts as PostgreSQL reads it.
func arrayLiteral(_ texts: [String]) -> String {
  var literal = "{"
  for (index, text) in texts.enumerated() {
    if index > 0 { literal.append(",") }
    literal.append("\"")
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { literal.append("\\") }
      literal.unicodeScalars.append(scalar)
    }
    literal.append("\"")
  }
  literal.append("}")
  return literal
}
