import Diagnostics
import FoundationEssentials
import PostgresClient
import SQLScript
import Synchronization

/// Runs a psql script over one connection, and keeps what psql would have printed.
///
/// It knows the commands of `known`; a script with another one is for psql itself, which
/// `unknownCommand` tells before anything runs.
struct PsqlInterpreter {
  /// A line of standard output.
  struct OutputLine: Sendable, Hashable {
    var text: String
    /// Where the statement that printed it stands.
    var file: String
    var line: Int
  }

  /// What the server or psql said on standard error.
  struct Message: Sendable, Hashable {
    /// As the server names it: `ERROR`, `NOTICE`.
    var severity: String
    var text: String
    var detail: String?
    var hint: String?
    var sqlstate: String?
    var file: String
    var line: Int

    var isError: Bool { ["ERROR", "FATAL", "PANIC"].contains(severity) }
  }

  /// The backslash commands that are understood.
  static let known: Set<String> = [
    "i", "include", "ir", "include_relative", "set", "unset", "gset", "g", "gx", "gexec", "echo",
    "qecho", "warn", "if", "elif", "else", "endif", "pset", "timing", "t", "a", "x", "q", "r",
    "reset", "f", "C", "encoding", "restrict", "unrestrict", "errverbose", "conninfo", "p", "print",
  ]

  let connection: PostgresConnection
  let notices: NoticeBox
  /// Where `\i` looks, after the folder of the file that says it.
  let folders: [String]
  /// How a path is shown.
  let display: @Sendable (String) -> String

  private(set) var output: [OutputLine] = []
  private(set) var messages: [Message] = []
  /// What the script may have left in the database.
  private(set) var leftovers = Leftovers()
  /// psql's exit code: 3 when a script stopped at an error.
  private(set) var exitCode = 0
  private var variables: PsqlVariables
  private var format = ResultText()
  private var hasEnded = false
  private var includes = 0

  init(
    connection: PostgresConnection, database: String, user: String, notices: NoticeBox,
    folders: [String], display: @escaping @Sendable (String) -> String
  ) {
    self.connection = connection
    self.notices = notices
    self.folders = folders
    self.display = display
    variables = PsqlVariables(
      database: database, user: user, serverVersion: connection.serverVersion)
  }

  /// Finds the first command that is not understood, in a script and what it includes.
  ///
  /// - Parameters:
  ///   - path: The script.
  ///   - folders: Where `\i` looks.
  ///   - display: How a path is shown.
  /// - Returns: The command and its place; nil when all are understood.
  /// - Throws: `SQLTestError.unreadable`.
  static func unknownCommand(
    in path: String, folders: [String], display: (String) -> String
  ) throws(SQLTestError) -> (command: String, location: SourceLocation)? {
    var waiting = [path]
    var seen: Set<String> = []
    while let path = waiting.popLast() {
      guard seen.insert(path).inserted else { continue }
      var scanner = PsqlScanner(try readBytes(path))
      while true {
        let piece = scanner.next { _ in nil }
        if case .end = piece { break }
        if case .statement(let statement) = piece, copiesIn(Script(statement.text).statements) {
          _ = scanner.takeCopyData()
        }
        guard case .command(let name, let line) = piece else { continue }
        let arguments = scanner.arguments { _ in nil }
        let location = SourceLocation(file: display(path), line: line)
        guard known.contains(name), !arguments.contains(nil) else {
          return ("\\" + name, location)
        }
        if ["g", "gx"].contains(name), arguments.first.flatMap({ $0 }) != nil {
          return ("\\\(name) with a file", location)
        }
        if ["i", "include", "ir", "include_relative"].contains(name),
          let named = arguments.first.flatMap({ $0 }), !named.contains(":"),
          let found = Self.find(
            named, from: path, folders: folders, isRelative: name.hasSuffix("r"))
        {
          waiting.append(found)
        }
      }
    }
    return nil
  }

  /// Runs a script to its end, or to the error that stops it.
  mutating func run(_ path: String) async throws(SQLTestError) {
    try await runFile(path)
    if connection.isInTransaction, !connection.isClosed {
      // psql would end here, and the server undo what was not committed.
      _ = try? await connection.execute("rollback")
    }
  }

