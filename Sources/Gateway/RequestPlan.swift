import HTTPMessages
import NIOCore

/// What a gateway knows about a connection besides its bytes.
struct DoorFacts: Sendable {
  /// The stack of the door.
  var stack: String?
  /// The client's address, without its port.
  var client: String
  /// The door's port.
  var port: Int
  /// Whether TLS ended here.
  var isSecure: Bool
}

/// An answer of the gateway's own.
struct OwnAnswer: Equatable {
  var status: Int
  var shape: Route.ErrorShape
  var message: String
}

/// Where a request goes.
struct Forward: Equatable {
  var stack: Int
  var route: Int
  var socket: String
  var isUpgrade: Bool
}

/// What becomes of a request whose head has come.
enum RequestPlan: Equatable {
  case answer(OwnAnswer)
  /// A browser asks before it asks.
  case preflight(method: String, headers: String)
  case forward(Forward)
}

extension Snapshot {
  /// Decides on a request, and writes the head that its service gets, up to its last lines.
  ///
  /// `finishHead` writes those when the request goes: it may have waited for another database.
  ///
  /// - Parameters:
  ///   - head: The parsed head.
  ///   - bytes: Its bytes.
  ///   - door: What is known about the connection.
  ///   - output: Takes the service's head when the request goes on.
  /// - Returns: The decision.
  func plan(
    _ head: MessageHead, _ bytes: UnsafeRawBufferPointer, door: DoorFacts,
    output: inout ByteBuffer
  ) -> RequestPlan {
    func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: bytes[range])
    }
    guard let target = RequestTarget(head.target, bytes) else {
      return .answer(
        OwnAnswer(status: 400, shape: .plain, message: "the request's target is not a path"))
    }
    let (path, query) = (target.path, target.query)
    guard isUnambiguous(path: part(path)) else {
      return .answer(
        OwnAnswer(status: 400, shape: .plain, message: "the request's path is ambiguous"))
    }
    guard let index = table.match(part(path)) else {
      return .answer(
        OwnAnswer(status: 404, shape: .plain, message: "no Route matched with those values"))
    }
    let route = table.routes[index]
    if let method = head.requestedMethod, head.origin != nil,
      bytes[head.method].elementsEqual("OPTIONS".utf8)
    {
      return .preflight(
        method: String(decoding: bytes[method], as: UTF8.self),
        headers: head.requestedHeaders.map { String(decoding: bytes[$0], as: UTF8.self) } ?? "")
    }
    // A query's `apikey` may be a column's filter: only what looks like a key is one.
    let queryKey = head.apikey == nil ? keyParameter(query, bytes) : nil
    let key = head.apikey ?? queryKey?.value
    let host = target.authority ?? head.host
    guard
      let stackIndex = stack(
        listener: door.stack, host: host.map(part), key: key.map(part))
    else {
      return .answer(
        OwnAnswer(
          status: 404, shape: route.errors, message: "no stack has this host, port or key"))
    }
    let stack = stacks[stackIndex]
    let socket = stack.sockets[index]
    var verdict = KeyVerdict.keep
    switch route.access {
    case .open, .service: break
    case .key, .queryKey, .secret:
      verdict = stack.keys.translate(
        authorization: head.authorization.map(part), apikey: key.map(part),
        needsSecret: route.access == .secret, passesKeyless: passesKeyless)
    }
    switch verdict {
    case .missing:
      return .answer(
        OwnAnswer(status: 401, shape: .plain, message: "No API key found in request"))
    case .unknown:
      return .answer(
        OwnAnswer(status: 401, shape: .plain, message: "Invalid authentication credentials"))
    case .keep, .replace: break
    }
    guard !socket.isEmpty else {
      return .answer(
        OwnAnswer(
          status: 503, shape: route.errors,
          message: "the service \(route.service) does not run in this stack"))
    }

    let isUpgrade =
      head.asksUpgrade && head.minorVersion == 1 && !head.isChunked
      && (head.contentLength ?? 0) == 0 && bytes[head.method].elementsEqual("GET".utf8)
      && head.upgrade.map { isSameName(part($0), websocketWord) } == true
    // The request line.
    output.writeBytes(part(head.method))
    output.writeInteger(UInt8.space)
    output.writeString(route.target)
    var rest = path.lowerBound + route.path.utf8.count..<path.upperBound
    if route.target.hasSuffix("/"), rest.first.map({ bytes[$0] }) == .slash {
      rest = rest.lowerBound + 1..<rest.upperBound
    }
    output.writeBytes(part(rest))
    if let queryKey, route.access != .open, route.access != .service {
      writeQuery(
        query, queryKey, bytes,
        token: route.access == .queryKey ? stack.keys.token(for: part(queryKey.value)) : nil,
        to: &output)
    } else if !query.isEmpty {
      output.writeInteger(UInt8.question)
      output.writeBytes(part(query))
    }
    output.writeStaticString(" HTTP/1.1\r\n")

    // The client's headers.
    var replaced: [UInt8]?
    if case .replace(let value) = verdict { replaced = value }
    for field in head.fields {
      switch field.known {
      case .other, .origin, .requestedMethod, .requestedHeaders, .apikey, .crossOrigin: break
      case .authorization: if replaced != nil { continue }
      case .hopByHop, .connection, .transferEncoding, .contentLength, .upgrade, .host, .expect,
        .forwarded, .forwardedFor, .homebase:
        continue
      }
      let name = part(field.name)
      if !head.listed.isEmpty, head.isListed(field.name, bytes), field.known == .other { continue }
      if let own = route.keyHeader, isSameName(name, Array(own.utf8)) { continue }
      output.writeBytes(name)
      output.writeStaticString(": ")
      output.writeBytes(part(field.value))
      output.writeStaticString("\r\n")
    }

    // The gateway's own.
    output.writeStaticString("Host: ")
    if let host { output.writeBytes(part(host)) } else { output.writeStaticString("localhost") }
    output.writeStaticString("\r\nX-Forwarded-For: ")
    if let earlier = head.forwardedFor, !earlier.isEmpty {
      output.writeBytes(part(earlier))
      output.writeStaticString(", ")
    }
    output.writeString(door.client)
    output.writeStaticString("\r\nX-Forwarded-Host: ")
    if let host { output.writeBytes(part(host)) } else { output.writeStaticString("localhost") }
    output.writeStaticString("\r\nX-Forwarded-Port: ")
    output.writeString(String(door.port))
    output.writeStaticString("\r\nX-Forwarded-Proto: ")
    output.writeStaticString(door.isSecure ? "https" : "http")
    output.writeStaticString("\r\nX-Forwarded-Prefix: ")
    output.writeString(
      route.path.count > 1 && route.path.hasSuffix("/") ? String(route.path.dropLast()) : route.path
    )
    output.writeStaticString("\r\nx-homebase-stack: ")
    output.writeString(stack.id)
    output.writeStaticString("\r\n")
    if let replaced {
      output.writeStaticString("Authorization: ")
      output.writeBytes(replaced)
      output.writeStaticString("\r\n")
    }
    if let name = route.keyHeader, let value = replaced.map({ $0[...] }) {
      output.writeString(name)
      output.writeStaticString(": ")
      output.writeBytes(value)
      output.writeStaticString("\r\n")
    }
    for (name, value) in route.headers {
      let expected = Array(name.lowercased().utf8)
      guard !head.fields.contains(where: { isSameName(part($0.name), expected) }) else { continue }
      output.writeString("\(name): \(value)\r\n")
    }
    if head.isChunked {
      output.writeStaticString("Transfer-Encoding: chunked\r\n")
    } else if let length = head.contentLength {
      output.writeString("Content-Length: \(length)\r\n")
    }
    if isUpgrade { output.writeStaticString("Connection: Upgrade\r\nUpgrade: websocket\r\n") }
    return .forward(
      Forward(stack: stackIndex, route: index, socket: socket, isUpgrade: isUpgrade))
  }
}

