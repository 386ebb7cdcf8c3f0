import Testing

@testable import ProcessSupervision

@Suite struct SupervisionGraphTests {
  private func service(
    _ name: String, after dependencies: [Dependency] = [], probe: HealthProbe? = nil,
    restart: RestartPolicy = .never, limits: RestartLimits = RestartLimits(),
    timing: ProbeTiming = ProbeTiming(), endsUnhealthy: Bool = false
  ) -> ServiceDefinition {
    ServiceDefinition(
      name: name, command: ["x"], dependencies: dependencies, probe: probe, probeTiming: timing,
      restart: restart, restartLimits: limits, restartsWhenUnhealthy: endsUnhealthy)
  }

  private var asked: HealthProbe { .custom { true } }

  /// What does not wait for another service must not wait at all.
  @Test func independentServicesStartTogether() {
    var graph = SupervisionGraph([service("a"), service("b"), service("c")], seed: 1)
    #expect(
      graph.handle(.start(excluding: []), at: .zero) == [
        .spawn("a", 1), .spawn("b", 1), .spawn("c", 1),
      ])
  }

  /// Each condition is reached by its own event and by no earlier one.
  @Test func conditionsAreReachedInTurn() {
    var graph = SupervisionGraph(
      [
        service("base", probe: asked),
        service("early", after: [Dependency("base", .started)]),
        service("late", after: [Dependency("base", .healthy)]),
      ], seed: 1)
    #expect(graph.handle(.start(excluding: []), at: .zero) == [.spawn("base", 1)])
    #expect(
      graph.handle(.spawned("base", 1), at: .zero) == [
        .probe("base", 1, after: .zero), .spawn("early", 1),
      ])
    #expect(
      graph.handle(.probeSucceeded("base", 1), at: .zero) == [
        .probe("base", 1, after: .seconds(30)), .spawn("late", 1),
      ])
  }

  /// A late answer about the instance before must not be taken for one about this.
  @Test func newsOfAnOldInstanceIsIgnored() {
    var graph = SupervisionGraph([service("a", restart: .always)], seed: 1)
    _ = graph.handle(.start(excluding: []), at: .zero)
    _ = graph.handle(.spawned("a", 1), at: .zero)
    _ = graph.handle(.exited("a", 1, ExitStatus(code: 1)), at: .zero)
    _ = graph.handle(.cleared("a", 1), at: .zero)
    #expect(graph.handle(.timer(.backoff, "a", 1), at: .seconds(1)) == [.spawn("a", 2)])
    _ = graph.handle(.spawned("a", 2), at: .seconds(1))
    #expect(graph.handle(.exited("a", 1, ExitStatus(code: 9)), at: .seconds(2)) == [])
    #expect(graph.state(of: "a") == .healthy)
  }

  /// Back-off doubles, is jittered within a quarter, and ends in giving up within the window.
  @Test func backoffGrowsAndGivesUp() {
    let limits = RestartLimits(
      count: 4, window: .seconds(60), firstDelay: .milliseconds(100),
      longestDelay: .milliseconds(350))
    var graph = SupervisionGraph([service("a", restart: .always, limits: limits)], seed: 7)
    _ = graph.handle(.start(excluding: []), at: .zero)
    var now = Duration.zero
    for (number, expected) in [100, 200, 350, 350].enumerated() {
      _ = graph.handle(.spawned("a", number + 1), at: now)
      _ = graph.handle(.exited("a", number + 1, ExitStatus(code: 1)), at: now)
      let actions = graph.handle(.cleared("a", number + 1), at: now)
      guard case .startTimer(.backoff, "a", number + 1, let delay)? = actions.last else {
        Issue.record("no timer in \(actions)")
        return
      }
      #expect(delay >= .milliseconds(expected) * 0.74 && delay <= .milliseconds(expected) * 1.26)
      #expect(graph.state(of: "a") == .backoff)
      now += delay
      _ = graph.handle(.timer(.backoff, "a", number + 1), at: now)
    }
    _ = graph.handle(.spawned("a", 5), at: now)
    _ = graph.handle(.exited("a", 5, ExitStatus(signal: 11)), at: now)
    _ = graph.handle(.cleared("a", 5), at: now)
    #expect(graph.state(of: "a") == .failed)
    #expect(graph.reason(of: "a") == "given up after 4 restarts: ended with signal SEGV")
    #expect(graph.isSettled)
    // By hand it may try again, with a clean slate.
    #expect(graph.handle(.restart("a"), at: now) == [.spawn("a", 6)])
  }

  /// A crash a day must never add up to giving up.
  @Test func oldRestartsAreForgotten() {
    var graph = SupervisionGraph(
      [service("a", restart: .always, limits: RestartLimits(count: 2))], seed: 1)
    _ = graph.handle(.start(excluding: []), at: .zero)
    var now = Duration.zero
    for number in 1...20 {
      _ = graph.handle(.spawned("a", number), at: now)
      now += .seconds(3600)
      _ = graph.handle(.exited("a", number, ExitStatus(signal: 9)), at: now)
      let actions = graph.handle(.cleared("a", number), at: now)
      guard case .startTimer(_, _, _, let delay)? = actions.last else {
        Issue.record("given up after \(number)")
        return
      }
      #expect(delay < .milliseconds(130))
      _ = graph.handle(.timer(.backoff, "a", number), at: now)
    }
    #expect(graph.restarts(of: "a") == 20)
  }

  /// The policies of Compose, each with success, failure and a signal.
  @Test(arguments: [
    (RestartPolicy.never, Int32(0), SupervisionGraph.State.stopped), (.never, 1, .failed),
    (.onFailure(most: nil), 0, .stopped), (.onFailure(most: nil), 1, .backoff),
    (.onFailure(most: 0), 1, .failed), (.always, 0, .backoff), (.unlessStopped, 0, .backoff),
  ])
  func policies(policy: RestartPolicy, code: Int32, state: SupervisionGraph.State) {
    var graph = SupervisionGraph([service("a", restart: policy)], seed: 1)
    _ = graph.handle(.start(excluding: []), at: .zero)
    _ = graph.handle(.spawned("a", 1), at: .zero)
    _ = graph.handle(.exited("a", 1, ExitStatus(code: code)), at: .zero)
    _ = graph.handle(.cleared("a", 1), at: .zero)
    #expect(graph.state(of: "a") == state)
  }

  /// Failures while starting do not count until the time is over; then it is said, and it may heal.
  @Test func startingHasATimeLimitAndMayHeal() {
    let timing = ProbeTiming(interval: .seconds(2), retries: 2, startPeriod: .seconds(1))
    var graph = SupervisionGraph([service("a", probe: asked, timing: timing)], seed: 1)
    _ = graph.handle(.start(excluding: []), at: .zero)
    _ = graph.handle(.spawned("a", 1), at: .zero)
    var delays: [Duration] = []
    for _ in 0..<30 {
      let actions = graph.handle(.probeFailed("a", 1, reason: "no"), at: .seconds(4))
      if case .probe(_, _, let delay)? = actions.last { delays.append(delay) }
    }
    #expect(graph.state(of: "a") == .starting)
    #expect(delays.first == .milliseconds(20) && delays.last == .seconds(1))
    _ = graph.handle(.probeFailed("a", 1, reason: "no"), at: .seconds(5))
    #expect(graph.state(of: "a") == .failed)
    #expect(graph.reason(of: "a") == "not healthy 5 s after its start: no")
    _ = graph.handle(.probeSucceeded("a", 1), at: .seconds(6))
    #expect(graph.state(of: "a") == .healthy && graph.reason(of: "a") == nil)
  }

  /// A start must not wait for ever for a service that is ended and tried again because it is never
  /// well.
  @Test func whatMissesItsStartIsNotWaitedFor() {
    let timing = ProbeTiming(interval: .seconds(1), retries: 2)
    var graph = SupervisionGraph(
      [service("a", probe: asked, restart: .always, timing: timing, endsUnhealthy: true)], seed: 1)
    _ = graph.handle(.start(excluding: []), at: .zero)
    _ = graph.handle(.spawned("a", 1), at: .zero)
    _ = graph.handle(.probeFailed("a", 1, reason: "no"), at: .seconds(1))
    #expect(!graph.isSettled && graph.state(of: "a") == .starting)
    _ = graph.handle(.probeFailed("a", 1, reason: "no"), at: .seconds(2))
    #expect(graph.isSettled && graph.state(of: "a") == .backoff)
    #expect(graph.reason(of: "a") == "not healthy 2 s after its start: no")
    _ = graph.handle(.exited("a", 1, ExitStatus(code: 0)), at: .seconds(3))
    _ = graph.handle(.cleared("a", 1), at: .seconds(3))
    _ = graph.handle(.timer(.backoff, "a", 1), at: .seconds(4))
    _ = graph.handle(.spawned("a", 2), at: .seconds(4))
    #expect(graph.isSettled && graph.state(of: "a") == .backoff)
    _ = graph.handle(.probeSucceeded("a", 2), at: .seconds(5))
    #expect(graph.isSettled && graph.state(of: "a") == .healthy)
    // By hand, somebody wants to see how it goes this time.
    _ = graph.handle(.restart("a"), at: .seconds(6))
    #expect(!graph.isSettled)
  }

  /// One slow answer is no illness: as many failures in a row as `retries` are.
  @Test func healthyServiceFailsAfterRetries() {
    let timing = ProbeTiming(interval: .seconds(2), retries: 2)
    var graph = SupervisionGraph(
      [service("a", probe: asked, restart: .always, timing: timing, endsUnhealthy: true)],
      seed: 1)
    _ = graph.handle(.start(excluding: []), at: .zero)
    _ = graph.handle(.spawned("a", 1), at: .zero)
    _ = graph.handle(.probeSucceeded("a", 1), at: .zero)
    for _ in 0..<2 { _ = graph.handle(.probeFailed("a", 1, reason: "no"), at: .seconds(9)) }
    #expect(graph.state(of: "a") == .healthy)
    let actions = graph.handle(.probeFailed("a", 1, reason: "no"), at: .seconds(9))
    #expect(actions.contains(.sendStopSignal("a", 1)))
    _ = graph.handle(.exited("a", 1, ExitStatus(code: 0)), at: .seconds(9))
    _ = graph.handle(.cleared("a", 1), at: .seconds(9))
    #expect(graph.state(of: "a") == .backoff)
  }

  /// Stop while a service is being made: it must not be forgotten half made.
  @Test func stopDuringASpawn() {
    var graph = SupervisionGraph([service("a")], seed: 1)
    _ = graph.handle(.start(excluding: []), at: .zero)
    #expect(graph.handle(.stop, at: .zero) == [])
    #expect(!graph.isSettled)
    #expect(graph.handle(.spawned("a", 1), at: .zero).first == .sendStopSignal("a", 1))
    _ = graph.handle(.exited("a", 1, ExitStatus(signal: 15)), at: .zero)
    _ = graph.handle(.cleared("a", 1), at: .zero)
    #expect(graph.isSettled && graph.state(of: "a") == .stopped)
  }

  /// A random history found it: turning unhealthy during a stop ended the base before the top.
  @Test func unhealthyDuringAStopKeepsTheOrder() {
    let timing = ProbeTiming(retries: 0)
    var graph = SupervisionGraph(
      [
        service("base", probe: asked, timing: timing, endsUnhealthy: true),
        service("top", after: [Dependency("base", .healthy)]),
      ], seed: 1)
    _ = graph.handle(.start(excluding: []), at: .zero)
    _ = graph.handle(.spawned("base", 1), at: .zero)
    _ = graph.handle(.probeSucceeded("base", 1), at: .zero)
    _ = graph.handle(.spawned("top", 1), at: .zero)
    #expect(graph.handle(.stop, at: .zero).first == .sendStopSignal("top", 1))
    let actions = graph.handle(.probeFailed("base", 1, reason: "no"), at: .zero)
    #expect(!actions.contains(.sendStopSignal("base", 1)))
    _ = graph.handle(.exited("top", 1, ExitStatus(code: 0)), at: .zero)
    #expect(graph.handle(.cleared("top", 1), at: .zero).first == .sendStopSignal("base", 1))
  }

  /// A cycle would wait for ever; its message must show the way round.
  @Test func cyclesAreFound() {
    let services = [
      service("a", after: [Dependency("b")]), service("b", after: [Dependency("c")]),
      service("c", after: [Dependency("b")]), service("d"),
    ]
    #expect(SupervisionGraph.cycle(in: services) == ["b", "c", "b"])
    #expect(SupervisionGraph.cycle(in: [service("a", after: [Dependency("a")])]) == ["a", "a"])
    #expect(SupervisionGraph.cycle(in: [services[3]]) == nil)
  }

  /// Whatever happens in whatever order: no two instances at once, nobody starts before what it
  /// needs, nobody is asked to end before those who need it, and stop ends everything.
  @Test func randomHistoriesKeepThePromises() {
    for _ in 0..<200 {
      let seed = UInt64.random(in: 0...UInt64.max)
      var world = World(seed: seed)
      for _ in 0..<300 { world.step() }
      world.finish()
      #expect(world.broken == nil, "seed \(seed): \(world.broken ?? "")")
      if world.broken != nil { return }
    }
  }
}

