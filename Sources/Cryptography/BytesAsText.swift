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

/// Reads what `base64URL` wrote.
///
/// - Parameter text: Without padding.
/// - Returns: The bytes; nil when it is something else.
package func bytes(base64URL text: String) -> [UInt8]? {
  guard !text.utf8.contains(where: { "+/=".utf8.contains($0) }) else { return nil }
  var plain = text.replacing("-", with: "+").replacing("_", with: "/")
  plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
  return Data(base64Encoded: plain).map { Array($0) }
}
