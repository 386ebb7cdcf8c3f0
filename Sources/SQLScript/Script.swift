package import Diagnostics

/// Why the bytes of a file cannot be a script.
package enum ScriptError: Error, Hashable {
  /// The first byte that is not UTF-8.
  case invalidUTF8(file: String, line: Int, column: Int)
  /// A zero byte, which PostgreSQL takes in no text.
  case zeroByte(file: String, line: Int, column: Int)
  /// The byte order mark of UTF-16.
  case notUTF8(file: String, encoding: String)
}

extension ScriptError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .invalidUTF8(let file, let line, let column):
      Diagnostic(
        code: "sql_invalid_utf8", message: "the file is not UTF-8",
        hint: "save the file as UTF-8; the location is the first byte that is not",
        location: SourceLocation(file: file, line: line, column: column), sqlstate: "22021")
    case .zeroByte(let file, let line, let column):
      Diagnostic(
        code: "sql_zero_byte", message: "the file contains a zero byte",
        hint: "remove it: PostgreSQL accepts none, in no text",
        location: SourceLocation(file: file, line: line, column: column))
    case .notUTF8(let file, let encoding):
      Diagnostic(
        code: "sql_not_utf8", message: "the file is \(encoding), not UTF-8",
        hint: "save the file as UTF-8",
        location: SourceLocation(file: file, line: 1, column: 1))
    }
  }
}

/// A script of SQL: its bytes, to be walked statement by statement.
///
/// Walking is lazy and keeps ranges only, so that a file of any size needs its own bytes once:
/// `for statement in script { … }`. The pieces, empty ones included, cover every byte.
package struct Script: Sendable, Sequence {
  /// The whole file, a byte order mark included.
  package let bytes: [UInt8]

  /// Takes a text that is known to be valid.
  ///
  /// - Parameter text: SQL.
  package init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// Takes the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: As read.
  ///   - file: The path for the error.
  /// - Throws: `ScriptError` at the first byte that PostgreSQL would not take.
  package init(bytes: [UInt8], file: String) throws(ScriptError) {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw .notUTF8(file: file, encoding: "UTF-16")
    }
    self.bytes = bytes
    guard let offset = bytes.withUnsafeBufferPointer(firstInvalidByte) else { return }
    let place = location(ofByte: offset)
    throw bytes[offset] == 0
      ? .zeroByte(file: file, line: place.line, column: place.column)
      : .invalidUTF8(file: file, line: place.line, column: place.column)
  }

  package func makeIterator() -> StatementIterator {
    StatementIterator(bytes)
  }

  /// The statements, without pieces that are blank or comments only.
  package var statements: [SQLStatement] {
    filter { !$0.isEmpty }
  }

  /// The text, without a byte order mark.
  package var text: String {
    String(decoding: bytes[(hasByteOrderMark(bytes) ? 3 : 0)...], as: UTF8.self)
  }

  /// Whether a comment before the first statement turns the file's transaction off.
  ///
  /// Ours is `-- homebase: no-transaction`; the Supabase CLI's is `-- pg-delta: transaction=false`.
  package var turnsTransactionOff: Bool {
    guard let first = first(where: { !$0.isEmpty }) ?? first(where: { _ in true }) else {
      return false
    }
    let head = bytes[..<(first.isEmpty ? bytes.count : first.firstTokenOffset)]
    return head.split(whereSeparator: SQLLexer.isNewline).contains { line in
      let words = String(decoding: line, as: UTF8.self).split { " \t\u{FEFF}".contains($0) }
      return words == ["--", "homebase:", "no-transaction"]
        || words == ["--", "pg-delta:", "transaction=false"]
    }
  }

  /// Finds the line and column of a byte, both counted from 1, the column in characters.
  ///
  /// - Parameter offset: Into `bytes`; the end of the file is allowed.
  /// - Returns: Where an editor shows it.
  package func location(ofByte offset: Int) -> (line: Int, column: Int) {
    lineAndColumn(of: offset, in: bytes)
  }
}

/// Splits a script into pieces as psql and the server would; joined they are the text again.
///
/// Never throws: what does not parse becomes a piece that the server will refuse.
///
/// - Parameter text: SQL.
/// - Returns: Every piece, also those that are blank or comments only.
package func split(_ text: String) -> [SQLStatement] {
  Array(Script(text))
}

func hasByteOrderMark(_ bytes: [UInt8]) -> Bool {
  bytes.starts(with: [0xEF, 0xBB, 0xBF])
}

/// Columns are counted in Unicode scalars, as the server counts positions.
func lineAndColumn(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
  let lineStart = startOfLine(at: offset, in: bytes)
  return (1 + newlines(in: bytes, from: 0, to: offset), 1 + scalars(in: bytes[lineStart..<offset]))
}

func startOfLine(at offset: Int, in bytes: [UInt8]) -> Int {
  var start = offset
  while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
  return start == 0 && hasByteOrderMark(bytes) ? Swift.min(3, offset) : start
}

func scalars(in bytes: ArraySlice<UInt8>) -> Int {
  bytes.reduce(into: 0) { count, byte in
    if byte & 0xC0 != 0x80 { count += 1 }
  }
}

/// Finds a zero byte or the first byte of a sequence that is not UTF-8 (RFC 3629).
private func firstInvalidByte(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  var index = 0
  while index < bytes.count {
    let byte = bytes[index]
    if byte == 0 { return index }
    if byte < 0x80 {
      index += 1
      continue
    }
    guard let (length, second) = sequence(startingWith: byte) else { return index }
    guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return index }
    for offset in 1..<length where bytes[index + offset] & 0xC0 != 0x80 { return index }
    index += length
  }
  return nil
}

/// The length of a sequence and what its second byte may be.
private func sequence(startingWith byte: UInt8) -> (Int, ClosedRange<UInt8>)? {
  switch byte {
  case 0xC2...0xDF: (2, 0x80...0xBF)
  case 0xE0: (3, 0xA0...0xBF)
  case 0xED: (3, 0x80...0x9F)
  case 0xE1...0xEF: (3, 0x80...0xBF)
  case 0xF0: (4, 0x90...0xBF)
  case 0xF1...0xF3: (4, 0x80...0xBF)
  case 0xF4: (4, 0x80...0x8F)
  default: nil
  }
}