/// A pretended machine that does what the graph asks, in a random order, and checks it.
private struct World {
  private var random: SplitMix64
  private var graph: SupervisionGraph
  private let services: [ServiceDefinition]
  private var now = Duration.zero
  private var pending: [SupervisionGraph.Event] = []
  private var running: [String: Int] = [:]
  private var asked: Set<String> = []
  private var isStopping = false
  var broken: String?

  init(seed: UInt64) {
    var random = SplitMix64(state: seed)
    let policies: [RestartPolicy] = [.never, .always, .onFailure(most: 2), .unlessStopped]
    services = (0..<7).map { number in
      let dependencies = (0..<number).filter { _ in random.next() % 3 == 0 }.map {
        Dependency(
          "s\($0)", Dependency.Condition.allCases[Int(random.next() % 2)],
          isRequired: random.next() % 4 != 0, restartsAlong: random.next() % 4 == 0)
      }
      return ServiceDefinition(
        name: "s\(number)", command: ["x"], dependencies: dependencies,
        probe: random.next() % 2 == 0 ? .custom { true } : nil,
        restart: policies[Int(random.next() % 4)],
        restartsWhenUnhealthy: random.next() % 2 == 0)
    }
    graph = SupervisionGraph(services, seed: seed)
    self.random = random
    send(.start(excluding: []))
  }

