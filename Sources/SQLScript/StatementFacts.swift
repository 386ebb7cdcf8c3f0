/// What a statement does to the transaction around it.
package enum TransactionControl: Sendable, Hashable {
  /// `BEGIN`, `START TRANSACTION`.
  case begin
  /// `COMMIT`, `END`.
  case commit
  /// `ROLLBACK`, `ABORT`.
  case rollback
  /// `SAVEPOINT`.
  case savepoint
  /// `RELEASE [SAVEPOINT]`.
  case release
  /// `ROLLBACK TO [SAVEPOINT]`.
  case rollbackToSavepoint
  /// `PREPARE TRANSACTION`: ends the session's transaction.
  case prepare
}

/// The role that a statement creates.
package struct CreatedRole: Sendable, Hashable {
  /// The name as the catalog will hold it: folded, or unquoted.
  package var name: String
  /// Where the name stands in the script, quotes included.
  package var nameRange: Range<Int>
  /// Where the options stand in the script; empty when there are none.
  package var optionsRange: Range<Int>
}

/// A database in a statement.
package struct NamedDatabase: Sendable, Hashable {
  /// The name as the catalog holds it: folded, or unquoted.
  package var name: String
  /// Where the name stands in the script, quotes included.
  package var nameRange: Range<Int>
}

// Facts are read from the leading tokens when asked for: splitting pays nothing for them.
extension SQLStatement {
  /// What the statement does to the transaction around it; nil for most.
  package var transactionControl: TransactionControl? {
    withHead { head in
      if head.take("begin") { return .begin }
      if head.take("start") { return head.take("transaction") ? .begin : nil }
      if head.take("savepoint") { return .savepoint }
      if head.take("release") { return .release }
      if head.take("prepare") { return head.take("transaction") ? .prepare : nil }
      if head.take("commit") || head.take("end") { return head.take("prepared") ? nil : .commit }
      if head.take("rollback") || head.take("abort") {
        if head.take("prepared") { return nil }
        _ = head.take("work") || head.take("transaction")
        return head.take("to") ? .rollbackToSavepoint : .rollback
      }
      return nil
    }
  }

  /// Whether the statement begins, ends or marks a transaction.
  package var isTransactionControl: Bool { transactionControl != nil }

  /// Whether PostgreSQL refuses the statement inside a transaction block.
  ///
  /// What depends on the catalog is not seen: CLUSTER and REINDEX of a partitioned table,
  /// DROP SUBSCRIPTION without a slot, CALL and DO of code that commits.
  package var refusesTransaction: Bool { transactionRefusal != nil }

  /// The words of what PostgreSQL refuses inside a transaction block: `VACUUM`.
  package var transactionRefusal: String? {
    withHead { head in
      if head.take("create") { return createRefusal(&head) }
      if head.take("drop") { return dropRefusal(&head) }
      if head.take("alter") { return alterRefusal(&head) }
      if head.take("reindex") { return reindexRefusal(&head) }
      if head.take("vacuum") { return "VACUUM" }
      if head.take("cluster") {
        head.skipParenthesis()
        _ = head.take("verbose")
        return head.isAtEnd ? "CLUSTER" : nil
      }
      if head.take("discard") { return head.take("all") ? "DISCARD ALL" : nil }
      if head.take("commit") { return head.take("prepared") ? "COMMIT PREPARED" : nil }
      if head.take("rollback") { return head.take("prepared") ? "ROLLBACK PREPARED" : nil }
      return nil
    }
  }

  /// Whether the statement surely does the same between BEGIN and COMMIT as without them, in a
  /// transaction that the server began by itself.
  ///
  /// False for what needs a block (LOCK), may end one (CALL, DO), or is not known to be neither;
  /// and for CREATE ROLE.
  package var ignoresBlocks: Bool {
    let ignores = withHead { head -> Bool? in
      if head.take("create") {
        if head.take("role") || head.take("user") || head.take("group") { return false }
        return createRefusal(&head) == nil
      }
      if head.take("alter") { return alterRefusal(&head) == nil }
      if head.take("drop") { return dropRefusal(&head) == nil }
      if head.take("set") {
        return !(head.take("local") || head.take("transaction") || head.take("constraints"))
      }
      for word in Self.wordsThatIgnoreBlocks where head.take(word) { return true }
      return false
    }
    return ignores ?? false
  }

  private static let wordsThatIgnoreBlocks: [StaticString] = [
    "select", "insert", "update", "delete", "with", "values", "comment", "grant", "revoke",
    "truncate", "refresh", "reset",
  ]

