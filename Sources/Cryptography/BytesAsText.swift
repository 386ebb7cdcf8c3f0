import FoundationEssentials

/// Writes bytes as lower-case hexadecimal digits.
///
/// - Parameter bytes: Such as a digest.
/// - Returns: Two digits a byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  text.reserveCapacity(2 * bytes.underestimatedCount)
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}

/// Writes bytes as tokens do: no padding, `-` and `_`.
///
/// Source: RFC 7515, 2.
///
/// - Parameter bytes: Such as a signature.
/// - Returns: Four letters for three bytes.
package func base64URL(_ bytes: some Sequence<UInt8>) -> String {
  let text = Data(bytes).base64EncodedString()
  return String(
    text.compactMap { letter -> Character? in
      switch letter {
      case "+": "-"
      case "/": "_"
      case "=": nil
      default: letter
      }
    })
}

/// Reads what `base64URL` wrote, and nothing else: there is one text for each list of bytes.
///
/// Source: RFC 4648, 3.5 and 5; RFC 7515, 2.
///
/// - Parameter text: Without padding.
/// - Returns: The bytes; nil when it is something else.
package func bytes(base64URL text: some Collection<UInt8>) -> [UInt8]? {
  let count = text.count
  guard count % 4 != 1 else { return nil }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count * 3 / 4)
  var bits: UInt32 = 0
  var filled = 0
  for letter in text {
    let value = letterValues[Int(letter)]
    guard value < 64 else { return nil }
    bits = bits << 6 | UInt32(value)
    filled += 6
    if filled >= 8 {
      filled -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(filled)))
    }
  }
  // What is left belongs to no byte.
  return bits & (1 << UInt32(filled) - 1) == 0 ? bytes : nil
}

/// Reads what `base64URL` wrote, as a text.
///
/// - Parameter text: Without padding.
/// - Returns: The bytes; nil when it is something else.
package func bytes(base64URL text: String) -> [UInt8]? { bytes(base64URL: text.utf8) }

/// What each letter of base64url stands for; 64 for what is none.
private let letterValues: [UInt8] = {
  var values = [UInt8](repeating: 64, count: 256)
  let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
  for (value, letter) in letters.utf8.enumerated() { values[Int(letter)] = UInt8(value) }
  return values
}()