  private mutating func send(_ event: SupervisionGraph.Event) {
    switch event {
    case .spawned(let name, let generation): running[name] = generation
    case .cleared(let name, _): (running[name], _) = (nil, asked.remove(name))
    default: break
    }
    for action in graph.handle(event, at: now) { perform(action) }
  }

  private mutating func perform(_ action: SupervisionGraph.Action) {
    switch action {
    case .spawn(let name, let generation):
      if running[name] != nil { broken = "\(name) spawned twice" }
      if isStopping { broken = "\(name) spawned while stopping" }
      checkNeeds(of: name)
      running[name] = generation
      pending.append(
        random.next() % 8 == 0
          ? .spawnFailed(name, generation, reason: "no", isPermanent: random.next() % 2 == 0)
          : .spawned(name, generation))
    case .probe(let name, let generation, _):
      pending.append(
        random.next() % 3 == 0
          ? .probeFailed(name, generation, reason: "no") : .probeSucceeded(name, generation))
    case .sendStopSignal(let name, let generation):
      if isStopping, asked.contains(name) { broken = "\(name) asked twice" }
      asked.insert(name)
      if isStopping { checkNobodyNeeds(name) }
      if random.next() % 4 != 0 { pending.append(.exited(name, generation, randomStatus())) }
    case .kill(let name, let generation):
      pending.append(.exited(name, generation, ExitStatus(signal: 9)))
    case .clear(let name, let generation):
      pending.removeAll { $0 == .exited(name, generation, ExitStatus(signal: 9)) }
      pending.append(.cleared(name, generation))
    case .startTimer(let timer, let name, let generation, _):
      pending.append(.timer(timer, name, generation))
    case .note: break
    }
  }

