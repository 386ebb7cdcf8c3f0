/// The supervisor's whole judgement as a value: an event goes in, actions come out.
///
/// It knows no process, no clock and no file; `ServiceSupervisor` brings events and carries the
/// actions out. `handle(_:at:)` is the one door.
package struct SupervisionGraph: Sendable {
  /// What a service does, as `status` says it.
  package enum State: String, Sendable, Hashable, Codable {
    case starting, healthy, backoff, failed, stopped
  }

  /// What happened.
  ///
  /// A generation is one instance of a service: late news of an old one is ignored.
  enum Event: Sendable, Hashable {
    case start(excluding: Set<String>)
    case stop
    case restart(String)
    case spawned(String, Int)
    case spawnFailed(String, Int, reason: String, isPermanent: Bool)
    case probeSucceeded(String, Int)
    case probeFailed(String, Int, reason: String)
    case exited(String, Int, ExitStatus)
    /// What the instance left behind has ended too.
    case cleared(String, Int)
    case timer(Timer, String, Int)
  }

  enum Timer: Sendable, Hashable { case backoff, grace }

  /// What is to be done.
  enum Action: Sendable, Hashable {
    case spawn(String, Int)
    case probe(String, Int, after: Duration)
    case sendStopSignal(String, Int)
    case kill(String, Int)
    case clear(String, Int)
    case startTimer(Timer, String, Int, Duration)
    case note(String, String)
  }

  private enum Phase: Hashable {
    case idle, waiting, spawning, starting, healthy, unhealthy, stopping, clearing, backoff
    case failed, completed

    var isRunning: Bool {
      switch self {
      case .starting, .healthy, .unhealthy: true
      default: false
      }
    }

    /// No process exists and none is being made.
    var isDown: Bool {
      switch self {
      case .idle, .waiting, .backoff, .failed, .completed: true
      default: false
      }
    }
  }

  private struct Node {
    let service: ServiceDefinition
    var dependents: [Int] = []
    var phase = Phase.idle
    var isWanted = false
    var isExcluded = false
    var generation = 0
    var restarts = 0
    var restartTimes: [Duration] = []
    var attempt = 0
    var startedAt = Duration.zero
    var healthySince: Duration?
    var probeFailures = 0
    var probeDelay = Duration.zero
    var restartsByHand = false
    var failsWhateverItsCode = false
    /// It ran out of time at a start, and is tried again for as long as it takes.
    var isLate = false
    var lastExit: ExitStatus?
    var reason: String?
  }

  private var nodes: [Node]
  private var index: [String: Int]
  private var random: SplitMix64

  /// Makes a graph of services, all stopped.
  ///
  /// - Parameters:
  ///   - services: Without duplicates or cycles: see `problem(in:)`.
  ///   - seed: Of the jitter.
  init(_ services: [ServiceDefinition], seed: UInt64) {
    nodes = services.map { Node(service: $0) }
    index = Dictionary(
      services.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    random = SplitMix64(state: seed)
    for (position, service) in services.enumerated() {
      for dependency in service.dependencies {
        if let other = index[dependency.service] { nodes[other].dependents.append(position) }
      }
    }
  }

  /// A chain of services that wait for each other, its first name again at its end.
  ///
  /// - Parameter services: Any.
  /// - Returns: nil when there is none.
  package static func cycle(in services: [ServiceDefinition]) -> [String]? {
    let byName = Dictionary(
      services.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var done: Set<String> = []
    for service in services where !done.contains(service.name) {
      // By hand, not by recursion: a chain may be longer than a thread's stack is deep.
      var path = [(name: service.name, next: 0)]
      var onPath: Set<String> = [service.name]
      while let top = path.last {
        let dependencies = byName[top.name]?.dependencies ?? []
        guard top.next < dependencies.count else {
          done.insert(top.name)
          onPath.remove(top.name)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let name = dependencies[top.next].service
        if onPath.contains(name) {
          return path.map(\.name).drop { $0 != name } + [name]
        }
        guard !done.contains(name), byName[name] != nil else { continue }
        path.append((name, 0))
        onPath.insert(name)
      }
    }
    return nil
  }

  // MARK: what can be asked

  /// What a service does.
  func state(of name: String) -> State {
    guard let position = index[name] else { return .stopped }
    let node = nodes[position]
    if waitsInVain(node) { return .backoff }
    switch node.phase {
    case .idle, .completed: return .stopped
    case .waiting: return blocker(of: position) == nil ? .starting : .failed
    case .spawning, .starting: return .starting
    case .healthy: return .healthy
    case .unhealthy, .failed: return .failed
    case .stopping: return node.restartsByHand ? .starting : .stopped
    case .clearing:
      if !node.isWanted { return .stopped }
      return node.restartsByHand ? .starting : .backoff
    case .backoff: return .backoff
    }
  }

  /// Why a service is not healthy, when there is something to say.
  func reason(of name: String) -> String? {
    guard let position = index[name] else { return nil }
    if nodes[position].phase == .waiting, let blocker = blocker(of: position) { return blocker }
    return nodes[position].reason
  }

  /// How often a service was restarted because it ended.
  func restarts(of name: String) -> Int { index[name].map { nodes[$0].restarts } ?? 0 }

  /// True: the service is as it will stay unless something happens.
  func isSettled(_ name: String) -> Bool { index[name].map { isSettled($0) } ?? true }

  /// True: all services are as they will stay unless something happens.
  var isSettled: Bool { nodes.indices.allSatisfy { isSettled($0) } }

  /// True: the service did what it was to do once, with exit code 0.
  func hasCompleted(_ name: String) -> Bool {
    index[name].map { nodes[$0].phase == .completed } ?? false
  }

  /// True: it was left out of the start.
  func isExcluded(_ name: String) -> Bool { index[name].map { nodes[$0].isExcluded } ?? false }

  /// Nobody should wait for a service that is not there in time: it may never be.
  private func waitsInVain(_ node: Node) -> Bool {
    guard node.isLate, node.isWanted else { return false }
    switch node.phase {
    case .spawning, .starting, .stopping, .clearing, .backoff: return true
    default: return false
    }
  }

  private func isSettled(_ position: Int) -> Bool {
    if waitsInVain(nodes[position]) { return true }
    return switch nodes[position].phase {
    case .idle: !nodes[position].isWanted
    case .healthy, .unhealthy, .failed, .completed: nodes[position].isWanted
    case .waiting: blocker(of: position) != nil
    case .spawning, .starting, .stopping, .clearing, .backoff: false
    }
  }

  /// Why a waiting service will go on waiting, when that is known.
  private func blocker(of position: Int) -> String? {
    for dependency in nodes[position].service.dependencies where dependency.isRequired {
      guard let other = index[dependency.service], !isSatisfied(dependency) else { continue }
      let node = nodes[other]
      switch node.phase {
      case .failed: return "waits for \(node.service.name), which failed"
      case .unhealthy: return "waits for \(node.service.name), which is not healthy"
      case .completed: return "waits for \(node.service.name), which has ended"
      case .waiting where blocker(of: other) != nil:
        return "waits for \(node.service.name), which waits as well"
      default: continue
      }
    }
    return nil
  }

  // MARK: what happens

  /// Takes an event in.
  ///
  /// - Parameters:
  ///   - event: What happened.
  ///   - now: Any clock that does not go back.
  /// - Returns: What is to be done, in this order.
  mutating func handle(_ event: Event, at now: Duration) -> [Action] {
    var actions: [Action] = []
    switch event {
    case .start(let excluded):
      for position in nodes.indices { want(position, excluded) }
    case .stop:
      for position in nodes.indices {
        nodes[position].isWanted = false
        nodes[position].restartsByHand = false
      }
    case .restart(let name):
      if let position = index[name] { restart(position, &actions) }
    case .spawned(let name, let generation):
      if let position = current(name, generation, [.spawning]) {
        spawned(position, now, &actions)
      }
    case .spawnFailed(let name, let generation, let reason, let isPermanent):
      if let position = current(name, generation, [.spawning]) {
        nodes[position].reason = reason
        actions.append(.note(name, "not started: \(reason)"))
        decide(position, succeeded: false, canRetry: !isPermanent, what: reason, now, &actions)
      }
    case .probeSucceeded(let name, let generation):
      if let position = current(name, generation, [.starting, .healthy, .unhealthy]) {
        probeSucceeded(position, now, &actions)
      }
    case .probeFailed(let name, let generation, let reason):
      if let position = current(name, generation, [.starting, .healthy, .unhealthy]) {
        probeFailed(position, reason, now, &actions)
      }
    case .exited(let name, let generation, let status):
      if let position = current(name, generation, [.starting, .healthy, .unhealthy, .stopping]) {
        nodes[position].lastExit = status
        nodes[position].phase = .clearing
        actions += [.note(name, "ended with \(status)"), .clear(name, generation)]
      }
    case .cleared(let name, let generation):
      if let position = current(name, generation, [.clearing]) {
        cleared(position, now, &actions)
      }
    case .timer(.backoff, let name, let generation):
      if let position = current(name, generation, [.backoff]) { nodes[position].phase = .waiting }
    case .timer(.grace, let name, let generation):
      if let position = current(name, generation, [.stopping]) {
        let grace = nodes[position].service.stopGracePeriod.components.seconds
        actions += [
          .note(name, "still runs \(grace) s after it was asked to end: killed"),
          .kill(name, generation),
        ]
      }
    }
    advance(&actions)
    return actions
  }

  private func current(_ name: String, _ generation: Int, _ phases: Set<Phase>) -> Int? {
    guard let position = index[name], nodes[position].generation == generation,
      phases.contains(nodes[position].phase)
    else { return nil }
    return position
  }

  private mutating func want(_ position: Int, _ excluded: Set<String>) {
    let service = nodes[position].service
    nodes[position].isExcluded = excluded.contains(service.name)
    guard service.isEnabled, !nodes[position].isExcluded else { return }
    if !nodes[position].isWanted || nodes[position].phase == .failed { forgive(position) }
    nodes[position].isWanted = true
    if nodes[position].phase == .failed { nodes[position].phase = .waiting }
  }

  /// A start by hand: what went wrong before does not count.
  private mutating func forgive(_ position: Int) {
    nodes[position].attempt = 0
    nodes[position].restartTimes = []
    nodes[position].reason = nil
    nodes[position].isLate = false
  }

  private mutating func restart(_ position: Int, _ actions: inout [Action]) {
    nodes[position].isWanted = true
    nodes[position].isExcluded = false
    forgive(position)
    switch nodes[position].phase {
    case .starting, .healthy, .unhealthy:
      nodes[position].restartsByHand = true
      stop(position, &actions)
    case .spawning, .stopping, .clearing:
      nodes[position].restartsByHand = true
    case .idle, .waiting, .backoff, .failed, .completed:
      nodes[position].phase = .waiting
    }
    let name = nodes[position].service.name
    for other in nodes[position].dependents where nodes[other].phase.isRunning {
      let goesAlong = nodes[other].service.dependencies.contains {
        $0.service == name && $0.restartsAlong
      }
      if goesAlong { restart(other, &actions) }
    }
  }

  private mutating func stop(_ position: Int, _ actions: inout [Action]) {
    let node = nodes[position]
    nodes[position].phase = .stopping
    actions += [
      .sendStopSignal(node.service.name, node.generation),
      .startTimer(.grace, node.service.name, node.generation, node.service.stopGracePeriod),
    ]
  }

  private mutating func spawned(_ position: Int, _ now: Duration, _ actions: inout [Action]) {
    nodes[position].startedAt = now
    nodes[position].probeFailures = 0
    let node = nodes[position]
    guard let probe = node.service.probe, !probe.isProcess else {
      becomeHealthy(position, now)
      return
    }
    nodes[position].phase = .starting
    nodes[position].probeDelay = node.service.probeTiming.startInterval ?? .milliseconds(20)
    actions.append(.probe(node.service.name, node.generation, after: .zero))
  }

  private mutating func becomeHealthy(_ position: Int, _ now: Duration) {
    nodes[position].phase = .healthy
    nodes[position].isLate = false
    nodes[position].probeFailures = 0
    nodes[position].reason = nil
    nodes[position].healthySince = now
  }

  private mutating func probeSucceeded(
    _ position: Int, _ now: Duration, _ actions: inout [Action]
  ) {
    let node = nodes[position]
    if node.phase == .unhealthy { actions.append(.note(node.service.name, "healthy again")) }
    if node.phase != .healthy { becomeHealthy(position, now) }
    nodes[position].probeFailures = 0
    actions.append(
      .probe(node.service.name, node.generation, after: node.service.probeTiming.interval))
  }

  private mutating func probeFailed(
    _ position: Int, _ reason: String, _ now: Duration, _ actions: inout [Action]
  ) {
    let node = nodes[position]
    let timing = node.service.probeTiming
    nodes[position].probeFailures += 1
    var next = timing.interval
    switch node.phase {
    case .starting where now - node.startedAt < timing.startLimit:
      // Fast at first, when most services are there in a moment; then ever more patient.
      next = node.probeDelay
      if timing.startInterval == nil {
        nodes[position].probeDelay = min(next * 1.4, min(timing.interval, .seconds(1)))
      }
    case .starting:
      nodes[position].isLate = true
      let seconds = timing.startLimit.components.seconds
      becomeUnhealthy(position, "not healthy \(seconds) s after its start: \(reason)", &actions)
    case .healthy where node.probeFailures + 1 > timing.retries:
      becomeUnhealthy(
        position, "\(node.probeFailures + 1) probes in a row failed: \(reason)", &actions)
    default: break
    }
    if nodes[position].phase.isRunning {
      actions.append(.probe(node.service.name, node.generation, after: next))
    }
  }

  private mutating func becomeUnhealthy(
    _ position: Int, _ reason: String, _ actions: inout [Action]
  ) {
    nodes[position].phase = .unhealthy
    nodes[position].reason = reason
    actions.append(.note(nodes[position].service.name, reason))
    // One that is to end waits for those who need it, however it is.
    if nodes[position].service.restartsWhenUnhealthy, nodes[position].isWanted {
      nodes[position].failsWhateverItsCode = true
      stop(position, &actions)
    }
  }

  private mutating func cleared(_ position: Int, _ now: Duration, _ actions: inout [Action]) {
    let node = nodes[position]
    nodes[position].failsWhateverItsCode = false
    nodes[position].restartsByHand = false
    if !node.isWanted {
      nodes[position].phase = .idle
      nodes[position].reason = nil
    } else if node.restartsByHand {
      nodes[position].phase = .waiting
    } else {
      if let since = node.healthySince, now - since >= node.service.restartLimits.longestDelay {
        nodes[position].attempt = 0
      }
      let succeeded = node.lastExit?.isSuccess == true && !node.failsWhateverItsCode
      decide(
        position, succeeded: succeeded, canRetry: true,
        what: "ended with \(node.lastExit?.description ?? "an unknown status")", now, &actions)
    }
    nodes[position].healthySince = nil
  }

  /// An instance is gone that was wanted: again, later, or never.
  private mutating func decide(
    _ position: Int, succeeded: Bool, canRetry: Bool, what: String, _ now: Duration,
    _ actions: inout [Action]
  ) {
    let node = nodes[position]
    let name = node.service.name
    let limits = node.service.restartLimits
    nodes[position].restartTimes.removeAll { now - $0 > limits.window }
    var mayRestart = canRetry
    var most = limits.count
    switch node.service.restart {
    case .never: mayRestart = false
    case .onFailure(let limit):
      if succeeded { mayRestart = false }
      if let limit, node.attempt >= limit { most = 0 }
    case .always, .unlessStopped: break
    }
    guard mayRestart else {
      nodes[position].phase = succeeded ? .completed : .failed
      nodes[position].reason = succeeded ? nil : what
      return
    }
    guard nodes[position].restartTimes.count < most else {
      let count = max(node.attempt, nodes[position].restartTimes.count)
      let reason = "given up after \(count) restarts: \(what)"
      nodes[position].phase = .failed
      nodes[position].reason = reason
      actions.append(.note(name, reason))
      return
    }
    var delay = limits.firstDelay
    for _ in 0..<min(node.attempt, 32) where delay < limits.longestDelay { delay *= 2 }
    delay = min(delay, limits.longestDelay) * random.fraction(from: 0.75, to: 1.25)
    nodes[position].restartTimes.append(now)
    nodes[position].restarts += 1
    nodes[position].attempt += 1
    nodes[position].phase = .backoff
    nodes[position].reason = what
    let milliseconds = delay.components.attoseconds / 1_000_000_000_000_000
    actions += [
      .note(name, "restarts in \(delay.components.seconds * 1000 + milliseconds) ms"),
      .startTimer(.backoff, name, node.generation, delay),
    ]
  }

  // MARK: what follows

  /// Starts what may start and stops what may stop, until nothing more changes.
  private mutating func advance(_ actions: inout [Action]) {
    var changed = true
    while changed {
      changed = false
      for position in nodes.indices where advance(position, &actions) { changed = true }
    }
  }

  private mutating func advance(_ position: Int, _ actions: inout [Action]) -> Bool {
    // Asked of every service after every event: most are as they should be, and no copy is made.
    switch nodes[position].phase {
    case .spawning, .stopping, .clearing: return false
    case .healthy where nodes[position].isWanted && !nodes[position].restartsByHand: return false
    case .idle where !nodes[position].isWanted: return false
    default: break
    }
    let node = nodes[position]
    switch (node.phase, node.isWanted) {
    case (.idle, true):
      nodes[position].phase = .waiting
    case (.waiting, true):
      guard node.service.dependencies.allSatisfy({ isSatisfied($0) }) else { return false }
      nodes[position].generation += 1
      nodes[position].phase = .spawning
      actions.append(.spawn(node.service.name, node.generation + 1))
    case (.waiting, false), (.backoff, false), (.failed, false), (.completed, false):
      nodes[position].phase = .idle
      nodes[position].reason = nil
    case (.starting, false), (.healthy, false), (.unhealthy, false):
      let holds = node.dependents.contains { !nodes[$0].isWanted && !nodes[$0].phase.isDown }
      guard !holds else { return false }
      stop(position, &actions)
    case (.starting, true), (.healthy, true), (.unhealthy, true):
      // Asked for while it was being made.
      guard node.restartsByHand else { return false }
      stop(position, &actions)
    default:
      return false
    }
    return true
  }

  private func isSatisfied(_ dependency: Dependency) -> Bool {
    guard let position = index[dependency.service] else { return true }
    let other = nodes[position]
    if other.isExcluded || !other.service.isEnabled { return true }
    let isReached =
      switch dependency.condition {
      case .started: other.phase.isRunning || other.phase == .completed
      case .healthy: other.phase == .healthy || other.phase == .completed
      case .completedSuccessfully: other.phase == .completed
      }
    if isReached || dependency.isRequired { return isReached }
    switch other.phase {
    case .failed, .unhealthy: return true
    case .completed, .idle: return !other.isWanted
    case .waiting: return blocker(of: position) != nil
    default: return false
    }
  }
}

extension HealthProbe {
  var isProcess: Bool {
    if case .process = self { return true }
    return false
  }
}

/// A small seeded generator, for jitter that a test can repeat.
struct SplitMix64: RandomNumberGenerator, Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func fraction(from low: Double, to high: Double) -> Double {
    Double.random(in: low...high, using: &self)
  }
}
