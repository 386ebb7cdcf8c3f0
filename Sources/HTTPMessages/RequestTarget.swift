/// A request's target, divided; nothing is decoded.
package struct RequestTarget {
  /// What stands before `?`; begins with a slash.
  package let path: Range<Int>
  /// What stands behind it; empty when there is none.
  package let query: Range<Int>
  /// The host that a whole URL names (RFC 9112, 3.2.2).
  package let authority: Range<Int>?

  /// Divides a path, or a whole URL.
  ///
  /// - Parameters:
  ///   - target: Its place.
  ///   - bytes: The head's bytes.
  package init?(_ target: Range<Int>, _ bytes: UnsafeRawBufferPointer) {
    guard let (whole, authority) = originForm(target, bytes) else { return nil }
    self.authority = authority
    let mark = bytes[whole].firstIndex(of: .question)
    path = whole.lowerBound..<(mark ?? whole.upperBound)
    query = mark.map { $0 + 1..<whole.upperBound } ?? whole.upperBound..<whole.upperBound
  }
}

/// A target as a path, also when a client wrote a whole URL.
private func originForm(
  _ target: Range<Int>, _ bytes: UnsafeRawBufferPointer
) -> (target: Range<Int>, authority: Range<Int>?)? {
  guard !bytes[target].contains(UInt8(ascii: "#")) else { return nil }
  if bytes[target].first == .slash { return (target, nil) }
  for scheme in ["http://", "https://"] where target.count > scheme.utf8.count {
    let start = target.lowerBound + scheme.utf8.count
    guard zip(bytes[target], scheme.utf8).allSatisfy({ $0.lowercased == $1 }) else { continue }
    guard let slash = bytes[start..<target.upperBound].firstIndex(of: .slash), slash > start,
      !bytes[start..<slash].contains(UInt8(ascii: "@"))
    else { return nil }
    return (slash..<target.upperBound, start..<slash)
  }
  return nil
}
