/// One `NAME=value` of a `.env` file.
struct DotenvEntry: Sendable, Hashable {
  var name: String
  var value: String
  /// Where the name stands, counted from 1.
  var line: Int
}

/// A line of a `.env` file that makes no sense.
///
/// Never says a value.
struct DotenvError: Error, Sendable, Hashable {
  var line: Int
  var reason: String
}

/// Reads the text of a `.env` file.
///
/// `export`, comments, single quotes (as written) and double quotes (`\n`, `\"`, `\\`, `\$`) that may
/// span lines; `${NAME}` and `$NAME` (capitals) in bare and double-quoted values. The dialect is that
/// of godotenv, which the Supabase CLI uses.
///
/// - Parameters:
///   - text: The bytes of the file.
///   - lookUp: The value of a name that no earlier line of the file has set.
/// - Returns: The entries in the order of the file; a later one of the same name counts.
/// - Throws: The first line that makes no sense.
func parseDotenv(
  _ text: [UInt8], lookUp: (String) -> String? = { _ in nil }
) throws(DotenvError) -> [DotenvEntry] {
  var parser = DotenvParser(text: text)
  var entries: [DotenvEntry] = []
  var known: [String: String] = [:]
  while let (name, line) = try parser.nextName() {
    let value = try parser.value { known[$0] ?? lookUp($0) }
    known[name] = value
    entries.append(DotenvEntry(name: name, value: value, line: line))
  }
  return entries
}

private struct DotenvParser {
  private let text: [UInt8]
  private var position = 0
  private var line = 1

  init(text: [UInt8]) {
    self.text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
  }

  private var current: UInt8? { position < text.count ? text[position] : nil }

  private var isAtLineEnd: Bool {
    guard let current else { return true }
    return current == UInt8(ascii: "\n")
      || (current == UInt8(ascii: "\r")
        && (position + 1 == text.count || text[position + 1] == UInt8(ascii: "\n")))
  }

  private mutating func step() {
    if current == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  private mutating func skipSpaces() {
    while let current, current == UInt8(ascii: " ") || current == UInt8(ascii: "\t") { step() }
  }

  private mutating func skipLine() {
    while !isAtLineEnd { step() }
  }

  mutating func nextName() throws(DotenvError) -> (name: String, line: Int)? {
    while let current {
      if isBlank(current) {
        step()
      } else if current == UInt8(ascii: "#") {
        skipLine()
      } else {
        break
      }
    }
    guard current != nil else { return nil }
    var name = word()
    skipSpaces()
    if name == "export", let current, isNameStart(current) {
      name = word()
      skipSpaces()
    }
    let start = line
    guard let first = name.utf8.first, isNameStart(first) else {
      throw DotenvError(line: start, reason: "a name was expected")
    }
    guard current == UInt8(ascii: "=") || current == UInt8(ascii: ":") else {
      // Without the word itself: it may be the second line of a secret that lacks its quotes.
      throw DotenvError(line: start, reason: "a name without = after it")
    }
    step()
    skipSpaces()
    return (name, start)
  }

  private mutating func word() -> String {
    let start = position
    while let current, isNamePart(current) { step() }
    return String(decoding: text[start..<position], as: UTF8.self)
  }

  mutating func value(_ lookUp: (String) -> String?) throws(DotenvError) -> String {
    guard let current, current == UInt8(ascii: "\"") || current == UInt8(ascii: "'") else {
      return expand(bareValue(), escapes: false, lookUp)
    }
    let start = line
    step()
    var raw: [UInt8] = []
    while true {
      guard let byte = self.current else {
        throw DotenvError(line: start, reason: "the quote that opens here is never closed")
      }
      if byte == current { break }
      if byte == UInt8(ascii: "\\"), current == UInt8(ascii: "\""), position + 1 < text.count {
        raw.append(byte)
        step()
      }
      if let byte = self.current { raw.append(byte) }
      step()
    }
    step()
    skipSpaces()
    if !isAtLineEnd, self.current != UInt8(ascii: "#") {
      throw DotenvError(line: line, reason: "text after the closing quote")
    }
    skipLine()
    return current == UInt8(ascii: "'")
      ? String(decoding: raw, as: UTF8.self) : expand(raw, escapes: true, lookUp)
  }

  private mutating func bareValue() -> [UInt8] {
    var raw: [UInt8] = []
    var afterSpace = true
    while !isAtLineEnd, let byte = current {
      if byte == UInt8(ascii: "#"), afterSpace {
        skipLine()
        break
      }
      afterSpace = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
      raw.append(byte)
      step()
    }
    while let last = raw.last, isBlank(last) { raw.removeLast() }
    return raw
  }

  private func expand(
    _ raw: [UInt8], escapes: Bool, _ lookUp: (String) -> String?
  ) -> String {
    var result: [UInt8] = []
    var index = 0
    while index < raw.count {
      let byte = raw[index]
      let next = index + 1 < raw.count ? raw[index + 1] : nil
      if byte == UInt8(ascii: "\\"), let next, escapes || next == UInt8(ascii: "$") {
        result += unescaped(next)
        index += 2
      } else if byte == UInt8(ascii: "$"), let (name, end) = reference(in: raw, at: index + 1) {
        result += Array((lookUp(name) ?? "").utf8)
        index = end
      } else {
        result.append(byte)
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private func unescaped(_ byte: UInt8) -> [UInt8] {
    switch byte {
    case UInt8(ascii: "n"): [0x0A]
    case UInt8(ascii: "r"): [0x0D]
    case UInt8(ascii: "t"): [0x09]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"): [byte]
    default: [UInt8(ascii: "\\"), byte]
    }
  }

  private func reference(in raw: [UInt8], at start: Int) -> (name: String, end: Int)? {
    let braced = start < raw.count && raw[start] == UInt8(ascii: "{")
    let nameStart = braced ? start + 1 : start
    var end = nameStart
    while end < raw.count, isNamePart(raw[end]), braced || !isSmallLetterOrDot(raw[end]) {
      end += 1
    }
    guard end > nameStart, isNameStart(raw[nameStart]) else { return nil }
    if braced, end >= raw.count || raw[end] != UInt8(ascii: "}") { return nil }
    return (String(decoding: raw[nameStart..<end], as: UTF8.self), braced ? end + 1 : end)
  }
}

private func isBlank(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte)
}

private func isSmallLetterOrDot(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: ".")
    || byte == UInt8(ascii: "-")
}

private func isNameStart(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
}

private func isNamePart(_ byte: UInt8) -> Bool {
  isNameStart(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
}