  /// The role that `CREATE ROLE|USER|GROUP` makes; nil for every other statement.
  package var createdRole: CreatedRole? {
    withHead { head in
      guard head.take("create"), head.take("role") || head.take("user") || head.take("group"),
        let token = head.peek, token.kind == .word || token.kind == .quotedIdentifier
      else { return nil }
      if head.take("mapping"), head.take("for") { return nil }
      if head.peek?.start == token.start { head.advance() }
      let optionsStart = head.peek?.start ?? textRange.upperBound
      return CreatedRole(
        name: identifier(token), nameRange: token.start..<token.end,
        optionsRange: optionsStart..<textRange.upperBound)
    }
  }

  /// The roles that `DROP ROLE|USER|GROUP` names, as the catalog spells them; empty for all others.
  package var droppedRoles: [String] {
    let dropped = withHead { head -> [String]? in
      guard head.take("drop"), head.take("role") || head.take("user") || head.take("group") else {
        return nil
      }
      if head.take("mapping") { return nil }
      if head.take("if") { _ = head.take("exists") }
      return head.takeNames(identifier)
    }
    return dropped ?? []
  }

  /// The database that the statement is about; nil for most.
  ///
  /// `ALTER DATABASE`, `COMMENT ON DATABASE`, `ALTER ROLE … IN DATABASE`, and `GRANT` or `REVOKE …
  /// ON DATABASE` with the first of its names.
  package var namedDatabase: NamedDatabase? {
    withHead { head in
      var isNext = false
      if head.take("alter") {
        if head.take("database") {
          isNext = true
        } else if head.take("role") || head.take("user") {
          head.advance()
          isNext = head.take("in") && head.take("database")
        }
      } else if head.take("comment") {
        isNext = head.take("on") && head.take("database")
      } else if head.take("grant") || head.take("revoke") {
        while head.peek != nil {
          if head.take("on") {
            isNext = head.take("database")
            break
          }
          head.advance()
        }
      }
      guard isNext, let token = head.peek,
        token.kind == .word || token.kind == .quotedIdentifier
      else { return nil }
      return NamedDatabase(name: identifier(token), nameRange: token.start..<token.end)
    }
  }

  /// Whether the statement creates a role.
  package var isCreateRole: Bool { createdRole != nil }

  /// The word after the backslash of a line for psql: `connect`.
  package var metaCommand: String? {
    guard isMetaCommand else { return nil }
    let rest = source[(firstTokenOffset + 1)..<range.upperBound]
    return String(decoding: rest.prefix { !SQLLexer.isSpace($0) }, as: UTF8.self)
  }

  /// Whether a line for psql may be left out: `\restrict` and `\unrestrict`, written by pg_dump.
  package var isSkippableMetaCommand: Bool {
    metaCommand == "restrict" || metaCommand == "unrestrict"
  }

  // MARK: - Families

  private func createRefusal(_ head: inout Head) -> String? {
    if head.take("database") { return "CREATE DATABASE" }
    if head.take("tablespace") { return "CREATE TABLESPACE" }
    if head.take("subscription") {
      return head.disablesOption(["create_slot", "connect"]) ? nil : "CREATE SUBSCRIPTION"
    }
    _ = head.take("unique")
    guard head.take("index"), head.take("concurrently") else { return nil }
    return "CREATE INDEX CONCURRENTLY"
  }

  private func dropRefusal(_ head: inout Head) -> String? {
    if head.take("database") { return "DROP DATABASE" }
    if head.take("tablespace") { return "DROP TABLESPACE" }
    if head.take("subscription") { return "DROP SUBSCRIPTION" }
    guard head.take("index"), head.take("concurrently") else { return nil }
    return "DROP INDEX CONCURRENTLY"
  }

  private func alterRefusal(_ head: inout Head) -> String? {
    if head.take("system") { return "ALTER SYSTEM" }
    if head.take("database") {
      head.skipName()
      guard head.take("set"), head.take("tablespace") else { return nil }
      return "ALTER DATABASE … SET TABLESPACE"
    }
    if head.take("subscription") {
      head.skipName()
      let refreshes =
        head.take("refresh")
        || ((head.take("set") || head.take("add") || head.take("drop"))
          && head.take("publication") && !head.disablesOption(["refresh"]))
      return refreshes ? "ALTER SUBSCRIPTION with refresh" : nil
    }
    guard head.take("table") else { return nil }
    if head.take("if") { _ = head.take("exists") }
    _ = head.take("only")
    head.skipName()
    guard head.take("detach"), head.take("partition") else { return nil }
    head.skipName()
    return head.take("concurrently") ? "ALTER TABLE … DETACH PARTITION CONCURRENTLY" : nil
  }

