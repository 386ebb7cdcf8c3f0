/// Where a server listens.
package enum HTTPAddress: Sendable, Hashable, CustomStringConvertible {
  /// A unix socket's path; it gets mode 0600, and a file that is left there is removed.
  case unix(String)
  /// An IP address of this machine; port 0 takes any free one.
  case tcp(host: String, port: Int)
  /// A listening socket that this process has inherited.
  case descriptor(Int32)

  package var description: String {
    switch self {
    case .unix(let path): path
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .descriptor(let number): "descriptor \(number)"
    }
  }
}

/// Bounds on what clients may do.
package struct HTTPLimits: Sendable, Hashable {
  /// A request's head, the request line included: beyond it 431.
  ///
  /// More than the gateway's 64 KiB: it adds headers of its own.
  package var headBytes = 80 * 1024
  /// The request line's target: beyond it 414.
  package var targetBytes = 48 * 1024
  /// From a request's first byte to the end of its head: beyond it 408.
  package var headTimeout = Duration.seconds(10)
  /// How long a connection without a request is kept.
  package var idleTimeout = Duration.seconds(75)
  /// How long a client may stand still in the middle of a body, or of an answer.
  package var stallTimeout = Duration.seconds(60)
  /// Connections at a time: beyond them 503.
  package var connections = 4096

  package init() {}
}
