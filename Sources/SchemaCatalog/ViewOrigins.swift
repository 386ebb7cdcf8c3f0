/// Which column of which relation each column of a view shows, as the parser noted it down.
///
/// PostgreSQL keeps a view as a tree in text form, whose entries in the target list bear the number of
/// the relation and the column they come from; an expression bears zeros.
/// Source: PostgreSQL 15, `src/backend/nodes/outfuncs.c`, `_outTargetEntry`, and `outToken` for the
/// backslashes.
struct ViewOrigins {
  /// A column of a relation, by their numbers.
  struct Origin: Hashable {
    var relation: Int
    var column: Int
  }

  /// By the view column's number; no entry for an expression.
  private(set) var origins: [(column: Int, origin: Origin)] = []

  /// Reads the target list of the first query of a rule's action.
  ///
  /// - Parameter tree: `pg_rewrite.ev_action`.
  init(parsing tree: String) {
    var bytes = tree.utf8[...]
    // The braces that are open: 1 is the query, 2 one of its entries.
    var depth = 0
    var inTargets = false
    var numbers: [String: Int] = [:]
    var field = ""
    func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") }
    while let byte = bytes.first {
      switch byte {
      case UInt8(ascii: "{"):
        depth += 1
        bytes.removeFirst()
        if depth == 2 { numbers = [:] }
      case UInt8(ascii: "}"):
        depth -= 1
        bytes.removeFirst()
        if depth == 1, inTargets { note(numbers) }
        // The first query is all.
        if depth == 0 { return }
      case UInt8(ascii: "("), UInt8(ascii: ")"):
        bytes.removeFirst()
      case _ where isSpace(byte):
        bytes.removeFirst()
      default:
        var end = bytes.startIndex
        while end < bytes.endIndex {
          let next = bytes[end]
          if next == UInt8(ascii: "\\") {
            bytes.formIndex(after: &end)
            if end < bytes.endIndex { bytes.formIndex(after: &end) }
            continue
          }
          if isSpace(next) || "(){}".utf8.contains(next) { break }
          bytes.formIndex(after: &end)
        }
        let token = bytes[bytes.startIndex..<end]
        bytes = bytes[end...]
        guard depth == 1 || depth == 2, inTargets || depth == 1 else { continue }
        if token.first == UInt8(ascii: ":") {
          field = String(Substring(token.dropFirst()))
          if depth == 1 { inTargets = field == "targetList" }
        } else if depth == 2, inTargets {
          // The first word after a field's name is its value.
          if numbers[field] == nil { numbers[field] = Int(Substring(token)) }
        }
      }
    }
  }

  private mutating func note(_ numbers: [String: Int]) {
    guard let column = numbers["resno"], let relation = numbers["resorigtbl"], relation != 0,
      let other = numbers["resorigcol"]
    else { return }
    origins.append((column, Origin(relation: relation, column: other)))
  }
}
