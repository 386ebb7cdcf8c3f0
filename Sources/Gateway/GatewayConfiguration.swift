package import FoundationEssentials
internal import HTTPService

/// What a gateway serves: its doors, the stacks behind them, and its limits.
package struct GatewayConfiguration: Codable, Sendable, Hashable {
  /// What makes a door speak TLS.
  package struct TLS: Codable, Sendable, Hashable {
    /// A file in PEM: the certificate first, then those that vouch for it.
    package var certificate: String
    /// Its key, in PEM, without a password.
    package var key: String

    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// A door: an address of this machine, or a socket that somebody else opened.
  package struct Listener: Codable, Sendable, Hashable {
    /// An IP address, loopback by default.
    package var address: String?
    /// 0 takes any free port.
    package var port: Int?
    /// A listening socket that this process has inherited; then address and port are not looked at.
    package var descriptor: Int32?
    /// The stack of every request that comes through this door.
    package var stack: String?
    /// Its certificate, read again with the configuration; nil: plain HTTP.
    package var tls: TLS?

    package init(
      address: String? = nil, port: Int? = nil, descriptor: Int32? = nil, stack: String? = nil,
      tls: TLS? = nil
    ) {
      self.address = address
      self.port = port
      self.descriptor = descriptor
      self.stack = stack
      self.tls = tls
    }
  }

  /// The keys of one stack.
  package struct Keys: Codable, Sendable, Hashable {
    /// The key for clients: `sb_publishable_…`.
    package var publishable: String?
    /// The key for servers: `sb_secret_…`.
    package var secret: String?
    /// The JWT with the role `anon`.
    package var anon: String?
    /// The JWT with the role `service_role`.
    package var serviceRole: String?

    package init(
      publishable: String? = nil, secret: String? = nil, anon: String? = nil,
      serviceRole: String? = nil
    ) {
      self.publishable = publishable
      self.secret = secret
      self.anon = anon
      self.serviceRole = serviceRole
    }

    enum CodingKeys: String, CodingKey {
      case publishable, secret, anon
      case serviceRole = "service_role"
    }
  }

  /// One stack behind the door.
  package struct Stack: Codable, Sendable, Hashable {
    /// What services are told in `x-homebase-stack`.
    package var id: String
    /// Host names, without a port, whose requests are this stack's.
    package var hosts: [String]?
    /// Its keys.
    package var keys: Keys
    /// Sockets that differ from those that all stacks share: service to path.
    package var services: [String: String]?
    /// Which of its databases it has: services are told in `x-homebase-generation`.
    package var generation: UInt64?

    package init(
      id: String, hosts: [String]? = nil, keys: Keys = Keys(), services: [String: String]? = nil,
      generation: UInt64? = nil
    ) {
      self.id = id
      self.hosts = hosts
      self.keys = keys
      self.services = services
      self.generation = generation
    }
  }

  /// Bounds on what clients and services may do; all have values that fit one machine.
  package struct Limits: Codable, Sendable, Hashable {
    /// A request's head, the request line included: beyond it 431.
    package var headBytes: Int?
    /// The request line's target: beyond it 414.
    package var targetBytes: Int?
    /// From a request's first byte to the end of its head: beyond it 408.
    package var headTimeoutMilliseconds: Int?
    /// How long a connection without a request is kept.
    package var idleTimeoutMilliseconds: Int?
    /// How long one side may stand still in the middle of a body.
    package var stallTimeoutMilliseconds: Int?
    /// Connections at a time: beyond them 503.
    package var connections: Int?
    /// How long a request waits while its stack is paused; then 503.
    package var pauseTimeoutMilliseconds: Int?
    /// How long a stack stays paused without a word from who paused it.
    package var holdTimeoutMilliseconds: Int?
    /// How long a kept connection to a service is idle before it is closed.
    package var upstreamIdleMilliseconds: Int?

    package init() {}

    enum CodingKeys: String, CodingKey {
      case headBytes = "head_bytes"
      case targetBytes = "target_bytes"
      case headTimeoutMilliseconds = "head_timeout_ms"
      case idleTimeoutMilliseconds = "idle_timeout_ms"
      case stallTimeoutMilliseconds = "stall_timeout_ms"
      case connections
      case pauseTimeoutMilliseconds = "pause_timeout_ms"
      case holdTimeoutMilliseconds = "hold_timeout_ms"
      case upstreamIdleMilliseconds = "upstream_idle_ms"
    }
  }

  /// The doors.
  package var listeners: [Listener]
  /// The unix sockets that all stacks share: service to path.
  package var services: [String: String]
  /// The stacks.
  package var stacks: [Stack]
  /// The stack of a request that names none; nil: such a request is refused.
  package var defaultStack: String?
  /// Paths and where they lead; nil: those of a Supabase project.
  package var routes: [Route]?
  /// Whether a request without any key may pass a keyed route; nil: yes, as with the Supabase CLI.
  package var passesKeyless: Bool?
  /// Bounds.
  package var limits: Limits?
  /// The unix socket where the gateway is told to pause and resume; looked at when it starts.
  package var control: String?

  package init(
    listeners: [Listener], services: [String: String], stacks: [Stack],
    defaultStack: String? = nil, routes: [Route]? = nil, passesKeyless: Bool? = nil,
    limits: Limits? = nil, control: String? = nil
  ) {
    self.listeners = listeners
    self.services = services
    self.stacks = stacks
    self.defaultStack = defaultStack
    self.routes = routes
    self.passesKeyless = passesKeyless
    self.limits = limits
    self.control = control
  }

  enum CodingKeys: String, CodingKey {
    case listeners, services, stacks, routes, limits, control
    case defaultStack = "default_stack"
    case passesKeyless = "passes_keyless"
  }

  /// Reads a configuration's JSON.
  ///
  /// - Parameters:
  ///   - data: The file's content.
  ///   - file: Its name, for the error.
  /// - Throws: `GatewayError.unreadableConfiguration`, with what is wrong and where.
  package init(json data: Data, file: String) throws {
    do {
      self = try JSONDecoder().decode(GatewayConfiguration.self, from: data)
    } catch let error as DecodingError {
      throw GatewayError.unreadableConfiguration(file: file, reason: error.problem)
    }
  }
}
