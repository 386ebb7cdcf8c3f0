import CProcess
import DatabaseCluster
import DatabaseLifecycle
import Diagnostics
import FoundationEssentials
import Glibc
import PostgresClient
import ProcessSupervision
import ProjectConfiguration
package import StackProtocol

/// A project's services and state, from start to stop.
///
/// One a daemon. Starting, stopping and restarting pass one at a time; everything that reads goes
/// on beside them.
package actor Stack {
  /// Told of each step of long work.
  package typealias Progress = @Sendable (_ step: String, _ message: String) -> Void

  private let root: String
  private let environment: [String: String]
  private let version: String
  private let began = ContinuousClock.now
  private let contexts: ProjectContextCache
  private let turnstile = Turnstile()

  private var running: Running?
  /// Why the last start of the project's database failed, while the server itself runs.
  private var databaseProblem: Diagnostic?
  private var isStarting = false

  /// What exists while services run.
  struct Running {
    var cluster: Cluster
    var health: DatabaseHealth
    var supervisor: ServiceSupervisor
    var database: ProjectDatabase
    var plan: ServicePlan
    var ports: ServicePorts
    var reservations: [PortReservation]
    var api: APIServices?
    /// Services that this start has left out, by homebase's names.
    var leftOut: Set<String>
    var warnings: [Diagnostic]
    var inputs: StartInputs
  }

  /// Makes a stack that does not run yet.
  ///
  /// - Parameters:
  ///   - root: The project's folder.
  ///   - environment: The variables of the command that started the daemon.
  ///   - version: Of this program.
  package init(root: String, environment: [String: String], version: String) {
    self.root = root
    self.environment = environment
    self.version = version
    contexts = ProjectContextCache(root: root, environment: environment)
  }

  // MARK: - Start

  /// Starts what does not run.
  ///
  /// - Parameters:
  ///   - exclude: Services to leave out.
  ///   - only: The only services to start; empty for all.
  ///   - progress: Told of each step.
  /// - Returns: How the stack is then.
  /// - Throws: `ConfigurationError`, `ClusterError`, `SupervisionError`, and what migrations throw:
  ///   then the server runs, with the platform's schema alone.
  package func start(
    exclude: [String], only: [String] = [], progress: @escaping Progress
  ) async throws -> StackStatus {
    let began = ContinuousClock.now
    return try await turnstile.pass {
      if running != nil {
        // A database that could not be built is tried again: the file may be mended by now.
        if databaseProblem != nil { try await openDatabase(progress) }
        var status = try await status()
        status.wasRunning = true
        status.took = Milliseconds(ContinuousClock.now - began)
        return status
      }
      try await bringUp(exclude: exclude, only: only, progress: progress)
      var status = try await status()
      status.took = Milliseconds(ContinuousClock.now - began)
      return status
    }
  }

  private func bringUp(
    exclude: [String], only: [String], progress: @escaping Progress
  ) async throws {
    isStarting = true
    defer { isStarting = false }
    try await startServices(exclude: exclude, only: only, progress: progress)
    // Services that take their time do not hold up the database.
    try await openDatabase(progress)
    guard let supervisor = running?.supervisor else { return }
    for state in await supervisor.settled()
    where state.state == .failed || state.state == .backoff {
      running?.warnings.append(
        Diagnostic(
          code: "service_failed",
          message: "the service \(state.name) does not run: \(state.reason ?? "it ended")",
          hint: "`homebase logs \(state.name)` shows what it printed"))
    }
  }

  private func startServices(
    exclude: [String], only: [String], progress: @escaping Progress
  ) async throws {
    let project = try contexts.current()
    let configuration = project.configuration
    let locations = project.locations
    var warnings = project.warnings
    try locations.createFolders()
    let recordFile = locations.dataFolder + "/processes.json"
    for leftover in await sweepLeftovers(recordFile: recordFile) {
      warnings.append(
        Diagnostic(
          code: "leftover_ended",
          message: "ended \(leftover.program) (pid \(leftover.pid)), left by an earlier run"))
    }

    var plan = try ServicePlan.read(project)
    warnings += plan.warnings
    for service in plan.unknownBuiltIns {
      throw Diagnostic(
        code: "compose_unknown_builtin",
        message: "homebase brings no service called \(service.builtIn ?? "")",
        hint: "this version brings: \(ServicePlan.builtIns.joined(separator: ", "))",
        location: service.location)
    }
    if !only.isEmpty { try plan.keep(only) }
    try plan.check(exclude)
    let excluded = plan.services(called: exclude)
    let leftOut = Set(exclude).union(
      [ServicePlan.gateway, ServicePlan.rest].filter { !plan.runs($0, excluding: excluded) })

    let installation = try PostgresInstallation.find(
      preferringMajor: configuration.database.majorVersion, environment: environment)
    if configuration.sets("db.major_version"), let note = installation.note {
      warnings.append(
        Diagnostic(
          code: "postgres_other_version", message: note,
          location: configuration.location(of: "db.major_version")))
    }

    var memory = PortMemory(file: locations.portsFile)
    var ports = ServicePorts()
    var reservations: [PortReservation] = []
    var door: PortReservation?
    let wished = ServicePorts(preferredBy: configuration)
    let names: [(String, WritableKeyPath<ServicePorts, Int?>)] = [
      ("database", \.database), ("API", \.api), ("studio", \.studio), ("mail", \.mail),
    ]
    let all = Set(names.compactMap { wished[keyPath: $0.1] })
    var moves: [String] = []
    for (name, path) in names {
      guard let preferred = wished[keyPath: path] else { continue }
      let (reservation, reason) = try PortReservation.reserve(
        preferred: preferred, remembered: memory[preferred], avoiding: all)
      if let reason {
        moves.append(
          "the \(name) port is \(reservation.port), \(Self.briefly(reason, preferred))")
      }
      try memory.remember(reservation.port, for: preferred)
      ports[keyPath: path] = reservation.port
      reservations.append(reservation)
      if path == \.api { door = reservation }
      // Nobody serves on the other ports yet: held without listening, they refuse connections.
      if path != \.api || leftOut.contains(ServicePlan.gateway) { reservation.letServerBind() }
    }

    if !moves.isEmpty {
      // One warning: beside another project's stack all of them move together.
      warnings.append(
        Diagnostic(
          code: "port_moved", message: moves.joined(separator: "; "),
          hint: "a start takes the configured ones as soon as they are free; "
            + "`homebase status` prints the addresses"))
    }

    // A network that is slow holds up nothing that does not need it.
    let servesAPI = door != nil && plan.servesAPI
    async let thirdParties = servesAPI ? project.thirdParties() : ThirdParties()
    let cluster = try await Cluster.prepare(
      dataFolder: "\(locations.dataFolder)/\(Cluster.folderName)",
      socketFolder: locations.databaseSocketFolder,
      cacheFolder: locations.cacheFolder, installation: installation,
      user: try Cluster.serverUser(environment: environment), port: ports.database ?? 54_322,
      settings: ClusterSettings(parameters: configuration.database.settings),
      progress: { progress("postgres", $0) })
    let health = DatabaseHealth(cluster)
    plan.serve(cluster, health: health)
    let parties = await thirdParties
    warnings += parties.warnings
    // Also when a start leaves them out: a restart by hand starts them.
    let api = try door.flatMap { door in
      try servesAPI
        ? APIServices(
          project, cluster: cluster, ports: ports, door: door, issuers: parties.issuers) : nil
    }
    api?.join(&plan)

    progress("services", "starting services")
    let supervisor = try ServiceSupervisor(
      services: plan.services, logs: ServiceLogs(folder: locations.logsFolder),
      baseEnvironment: project.serviceEnvironment(ports: ports, leavingOut: leftOut),
      recordFile: recordFile)
    await api?.watch(supervisor, plan)
    try await supervisor.beginStart(excluding: excluded)
    do {
      try await supervisor.waitUntilHealthy(plan.postgresName)
    } catch {
      await supervisor.stop()
      api?.end()
      throw error
    }
    let hasVectorIndexes = cluster.installation.hasLibrary("vector")
    let contexts = self.contexts
    let logs = supervisor.logs
    let database = ProjectDatabase(
      cluster: cluster, gate: api?.gate ?? .none,
      inputs: {
        try contexts.current().lifecycleInputs(
          platformHash: PlatformSchema.hash, hasVectorIndexes: hasVectorIndexes)
      },
      report: { logs.note(service: "homebase", $0.message) })
    running = Running(
      cluster: cluster, health: health, supervisor: supervisor, database: database, plan: plan,
      ports: ports, reservations: reservations, api: api, leftOut: leftOut, warnings: warnings,
      inputs: StartInputs(project))
  }

  /// Why a port was not to be had, in a few words.
  private static func briefly(_ reason: PortError, _ preferred: Int) -> String {
    guard case .taken(_, let owner) = reason else { return reason.diagnostic.message }
    return "since \(preferred) is taken" + (owner.map { " by \($0)" } ?? "")
  }

  /// Builds the project's database, or finds it there.
  private func openDatabase(_ progress: @escaping Progress) async throws {
    guard let running else { return }
    if running.cluster.health == .powerCutSuspected {
      try await checkAfterPowerCut(running, progress)
    }
    databaseProblem = nil
    do {
      try await setPasswords(running)
      let built = try await running.database.open(
        progress: LifecycleProgress { progress($0.rawValue, $1) })
      // Each status looks for files that are passed over; what a database was built without stays.
      let said = built?.warnings.filter { $0.code != ProjectFiles.skippedCode } ?? []
      self.running?.warnings += said
    } catch {
      databaseProblem = Diagnostic(describing: error)
      throw error
    }
  }

  private func setPasswords(_ running: Running) async throws {
    let password = try contexts.current().configuration.database.password.value
    let mark = running.cluster.dataFolder + "/homebase.password"
    // Deriving a SCRAM verifier costs milliseconds: only when the password changed.
    let wanted = PlatformSchema.fingerprint(password)
    if (try? String(contentsOf: URL(filePath: mark), encoding: .utf8)) == wanted { return }
    let connection = try await PostgresConnection.connect(running.cluster.adminParameters())
    _ = try await connection.execute(PlatformSchema.passwords(password))
    await connection.close()
    try Data(wanted.utf8).write(to: URL(filePath: mark), options: .atomic)
    chmod(mark, 0o600)
  }

  private func checkAfterPowerCut(_ running: Running, _ progress: @escaping Progress) async throws {
    progress("check", "the machine went down while PostgreSQL ran: checking every database")
    let broken = try await running.cluster.verify(progress: { progress("check", $0) })
    var lost = running
    for database in broken {
      lost.warnings.append(
        Diagnostic(
          code: "database_broken",
          message: "\(database.name) was damaged by the power cut: \(database.reason)",
          hint: "it is rebuilt from migrations and seeds where it is not a snapshot"))
    }
    self.running = lost
    try await running.database.rebuild(broken: broken.map(\.name))
    try running.cluster.clearSuspicion()
  }

  // MARK: - Stop

  /// Stops everything.
  ///
  /// - Parameter deletesData: Deletes the stack's data as well.
  /// - Returns: How the stack is then: stopped.
  /// - Throws: What reading the project throws, when it is to be deleted.
  package func stop(deletesData: Bool = false) async throws -> StackStatus {
    let began = ContinuousClock.now
    return try await turnstile.pass {
      if let running {
        await running.database.close()
        await running.health.close()
        await running.supervisor.stop()
        running.api?.end()
      }
      running = nil
      let locations = try locate()
      if deletesData { try? FileManager.default.removeItem(atPath: locations.dataFolder) }
      var status = StackStatus(
        project: (try? contexts.current().configuration.projectID) ?? locations.dataFolder,
        stack: Self.stackName, state: .stopped)
      status.took = Milliseconds(ContinuousClock.now - began)
      return status
    }
  }

  /// Restarts one service.
  ///
  /// - Parameter service: Its name; nil for all, one after the other.
  /// - Returns: How the stack is then.
  /// - Throws: `SupervisionError.unknownService`.
  package func restart(_ service: String?) async throws -> StackStatus {
    let began = ContinuousClock.now
    return try await turnstile.pass {
      let running = try needRunning()
      for name in service.map({ [$0] }) ?? running.plan.services.map(\.name) {
        try await running.supervisor.restart(name)
        let builtIn = running.plan.services.first { $0.name == name }?.builtIn
        self.running?.leftOut.subtract([name, builtIn ?? name])
      }
      var status = try await status()
      status.took = Milliseconds(ContinuousClock.now - began)
      return status
    }
  }

  /// Whether nothing of the stack runs or is being started.
  var isDown: Bool { running == nil && !isStarting }

  private func locate() throws -> StateLocations {
    try StateLocations.locate(projectRoot: root, environment: environment, userID: geteuid())
  }

  // MARK: - What it is

  static let stackName = "local"

  /// A reset has built the database that the start could not.
  func databaseIsThere() {
    databaseProblem = nil
  }

  /// The seed files of a profile, as globs for the database.
  ///
  /// - Parameter profile: Its name; nil for the configuration's own list.
  /// - Returns: nil for the configuration's own list.
  /// - Throws: `SeedProfileError` with the profiles there are.
  func seedFiles(profile: String?) throws -> [String]? {
    guard let profile else { return nil }
    return try contexts.current().layout.seedFiles(profile: profile).files
  }

  /// The running stack's parts.
  ///
  /// - Returns: Supervisor, database and the rest.
  /// - Throws: A diagnostic that says how to start.
  func needRunning() throws -> Running {
    guard let running else {
      throw Diagnostic(
        code: "stack_stopped", message: "the stack does not run",
        hint: "`homebase start` starts it")
    }
    return running
  }

  /// Where the running stack is reached.
  ///
  /// - Returns: Its addresses.
  /// - Throws: A diagnostic when it does not run, and what reading the project throws.
  package func addresses() throws -> StackAddresses {
    let running = try needRunning()
    return StackAddresses(urls: variables(of: try contexts.current(), running).urls.byName)
  }

  private func variables(of project: ProjectContext, _ running: Running) -> StatusVariables {
    StatusVariables(
      configuration: project.configuration, keys: project.keys, ports: running.ports,
      leavingOut: running.leftOut)
  }

  /// How the stack is.
  ///
  /// - Returns: The document of `status`.
  /// - Throws: What reading the project throws.
  package func status() async throws -> StackStatus {
    let project = try contexts.current()
    guard let running else {
      return StackStatus(
        project: project.configuration.projectID, stack: Self.stackName,
        state: isStarting ? .starting : .stopped, supervisor: supervisorStatus())
    }
    let services = await running.supervisor.status()
    let variables = variables(of: project, running)
    let spares = await running.database.spareCount()
    var warnings = running.warnings
    if let databaseProblem { warnings.append(databaseProblem) }
    if running.cluster.isInstallationChanged {
      warnings.append(
        Diagnostic(
          code: "postgres_changed",
          message: "PostgreSQL or its extensions were installed anew since this stack was started",
          hint: "`homebase restart` takes what is installed now"))
    }
    if let change = running.inputs.change(to: StartInputs(project), layout: project.layout) {
      warnings.append(change)
    }
    var migrations: StackStatus.Migrations?
    if let states = try? await running.database.pendingMigrations() {
      migrations = StackStatus.Migrations(applied: states.applied, pending: states.pending)
      warnings += states.skipped
    }
    return StackStatus(
      project: project.configuration.projectID, stack: Self.stackName,
      state: isStarting ? .starting : overall(services), supervisor: supervisorStatus(),
      services: services.filter { !$0.isLeftOut }.map(Self.document),
      spares: StackStatus.Spares(ready: spares.ready, wanted: spares.wanted),
      migrations: migrations,
      urls: variables.urls.byName,
      keys: variables.keys.byName,
      warnings: warnings.isEmpty ? nil : warnings)
  }

  private func supervisorStatus() -> StackStatus.Supervisor {
    StackStatus.Supervisor(
      pid: getpid(), version: version, uptime: Milliseconds(ContinuousClock.now - began),
      residentBytes: ProcessTable.residentBytes(of: [getpid()]))
  }

  private func overall(_ services: [ProcessSupervision.ServiceStatus]) -> StackStatus.State {
    let counted = services.filter { !$0.isLeftOut && !$0.hasCompleted }
    if counted.contains(where: { $0.state == .failed || $0.state == .backoff }) { return .degraded }
    if databaseProblem != nil { return .degraded }
    if counted.contains(where: { $0.state == .starting }) { return .starting }
    return .running
  }

  private static func document(
    _ service: ProcessSupervision.ServiceStatus
  ) -> StackProtocol.ServiceStatus {
    StackProtocol.ServiceStatus(
      name: service.name,
      state: StackProtocol.ServiceStatus.State(rawValue: service.state.rawValue),
      pid: service.pid, restarts: service.restarts,
      uptime: service.uptime.map { Milliseconds($0) }, residentBytes: service.residentBytes,
      lastExit: service.lastExit.map { exit in
        StackProtocol.ServiceStatus.Exit(
          code: exit.status.code, signal: exit.status.signalName,
          at: Timestamp(Date(timeIntervalSince1970: Double(exit.at) / 1000)), log: exit.lastLines)
      })
  }
}
