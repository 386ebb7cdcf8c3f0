import Glibc

/// What a script left open at its end.
package enum OpenConstruct: Sendable, Hashable {
  /// A string constant: `'…`.
  case string
  /// A quoted identifier: `"…`.
  case quotedIdentifier
  /// A dollar-quoted string; the delimiter is given: `$body$`.
  case dollarQuote(String)
  /// A block comment: `/*…`.
  case comment
  /// A parenthesis: `(…`.
  case parenthesis
  /// The body of an SQL function: `BEGIN ATOMIC …`.
  case atomicBody
  /// The data of a `COPY … FROM stdin` without the line `\.`.
  case copyData
}

/// The lexical rules of PostgreSQL 15, as far as they decide where a token ends.
///
/// Source: `src/backend/parser/scan.l` and `src/fe_utils/psqlscan.l` of PostgreSQL 15.
/// The caller keeps the bytes alive while the lexer lives.
struct SQLLexer {
  enum Kind: UInt8 {
    case word, quotedIdentifier, string, dollarString, number, parameter
    case semicolon, open, close, comma, dot, backslash, symbol
  }

  struct Token {
    var kind: Kind
    var start: Int
    var end: Int
  }

  let bytes: UnsafeBufferPointer<UInt8>
  let end: Int
  var position: Int
  /// Whether plain strings know backslash escapes: `standard_conforming_strings = off`.
  var escapesPlainStrings = false
  /// What was open when the bytes ended, and the offset of its first byte.
  var unterminated: (construct: OpenConstruct, offset: Int)?

  init(_ buffer: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
    bytes = buffer
    position = start
    self.end = end
  }

  /// Skips white space and comments, then reads one token; nil at the end.
  mutating func next() -> Token? {
    guard skipBlank() else { return nil }
    let start = position
    let kind = readToken(bytes[start])
    return Token(kind: kind, start: start, end: position)
  }

  /// Compares a word with a keyword in lower case, as the server folds it.
  func matches(_ token: Token, _ keyword: StaticString) -> Bool {
    guard token.kind == .word else { return false }
    let length = keyword.utf8CodeUnitCount
    guard token.end - token.start == length else { return false }
    let wanted = keyword.utf8Start
    var index = 0
    while index < length {
      let byte = bytes[token.start + index]
      let folded = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
      if folded != wanted[index] { return false }
      index += 1
    }
    return true
  }

  /// Compares a name, quoted or not, with one in lower case.
  func names(_ token: Token, _ name: StaticString) -> Bool {
    var token = token
    if token.kind == .quotedIdentifier, bytes[token.start] == UInt8(ascii: "\"") {
      token = Token(kind: .word, start: token.start + 1, end: token.end - 1)
    }
    return matches(token, name)
  }

  // MARK: - Blank

