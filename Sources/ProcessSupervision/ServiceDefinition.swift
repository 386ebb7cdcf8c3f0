package import Diagnostics
import Glibc

/// A service as it should run: from a compose file, or built by the program.
package struct ServiceDefinition: Sendable {
  /// The name: also that of its log file.
  package var name: String
  /// The value of `x-homebase`: a service that homebase brings along.
  package var builtIn: String?
  /// The program and its arguments; a name without a slash is looked up in PATH.
  package var command: [String]
  /// What is set on top of the supervisor's base environment.
  package var environment: [String: String]
  /// nil: that of the supervisor.
  package var workingDirectory: String?
  /// nil: the user of the supervisor.
  package var user: UserIdentity?
  /// What must be reached before this service starts.
  package var dependencies: [Dependency]
  /// nil: a running process is healthy.
  package var probe: HealthProbe?
  /// When and how often the probe asks.
  package var probeTiming: ProbeTiming
  /// What happens after its end.
  package var restart: RestartPolicy
  /// How often and how fast it is restarted.
  package var restartLimits: RestartLimits
  /// True: a service that stays unhealthy is ended and restarted.
  ///
  /// Compose only marks it.
  package var restartsWhenUnhealthy: Bool
  /// The addresses that it says it listens on.
  package var ports: [PortMapping]
  /// The profiles that it belongs to; none: it always runs.
  package var profiles: [String]
  /// False: it has profiles, and none of them is active.
  package var isEnabled: Bool
  /// Asks it to end.
  package var stopSignal: Int32
  /// From the stop signal to SIGKILL.
  package var stopGracePeriod: Duration
  /// What the kernel sends it when the supervisor dies.
  package var deathSignal: Int32
  /// True: it may be found halted by SIGSTOP when the supervisor and the guardian die together.
  ///
  /// It then stays in the supervisor's session: the kernel wakes a halted group whose last tie to
  /// its session is cut, and the death signal, which waits until then, is taken. Source: setpgid(2),
  /// "orphaned process group".
  package var mayBeHalted = false
  /// What it gets as descriptors 3, 4, 5 and so on: open sockets, a pipe.
  ///
  /// They stay the caller's.
  package var descriptors: [Int32]
  /// Where it is written, when it comes from a file.
  package var location: SourceLocation?

  package init(
    name: String, command: [String], builtIn: String? = nil, environment: [String: String] = [:],
    workingDirectory: String? = nil, user: UserIdentity? = nil, dependencies: [Dependency] = [],
    probe: HealthProbe? = nil, probeTiming: ProbeTiming = ProbeTiming(),
    restart: RestartPolicy = .never, restartLimits: RestartLimits = RestartLimits(),
    restartsWhenUnhealthy: Bool = false, ports: [PortMapping] = [], profiles: [String] = [],
    isEnabled: Bool = true, stopSignal: Int32 = SIGTERM, stopGracePeriod: Duration = .seconds(10),
    deathSignal: Int32 = SIGTERM, descriptors: [Int32] = [], location: SourceLocation? = nil
  ) {
    self.name = name
    self.command = command
    self.builtIn = builtIn
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.user = user
    self.dependencies = dependencies
    self.probe = probe
    self.probeTiming = probeTiming
    self.restart = restart
    self.restartLimits = restartLimits
    self.restartsWhenUnhealthy = restartsWhenUnhealthy
    self.ports = ports
    self.profiles = profiles
    self.isEnabled = isEnabled
    self.stopSignal = stopSignal
    self.stopGracePeriod = stopGracePeriod
    self.deathSignal = deathSignal
    self.descriptors = descriptors
    self.location = location
  }
}

/// One arrow of the graph.
package struct Dependency: Sendable, Hashable {
  /// What the other service must have reached.
  package enum Condition: String, Sendable, Hashable, CaseIterable {
    case started = "service_started"
    case healthy = "service_healthy"
    case completedSuccessfully = "service_completed_successfully"
  }

  /// The other service's name.
  package var service: String
  /// What it must have reached.
  package var condition: Condition
  /// False: when the other one fails or is left out, this one starts all the same.
  package var isRequired: Bool
  /// True: when the other one is restarted by hand, this one is too.
  package var restartsAlong: Bool

  package init(
    _ service: String, _ condition: Condition = .started, isRequired: Bool = true,
    restartsAlong: Bool = false
  ) {
    self.service = service
    self.condition = condition
    self.isRequired = isRequired
    self.restartsAlong = restartsAlong
  }
}

/// How a service's health is asked for.
package enum HealthProbe: Sendable {
  /// Healthy as long as the process runs.
  case process
  /// Healthy when a connection is accepted.
  case tcp(host: String, port: Int)
  /// Healthy when the answer's status is 2xx.
  case http(host: String, port: Int, path: String)
  /// The same over a unix socket, whose file is named first.
  case httpSocket(String, path: String)
  /// Healthy when the command ends with 0; the first word is a path or looked up in PATH.
  case command([String])
  /// Healthy when the program says so.
  case custom(@Sendable () async -> Bool)
}

/// When and how often a probe asks, in Compose's words.
package struct ProbeTiming: Sendable, Hashable {
  /// Between two probes of a healthy service.
  package var interval: Duration
  /// What one probe may take.
  package var timeout: Duration
  /// How many failures in a row make a healthy service unhealthy.
  package var retries: Int
  /// How long after its start failures do not count.
  package var startPeriod: Duration
  /// Between two probes of a starting service; nil: from 20 ms, growing to one second.
  package var startInterval: Duration?

  package init(
    interval: Duration = .seconds(30), timeout: Duration = .seconds(30), retries: Int = 3,
    startPeriod: Duration = .zero, startInterval: Duration? = nil
  ) {
    self.interval = interval
    self.timeout = timeout
    self.retries = retries
    self.startPeriod = startPeriod
    self.startInterval = startInterval
  }

  /// How long a service may be starting before it counts as unhealthy.
  ///
  /// Compose counts probes, one an interval; we ask much sooner, so we count the same time.
  package var startLimit: Duration { startPeriod + interval * max(1, retries) }
}

/// What happens when a service ends without having been asked to.
package enum RestartPolicy: Sendable, Hashable {
  case never
  case onFailure(most: Int?)
  case always
  case unlessStopped
}

/// How often and how fast a service is restarted.
package struct RestartLimits: Sendable, Hashable {
  /// More restarts than this within the window, and it is given up.
  package var count: Int
  /// See `count`.
  package var window: Duration
  /// Before the first restart; each following one waits twice as long.
  package var firstDelay: Duration
  /// No wait is longer.
  package var longestDelay: Duration

  package init(
    count: Int = 6, window: Duration = .seconds(60), firstDelay: Duration = .milliseconds(100),
    longestDelay: Duration = .seconds(10)
  ) {
    self.count = count
    self.window = window
    self.firstDelay = firstDelay
    self.longestDelay = longestDelay
  }
}

/// A port that a service says it listens on.
package struct PortMapping: Sendable, Hashable {
  /// nil: not said.
  package var hostAddress: String?
  /// The port that clients use.
  package var published: Int?
  /// The port inside a container; here the process listens on `published` itself.
  package var target: Int
  /// `tcp` or `udp`.
  package var transport: String

  package init(
    hostAddress: String? = nil, published: Int?, target: Int, transport: String = "tcp"
  ) {
    self.hostAddress = hostAddress
    self.published = published
    self.target = target
    self.transport = transport
  }
}
