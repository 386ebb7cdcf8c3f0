/// A request's or an answer's head, as places in its bytes.
///
/// Reused: parsing allocates nothing.
/// Strict where two readers could differ: lines end in CR LF, no space stands before a colon, no
/// line is a continuation, there is one length or a chunked body, never both (RFC 9112).
package struct MessageHead: Sendable {
  /// One header line.
  package struct Field: Sendable {
    package var name: Range<Int>
    package var value: Range<Int>
    package var known: KnownHeader
  }

  package init() {}

  package private(set) var fields: [Field] = []
  package private(set) var method: Range<Int> = 0..<0
  package private(set) var target: Range<Int> = 0..<0
  package private(set) var reason: Range<Int> = 0..<0
  package private(set) var status = 0
  package private(set) var minorVersion = 1
  package private(set) var contentLength: UInt64?
  package private(set) var isChunked = false
  package private(set) var saysClose = false
  package private(set) var saysKeepAlive = false
  package private(set) var asksUpgrade = false
  package private(set) var expectsContinue = false
  package private(set) var hasCrossOrigin = false
  /// Names that `Connection` lists: hop by hop as well.
  package private(set) var listed: [Range<Int>] = []
  package private(set) var host: Range<Int>?
  package private(set) var upgrade: Range<Int>?
  package private(set) var authorization: Range<Int>?
  package private(set) var apikey: Range<Int>?
  package private(set) var origin: Range<Int>?
  package private(set) var requestedMethod: Range<Int>?
  package private(set) var requestedHeaders: Range<Int>?
  package private(set) var forwardedFor: Range<Int>?

  /// Whether the connection may carry another message after this one.
  package var keepsAlive: Bool { minorVersion >= 1 ? !saysClose : saysKeepAlive && !saysClose }

  private mutating func clear() {
    fields.removeAll(keepingCapacity: true)
    listed.removeAll(keepingCapacity: true)
    method = 0..<0
    target = 0..<0
    reason = 0..<0
    status = 0
    minorVersion = 1
    contentLength = nil
    isChunked = false
    saysClose = false
    saysKeepAlive = false
    asksUpgrade = false
    expectsContinue = false
    hasCrossOrigin = false
    host = nil
    upgrade = nil
    authorization = nil
    apikey = nil
    origin = nil
    requestedMethod = nil
    requestedHeaders = nil
    forwardedFor = nil
  }

  /// Reads a request's head.
  ///
  /// - Parameters:
  ///   - bytes: From the method to the empty line, which is included.
  ///   - targetLimit: How many bytes the target may have.
  /// - Throws: What is wrong.
  package mutating func parseRequest(
    _ bytes: UnsafeRawBufferPointer, targetLimit: Int
  ) throws(SyntaxFault) {
    clear()
    let line = try lineEnd(bytes, from: 0)
    var index = 0
    while index < line, isToken(bytes[index]) { index += 1 }
    guard index > 0, index < line, bytes[index] == .space else { throw .badRequest("method") }
    method = 0..<index
    let start = index + 1
    index = start
    while index < line, bytes[index] > .space, bytes[index] != 0x7f { index += 1 }
    guard index > start, index < line, bytes[index] == .space else { throw .badRequest("target") }
    target = start..<index
    if target.count > targetLimit { throw .targetTooLong }
    try parseVersion(bytes, index + 1, line)
    try parseFields(bytes, from: line + 2)
    if minorVersion >= 1, host == nil { throw .badRequest("host") }
    // A 1.0 client cannot have meant chunks, and what stands before it may not know them.
    if isChunked, minorVersion == 0 { throw .badRequest("transfer-encoding") }
  }

  /// Reads an answer's head.
  ///
  /// - Parameter bytes: From the version to the empty line, which is included.
  /// - Throws: What is wrong.
  package mutating func parseResponse(_ bytes: UnsafeRawBufferPointer) throws(SyntaxFault) {
    clear()
    let line = try lineEnd(bytes, from: 0)
    guard line >= 12, bytes[8] == .space else { throw .badRequest("status line") }
    try parseVersion(bytes, 0, 8)
    for index in 9..<12 {
      guard let digit = bytes[index].hexadecimal, digit < 10 else { throw .badRequest("status") }
      status = status * 10 + Int(digit)
    }
    guard status >= 100, status < 600, line == 12 || bytes[12] == .space else {
      throw .badRequest("status")
    }
    reason = min(13, line)..<line
    try parseFields(bytes, from: line + 2)
  }

  private mutating func parseVersion(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int
  ) throws(SyntaxFault) {
    guard end - start == 8, bytes[start..<start + 5].elementsEqual("HTTP/".utf8),
      bytes[start + 6] == UInt8(ascii: ".")
    else { throw .badRequest("version") }
    guard bytes[start + 5] == UInt8(ascii: "1") else { throw .unsupportedVersion }
    switch bytes[start + 7] {
    case UInt8(ascii: "0"): minorVersion = 0
    case UInt8(ascii: "1"): minorVersion = 1
    default: throw .unsupportedVersion
    }
  }

  private mutating func parseFields(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(SyntaxFault) {
    var index = start
    while true {
      let end = try lineEnd(bytes, from: index)
      if end == index { break }
      let nameStart = index
      while index < end, isToken(bytes[index]) { index += 1 }
      guard index > nameStart, bytes[index] == .colon else { throw .badRequest("header name") }
      let name = nameStart..<index
      index += 1
      while index < end, bytes[index] == .space || bytes[index] == .tab { index += 1 }
      var valueEnd = end
      while valueEnd > index, bytes[valueEnd - 1] == .space || bytes[valueEnd - 1] == .tab {
        valueEnd -= 1
      }
      let value = index..<valueEnd
      for place in value where bytes[place] < .space && bytes[place] != .tab || bytes[place] == 0x7f
      { throw .badRequest("header value") }
      let known = KnownHeader(UnsafeRawBufferPointer(rebasing: bytes[name]))
      fields.append(Field(name: name, value: value, known: known))
      if known != .other { try note(known, value, bytes) }
      index = end + 2
    }
    if isChunked, contentLength != nil { throw .badRequest("content-length and chunks") }
  }

  private mutating func note(
    _ known: KnownHeader, _ value: Range<Int>, _ bytes: UnsafeRawBufferPointer
  ) throws(SyntaxFault) {
    switch known {
    case .contentLength:
      guard contentLength == nil else { throw .badRequest("two lengths") }
      contentLength = try decimal(bytes[value])
    case .transferEncoding:
      guard !isChunked, isSameName(UnsafeRawBufferPointer(rebasing: bytes[value]), Self.chunked)
      else { throw .badRequest("transfer-encoding") }
      isChunked = true
    case .connection: noteConnection(value, bytes)
    case .host:
      guard host == nil, !value.isEmpty else { throw .badRequest("host") }
      for byte in bytes[value]
      where byte <= .space || byte == .slash || byte == .question || byte == UInt8(ascii: "@") {
        throw .badRequest("host")
      }
      host = value
    case .authorization:
      // The one that was checked must be the one that is used.
      guard authorization == nil else { throw .badRequest("two authorizations") }
      authorization = value
    case .apikey:
      guard apikey == nil else { throw .badRequest("two keys") }
      apikey = value
    case .expect:
      guard isSameName(UnsafeRawBufferPointer(rebasing: bytes[value]), Self.continues) else {
        throw .unsupportedExpectation
      }
      expectsContinue = true
    case .upgrade: upgrade = value
    case .origin: origin = value
    case .requestedMethod: requestedMethod = value
    case .requestedHeaders: requestedHeaders = value
    case .forwardedFor: forwardedFor = value
    case .crossOrigin: hasCrossOrigin = true
    case .other, .hopByHop, .forwarded, .homebase: break
    }
  }

  private mutating func noteConnection(_ value: Range<Int>, _ bytes: UnsafeRawBufferPointer) {
    var index = value.lowerBound
    while index < value.upperBound {
      let start = index
      while index < value.upperBound, bytes[index] != .comma { index += 1 }
      var word = start..<index
      while let first = word.first, bytes[first] == .space || bytes[first] == .tab {
        word = first + 1..<word.upperBound
      }
      while let last = word.last, bytes[last] == .space || bytes[last] == .tab {
        word = word.lowerBound..<last
      }
      index += 1
      let name = UnsafeRawBufferPointer(rebasing: bytes[word])
      if isSameName(name, Self.close) {
        saysClose = true
      } else if isSameName(name, Self.keepAlive) {
        saysKeepAlive = true
      } else if isSameName(name, Self.upgradeWord) {
        asksUpgrade = true
      } else if !word.isEmpty {
        listed.append(word)
      }
    }
  }

  /// Whether `Connection` lists this header.
  package func isListed(_ name: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Bool {
    listed.contains { word in
      word.count == name.count
        && zip(bytes[word], bytes[name]).allSatisfy { $0.lowercased == $1.lowercased }
    }
  }

  private static let chunked = Array("chunked".utf8)
  private static let continues = Array("100-continue".utf8)
  private static let close = Array("close".utf8)
  private static let keepAlive = Array("keep-alive".utf8)
  private static let upgradeWord = Array("upgrade".utf8)

  /// The end of a line, at its CR; a CR or LF that is alone is refused.
  private func lineEnd(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(SyntaxFault) -> Int {
    var index = start
    while index < bytes.count {
      if bytes[index] == .carriageReturn {
        guard index + 1 < bytes.count, bytes[index + 1] == .lineFeed else { break }
        return index
      }
      if bytes[index] == .lineFeed { break }
      index += 1
    }
    throw .badRequest("line end")
  }

  private func decimal(_ digits: Slice<UnsafeRawBufferPointer>) throws(SyntaxFault) -> UInt64 {
    guard !digits.isEmpty, digits.count <= 18 else { throw .badRequest("content-length") }
    var value: UInt64 = 0
    for byte in digits {
      guard let digit = byte.hexadecimal, digit < 10 else { throw .badRequest("content-length") }
      value = value * 10 + UInt64(digit)
    }
    return value
  }
}

private let tokenTable: [Bool] = (0..<256).map { value in
  let byte = UInt8(value)
  return switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
    UInt8(ascii: "A")...UInt8(ascii: "Z"):
    true
  default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}

/// Whether a byte may stand in a method or a header's name.
package func isToken(_ byte: UInt8) -> Bool { tokenTable[Int(byte)] }

/// Looks for the empty line that ends a head.
///
/// - Parameters:
///   - bytes: What has come so far.
///   - start: Where to go on: what was looked at before, less three bytes.
/// - Returns: The head's length with the empty line; nil when it is not there yet.
package func headLength(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
  var index = max(start, 0)
  while index + 3 < bytes.count {
    // The last byte of the four decides how far to go.
    switch bytes[index + 3] {
    case .lineFeed:
      if bytes[index + 2] == .carriageReturn, bytes[index + 1] == .lineFeed,
        bytes[index] == .carriageReturn
      {
        return index + 4
      }
      index += 2
    case .carriageReturn: index += 1
    default: index += 4
    }
  }
  return nil
}