  private func reindexRefusal(_ head: inout Head) -> String? {
    let hasOption = head.takesParenthesis(naming: "concurrently")
    for target: StaticString in ["schema", "database", "system"] where head.take(target) {
      return "REINDEX \(target.description.uppercased())"
    }
    guard head.take("index") || head.take("table") else { return nil }
    return hasOption || head.take("concurrently") ? "REINDEX CONCURRENTLY" : nil
  }

  // MARK: - Tokens

  /// The catalog's spelling of an identifier: folded when plain, unquoted when quoted.
  func identifier(_ token: SQLLexer.Token) -> String {
    let text = String(decoding: source[token.start..<token.end], as: UTF8.self)
    guard token.kind == .quotedIdentifier else {
      // The server folds ASCII letters only, in a UTF-8 database.
      return String(
        decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
    return unquoted(text.dropFirst().dropLast(text.count > 1 ? 1 : 0))
  }

  private func unquoted(_ inner: Substring) -> String {
    var result = ""
    var afterQuote = false
    for character in inner.unicodeScalars {
      if character == "\"", !afterQuote {
        afterQuote = true
        continue
      }
      afterQuote = false
      result.unicodeScalars.append(character)
    }
    return result
  }

  func withHead<Result>(_ body: (inout Head) -> Result?) -> Result? {
    guard !isEmpty, !isMetaCommand else { return nil }
    return source.withUnsafeBufferPointer { buffer in
      var head = Head(SQLLexer(buffer, from: firstTokenOffset, to: textRange.upperBound))
      return body(&head)
    }
  }
}

/// The tokens of a statement, taken from its beginning.
struct Head {
  private var lexer: SQLLexer
  private(set) var peek: SQLLexer.Token?

  init(_ lexer: SQLLexer) {
    self.lexer = lexer
    advance()
  }

  var isAtEnd: Bool { peek == nil }

  mutating func advance() {
    peek = lexer.next()
  }

  mutating func take(_ keyword: StaticString) -> Bool {
    guard let peek, lexer.matches(peek, keyword) else { return false }
    advance()
    return true
  }

  /// Takes `a, "B"`, or `a."B"` with another separator; the names as they are spelled out.
  mutating func takeNames(
    _ spelling: (SQLLexer.Token) -> String, separator: SQLLexer.Kind = .comma
  ) -> [String] {
    var names: [String] = []
    while let token = peek, token.kind == .word || token.kind == .quotedIdentifier {
      names.append(spelling(token))
      advance()
      guard peek?.kind == separator else { break }
      advance()
    }
    return names
  }

  /// Skips `a.b.c`, and a `*` behind it.
  mutating func skipName() {
    while let token = peek, token.kind == .word || token.kind == .quotedIdentifier {
      advance()
      guard peek?.kind == .dot else { break }
      advance()
    }
    if let token = peek, token.kind == .symbol, lexer.bytes[token.start] == UInt8(ascii: "*") {
      advance()
    }
  }

  mutating func skipParenthesis() {
    _ = takesParenthesis(naming: "")
  }

  /// Skips a parenthesis; returns whether it names an option and does not switch it off.
  mutating func takesParenthesis(naming option: StaticString) -> Bool {
    guard peek?.kind == .open else { return false }
    var isNamed = false
    var depth = 0
    while let token = peek {
      if token.kind == .open { depth += 1 }
      if token.kind == .close { depth -= 1 }
      advance()
      if depth == 0 { break }
      if option.utf8CodeUnitCount > 0, lexer.matches(token, option) { isNamed = !peekIsOff }
    }
    return isNamed
  }

  /// Whether `WITH (option = false)` names one of the options.
  mutating func disablesOption(_ options: [StaticString]) -> Bool {
    while let token = peek {
      advance()
      guard options.contains(where: { lexer.matches(token, $0) }) else { continue }
      if let sign = peek, sign.kind == .symbol { advance() }
      if peekIsOff { return true }
    }
    return false
  }

  private var peekIsOff: Bool {
    guard let peek else { return false }
    if lexer.matches(peek, "false") || lexer.matches(peek, "off") { return true }
    return peek.kind == .number && peek.end - peek.start == 1
      && lexer.bytes[peek.start] == UInt8(ascii: "0")
  }
}
