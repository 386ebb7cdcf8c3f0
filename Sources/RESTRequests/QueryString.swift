/// A query string, split at its separators and decoded; nothing of it understood yet.
package struct QueryString: Hashable, Sendable {
  /// One `key=value`, decoded.
  package struct Pair: Hashable, Sendable {
    package var key: String
    /// Nil where there was no `=`; such a pair asks for nothing.
    package var value: String?

    package init(key: String, value: String?) {
      self.key = key
      self.value = value
    }
  }

  /// In the order of the request; keys may repeat.
  package var pairs: [Pair]

  package init(pairs: [Pair]) {
    self.pairs = pairs
  }

  /// Splits at `&` and `;`, decodes percent sequences, and takes `+` for a space.
  ///
  /// A `%` without two hex digits stays what it is. Bytes that are no UTF-8 become U+FFFD.
  ///
  /// - Parameter bytes: What follows the `?`; a leading `?` is skipped.
  /// - Throws: `RESTError` when a character is NUL, which no text of PostgreSQL can hold.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) throws(RESTError) {
    pairs = []
    var start = bytes.startIndex
    if bytes.first == UInt8(ascii: "?") { start += 1 }
    while start < bytes.endIndex {
      var end = start
      var equals: Int?
      var keyIsPlain = true
      var valueIsPlain = true
      scan: while end < bytes.endIndex {
        switch bytes[end] {
        case UInt8(ascii: "&"), UInt8(ascii: ";"): break scan
        case UInt8(ascii: "=") where equals == nil: equals = end
        case UInt8(ascii: "%"), UInt8(ascii: "+"), 0:
          if equals == nil { keyIsPlain = false } else { valueIsPlain = false }
        default: break
        }
        end += 1
      }
      let key = try Self.decode(bytes[start..<(equals ?? end)], isPlain: keyIsPlain)
      if let equals {
        let value = try Self.decode(bytes[(equals + 1)..<end], isPlain: valueIsPlain)
        pairs.append(Pair(key: key, value: value))
      } else {
        pairs.append(Pair(key: key, value: nil))
      }
      start = end + 1
    }
  }

  /// As the other one, from a text.
  package init(_ text: String) throws(RESTError) {
    self = try withBytes(of: text) { (bytes) throws(RESTError) in try QueryString(bytes) }
  }

  /// Decodes percent sequences, and `+` as a space where that is meant.
  static func decode(
    _ bytes: Slice<UnsafeBufferPointer<UInt8>>, isPlain: Bool = false, plusIsSpace: Bool = true
  ) throws(RESTError) -> String {
    if isPlain { return String(decoding: bytes, as: UTF8.self) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      var byte = bytes[index]
      if byte == UInt8(ascii: "+"), plusIsSpace {
        byte = UInt8(ascii: " ")
      } else if byte == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
        let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
      {
        byte = high << 4 | low
        index += 2
      }
      if byte == 0 { throw .nul }
      decoded.append(byte)
      index += 1
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  /// The pairs as they are, with everything but unreserved characters as percent sequences.
  package var encoded: String {
    var text: [UInt8] = []
    for (index, pair) in pairs.enumerated() {
      if index > 0 { text.append(UInt8(ascii: "&")) }
      text.appendPercentEncoded(pair.key)
      guard let value = pair.value else { continue }
      text.append(UInt8(ascii: "="))
      text.appendPercentEncoded(value)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The same request in one spelling: keys sorted, the values of equal keys joined by commas.
  ///
  /// `Content-Location` shows it.
  package var canonical: String {
    var text: [UInt8] = []
    var last: String?
    // The index keeps the order of equal keys.
    let order = pairs.indices.sorted { (pairs[$0].key, $0) < (pairs[$1].key, $1) }
    for pair in order.lazy.map({ pairs[$0] }) {
      if pair.key == last {
        text.append(UInt8(ascii: ","))
      } else {
        if last != nil { text.append(UInt8(ascii: "&")) }
        text.appendPercentEncoded(pair.key)
        text.append(UInt8(ascii: "="))
      }
      text.appendPercentEncoded(pair.value ?? "")
      last = pair.key
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// The value of a hex digit; nil for any other byte.
func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}

/// Gives a text's UTF-8 bytes to a closure without copying them.
func withBytes<Value, Failure>(
  of text: String, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Value
) throws(Failure) -> Value {
  var text = text
  let result = text.withUTF8 { bytes in
    Result { () throws(Failure) -> Value in try body(bytes) }
  }
  return try result.get()
}

extension [UInt8] {
  /// Appends a text with everything but unreserved characters as percent sequences.
  mutating func appendPercentEncoded(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "~"):
        append(byte)
      default:
        append(UInt8(ascii: "%"))
        append(hexDigit(byte >> 4))
        append(hexDigit(byte & 15))
      }
    }
  }
}
