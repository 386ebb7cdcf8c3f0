/// The keys of a JSON body's objects, found without building a value of it.
///
/// Every byte is checked to be JSON, as far as its shape goes; what strings and numbers mean is
/// PostgreSQL's to say, which reads the same bytes again.
struct JSONKeys {
  /// What a body is.
  enum Shape: Equatable {
    case object
    /// An array whose elements are objects that share their keys, or an empty one.
    case array(count: Int)
    case scalar
  }

  /// Why a body is no use.
  enum Failure: Error {
    case invalid
    /// An array whose elements are not objects with the same keys.
    case differing
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let nesting: Int
  private var position = 0
  /// The raw text between the quotes of each key of the first object; repeated ones once.
  private var firstKeys: [Range<Int>] = []
  private(set) var keys: [String] = []
  private(set) var shape = Shape.scalar
  /// Where each known key stands in `keys`; made when the raw texts are not simply the same.
  private var known: [String: Int]?

  /// Reads a body.
  ///
  /// - Throws: `Failure`; that the keys differ only when all of it is JSON.
  init(_ bytes: UnsafeBufferPointer<UInt8>, nesting: Int) throws(Failure) {
    self.bytes = bytes
    self.nesting = nesting
    var differs = false
    skipSpace()
    switch next {
    case UInt8(ascii: "{"):
      shape = .object
      try firstObject()
    case UInt8(ascii: "["):
      position += 1
      skipSpace()
      var count = 0
      if next == UInt8(ascii: "]") {
        position += 1
      } else {
        repeat {
          skipSpace()
          if next != UInt8(ascii: "{") {
            differs = true
            try value(depth: 1)
          } else if count == 0 {
            try firstObject()
          } else if try !hasKnownKeys() {
            differs = true
          }
          count += 1
        } while try continues(until: UInt8(ascii: "]"))
      }
      shape = .array(count: count)
    default: try value(depth: 0)
    }
    skipSpace()
    if position != bytes.count { throw .invalid }
    if differs { throw .differing }
  }

  private var next: UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  /// Takes a comma, or the end of an object or array.
  private mutating func continues(until end: UInt8) throws(Failure) -> Bool {
    skipSpace()
    guard let byte = next, byte == UInt8(ascii: ",") || byte == end else { throw .invalid }
    position += 1
    return byte != end
  }

  // MARK: Objects

  private mutating func firstObject() throws(Failure) {
    var seen: Set<String> = []
    var ranges: [Range<Int>] = []
    var names: [String] = []
    try object { (parser, key) throws(Failure) in
      let name = try parser.decoded(key)
      guard seen.insert(name).inserted else { return }
      ranges.append(key)
      names.append(name)
    }
    firstKeys = ranges
    keys = names
  }

  /// Reads another object, and tells whether its keys are those of the first.
  private mutating func hasKnownKeys() throws(Failure) -> Bool {
    var index = 0
    var isSame = true
    var seen: Set<Int> = []
    var looks = false
    try object { (parser, key) throws(Failure) in
      // Nearly always the same keys in the same order, whose bytes are the same too.
      if !looks, index < parser.firstKeys.count,
        parser.bytes[key].elementsEqual(parser.bytes[parser.firstKeys[index]])
      {
        index += 1
        return
      }
      if !looks {
        looks = true
        seen = Set(0..<index)
      }
      let name = try parser.decoded(key)
      if let place = parser.place(of: name) { seen.insert(place) } else { isSame = false }
    }
    return isSame && (looks ? seen.count : index) == firstKeys.count
  }

  private mutating func place(of name: String) -> Int? {
    if known == nil {
      known = Dictionary(zip(keys, keys.indices), uniquingKeysWith: { first, _ in first })
    }
    return known?[name]
  }

