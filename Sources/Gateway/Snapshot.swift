import HTTPMessages
import NIOCore

/// A configuration made ready for the hot path: immutable, replaced as a whole.
final class Snapshot: Sendable {
  /// Bounds with their values.
  struct Bounds: Sendable {
    var headBytes: Int
    var targetBytes: Int
    var headTimeout: TimeAmount
    var idleTimeout: TimeAmount
    var stallTimeout: TimeAmount
    var connections: Int
    var pauseTimeout: TimeAmount
    var upstreamIdle: TimeAmount
    var hold: TimeAmount

    init(_ limits: GatewayConfiguration.Limits) {
      headBytes = limits.headBytes ?? 64 * 1024
      targetBytes = limits.targetBytes ?? 32 * 1024
      headTimeout = .milliseconds(Int64(limits.headTimeoutMilliseconds ?? 10_000))
      idleTimeout = .milliseconds(Int64(limits.idleTimeoutMilliseconds ?? 75_000))
      stallTimeout = .milliseconds(Int64(limits.stallTimeoutMilliseconds ?? 60_000))
      connections = limits.connections ?? 4096
      pauseTimeout = .milliseconds(Int64(limits.pauseTimeoutMilliseconds ?? 10_000))
      hold = .milliseconds(Int64(limits.holdTimeoutMilliseconds ?? 60_000))
      upstreamIdle = .milliseconds(Int64(limits.upstreamIdleMilliseconds ?? 30_000))
    }
  }

  struct Stack: Sendable {
    var id: String
    var keys: StackKeys
    /// The socket of each route; empty where the stack does not have the service.
    var sockets: [String]
    var generation: UInt64?
  }

  let table: RouteTable
  let stacks: [Stack]
  let bounds: Bounds
  let passesKeyless: Bool
  let defaultStack: Int?
  private let byHost: [String: Int]
  private let byKey: [Int: [Int]]
  private let indices: [String: Int]

  init(_ configuration: GatewayConfiguration) throws(GatewayError) {
    let routes = configuration.routes ?? Route.supabase
    for route in routes where !route.path.hasPrefix("/") || !route.target.hasPrefix("/") {
      throw .contradiction("the route \(route.path) → \(route.target) does not begin with a slash")
    }
    table = RouteTable(routes)
    bounds = Bounds(configuration.limits ?? .init())
    passesKeyless = configuration.passesKeyless ?? true
    stacks = configuration.stacks.map { stack in
      Stack(
        id: stack.id, keys: StackKeys(stack.keys),
        sockets: routes.map { route in
          stack.services?[route.service] ?? configuration.services[route.service] ?? ""
        }, generation: stack.generation)
    }
    var indices: [String: Int] = [:]
    var byHost: [String: Int] = [:]
    var byKey: [Int: [Int]] = [:]
    for (index, stack) in configuration.stacks.enumerated() {
      guard !stack.id.isEmpty, stack.id.utf8.allSatisfy({ $0 > .space && $0 < 0x7f }) else {
        throw .contradiction("a stack's id must be visible ASCII: it goes into a header")
      }
      guard indices.updateValue(index, forKey: stack.id) == nil else {
        throw .contradiction("two stacks are called \(stack.id)")
      }
      for host in stack.hosts ?? [] {
        guard byHost.updateValue(index, forKey: host.lowercased()) == nil else {
          throw .contradiction("two stacks have the host \(host)")
        }
      }
      let keys = stacks[index].keys
      for key in [keys.publishable, keys.secret, keys.anon, keys.serviceRole] where !key.isEmpty {
        byKey[key.withUnsafeBytes { Self.hash($0) }, default: []].append(index)
      }
    }
    if let name = configuration.defaultStack {
      guard let index = indices[name] else {
        throw .contradiction("the default stack \(name) is none of the stacks")
      }
      defaultStack = index
    } else {
      defaultStack = configuration.stacks.count == 1 ? 0 : nil
    }
    for listener in configuration.listeners {
      if let name = listener.stack, indices[name] == nil {
        throw .contradiction("a listener's stack \(name) is none of the stacks")
      }
    }
    self.indices = indices
    self.byHost = byHost
    self.byKey = byKey
  }

  /// The place of a stack.
  func index(of stack: String) -> Int? { indices[stack] }

  /// The stack that a request means: by its door, its host, its key, or the default.
  ///
  /// - Parameters:
  ///   - listener: The door's own stack.
  ///   - host: The header, with its port.
  ///   - key: What the client showed.
  /// - Returns: Its place; nil when none is meant.
  func stack(
    listener: String?, host: UnsafeRawBufferPointer?, key: UnsafeRawBufferPointer?
  ) -> Int? {
    if let listener { return indices[listener] }
    if let host, !byHost.isEmpty {
      let name =
        host.first == UInt8(ascii: "[")
        ? host[...(host.firstIndex(of: UInt8(ascii: "]")) ?? host.count - 1)]
        : host.prefix { $0 != .colon }
      if let index = byHost[String(decoding: name, as: UTF8.self).lowercased()] { return index }
    }
    // One stack needs no search. The hash is seeded by this process: it tells nothing about keys.
    if stacks.count > 1, let key, let candidates = byKey[Self.hash(key)],
      let index = candidates.first(where: { stacks[$0].keys.contains(key) })
    {
      return index
    }
    return defaultStack
  }

  private static func hash(_ key: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: key)
    return hasher.finalize()
  }
}
