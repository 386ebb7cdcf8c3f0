/// Walks a script statement by statement, in one pass over its bytes.
///
/// A statement ends at a semicolon outside parentheses and outside `BEGIN ATOMIC … END`,
/// as in psql. White space and comments belong to the statement that follows them.
package struct StatementIterator: IteratorProtocol, Sendable {
  private let bytes: [UInt8]
  private var position = 0
  private var line = LineCounter()
  private var escapesPlainStrings = false

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads the next piece; nil when every byte has been given out.
  package mutating func next() -> SQLStatement? {
    guard position < bytes.count else { return nil }
    let start = position
    let contentStart = start == 0 && hasByteOrderMark(bytes) ? 3 : start
    let piece = bytes.withUnsafeBufferPointer { buffer in
      var scanner = PieceScanner(
        buffer, from: contentStart, escapesPlainStrings: escapesPlainStrings)
      return scanner.scan()
    }
    position = piece.end
    if let changed = piece.escapesPlainStrings { escapesPlainStrings = changed }

    let textRange = trimmed(contentStart..<piece.textEnd)
    let firstToken = piece.firstToken ?? textRange.lowerBound
    return SQLStatement(
      source: bytes, range: start..<piece.end, textRange: textRange, firstTokenOffset: firstToken,
      line: line.line(of: firstToken, in: bytes), isEmpty: piece.firstToken == nil,
      isMetaCommand: piece.isMetaCommand, isCopyFromStdin: piece.isCopyFromStdin,
      copyData: piece.copyData,
      open: piece.open.map { SQLStatement.Open(construct: $0.construct, offset: $0.offset) })
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper, SQLLexer.isSpace(bytes[lower]) { lower += 1 }
    while upper > lower, SQLLexer.isSpace(bytes[upper - 1]) { upper -= 1 }
    return lower..<upper
  }
}

/// Line numbers of ascending offsets, so that the whole file is counted once.
private struct LineCounter: Sendable {
  private var offset = 0
  private var line = 1

  mutating func line(of target: Int, in bytes: [UInt8]) -> Int {
    line += newlines(in: bytes, from: offset, to: target)
    offset = target
    return line
  }
}

func newlines(in bytes: [UInt8], from start: Int, to end: Int) -> Int {
  bytes.withUnsafeBufferPointer { buffer in
    var count = 0
    var index = start
    while let found = buffer.firstOffset(of: 0x0A, from: index, to: end) {
      count += 1
      index = found + 1
    }
    return count
  }
}

/// Finds the end of one piece.
private struct PieceScanner {
  struct Piece {
    var end: Int
    /// Where the text to send ends: before the semicolon.
    var textEnd: Int
    var firstToken: Int?
    var isMetaCommand = false
    var isCopyFromStdin = false
    var copyData: Range<Int>?
    var open: (construct: OpenConstruct, offset: Int)?
    /// Set by `SET standard_conforming_strings`.
    var escapesPlainStrings: Bool?
  }

  private var lexer: SQLLexer
  private let count: Int
  private var head: [SQLLexer.Token] = []
  private var openParentheses: [Int] = []
  /// Offsets of the BEGIN ATOMIC and of the CASEs inside it.
  private var openBlocks: [Int] = []
  private var previous: SQLLexer.Token?
  private var isCopyFromStdin = false

  init(_ buffer: UnsafeBufferPointer<UInt8>, from start: Int, escapesPlainStrings: Bool) {
    lexer = SQLLexer(buffer, from: start, to: buffer.count)
    lexer.escapesPlainStrings = escapesPlainStrings
    count = buffer.count
  }

  mutating func scan() -> Piece {
    var first: Int?
    while let token = lexer.next() {
      if token.kind == .semicolon, openParentheses.isEmpty, openBlocks.isEmpty {
        return finish(Piece(end: token.end, textEnd: token.start, firstToken: first))
      }
      if first == nil {
        first = token.start
        if token.kind == .backslash { return metaCommand(at: token.start) }
      }
      note(token)
      previous = token
    }
    var piece = Piece(end: count, textEnd: count, firstToken: first)
    piece.open = lexer.unterminated ?? openBracket
    piece.isCopyFromStdin = isCopyFromStdin
    return piece
  }

  private var openBracket: (construct: OpenConstruct, offset: Int)? {
    if let offset = openBlocks.first { return (.atomicBody, offset) }
    return openParentheses.last.map { (.parenthesis, $0) }
  }