  /// Returns whether a token follows.
  private mutating func skipBlank() -> Bool {
    while position < end {
      let byte = bytes[position]
      if Self.isSpace(byte) {
        position += 1
      } else if byte == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") {
        skipLineComment()
      } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        skipBlockComment()
      } else {
        return true
      }
    }
    return false
  }

  private mutating func skipLineComment() {
    while position < end, !Self.isNewline(bytes[position]) { position += 1 }
  }

  private mutating func skipBlockComment() {
    let start = position
    var depth = 0
    while position < end {
      let byte = bytes[position]
      if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        depth += 1
        position += 2
      } else if byte == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        depth -= 1
        position += 2
        if depth == 0 { return }
      } else {
        position += 1
      }
    }
    unterminated = (.comment, start)
  }

  // MARK: - Tokens

  private mutating func readToken(_ byte: UInt8) -> Kind {
    switch byte {
    case UInt8(ascii: "'"):
      readString(from: position, escapes: escapesPlainStrings)
      return .string
    case UInt8(ascii: "\""):
      readQuotedIdentifier()
      return .quotedIdentifier
    case UInt8(ascii: "$"):
      return readDollar()
    case UInt8(ascii: "E"), UInt8(ascii: "e"):
      if peek(1) == UInt8(ascii: "'") {
        position += 1
        readString(from: position - 1, escapes: true)
        return .string
      }
      readWord()
      return .word
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      readNumber()
      return .number
    default:
      if Self.startsWord(byte) {
        readWord()
        return .word
      }
      position += 1
      return Self.symbolKind(byte)
    }
  }

  private static func symbolKind(_ byte: UInt8) -> Kind {
    switch byte {
    case UInt8(ascii: ";"): .semicolon
    case UInt8(ascii: "("): .open
    case UInt8(ascii: ")"): .close
    case UInt8(ascii: ","): .comma
    case UInt8(ascii: "."): .dot
    case UInt8(ascii: "\\"): .backslash
    default: .symbol
    }
  }

  private mutating func readWord() {
    position += 1
    while position < end, Self.continuesWord(bytes[position]) { position += 1 }
  }

  private mutating func readNumber() {
    while position < end {
      let byte = bytes[position]
      let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      guard isDigit || byte == UInt8(ascii: ".") else { return }
      position += 1
    }
  }

  /// Reads from the opening quote to behind the closing one, continuation lines included.
  ///
  /// `'a'`, a newline, `'b'` is one constant: an E-string keeps its escapes in the later parts.
  private mutating func readString(from start: Int, escapes: Bool) {
    position += 1
    while true {
      guard skipToQuote(UInt8(ascii: "'"), escapes: escapes) else {
        unterminated = (.string, start)
        return
      }
      if position < end, bytes[position] == UInt8(ascii: "'") {
        position += 1
      } else if let continuation = continuedQuote() {
        position = continuation + 1
      } else {
        return
      }
    }
  }

  /// Moves behind the next quote; false when there is none.
  private mutating func skipToQuote(_ quote: UInt8, escapes: Bool) -> Bool {
    guard escapes else {
      guard let found = find(quote, from: position) else {
        position = end
        return false
      }
      position = found + 1
      return true
    }
    while position < end {
      let byte = bytes[position]
      position += 1
      if byte == quote { return true }
      if byte == UInt8(ascii: "\\"), position < end { position += 1 }
    }
    return false
  }

  /// Finds the quote that continues a string constant after white space with a newline.
  private func continuedQuote() -> Int? {
    var index = position
    var sawNewline = false
    while index < end {
      let byte = bytes[index]
      if Self.isSpace(byte) {
        sawNewline = sawNewline || Self.isNewline(byte)
        index += 1
      } else if byte == UInt8(ascii: "-"), index + 1 < end, bytes[index + 1] == byte {
        while index < end, !Self.isNewline(bytes[index]) { index += 1 }
      } else {
        return sawNewline && byte == UInt8(ascii: "'") ? index : nil
      }
    }
    return nil
  }

  private mutating func readQuotedIdentifier() {
    let start = position
    position += 1
    while skipToQuote(UInt8(ascii: "\""), escapes: false) {
      guard position < end, bytes[position] == UInt8(ascii: "\"") else { return }
      position += 1
    }
    unterminated = (.quotedIdentifier, start)
  }

  private mutating func readDollar() -> Kind {
    let start = position
    var index = start + 1
    if index < end, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") {
      position += 1
      while position < end, bytes[position] >= UInt8(ascii: "0"),
        bytes[position] <= UInt8(ascii: "9")
      {
        position += 1
      }
      return .parameter
    }
    if index < end, Self.startsWord(bytes[index]) {
      while index < end, Self.continuesWord(bytes[index]), bytes[index] != UInt8(ascii: "$") {
        index += 1
      }
    }
    guard index < end, bytes[index] == UInt8(ascii: "$") else {
      position += 1
      return .symbol
    }
    let length = index + 1 - start
    var search = index + 1
    while let found = find(UInt8(ascii: "$"), from: search), found + length <= end {
      if bytes[found..<found + length].elementsEqual(bytes[start..<start + length]) {
        position = found + length
        return .dollarString
      }
      search = found + 1
    }
    let delimiter = String(decoding: bytes[start..<start + length], as: UTF8.self)
    unterminated = (.dollarQuote(delimiter), start)
    position = end
    return .dollarString
  }

  // MARK: - Bytes

  private func peek(_ distance: Int) -> UInt8? {
    position + distance < end ? bytes[position + distance] : nil
  }

  private func find(_ byte: UInt8, from start: Int) -> Int? {
    bytes.firstOffset(of: byte, from: start, to: end)
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
  }

  static func isNewline(_ byte: UInt8) -> Bool {
    byte == 0x0A || byte == 0x0D
  }

  static func startsWord(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return (lower >= 0x61 && lower <= 0x7A) || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  static func continuesWord(_ byte: UInt8) -> Bool {
    startsWord(byte) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
      || byte == UInt8(ascii: "$")
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Finds a byte as fast as the machine can.
  func firstOffset(of byte: UInt8, from start: Int, to end: Int) -> Int? {
    guard start < end, let base = baseAddress,
      let found = memchr(base + start, Int32(byte), end - start)
    else { return nil }
    return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
  }
}
