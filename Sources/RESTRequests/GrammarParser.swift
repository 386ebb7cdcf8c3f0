/// A grammar's rule did not match; what was expected is in the parser's `failure`.
struct Mismatch: Error {}

/// The machine below the grammars: a place in the input, alternatives, and a way back.
///
/// It follows Parsec, since clients see which alternative gave up where: a rule that fails without
/// having taken a byte leaves the next alternative its turn, one that took some does not, unless it
/// was only an `attempt`. Notes for the error are taken in a second run only.
struct GrammarParser {
  /// A part of a grammar.
  typealias Rule<Value> = (inout GrammarParser) throws(Mismatch) -> Value

  let input: UnsafeBufferPointer<UInt8>
  /// Whether `failure` is kept.
  let takesNotes: Bool
  let limits: RequestLimits
  var position = 0
  var failure = ParseFailure(position: 0)
  /// How many parentheses are open.
  var nesting = 0
  var embeds = 0
  /// What was too much, if anything was; then no alternative counts any more.
  var excess: String?

  init(_ input: UnsafeBufferPointer<UInt8>, limits: RequestLimits, takesNotes: Bool) {
    self.input = input
    self.limits = limits
    self.takesNotes = takesNotes
  }

  /// Reads a text by a grammar.
  ///
  /// - Parameters:
  ///   - text: What to read.
  ///   - source: What the text is, for the error: `failed to parse filter (…)`.
  ///   - limits: How deep and how much.
  ///   - rule: The grammar.
  /// - Returns: What the grammar made of it.
  /// - Throws: `RESTError` (400 PGRST100) with the place in the text.
  static func parse<Value>(
    _ text: String, as source: @autoclosure () -> String, limits: RequestLimits,
    by rule: Rule<Value>
  ) throws(RESTError) -> Value {
    try withBytes(of: text) { (bytes) throws(RESTError) -> Value in
      var parser = GrammarParser(bytes, limits: limits, takesNotes: false)
      if let value = try? rule(&parser), parser.excess == nil { return value }
      if let excess = parser.excess {
        throw .query(
          "\"\(source())\" \(ParseFailure.place(parser.position, in: bytes))",
          details: "unexpected \(excess)", hint: "Ask for less in one request.")
      }
      parser = GrammarParser(bytes, limits: limits, takesNotes: true)
      _ = try? rule(&parser)
      throw parser.failure.error(source: source(), in: bytes)
    }
  }

  // MARK: One character

  /// The next byte; nil at the end.
  var next: UInt8? {
    position < input.count ? input[position] : nil
  }

  /// The character at a byte, for rules about letters and for errors.
  func scalar(at position: Int) -> (scalar: Unicode.Scalar, length: Int)? {
    guard position < input.count else { return nil }
    let first = input[position]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    let end = min(position + length, input.count)
    let text = String(decoding: input[position..<end], as: UTF8.self)
    return (text.unicodeScalars.first ?? "\u{FFFD}", end - position)
  }

  mutating func take(_ count: Int) {
    guard count > 0 else { return }
    position += count
    if takesNotes { failure = ParseFailure(position: position) }
  }

  /// Notes what stands here, and by what name something else would have been welcome.
  ///
  /// The name is made only where notes are taken: most of the time nobody asks.
  mutating func noteFound(
    expecting label: @autoclosure () -> String? = nil, at place: Int? = nil
  ) {
    guard takesNotes else { return }
    let place = place ?? position
    let shown = scalar(at: place).map { ParseFailure.show($0.scalar, quote: "\"") } ?? ""
    var notes = [ParseFailure.Note.found(shown)]
    if let label = label() { notes.append(.expected(label)) }
    failure.merge(ParseFailure(position: place, notes: notes))
  }

  mutating func character(_ byte: UInt8) throws(Mismatch) {
    guard next == byte else {
      noteFound(expecting: ParseFailure.show(Unicode.Scalar(byte), quote: "\""))
      throw Mismatch()
    }
    take(1)
  }

  /// Takes the bytes that pass; notes what ended them.
  mutating func run(while passes: (UInt8) -> Bool) -> Range<Int> {
    var end = position
    while end < input.count, passes(input[end]) { end += 1 }
    let range = position..<end
    take(range.count)
    noteFound()
    return range
  }

  mutating func spaces() {
    _ = run { $0 == UInt8(ascii: " ") || $0 == 0x09 }
  }

  func text(_ range: Range<Int>) -> String {
    String(decoding: input[range], as: UTF8.self)
  }

  // MARK: Words

  /// How many bytes of a word stand here.
  private func matched(_ word: StaticString) -> Int {
    let length = min(word.utf8CodeUnitCount, input.count - position)
    var matched = 0
    while matched < length, input[position + matched] == word.utf8Start[matched] { matched += 1 }
    return matched
  }