  /// Reads an object of the top, and gives each key.
  private mutating func object(
    _ use: (inout JSONKeys, Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    position += 1
    skipSpace()
    if next == UInt8(ascii: "}") {
      position += 1
      return
    }
    repeat {
      try use(&self, try key())
      try value(depth: 2)
    } while try continues(until: UInt8(ascii: "}"))
  }

  /// A key and its colon; the range is what is between the quotes.
  private mutating func key() throws(Failure) -> Range<Int> {
    skipSpace()
    let range = try string()
    skipSpace()
    guard next == UInt8(ascii: ":") else { throw .invalid }
    position += 1
    return range
  }

  // MARK: Values

  /// Reads any value; what is open is kept in a list, not on the thread's stack.
  private mutating func value(depth: Int) throws(Failure) {
    var open: [UInt8] = []
    while true {
      skipSpace()
      guard let byte = next else { throw .invalid }
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        position += 1
        skipSpace()
        let end = byte + 2
        guard next == end else {
          open.append(end)
          if open.count + depth > nesting { throw .invalid }
          if byte == UInt8(ascii: "{") { _ = try key() }
          continue
        }
        position += 1
      case UInt8(ascii: "\""): _ = try string()
      case UInt8(ascii: "t"): try literal("true")
      case UInt8(ascii: "f"): try literal("false")
      case UInt8(ascii: "n"): try literal("null")
      default: try number()
      }
      // A value is complete: close what ends here, or go on to the next member.
      while let end = open.last {
        if try continues(until: end) {
          if end == UInt8(ascii: "}") { _ = try key() }
          break
        }
        open.removeLast()
      }
      if open.isEmpty { return }
    }
  }

  private mutating func literal(_ word: StaticString) throws(Failure) {
    let length = word.utf8CodeUnitCount
    guard position + length <= bytes.count else { throw .invalid }
    for index in 0..<length where bytes[position + index] != word.utf8Start[index] {
      throw .invalid
    }
    position += length
  }

  private mutating func number() throws(Failure) {
    func isDigit(_ byte: UInt8?) -> Bool {
      byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    }
    if next == UInt8(ascii: "-") { position += 1 }
    guard isDigit(next) else { throw .invalid }
    if next == UInt8(ascii: "0") {
      position += 1
      if isDigit(next) { throw .invalid }
    }
    while isDigit(next) { position += 1 }
    if next == UInt8(ascii: ".") {
      position += 1
      guard isDigit(next) else { throw .invalid }
      while isDigit(next) { position += 1 }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard isDigit(next) else { throw .invalid }
      while isDigit(next) { position += 1 }
    }
  }

  /// Reads a string; the range is what is between the quotes.
  private mutating func string() throws(Failure) -> Range<Int> {
    guard next == UInt8(ascii: "\"") else { throw .invalid }
    position += 1
    let start = position
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return start..<(position - 1)
      case UInt8(ascii: "\\"):
        position += 1
        switch next {
        case UInt8(ascii: "u"):
          guard position + 4 < bytes.count,
            bytes[(position + 1)...(position + 4)].allSatisfy({ hexValue($0) != nil })
          else { throw .invalid }
          position += 5
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
          UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
          position += 1
        default: throw .invalid
        }
      case 0..<0x20: throw .invalid
      default: position += 1
      }
    }
    throw .invalid
  }

  /// The text of a key, which its string's grammar was checked for.
  private func decoded(_ range: Range<Int>) throws(Failure) -> String {
    guard bytes[range].contains(UInt8(ascii: "\\")) else {
      guard let text = String(validating: bytes[range], as: UTF8.self) else { throw .invalid }
      return text
    }
    var text: [UInt8] = []
    var index = range.lowerBound
    func unit(at index: Int) -> UInt16? {
      guard index + 6 <= range.upperBound, bytes[index] == UInt8(ascii: "\\"),
        bytes[index + 1] == UInt8(ascii: "u")
      else { return nil }
      return bytes[(index + 2)..<(index + 6)].reduce(0) { $0 << 4 | UInt16(hexValue($1) ?? 0) }
    }
    while index < range.upperBound {
      guard bytes[index] == UInt8(ascii: "\\") else {
        text.append(bytes[index])
        index += 1
        continue
      }
      if let first = unit(at: index) {
        var units = [first]
        if UTF16.isLeadSurrogate(first), let second = unit(at: index + 6),
          UTF16.isTrailSurrogate(second)
        {
          units.append(second)
        }
        text += String(decoding: units, as: UTF16.self).utf8
        index += 6 * units.count
        continue
      }
      switch bytes[index + 1] {
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case let byte: text.append(byte)
      }
      index += 2
    }
    guard let name = String(validating: text, as: UTF8.self), !text.contains(0) else {
      throw .invalid
    }
    return name
  }
}
