internal import CPgQuery
internal import Glibc

/// What PostgreSQL 15's parser says of a text, without a server.
package enum SyntaxCheck: Sendable, Hashable {
  /// It parses, as this many statements.
  case valid(statements: Int)
  /// It does not; the position is counted from 1, in characters, nil when unknown.
  case invalid(message: String, position: Int?)

  /// Parses a text.
  ///
  /// - Parameter sql: One statement or more.
  package init(_ sql: String) {
    var position: Int32 = 0
    var message: UnsafeMutablePointer<CChar>?
    let count = hb_parse(sql, &position, &message)
    defer { free(message) }
    if count >= 0 {
      self = .valid(statements: Int(count))
    } else {
      self = .invalid(
        message: message.map { String(cString: $0) } ?? "syntax error",
        position: position > 0 ? Int(position) : nil)
    }
  }
}

/// Parses a text with PostgreSQL 15's parser into the JSON of its tree.
///
/// - Parameter sql: One statement or more.
/// - Returns: The tree as libpg_query writes it; nil when the text does not parse.
package func parseTree(_ sql: String) -> String? {
  guard let tree = hb_parse_tree(sql) else { return nil }
  defer { free(tree) }
  return String(cString: tree)
}
