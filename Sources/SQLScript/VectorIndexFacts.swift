extension SQLStatement {
  /// The statement with the options of its vector indexes blanked out; nil when it has none.
  ///
  /// `USING hnsw (…) WITH (m = 16)` of `CREATE INDEX`, and the same in the text of a DO block: no
  /// access method but pgvector's own takes these options. Blanks keep every position.
  package var withoutVectorIndexOptions: String? {
    let isMeant = withHead { head -> Bool? in
      if head.take("do") { return true }
      guard head.take("create") else { return nil }
      _ = head.take("unique")
      return head.take("index")
    }
    guard isMeant == true else { return nil }
    var ranges: [Range<Int>] = []
    source.withUnsafeBufferPointer {
      Self.findVectorOptions($0, firstTokenOffset..<textRange.upperBound, &ranges)
    }
    guard !ranges.isEmpty else { return nil }
    var bytes = Array(source[textRange])
    for range in ranges {
      for offset in range where bytes[offset - textRange.lowerBound] >= 0x20 {
        bytes[offset - textRange.lowerBound] = UInt8(ascii: " ")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Looks through tokens, and through the text of strings as well.
  private static func findVectorOptions(
    _ buffer: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ found: inout [Range<Int>]
  ) {
    var lexer = SQLLexer(buffer, from: range.lowerBound, to: range.upperBound)
    var token = lexer.next()
    while let current = token {
      if current.kind == .string || current.kind == .dollarString {
        if let inner = inside(current, buffer) { findVectorOptions(buffer, inner, &found) }
        token = lexer.next()
        continue
      }
      guard lexer.matches(current, "using") else {
        token = lexer.next()
        continue
      }
      token = lexer.next()
      guard let method = token, lexer.names(method, "hnsw") || lexer.names(method, "ivfflat")
      else { continue }
      token = lexer.next()
      guard skipParenthesis(&lexer, &token) != nil, let with = token, lexer.matches(with, "with")
      else { continue }
      token = lexer.next()
      guard let end = skipParenthesis(&lexer, &token) else { continue }
      found.append(with.start..<end)
    }
  }

  /// Moves behind a parenthesis; returns where it ends, nil when there is none or it stays open.
  private static func skipParenthesis(
    _ lexer: inout SQLLexer, _ token: inout SQLLexer.Token?
  ) -> Int? {
    guard token?.kind == .open else { return nil }
    var depth = 0
    while let current = token {
      if current.kind == .open { depth += 1 }
      if current.kind == .close { depth -= 1 }
      token = lexer.next()
      if depth == 0 { return current.end }
    }
    return nil
  }

  /// The text between the quotes of a string.
  private static func inside(
    _ token: SQLLexer.Token, _ buffer: UnsafeBufferPointer<UInt8>
  ) -> Range<Int>? {
    var start = token.start
    var end = token.end
    if token.kind == .dollarString {
      start += 1
      while start < end, buffer[start] != UInt8(ascii: "$") { start += 1 }
      let length = start + 1 - token.start
      return start + 1 <= end - length ? start + 1..<end - length : nil
    }
    while start < end, buffer[start] != UInt8(ascii: "'") { start += 1 }
    end -= 1
    return start + 1 <= end ? start + 1..<end : nil
  }
}