/// Writes the last lines of a service's head.
///
/// - Parameters:
///   - generation: Which of the stack's databases it has.
///   - output: Takes them.
func finishHead(generation: UInt64?, to output: inout ByteBuffer) {
  if let generation {
    output.writeStaticString("x-homebase-generation: ")
    // Fifteen digits fit into a String without memory of its own.
    output.writeString(String(generation))
    output.writeStaticString("\r\n")
  }
  output.writeStaticString("\r\n")
}

private let websocketWord = Array("websocket".utf8)

/// A parameter of a query: from its name to its end, and its value.
private struct Parameter {
  var whole: Range<Int>
  var value: Range<Int>
}

/// The `apikey` parameter, when its value looks like a key.
private func keyParameter(_ query: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Parameter? {
  let name = "apikey=".utf8
  var index = query.lowerBound
  while index < query.upperBound {
    let end = bytes[index..<query.upperBound].firstIndex(of: UInt8(ascii: "&")) ?? query.upperBound
    if end - index > name.count, bytes[index..<index + name.count].elementsEqual(name) {
      let value = index + name.count..<end
      if bytes[value].starts(with: "sb_".utf8) || bytes[value].starts(with: "eyJ".utf8) {
        return Parameter(whole: index..<end, value: value)
      }
    }
    index = end + 1
  }
  return nil
}

/// Writes a query with its key translated, or without it.
private func writeQuery(
  _ query: Range<Int>, _ key: Parameter, _ bytes: UnsafeRawBufferPointer, token: [UInt8]?,
  to output: inout ByteBuffer
) {
  if let token {
    output.writeInteger(UInt8.question)
    output.writeBytes(bytes[query.lowerBound..<key.value.lowerBound])
    output.writeBytes(token)
    output.writeBytes(bytes[key.value.upperBound..<query.upperBound])
    return
  }
  let before = query.lowerBound..<max(query.lowerBound, key.whole.lowerBound - 1)
  let after = min(key.whole.upperBound + 1, query.upperBound)..<query.upperBound
  if !before.isEmpty || !after.isEmpty { output.writeInteger(UInt8.question) }
  output.writeBytes(bytes[before])
  if !before.isEmpty, !after.isEmpty { output.writeInteger(UInt8(ascii: "&")) }
  output.writeBytes(bytes[after])
}