  /// Takes a word, or some of it: a word that ends differently has taken bytes.
  mutating func word(_ word: StaticString) throws(Mismatch) {
    let matched = matched(word)
    if matched == word.utf8CodeUnitCount { return take(matched) }
    if takesNotes {
      let shown =
        scalar(at: position + matched)
        .map { ParseFailure.show($0.scalar, quote: "\"") } ?? ""
      let failed = ParseFailure(
        position: position, notes: [.found(shown), .expected("\"\(word)\"")])
      if matched == 0 { failure.merge(failed) } else { failure = failed }
    }
    position += matched
    throw Mismatch()
  }

  /// Takes a word or nothing.
  mutating func optionalWord(_ text: StaticString) -> Bool {
    if !takesNotes {
      guard matched(text) == text.utf8CodeUnitCount else { return false }
      take(text.utf8CodeUnitCount)
      return true
    }
    do {
      try attempt { (parser) throws(Mismatch) in try parser.word(text) }
      return true
    } catch {
      return false
    }
  }

  mutating func delimiter() throws(Mismatch) {
    if next == UInt8(ascii: ".") { return take(1) }
    noteFound(expecting: "delimiter (.)")
    throw Mismatch()
  }

  mutating func end() throws(Mismatch) {
    guard let found = scalar(at: position) else { return }
    if takesNotes {
      let shown = ParseFailure.show(found.scalar, quote: "'")
      failure.merge(
        ParseFailure(position: position, notes: [.unexpected(shown), .expected("end of input")]))
    }
    throw Mismatch()
  }

  /// Looks for one of some bytes, or for the end; takes neither.
  mutating func boundary(_ bytes: StaticString..., orEnd: Bool = true) throws(Mismatch) {
    for text in bytes {
      let start = position
      let saved = failure
      if optionalWord(text) {
        position = start
        failure = saved
        return
      }
    }
    guard orEnd else { throw Mismatch() }
    try end()
  }

  /// Fails when the next byte passes; takes nothing.
  mutating func notFollowed(by passes: (UInt8) -> Bool) throws(Mismatch) {
    guard let byte = next, passes(byte) else { return noteFound() }
    if takesNotes, let found = scalar(at: position) {
      let shown = ParseFailure.show(found.scalar, quote: "'")
      failure.merge(
        ParseFailure(position: position + found.length, notes: [.unexpected(shown)]))
    }
    throw Mismatch()
  }

  // MARK: Alternatives

  /// Goes back to where it was when the rule fails, so that another may try.
  mutating func attempt<Value>(_ rule: Rule<Value>) throws(Mismatch) -> Value {
    let start = position
    let saved = failure
    do {
      return try rule(&self)
    } catch {
      if position != start {
        position = start
        if takesNotes {
          let failed = failure
          failure = saved
          failure.merge(failed)
        }
      }
      throw error
    }
  }

  /// Nil when the rule fails without having taken anything.
  mutating func optional<Value>(_ rule: Rule<Value>) throws(Mismatch) -> Value? {
    let start = position
    do {
      return try rule(&self)
    } catch {
      if position != start { throw error }
      return nil
    }
  }

  /// Nil when the rule fails, wherever.
  mutating func maybe<Value>(_ rule: Rule<Value>) -> Value? {
    try? attempt(rule)
  }

  /// Gives a rule one name in errors, as long as it has not taken anything.
  mutating func labelled<Value>(
    _ label: StaticString, _ rule: Rule<Value>
  ) throws(Mismatch) -> Value {
    guard takesNotes else { return try rule(&self) }
    let start = position
    let saved = failure
    failure = ParseFailure(position: position)
    let result: Result<Value, Mismatch>
    do {
      result = .success(try rule(&self))
    } catch {
      result = .failure(error)
    }
    if position == start {
      var isKnown = !failure.notes.isEmpty
      if case .failure = result { isKnown = true }
      if isKnown { failure.expectOnly(label) }
      let inner = failure
      failure = saved
      failure.merge(inner)
    }
    return try result.get()
  }

  /// A rule with spaces around it.
  mutating func spaced<Value>(_ rule: Rule<Value>) throws(Mismatch) -> Value {
    spaces()
    let value = try rule(&self)
    spaces()
    return value
  }

  mutating func spacedCharacter(_ byte: UInt8) throws(Mismatch) {
    spaces()
    try character(byte)
    spaces()
  }

  /// Counts an opened parenthesis, and stops at the one too many.
  mutating func nested<Value>(_ rule: Rule<Value>) throws(Mismatch) -> Value {
    nesting += 1
    defer { nesting -= 1 }
    if nesting > limits.nesting {
      excess = excess ?? "nesting deeper than \(limits.nesting) levels"
    }
    if excess != nil { throw Mismatch() }
    return try rule(&self)
  }
}