  private mutating func runFile(_ path: String) async throws(SQLTestError) {
    guard includes < 50 else {
      return stop("\\i: files include each other without end", path, 1)
    }
    includes += 1
    defer { includes -= 1 }
    var scanner = PsqlScanner(try readBytes(path))
    var branches = Branches()
    while !hasEnded {
      let known = variables
      let piece = scanner.next { branches.isActive ? known[$0] : nil }
      switch piece {
      case .end:
        if branches.depth > 0 {
          stop("reached EOF without finding closing \\endif(s)", path, nil)
        }
        return
      case .statement(let statement):
        guard branches.isActive else { continue }
        await execute(statement, path, &scanner)
      case .command(let name, let line):
        let arguments = scanner.arguments { branches.isActive ? known[$0] : nil }
          .map { $0 ?? "" }
        if ["if", "elif", "else", "endif"].contains(name) {
          branch(name, arguments, &branches, &scanner, path, line)
        } else if branches.isActive {
          try await command(name, arguments, &scanner, path, line)
        }
      }
    }
  }

  // MARK: - Branches

  private mutating func branch(
    _ name: String, _ arguments: [String], _ branches: inout Branches,
    _ scanner: inout PsqlScanner, _ path: String, _ line: Int
  ) {
    func condition() -> Bool {
      let text = arguments.joined(separator: " ")
      if let value = PsqlVariables.boolean(text) { return value }
      messages.append(
        Message(
          severity: "ERROR",
          text: "unrecognized value \"\(text)\" for \"\\\(name) expression\": "
            + "Boolean expected", file: display(path), line: line))
      return false
    }
    var isGood = true
    if !branches.isActive { scanner.restore(branches.buffered) }
    switch name {
    case "if": branches.open(branches.isActive && condition())
    case "elif": isGood = branches.turn(condition)
    case "else": isGood = branches.turn { true }
    default: isGood = branches.close()
    }
    if !branches.isActive { branches.buffered = scanner.buffered }
    if !isGood { stop("\\\(name): no matching \\if", path, line) }
  }

  // MARK: - Commands

  private mutating func command(
    _ name: String, _ arguments: [String], _ scanner: inout PsqlScanner, _ path: String,
    _ line: Int
  ) async throws(SQLTestError) {
    switch name {
    case "i", "include", "ir", "include_relative":
      guard let wanted = arguments.first else {
        return stop("\\\(name): missing required argument", path, line)
      }
      guard
        let found = Self.find(
          unquoted(wanted), from: path, folders: folders, isRelative: name.hasSuffix("r"))
      else { return stop("\(wanted): No such file or directory", path, line) }
      try await runFile(found)
    case "set":
      guard let name = arguments.first else { return }
      variables[name] = arguments.dropFirst().joined()
    case "unset":
      if let name = arguments.first { variables[name] = nil }
    case "echo", "qecho", "warn":
      let isBare = arguments.first == "-n"
      let text = arguments.dropFirst(isBare ? 1 : 0).joined(separator: " ")
      if name == "warn" {
        messages.append(
          Message(severity: "WARNING", text: text, file: display(path), line: line))
      } else {
        print([text], path, line)
      }
    case "gset", "g", "gx", "gexec":
      guard let statement = scanner.takeBuffer() else { return }
      await send(statement, path, as: name, prefix: arguments.first ?? "", &scanner)
    case "pset":
      if let option = arguments.first { format.set(option, arguments.dropFirst().first) }
    case "t": format.set("tuples_only", arguments.first)
    case "x": format.set("expanded", arguments.first)
    case "a": format.isAligned.toggle()
    case "f": format.set("fieldsep", arguments.first)
    case "q": hasEnded = true
    case "r", "reset": _ = scanner.takeBuffer()
    default: break
    }
  }

