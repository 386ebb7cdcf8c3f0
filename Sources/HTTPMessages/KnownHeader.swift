/// The headers that a reader of messages must know by name.
///
/// One look at a name serves everybody: those that only a gateway asks for are here too.
package enum KnownHeader: UInt8, Sendable {
  case other
  /// Means this connection alone, or is set anew: never passed on.
  case hopByHop
  case connection, transferEncoding, contentLength, upgrade, host, expect
  case authorization, apikey, origin, requestedMethod, requestedHeaders
  case forwardedFor
  /// Set by a gateway: what the client says is dropped.
  case forwarded
  /// Begins with `x-homebase-`: between a gateway and its services.
  case homebase
  case crossOrigin

  private static let byLength: [[([UInt8], KnownHeader)]] = {
    let names: [(String, KnownHeader)] = [
      ("connection", .connection), ("keep-alive", .hopByHop), ("proxy-connection", .hopByHop),
      ("te", .hopByHop), ("trailer", .hopByHop), ("proxy-authorization", .hopByHop),
      ("proxy-authenticate", .hopByHop), ("transfer-encoding", .transferEncoding),
      ("content-length", .contentLength), ("upgrade", .upgrade), ("host", .host),
      ("expect", .expect), ("authorization", .authorization), ("apikey", .apikey),
      ("origin", .origin), ("access-control-request-method", .requestedMethod),
      ("access-control-request-headers", .requestedHeaders), ("x-forwarded-for", .forwardedFor),
      ("x-forwarded-host", .forwarded), ("x-forwarded-port", .forwarded),
      ("x-forwarded-proto", .forwarded), ("x-forwarded-prefix", .forwarded),
      ("x-real-ip", .forwarded), ("access-control-allow-origin", .crossOrigin),
    ]
    var table = Array(repeating: [([UInt8], KnownHeader)](), count: 32)
    for (name, header) in names { table[name.utf8.count].append((Array(name.utf8), header)) }
    return table
  }()
  private static let homebasePrefix = Array("x-homebase-".utf8)

  package init(_ name: UnsafeRawBufferPointer) {
    self = .other
    if name.count < Self.byLength.count {
      for (candidate, header) in Self.byLength[name.count]
      where isSameName(name, candidate, underscores: header == .forwarded) {
        self = header
        return
      }
    }
    let prefix = Self.homebasePrefix
    if name.count >= prefix.count, name[0] | 0x20 == UInt8(ascii: "x"),
      isSameName(UnsafeRawBufferPointer(rebasing: name[..<prefix.count]), prefix, underscores: true)
    {
      self = .homebase
    }
  }
}

/// Whether a name is this one, in any spelling; some services read an underscore as a dash.
package func isSameName(
  _ name: UnsafeRawBufferPointer, _ expected: [UInt8], underscores: Bool = false
) -> Bool {
  guard name.count == expected.count else { return false }
  for index in 0..<expected.count {
    let byte = name[index].lowercased
    if byte != expected[index] {
      guard underscores, byte == UInt8(ascii: "_"), expected[index] == UInt8(ascii: "-") else {
        return false
      }
    }
  }
  return true
}