  private mutating func note(_ token: SQLLexer.Token) {
    if head.count < 6 { head.append(token) }
    switch token.kind {
    case .open: openParentheses.append(token.start)
    case .close: _ = openParentheses.popLast()
    case .word where openParentheses.isEmpty: noteWord(token)
    default: break
    }
  }

  private mutating func noteWord(_ token: SQLLexer.Token) {
    if lexer.matches(token, "stdin"), let previous, lexer.matches(previous, "from"),
      let first = head.first, lexer.matches(first, "copy")
    {
      isCopyFromStdin = true
    }
    if openBlocks.isEmpty {
      if lexer.matches(token, "atomic"), let previous, lexer.matches(previous, "begin"),
        createsRoutine
      {
        openBlocks.append(previous.start)
      }
      return
    }
    if let previous, previous.kind == .dot || lexer.matches(previous, "as") { return }
    if lexer.matches(token, "case") {
      openBlocks.append(token.start)
    } else if lexer.matches(token, "end") {
      openBlocks.removeLast()
    }
  }

  /// Whether the statement starts with `CREATE [OR REPLACE] FUNCTION|PROCEDURE`.
  private var createsRoutine: Bool {
    guard head.count > 1, lexer.matches(head[0], "create") else { return false }
    let hasReplace = head.count > 3 && lexer.matches(head[1], "or")
    let object = hasReplace ? head[3] : head[1]
    return lexer.matches(object, "function") || lexer.matches(object, "procedure")
  }

  private func metaCommand(at start: Int) -> Piece {
    let lineEnd = endOfLine(from: start)
    var piece = Piece(end: lineEnd, textEnd: lineEnd, firstToken: start)
    piece.isMetaCommand = true
    return piece
  }

  private func finish(_ piece: Piece) -> Piece {
    var piece = piece
    piece.isCopyFromStdin = isCopyFromStdin
    piece.escapesPlainStrings = changesStringEscapes
    if isCopyFromStdin { takeCopyData(&piece) }
    return piece
  }

  /// `SET [SESSION|LOCAL] standard_conforming_strings = off` changes how the next strings end.
  private var changesStringEscapes: Bool? {
    guard let first = head.first, lexer.matches(first, "set"),
      let name = head.firstIndex(where: { lexer.matches($0, "standard_conforming_strings") }),
      name <= 2, head.count > name + 2
    else { return nil }
    let value = head[name + 2]
    let word = String(decoding: lexer.bytes[value.start..<value.end], as: UTF8.self).lowercased()
    return ["off", "'off'", "false", "'false'", "0", "no"].contains(word)
  }

  // MARK: - COPY data

  /// Takes the lines after the statement up to `\.` into the piece, when its own line ends there.
  private func takeCopyData(_ piece: inout Piece) {
    let dataStart = endOfLine(from: piece.end)
    guard dataStart < count || lexer.bytes[count - 1] == 0x0A,
      restOfLineIsBlank(piece.end..<dataStart)
    else { return }
    var lineStart = dataStart
    while lineStart < count {
      let lineEnd = endOfLine(from: lineStart)
      if isEndOfCopy(lineStart..<lineEnd) {
        piece.copyData = dataStart..<lineStart
        piece.end = lineEnd
        return
      }
      lineStart = lineEnd
    }
    piece.copyData = dataStart..<count
    piece.open = (.copyData, dataStart)
    piece.end = count
  }

  private func restOfLineIsBlank(_ range: Range<Int>) -> Bool {
    for index in range where !SQLLexer.isSpace(lexer.bytes[index]) {
      return lexer.bytes[index] == UInt8(ascii: "-") && index + 1 < range.upperBound
        && lexer.bytes[index + 1] == UInt8(ascii: "-")
    }
    return true
  }

  private func isEndOfCopy(_ range: Range<Int>) -> Bool {
    var end = range.upperBound
    while end > range.lowerBound, SQLLexer.isNewline(lexer.bytes[end - 1]) { end -= 1 }
    return end - range.lowerBound == 2 && lexer.bytes[range.lowerBound] == UInt8(ascii: "\\")
      && lexer.bytes[range.lowerBound + 1] == UInt8(ascii: ".")
  }

  /// The offset behind the newline that ends this line.
  private func endOfLine(from start: Int) -> Int {
    lexer.bytes.firstOffset(of: 0x0A, from: start, to: count).map { $0 + 1 } ?? count
  }
}