  private func unquoted(_ text: String) -> String {
    text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"")
      ? String(text.dropFirst().dropLast()) : text
  }

  private static func find(
    _ name: String, from path: String, folders: [String], isRelative: Bool
  ) -> String? {
    if name.hasPrefix("/") { return isReadable(name) ? name : nil }
    let own = path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    // psql takes `\i` from where it was started: that is the tests' folder, or the project's.
    let places = isRelative ? [own] : folders + [own]
    return places.map { "\($0)/\(name)" }.first { isReadable($0) }
  }

  /// Says an error of psql's own, and ends the script where errors do.
  private mutating func stop(_ text: String, _ path: String, _ line: Int?) {
    messages.append(Message(severity: "ERROR", text: text, file: display(path), line: line ?? 1))
    if variables.isOn("ON_ERROR_STOP") {
      exitCode = 3
      hasEnded = true
    }
  }

  private mutating func print(_ lines: [String], _ path: String, _ line: Int) {
    output += lines.map { OutputLine(text: $0, file: display(path), line: line) }
  }

  // MARK: - Statements

  private mutating func execute(
    _ statement: PsqlStatement, _ path: String, _ scanner: inout PsqlScanner
  ) async {
    await send(statement, path, as: "g", prefix: "", &scanner)
  }

  private mutating func send(
    _ statement: PsqlStatement, _ path: String, as command: String, prefix: String,
    _ scanner: inout PsqlScanner
  ) async {
    let facts = Script(statement.text).statements
    let isCopyIn = Self.copiesIn(facts)
    let data = isCopyIn ? scanner.takeCopyData() : []
    let wasInTransaction = connection.isInTransaction
    let guards =
      variables["ON_ERROR_ROLLBACK"]?.lowercased() != "interactive"
      && variables.isOn("ON_ERROR_ROLLBACK") && wasInTransaction
      && !facts.contains { $0.isTransactionControl }
    let savepoint = "pg_psql_temporary_savepoint"
    if guards { _ = try? await connection.execute("savepoint \(savepoint)") }
    var failure: PostgresError?
    var results: [PostgresResult] = []
    var copied: [UInt8] = []
    do throws(PostgresError) {
      if isCopyIn {
        results = [try await copyIn(statement.text, data)]
      } else if facts.count == 1, facts.first.map({ Self.copiesOut($0.text) }) == true {
        for try await piece in connection.copyOut(statement.text) { copied += piece }
      } else {
        results = try await connection.execute(statement.text)
      }
    } catch {
      failure = error
    }
    if guards, connection.isInTransaction {
      _ = try? await connection.execute(
        failure == nil ? "release savepoint \(savepoint)" : "rollback to savepoint \(savepoint)")
    }
    let said = notices.take()
    leftovers.note(
      facts, wasInTransaction: wasInTransaction, failed: failure != nil,
      foundExtension: said.contains { $0.sqlstate == "42710" })
    for notice in said {
      messages.append(
        Message(
          severity: notice.severity, text: notice.message, detail: notice.detail,
          hint: notice.hint, sqlstate: notice.sqlstate, file: display(path),
          line: statement.line))
    }
    if !copied.isEmpty {
      print(
        String(decoding: copied.last == 0x0A ? copied.dropLast() : copied[...], as: UTF8.self)
          .split(separator: "\n", omittingEmptySubsequences: false).map(String.init), path,
        statement.line)
    }
    if let failure {
      note(failure, statement, path)
    } else {
      variables["ERROR"] = "false"
      variables["SQLSTATE"] = "00000"
      await take(results, statement, path, as: command, prefix: prefix, &scanner)
    }
  }

  private func copyIn(
    _ sql: String, _ data: [UInt8]
  ) async throws(PostgresError) -> PostgresResult {
    let (stream, feed) = AsyncStream.makeStream(of: [UInt8].self)
    feed.yield(data)
    feed.finish()
    do {
      return try await connection.copyIn(sql, stream)
    } catch let error as PostgresError {
      throw error
    } catch {
      throw .cancelled
    }
  }

  private static func copiesIn(_ facts: [SQLStatement]) -> Bool {
    facts.count == 1 && facts.first?.isCopyFromStdin == true
  }

  private static func copiesOut(_ text: String) -> Bool {
    let words = text.split { $0.isWhitespace || $0 == "(" || $0 == ")" }.map { $0.lowercased() }
    guard words.first == "copy", let to = words.lastIndex(of: "to") else { return false }
    return words.dropFirst(to + 1).first.map { $0.hasPrefix("stdout") } ?? false
  }

  private mutating func note(
    _ failure: PostgresError, _ statement: PsqlStatement, _ path: String
  ) {
    var message = Message(
      severity: "ERROR", text: failure.diagnostic.message, sqlstate: failure.sqlstate,
      file: display(path), line: statement.line)
    if case .server(let server, _) = failure {
      message.severity = server.severity
      message.text = server.message
      message.detail = server.detail
      message.hint = server.hint
      if let position = server.position {
        message.line +=
          statement.text.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" }
      }
      variables["LAST_ERROR_MESSAGE"] = server.message
    }
    variables["ERROR"] = "true"
    variables["SQLSTATE"] = failure.sqlstate ?? "XX000"
    variables["LAST_ERROR_SQLSTATE"] = failure.sqlstate ?? "XX000"
    messages.append(message)
    if variables.isOn("ON_ERROR_STOP") || connection.isClosed {
      exitCode = connection.isClosed ? 2 : 3
      hasEnded = true
    }
  }

  private mutating func take(
    _ results: [PostgresResult], _ statement: PsqlStatement, _ path: String, as command: String,
    prefix: String, _ scanner: inout PsqlScanner
  ) async {
    guard let last = results.last else { return }
    variables["ROW_COUNT"] = String(last.affectedRows ?? last.rows.count)
    switch command {
    case "gset":
      guard last.rows.count == 1, let row = last.rows.first else {
        return stop(
          last.rows.isEmpty
            ? "no rows returned for \\gset" : "more than one row returned for \\gset", path,
          statement.line)
      }
      for (column, value) in zip(last.columns, row) { variables[prefix + column.name] = value }
    case "gexec":
      for cell in last.rows.joined() {
        guard let cell, !hasEnded else { continue }
        await execute(PsqlStatement(text: cell, line: statement.line), path, &scanner)
      }
    default:
      var text = format
      if command == "gx" { text.isExpanded = true }
      for result in results {
        if !result.columns.isEmpty {
          print(text.lines(result), path, statement.line)
        } else if !variables.isOn("QUIET"), !result.command.isEmpty {
          print([result.command], path, statement.line)
        }
      }
    }
  }
}