  private mutating func checkNeeds(of name: String) {
    guard let service = services.first(where: { $0.name == name }) else { return }
    for dependency in service.dependencies where dependency.isRequired {
      let isThere =
        graph.hasCompleted(dependency.service)
        || (dependency.condition == .healthy
          ? graph.state(of: dependency.service) == .healthy
          : running[dependency.service] != nil)
      if !isThere { broken = "\(name) started before \(dependency.service)" }
    }
  }

  private mutating func checkNobodyNeeds(_ name: String) {
    for service in services where running[service.name] != nil {
      if service.dependencies.contains(where: { $0.service == name }) {
        broken = "\(name) asked to end before \(service.name)"
      }
    }
  }

  private mutating func randomStatus() -> ProcessSupervision.ExitStatus {
    switch random.next() % 3 {
    case 0: ExitStatus(code: 0)
    case 1: ExitStatus(code: 1)
    default: ExitStatus(signal: 15)
    }
  }

  mutating func step() {
    now += .milliseconds(Int(random.next() % 2000))
    switch random.next() % 20 {
    case 0 where !isStopping:
      send(.restart("s\(random.next() % 7)"))
    case 1 where !isStopping:
      if let (name, generation) = running.sorted(by: { $0.key < $1.key }).first {
        // A crash out of nothing; of a service still being made there is no news yet.
        if !pending.contains(.spawned(name, generation)) {
          send(.exited(name, generation, randomStatus()))
        }
      }
    default: deliver()
    }
  }

  private mutating func deliver() {
    guard !pending.isEmpty else { return }
    let event = pending.remove(at: Int(random.next() % UInt64(pending.count)))
    if case .spawnFailed(let name, _, _, _) = event { running[name] = nil }
    send(event)
  }

  mutating func finish() {
    asked = []
    isStopping = true
    send(.stop)
    var left = 10_000
    while !pending.isEmpty, left > 0 {
      deliver()
      left -= 1
    }
    if broken == nil, !running.isEmpty { broken = "still running: \(running.keys.sorted())" }
    if broken == nil, !graph.isSettled { broken = "not settled" }
  }
}
