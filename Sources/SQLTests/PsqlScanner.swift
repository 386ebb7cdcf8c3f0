import PostgresClient

/// Reads a psql script piece by piece: statements, and backslash commands between them.
///
/// Variables are put in while reading, as psql does: what a script sets above decides how the rest
/// reads. Source: PostgreSQL 15 manual, psql, "Variables" and "SQL Interpolation".
package struct PsqlScanner: Sendable {
  /// What stands next.
  package enum Piece: Sendable, Hashable {
    /// A statement and its end: a semicolon, or the end of the script.
    case statement(PsqlStatement)
    /// A backslash command; what was typed of a statement before it waits in `buffered`.
    case command(name: String, line: Int)
    /// Nothing is left.
    case end
  }

  /// How the value of a variable is asked for.
  package typealias Lookup = (_ name: String) -> String?

  private let bytes: [UInt8]
  private var position: Int
  private var buffer: [UInt8] = []
  private var bufferLine: Int?
  private var depth = 0
  private var blocks = 0
  private var words: [String] = []
  private var countedTo: Int
  private var line = 1

  /// Takes a script.
  ///
  /// - Parameter bytes: UTF-8; a byte order mark is passed over.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    countedTo = position
  }

  /// What was read of a statement that has not ended.
  package var buffered: PsqlStatement? {
    bufferLine.map { PsqlStatement(text: text, line: $0) }
  }

  private var text: String {
    var end = buffer.count
    while end > 0, Self.isSpace(buffer[end - 1]) { end -= 1 }
    return String(decoding: buffer[..<end], as: UTF8.self)
  }

  /// Takes what was read of a statement, and begins a new one.
  ///
  /// - Returns: Nil when there is nothing but blanks and comments.
  package mutating func takeBuffer() -> PsqlStatement? {
    defer { clear() }
    return buffered
  }

  /// Puts a statement's beginning back, as when a branch of `\if` was passed over.
  ///
  /// - Parameter statement: What `buffered` said before.
  package mutating func restore(_ statement: PsqlStatement?) {
    clear()
    guard let statement else { return }
    buffer = Array(statement.text.utf8) + [0x20]
    bufferLine = statement.line
  }

  private mutating func clear() {
    buffer = []
    bufferLine = nil
    depth = 0
    blocks = 0
    words = []
  }

  // MARK: - Statements

  /// Reads on to the next statement's end or backslash command.
  ///
  /// - Parameter lookup: Knows the variables as they are now.
  /// - Returns: What was found.
  package mutating func next(_ lookup: Lookup) -> Piece {
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\\"):
        if let piece = backslash() { return piece }
      case UInt8(ascii: ";") where depth == 0 && blocks == 0:
        position += 1
        if let statement = takeBuffer() { return .statement(statement) }
      case UInt8(ascii: "'"):
        begin()
        quoted(byte, escapes: false)
      case UInt8(ascii: "\""):
        begin()
        quoted(byte, escapes: false)
      case UInt8(ascii: "$"):
        begin()
        dollar()
      case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"):
        while position < bytes.count, bytes[position] != 0x0A { append() }
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
        comment()
      case UInt8(ascii: ":"):
        begin()
        colon(lookup)
      case UInt8(ascii: "("), UInt8(ascii: ")"):
        begin()
        depth = max(0, depth + (byte == UInt8(ascii: "(") ? 1 : -1))
        append()
      default:
        if Self.startsWord(byte) {
          begin()
          word()
        } else if Self.isSpace(byte) {
          append()
        } else {
          begin()
          append()
        }
      }
    }
    if let statement = takeBuffer() { return .statement(statement) }
    return .end
  }

  private mutating func backslash() -> Piece? {
    if peek(1) == UInt8(ascii: ";") {
      // `\;` parts statements that are sent together.
      begin()
      position += 1
      append()
      return nil
    }
    let commandLine = lineNumber()
    position += 1
    if position < bytes.count, bytes[position] == UInt8(ascii: "\\") {
      position += 1
      return nil
    }
    let start = position
    while position < bytes.count, !Self.isSpace(bytes[position]),
      bytes[position] != UInt8(ascii: "\\")
    {
      position += 1
    }
    return .command(
      name: String(decoding: bytes[start..<position], as: UTF8.self), line: commandLine)
  }

  /// A token begins here: the statement's line is that of its first one.
  private mutating func begin() {
    guard bufferLine == nil else { return }
    // Blanks and comments before it are nobody's; positions count from the first token.
    buffer = []
    bufferLine = lineNumber()
  }

  private mutating func append() {
    buffer.append(bytes[position])
    position += 1
  }

  private mutating func quoted(_ quote: UInt8, escapes: Bool) {
    append()
    while position < bytes.count {
      let byte = bytes[position]
      append()
      if byte == quote {
        guard position < bytes.count, bytes[position] == quote else { return }
        append()
      } else if escapes, byte == UInt8(ascii: "\\"), position < bytes.count {
        append()
      }
    }
  }

  private mutating func dollar() {
    var end = position + 1
    if end < bytes.count, Self.startsWord(bytes[end]) {
      while end < bytes.count, Self.continuesWord(bytes[end]), bytes[end] != UInt8(ascii: "$") {
        end += 1
      }
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else {
      append()
      return
    }
    let delimiter = bytes[position...end]
    for _ in delimiter { append() }
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "$"), bytes[position...].starts(with: delimiter) {
        for _ in delimiter { append() }
        return
      }
      append()
    }
  }

  private mutating func comment() {
    var open = 0
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        open += 1
        append()
        append()
      } else if bytes[position] == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        open -= 1
        append()
        append()
        if open == 0 { return }
      } else {
        append()
      }
    }
  }

  private mutating func word() {
    let start = position
    while position < bytes.count, Self.continuesWord(bytes[position]) { append() }
    let text = bytes[start..<position]
    if text.count == 1, text.first.map({ $0 | 0x20 }) == UInt8(ascii: "e"),
      position < bytes.count, bytes[position] == UInt8(ascii: "'")
    {
      return quoted(UInt8(ascii: "'"), escapes: true)
    }
    guard depth == 0 else { return }
    let word = String(decoding: text, as: UTF8.self).lowercased()
    if words.count < 4 { words.append(word) }
    // The body of a function in SQL's own form has semicolons of its own.
    guard words.first == "create",
      ["function", "procedure"].contains(
        words.dropFirst(words.dropFirst().first == "or" ? 3 : 1).first)
    else { return }
    switch word {
    case "begin": blocks += 1
    case "case": if blocks > 0 { blocks += 1 }
    case "end": if blocks > 0 { blocks -= 1 }
    default: break
    }
  }

  private mutating func colon(_ lookup: Lookup) {
    switch peek(1) {
    case UInt8(ascii: ":"), UInt8(ascii: "="):
      append()
      append()
    default:
      guard let (value, end) = interpolation(lookup) else {
        append()
        return
      }
      buffer += Array(value.utf8)
      position = end
    }
  }

  /// The value of `:name`, `:'name'`, `:"name"` or `:{?name}` at the position, and where it ends.
  private func interpolation(_ lookup: Lookup) -> (value: String, end: Int)? {
    var start = position + 1
    guard start < bytes.count else { return nil }
    let mark = bytes[start]
    let closing: UInt8?
    switch mark {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): closing = mark
    case UInt8(ascii: "{") where start + 1 < bytes.count && bytes[start + 1] == UInt8(ascii: "?"):
      closing = UInt8(ascii: "}")
      start += 1
    default: closing = nil
    }
    if closing != nil { start += 1 }
    var end = start
    while end < bytes.count, Self.isVariable(bytes[end]) { end += 1 }
    guard end > start else { return nil }
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    if let closing {
      guard end < bytes.count, bytes[end] == closing else { return nil }
      end += 1
    }
    let value = lookup(name)
    switch closing {
    case UInt8(ascii: "}"): return (value == nil ? "FALSE" : "TRUE", end)
    case UInt8(ascii: "'"): return value.map { (quoteLiteral($0), end) }
    case UInt8(ascii: "\""): return value.map { (quoteIdentifier($0), end) }
    default: return value.map { ($0, end) }
    }
  }

  // MARK: - Arguments of a command

  /// Reads a backslash command's arguments: to the line's end, or to the next command.
  ///
  /// - Parameter lookup: Knows the variables as they are now.
  /// - Returns: The arguments; nil for one in backquotes, which only a shell could answer.
  package mutating func arguments(_ lookup: Lookup) -> [String?] {
    var result: [String?] = []
    while true {
      while position < bytes.count, Self.isSpace(bytes[position]), bytes[position] != 0x0A {
        position += 1
      }
      guard position < bytes.count, bytes[position] != 0x0A else { break }
      if bytes[position] == UInt8(ascii: "\\") {
        if peek(1) == UInt8(ascii: "\\") { position += 2 }
        return result
      }
      result.append(argument(lookup))
    }
    return result
  }

  private mutating func argument(_ lookup: Lookup) -> String? {
    var value: [UInt8] = []
    var isKnown = true
    while position < bytes.count, !Self.isSpace(bytes[position]),
      bytes[position] != UInt8(ascii: "\\")
    {
      switch bytes[position] {
      case UInt8(ascii: "'"): value += singleQuoted()
      case UInt8(ascii: "\""):
        repeat {
          value.append(bytes[position])
          position += 1
        } while position < bytes.count && bytes[position] != UInt8(ascii: "\"")
          && bytes[position] != 0x0A
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
          value.append(bytes[position])
          position += 1
        }
      case UInt8(ascii: "`"):
        isKnown = false
        repeat {
          position += 1
        } while position < bytes.count
          && bytes[position] != UInt8(ascii: "`") && bytes[position] != 0x0A
        if position < bytes.count, bytes[position] == UInt8(ascii: "`") { position += 1 }
      case UInt8(ascii: ":"):
        if let (text, end) = interpolation(lookup) {
          value += Array(text.utf8)
          position = end
        } else {
          value.append(bytes[position])
          position += 1
        }
      default:
        value.append(bytes[position])
        position += 1
      }
    }
    return isKnown ? String(decoding: value, as: UTF8.self) : nil
  }

  /// Reads from the opening quote to behind the closing one, with the escapes of C.
  private mutating func singleQuoted() -> [UInt8] {
    var value: [UInt8] = []
    position += 1
    while position < bytes.count, bytes[position] != 0x0A {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "'") {
        guard position < bytes.count, bytes[position] == byte else { return value }
        position += 1
        value.append(byte)
      } else if byte == UInt8(ascii: "\\"), position < bytes.count, bytes[position] != 0x0A {
        value += escape()
      } else {
        value.append(byte)
      }
    }
    return value
  }

  private mutating func escape() -> [UInt8] {
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "x"): return number(radix: 16, most: 2, from: position) ?? [byte]
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      return number(radix: 8, most: 3, from: position - 1) ?? [byte]
    default: return [byte]
    }
  }

  private mutating func number(radix: Int, most: Int, from start: Int) -> [UInt8]? {
    var end = start
    while end < bytes.count, end - start < most,
      Character(Unicode.Scalar(bytes[end])).hexDigitValue.map({ $0 < radix }) ?? false
    {
      end += 1
    }
    guard end > start,
      let value = Int(String(decoding: bytes[start..<end], as: UTF8.self), radix: radix)
    else { return nil }
    position = end
    return [UInt8(truncatingIfNeeded: value)]
  }

  // MARK: - Lines

  /// Takes the lines of a COPY's data, from behind the statement's own line to the line `\.`.
  ///
  /// - Returns: The data, without the line that ends it.
  package mutating func takeCopyData() -> [UInt8] {
    skipLine()
    let start = position
    while position < bytes.count {
      let lineStart = position
      skipLine()
      var end = position
      while end > lineStart, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
      if bytes[lineStart..<end].elementsEqual([UInt8(ascii: "\\"), UInt8(ascii: ".")]) {
        return Array(bytes[start..<lineStart])
      }
    }
    return Array(bytes[start...])
  }

  /// Passes over the rest of the line.
  package mutating func skipLine() {
    while position < bytes.count, bytes[position] != 0x0A { position += 1 }
    if position < bytes.count { position += 1 }
  }

  private mutating func lineNumber() -> Int {
    while countedTo < position {
      if bytes[countedTo] == 0x0A { line += 1 }
      countedTo += 1
    }
    return line
  }

  private func peek(_ distance: Int) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func startsWord(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte < 0x80
      || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  private static func continuesWord(_ byte: UInt8) -> Bool {
    isVariable(byte) || byte == UInt8(ascii: "$")
  }

  private static func isVariable(_ byte: UInt8) -> Bool {
    startsWord(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

/// A statement of a psql script, its variables put in.
package struct PsqlStatement: Sendable, Hashable {
  /// From its first token, without the semicolon at its end.
  package var text: String
  /// Where its first token stands, counted from 1.
  package var line: Int

  package init(text: String, line: Int) {
    self.text = text
    self.line = line
  }
}
