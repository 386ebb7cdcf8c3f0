import CProcess
import Diagnostics
import Glibc

/// Runs services as their graph says: the hands to `SupervisionGraph`'s judgement.
///
/// One a process: it makes this process a subreaper, and takes every child that is not of the
/// spawning thread for an orphan of a service.
package actor ServiceSupervisor {
  private struct Instance {
    let generation: Int
    let child: ChildProcess
    let executable: String
    let startedAt: Int64
    let start: ContinuousClock.Instant
    let probe: ProbeRunner?
    var probing: Task<Void, Never>?
    var isKilled = false
  }

  private struct TimerKey: Hashable {
    let timer: SupervisionGraph.Timer
    let service: String
  }

  /// The logs of all services.
  package nonisolated let logs: ServiceLogs
  private let services: [String: ServiceDefinition]
  private let order: [String]
  private let baseEnvironment: [String: String]
  private let recordFile: String?
  private let mark = ServiceMark.newInstance()
  private let clock = ContinuousClock()
  private let origin = ContinuousClock().now
  private var graph: SupervisionGraph
  private var instances: [String: Instance] = [:]
  private var lastExits: [String: LastExit] = [:]
  private var timers: [TimerKey: Task<Void, Never>] = [:]
  private var shown: [String: ServiceEvent] = [:]
  private var waiting:
    [(isDone: (borrowing SupervisionGraph) -> Bool, CheckedContinuation<Void, Never>)] = []
  private var observers: [Int: AsyncStream<ServiceEvent>.Continuation] = [:]
  private var nextObserver = 0
  private var isRecordStale = false

  /// Prepares services; none is started.
  ///
  /// - Parameters:
  ///   - services: The graph; built-in ones with their real commands.
  ///   - logs: Takes what they print.
  ///   - baseEnvironment: What every service's environment begins with.
  ///   - recordFile: Where the children's pids are kept for `sweepLeftovers(recordFile:)`.
  /// - Throws: `SupervisionError` for a duplicate name, an unknown dependency or a cycle.
  package init(
    services: [ServiceDefinition], logs: ServiceLogs,
    baseEnvironment: [String: String] = currentEnvironment(), recordFile: String? = nil
  ) throws {
    var byName: [String: ServiceDefinition] = [:]
    for service in services {
      guard byName.updateValue(service, forKey: service.name) == nil else {
        throw SupervisionError.duplicateService(service.name)
      }
    }
    for dependency in services.flatMap(\.dependencies) where byName[dependency.service] == nil {
      throw SupervisionError.unknownService(
        dependency.service, nearest: nearest(to: dependency.service, in: byName.keys))
    }
    if let cycle = SupervisionGraph.cycle(in: services) { throw SupervisionError.cycle(cycle) }
    self.services = byName
    self.logs = logs
    self.baseEnvironment = baseEnvironment
    self.recordFile = recordFile
    order = services.map(\.name)
    graph = SupervisionGraph(services, seed: UInt64.random(in: 0...UInt64.max))
    homebase_become_subreaper()
  }

  // MARK: what a program asks

  /// Starts all services in order and waits until each is healthy, has failed, or is done.
  ///
  /// - Parameter excluded: Left out; who depends on them starts without.
  /// - Returns: How they are then.
  /// - Throws: `SupervisionError.unknownService` for a name to leave out that is not there.
  @discardableResult
  package func start(excluding excluded: Set<String> = []) async throws -> [ServiceStatus] {
    try beginStart(excluding: excluded)
    return await settled()
  }

  /// Starts all services in order, and waits for none.
  ///
  /// - Parameter excluded: Left out; who depends on them starts without.
  /// - Throws: `SupervisionError.unknownService` for a name to leave out that is not there.
  package func beginStart(excluding excluded: Set<String> = []) throws {
    for name in excluded.sorted() { try check(name) }
    send(.start(excluding: excluded))
  }

  /// Waits until each service is healthy, has failed, or is done.
  ///
  /// - Returns: How they are then; their memory is not measured.
  package func settled() async -> [ServiceStatus] {
    await wait { $0.isSettled }
    return status(measuresMemory: false)
  }

  /// Stops all services in reverse order and waits until nothing of them is left.
  package func stop() async {
    send(.stop)
    await wait { $0.isSettled }
    writeRecord()
  }

  /// Restarts a service, or starts it when it does not run, and waits until it is settled.
  ///
  /// - Parameter name: Of the service.
  /// - Returns: How it is then.
  /// - Throws: `SupervisionError.unknownService`.
  @discardableResult
  package func restart(_ name: String) async throws -> ServiceStatus? {
    try check(name)
    send(.restart(name))
    await wait { $0.isSettled(name) }
    return status().first { $0.name == name }
  }

  /// Waits until a service is healthy, or has done what it was to do.
  ///
  /// - Parameter name: Of the service.
  /// - Throws: `SupervisionError.notHealthy` with the reason and its last lines.
  package func waitUntilHealthy(_ name: String) async throws {
    try check(name)
    await wait { $0.isSettled(name) }
    if graph.state(of: name) == .healthy || graph.hasCompleted(name) { return }
    throw SupervisionError.notHealthy(
      service: name, reason: graph.reason(of: name) ?? "it is stopped",
      lastLines: lastExits[name]?.lastLines ?? [])
  }

  /// All changes of state from now on.
  ///
  /// - Returns: A stream that ends with its task or with this supervisor.
  package func events() -> AsyncStream<ServiceEvent> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1024)) { continuation in
      if observers.isEmpty {
        shown = Dictionary(uniqueKeysWithValues: order.map { ($0, event(of: $0)) })
      }
      nextObserver += 1
      let identifier = nextObserver
      observers[identifier] = continuation
      continuation.onTermination = { [weak self] _ in
        guard let self else { return }
        Task { await self.forget(identifier) }
      }
    }
  }

  /// How all services are.
  ///
  /// - Parameters:
  ///   - measuresMemory: False: no process is looked at.
  ///   - measuringShares: True: PSS too, which reads every page table.
  /// - Returns: In the order in which they were given.
  package func status(
    measuresMemory: Bool = true, measuringShares: Bool = false
  ) -> [ServiceStatus] {
    if measuresMemory { _ = Remainder.orphans() }
    return order.map { name in
      let instance = instances[name]
      let family =
        measuresMemory
        ? instance.map { [$0.child.pid] + ProcessTable.descendants(of: [$0.child.pid]) } : nil
      return ServiceStatus(
        name: name, state: graph.state(of: name), reason: graph.reason(of: name),
        pid: instance?.child.pid, restarts: graph.restarts(of: name),
        startedAt: instance?.startedAt, uptime: instance.map { $0.start.duration(to: clock.now) },
        residentBytes: family.map { ProcessTable.residentBytes(of: $0) },
        proportionalBytes: measuringShares
          ? family.flatMap { ProcessTable.proportionalBytes(of: $0) } : nil,
        lastExit: lastExits[name], hasCompleted: graph.hasCompleted(name),
        isLeftOut: graph.isExcluded(name) || services[name]?.isEnabled == false)
    }
  }

  private func check(_ name: String) throws {
    guard services[name] != nil else {
      throw SupervisionError.unknownService(name, nearest: nearest(to: name, in: order))
    }
  }

  private func forget(_ observer: Int) { observers[observer] = nil }

  private func wait(_ isDone: @escaping (borrowing SupervisionGraph) -> Bool) async {
    if isDone(graph) { return }
    await withCheckedContinuation { waiting.append((isDone, $0)) }
  }

  // MARK: events in, actions out

  private func send(_ event: SupervisionGraph.Event) {
    for action in graph.handle(event, at: origin.duration(to: clock.now)) { perform(action) }
    tellObservers()
    let done = waiting.filter { $0.isDone(graph) }
    waiting.removeAll { $0.isDone(graph) }
    for (_, continuation) in done { continuation.resume() }
  }

  private func tellObservers() {
    guard !observers.isEmpty else { return }
    for name in order {
      let event = event(of: name)
      if shown.updateValue(event, forKey: name) != event {
        for observer in observers.values { observer.yield(event) }
      }
    }
  }

  private func event(of name: String) -> ServiceEvent {
    ServiceEvent(service: name, state: graph.state(of: name), reason: graph.reason(of: name))
  }

  private func perform(_ action: SupervisionGraph.Action) {
    switch action {
    case .spawn(let name, let generation):
      Task { await spawn(name, generation) }
    case .probe(let name, let generation, let delay):
      probe(name, generation, after: delay)
    case .sendStopSignal(let name, _):
      guard let instance = instances[name] else { return }
      instance.child.send(services[name]?.stopSignal ?? SIGTERM)
      instance.child.send(SIGCONT)
    case .kill(let name, _):
      kill(name)
    case .clear(let name, let generation):
      Task { await clear(name, generation) }
    case .startTimer(let timer, let name, let generation, let delay):
      let key = TimerKey(timer: timer, service: name)
      timers[key]?.cancel()
      timers[key] = Task { [weak self] in
        guard (try? await Task.sleep(for: delay)) != nil else { return }
        await self?.send(.timer(timer, name, generation))
      }
    case .note(let name, let text):
      logs.note(service: name, text)
    }
  }

  private func spawn(_ name: String, _ generation: Int) async {
    guard let service = services[name] else { return }
    var environment = baseEnvironment
    if let user = service.user {
      environment["HOME"] = user.home
      environment["USER"] = user.name
      environment["LOGNAME"] = user.name
    }
    environment.merge(service.environment) { _, new in new }
    environment[ServiceMark.variable] = "\(mark)/\(name)"
    do {
      let executable = try CommandLookup.find(
        service.command.first ?? "", path: environment["PATH"],
        workingDirectory: service.workingDirectory)
      let pipes = try ServicePipes()
      let child: ChildProcess
      do {
        child = try await ChildProcess.spawn(
          ChildRequest(
            executable: executable, arguments: service.command, environment: environment,
            workingDirectory: service.workingDirectory, user: service.user,
            descriptors: [nil, pipes.outputWrite, pipes.errorWrite] + service.descriptors,
            deathSignal: service.deathSignal, staysInSession: service.mayBeHalted))
      } catch {
        pipes.closeAll()
        throw error
      }
      pipes.closeChildSide()
      logs.attach(service: name, output: pipes.outputRead, error: pipes.errorRead)
      let probe = service.probe.map {
        ProbeRunner(
          probe: $0, timeout: service.probeTiming.timeout, environment: environment,
          workingDirectory: service.workingDirectory, user: service.user)
      }
      instances[name] = Instance(
        generation: generation, child: child, executable: executable, startedAt: LogTime.now,
        start: clock.now, probe: probe)
      markRecordStale()
      Task {
        let status = await child.waitForEnd()
        ended(name, generation, status)
      }
      send(.spawned(name, generation))
    } catch {
      let isPermanent =
        if case ProcessError.commandNotFound = error { true } else { false }
      send(
        .spawnFailed(
          name, generation, reason: Diagnostic(describing: error).message,
          isPermanent: isPermanent))
    }
  }

  private func probe(_ name: String, _ generation: Int, after delay: Duration) {
    guard let instance = instances[name], instance.generation == generation,
      let runner = instance.probe
    else { return }
    instances[name]?.probing = Task { [weak self] in
      if delay > .zero {
        guard (try? await Task.sleep(for: delay)) != nil else { return }
      }
      let failure = await runner.run()
      guard !Task.isCancelled else { return }
      await self?.send(
        failure.map { .probeFailed(name, generation, reason: $0) }
          ?? .probeSucceeded(name, generation))
    }
  }

  private func kill(_ name: String) {
    guard let instance = instances[name] else { return }
    instances[name]?.isKilled = true
    let family = ProcessTable.descendants(of: [instance.child.pid])
    instance.child.sendToGroup(SIGKILL)
    for pid in family { Glibc.kill(pid, SIGKILL) }
  }

  private func ended(_ name: String, _ generation: Int, _ status: ExitStatus) {
    instances[name]?.probing?.cancel()
    timers.removeValue(forKey: TimerKey(timer: .grace, service: name))?.cancel()
    lastExits[name] = LastExit(status: status, at: LogTime.now, lastLines: [])
    send(.exited(name, generation, status))
  }

  private func clear(_ name: String, _ generation: Int) async {
    guard let instance = instances[name], let service = services[name] else { return }
    let remainder = Remainder(
      mark: "\(mark)/\(name)", session: instance.child.pid, executable: instance.executable,
      otherExecutables: Set(instances.filter { $0.key != name }.values.map(\.executable)))
    let grace = instance.isKilled ? .zero : min(service.stopGracePeriod, .seconds(1))
    let count = await remainder.end(grace: grace)
    if count > 0 {
      logs.note(service: name, "\(count) processes that it had left behind were ended")
    }
    instance.child.reap()
    // Not in one statement: the dictionary may change while the lines are awaited.
    let lastLines = await logs.lastLines(of: name)
    lastExits[name]?.lastLines = lastLines
    instances[name] = nil
    markRecordStale()
    send(.cleared(name, generation))
  }

  // MARK: record

  // A hundred starts at once are one or two writes, not a hundred.
  private func markRecordStale() {
    guard recordFile != nil, !isRecordStale else { return }
    isRecordStale = true
    Task { writeRecord() }
  }

  private func writeRecord() {
    isRecordStale = false
    guard let recordFile else { return }
    let children = instances.map {
      ProcessRecord.Entry(
        service: $0.key, pid: $0.value.child.pid, startTime: $0.value.child.startTime)
    }
    let record = ProcessRecord(
      boot: ProcessTable.bootIdentifier, instance: mark,
      supervisor: entry(getpid()), parent: entry(getppid()), children: children)
    record.write(to: recordFile)
  }

  private func entry(_ pid: Int32) -> ProcessRecord.Entry {
    ProcessRecord.Entry(service: "", pid: pid, startTime: ProcessTable.startTime(of: pid) ?? 0)
  }

  deinit {
    for observer in observers.values { observer.finish() }
    for timer in timers.values { timer.cancel() }
  }
}

/// The pipes of one instance.
private struct ServicePipes {
  let outputRead: Int32
  let outputWrite: Int32
  let errorRead: Int32
  let errorWrite: Int32

  init() throws {
    var output: (read: Int32, write: Int32) = (-1, -1)
    var error: (read: Int32, write: Int32) = (-1, -1)
    guard homebase_pipe(&output.read, &output.write) == 0 else { throw Self.failure }
    guard homebase_pipe(&error.read, &error.write) == 0 else {
      let failure = Self.failure
      close(output.read)
      close(output.write)
      throw failure
    }
    (outputRead, outputWrite) = output
    (errorRead, errorWrite) = error
  }

  private static var failure: ProcessError {
    .notStarted(executable: "a service", stage: .descriptors, errno: errno, detail: "")
  }

  func closeChildSide() {
    close(outputWrite)
    close(errorWrite)
  }

  func closeAll() {
    closeChildSide()
    close(outputRead)
    close(errorRead)
  }
}