/// Where a script stands between `\if` and `\endif`.
private struct Branches {
  private enum State {
    /// This branch runs.
    case taken
    /// None was taken yet.
    case waiting
    /// Another one was taken, or all around it is passed over.
    case passed
  }

  private var states: [State] = []
  /// What was typed of a statement before the branch that is passed over.
  var buffered: PsqlStatement?

  var depth: Int { states.count }

  var isActive: Bool { states.last.map { $0 == .taken } ?? true }

  mutating func open(_ isTrue: Bool) {
    states.append(isActive ? (isTrue ? .taken : .waiting) : .passed)
  }

  /// `\elif`, `\else`; false without an `\if`.
  mutating func turn(_ condition: () -> Bool) -> Bool {
    guard let last = states.popLast() else { return false }
    switch last {
    case .waiting: states.append(condition() ? .taken : .waiting)
    case .taken, .passed: states.append(.passed)
    }
    return true
  }

  mutating func close() -> Bool { states.popLast() != nil }
}

/// What a script may have left in its database when it ends.
struct Leftovers: Sendable, Hashable {
  /// False as long as every change was in a transaction that is not committed.
  private(set) var mayRemain = false

  /// Statements that change nothing but the session.
  private static let sessionOnly: Set<String> = [
    "set", "reset", "show", "discard", "listen", "unlisten", "deallocate", "close", "lock",
  ]

  /// Takes a statement that was sent.
  mutating func note(
    _ facts: [SQLStatement], wasInTransaction: Bool, failed: Bool, foundExtension: Bool
  ) {
    for fact in facts {
      let text = fact.text.lowercased()
      // These reach outside of the transaction.
      if ["dblink", "pg_background", "program", "lo_export"].contains(where: { text.contains($0) })
      {
        mayRemain = true
      }
    }
    if facts.count > 1 {
      if !wasInTransaction || facts.contains(where: { $0.isTransactionControl }) {
        mayRemain = true
      }
      return
    }
    guard let fact = facts.first else { return }
    switch fact.transactionControl {
    case .commit, .prepare:
      mayRemain = true
    case .begin, .rollback, .savepoint, .release, .rollbackToSavepoint:
      break
    case nil:
      if wasInTransaction || failed { return }
      if !Self.changesMore(thanSession: fact) { return }
      // `if not exists`, and it does.
      if Self.isMaybeExtension(fact), foundExtension { return }
      mayRemain = true
    }
  }

  /// Whether a statement may change more than the session's own state.
  static func changesMore(thanSession fact: SQLStatement) -> Bool {
    !(words(of: fact, 1).first.map { sessionOnly.contains($0) } ?? true)
  }

  /// Whether a statement is `create extension if not exists`.
  static func isMaybeExtension(_ fact: SQLStatement) -> Bool {
    words(of: fact, 5) == ["create", "extension", "if", "not", "exists"]
  }

  private static func words(of fact: SQLStatement, _ count: Int) -> [String] {
    // Comments before the statement are part of its text.
    let start = fact.firstTokenOffset - fact.textRange.lowerBound
    let text = String(decoding: fact.text.utf8.dropFirst(max(0, start)).prefix(200), as: UTF8.self)
    return text.lowercased().split { !$0.isLetter && $0 != "_" }.prefix(count).map(String.init)
  }

  /// The script was run by psql, whose statements nobody saw.
  mutating func noteUnseen() { mayRemain = true }
}

/// Collects a connection's notices until they are asked for.
final class NoticeBox: Sendable {
  private let notices = Mutex<[PostgresNotice]>([])

  func add(_ notice: PostgresNotice) { notices.withLock { $0.append(notice) } }

  func take() -> [PostgresNotice] {
    notices.withLock { notices in
      defer { notices = [] }
      return notices
    }
  }
}

func isReadable(_ path: String) -> Bool {
  FileManager.default.isReadableFile(atPath: path)
}

func readBytes(_ path: String) throws(SQLTestError) -> [UInt8] {
  guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path) }
  return Array(data)
}
