import DatabaseCluster
import DatabaseLifecycle
import Diagnostics
import FoundationEssentials
import PostgresClient
import ProcessSupervision
import ProjectConfiguration
import StackProtocol

/// The services of a project: what its compose file says, or homebase's own when there is none.
struct ServicePlan: Sendable {
  var services: [ServiceDefinition]
  var warnings: [Diagnostic]

  /// The name of PostgreSQL's service when no compose file gives it another.
  static let postgres = "postgres"
  /// The name of the service for what the database asks to be done outside of it.
  static let workers = "workers"
  /// The name of the one HTTP door's service.
  static let gateway = "gateway"
  /// The name of the REST service.
  static let rest = "rest"

  /// Reads the compose file.
  ///
  /// - Parameter project: Whose.
  /// - Returns: The services, PostgreSQL among them, and what is worth a word.
  /// - Throws: `ComposeError` with file and line.
  static func read(_ project: ProjectContext) throws -> ServicePlan {
    var plan = ServicePlan(services: [], warnings: [])
    if let path = project.layout.composeFile {
      let file = try ComposeFile.load(
        path,
        ComposeFile.Context(
          file: project.layout.displayPath(path), baseFolder: project.layout.root,
          variables: project.variables,
          profiles: Set(
            (project.environment["COMPOSE_PROFILES"] ?? "").split(separator: ",").map {
              String($0)
            })))
      plan.services = file.services
      plan.warnings = file.warnings
    }
    if !plan.services.contains(where: { $0.builtIn == postgres }) {
      plan.services.insert(
        ServiceDefinition(
          name: postgres, command: [], builtIn: postgres, restart: .always), at: 0)
    }
    for name in [workers, rest, gateway]
    where !plan.services.contains(where: { $0.builtIn == name || $0.name == name }) {
      plan.services.append(
        ServiceDefinition(name: name, command: [], builtIn: name, restart: .always))
    }
    if !project.configuration.api.enabled {
      for index in plan.services.indices
      where [gateway, rest].contains(plan.services[index].builtIn) {
        plan.services[index].isEnabled = false
      }
    }
    return plan
  }

  /// Gives PostgreSQL's service the cluster's command, user and probe.
  ///
  /// - Parameters:
  ///   - cluster: What it serves.
  ///   - health: Who asks it how it is.
  mutating func serve(_ cluster: Cluster, health: DatabaseHealth) {
    for index in services.indices where services[index].builtIn == Self.postgres {
      services[index].command = cluster.serverCommand()
      services[index].environment = cluster.environment
      services[index].user = cluster.user
      services[index].workingDirectory = "/"
      services[index].stopSignal = Cluster.stopSignal
      services[index].deathSignal = Cluster.stopSignal
      // While databases change places.
      services[index].mayBeHalted = true
      services[index].probe = .custom { await health.answers() }
      services[index].probeTiming.startInterval = .milliseconds(5)
    }
    let postgres = postgresName
    for index in services.indices where services[index].builtIn == Self.workers {
      let admin = cluster.adminParameters(database: ProjectDatabase.name)
      services[index].command = [
        cluster.program ?? "homebase", "serve", "workers", "--socket-folder", admin.host, "--port",
        String(admin.port), "--database", admin.database, "--user", admin.user,
        "--data-folder", cluster.dataFolder,
      ]
      services[index].environment = cluster.environment
      services[index].user = cluster.user
      services[index].workingDirectory = "/"
      services[index].stopGracePeriod = .seconds(2)
      if !services[index].dependencies.contains(where: { $0.service == postgres }) {
        services[index].dependencies.append(Dependency(postgres, .healthy))
      }
    }
  }

  /// Gives the services before the database their commands, sockets and probes.
  ///
  /// They start beside PostgreSQL, not after it: the gateway needs nothing, and REST connects when
  /// it is asked.
  ///
  /// - Parameters:
  ///   - files: Where their configurations and sockets are.
  ///   - door: The listening socket of the gateway: it stays open here, so that clients wait in its
  ///     queue while a gateway is restarted.
  ///   - lifeline: Ends with this process.
  ///   - cluster: Whose user they run as.
  mutating func serveAPI(
    _ files: ServiceFiles, door: Int32, lifeline: Lifeline, cluster: Cluster
  ) {
    for index in services.indices {
      let (file, socket, health, descriptors): (String, String, String, [Int32])
      switch services[index].builtIn {
      case Self.gateway:
        (file, socket, health) = (files.gateway, files.controlSocket, "/health")
        descriptors = [door, lifeline.reader]
      case Self.rest:
        (file, socket, health) = (files.rest, files.restSocket, "/live")
        descriptors = [lifeline.reader]
      default: continue
      }
      services[index].command = [
        cluster.program ?? "homebase", "serve", services[index].builtIn ?? "", "--configuration",
        file, "--lifeline", String(2 + descriptors.count),
      ]
      services[index].descriptors = descriptors
      services[index].environment = cluster.environment
      services[index].user = cluster.user
      services[index].workingDirectory = "/"
      services[index].stopGracePeriod = .seconds(2)
      services[index].probe = .httpSocket(socket, path: health)
      services[index].probeTiming = ProbeTiming(
        interval: .seconds(10), timeout: .seconds(5), retries: 3, startInterval: .milliseconds(5))
      services[index].restartsWhenUnhealthy = true
      // Whoever asked meanwhile waits.
      services[index].restartLimits.firstDelay = .milliseconds(10)
    }
  }

  /// The descriptor of the gateway's door in its process.
  static let doorDescriptor: Int32 = 3

  /// The services that a person means, who may call a built-in one by another name than the file.
  ///
  /// - Parameter names: What a person wrote.
  /// - Returns: Names of services; those that are none are left out.
  func services(called names: [String]) -> Set<String> {
    Set(
      services.filter { names.contains($0.name) || names.contains($0.builtIn ?? $0.name) }
        .map(\.name))
  }

  /// Whether a start runs a service that homebase brings.
  func runs(_ builtIn: String, excluding excluded: Set<String>) -> Bool {
    services.contains { $0.builtIn == builtIn && $0.isEnabled && !excluded.contains($0.name) }
  }

  /// Leaves out all services but some and what those need.
  ///
  /// - Parameter names: The services to keep.
  /// - Throws: `SupervisionError.unknownService`.
  mutating func keep(_ names: [String]) throws {
    try check(names)
    var wanted = Set(names)
    var open = names
    while let name = open.popLast() {
      let needed = services.first { $0.name == name }?.dependencies.map(\.service) ?? []
      open += needed.filter { wanted.insert($0).inserted }
    }
    services.removeAll { !wanted.contains($0.name) && $0.builtIn != Self.postgres }
  }

  /// Makes sure that names are services.
  ///
  /// Names of the Supabase CLI's own services that this stack does not have are let pass, so that
  /// scripts for it run unchanged.
  ///
  /// - Parameter names: What a person wrote.
  /// - Throws: A diagnostic with the services there are.
  func check(_ names: [String]) throws {
    for name in names
    where !ServiceNames.platform.contains(name) && !services.contains(where: { $0.name == name }) {
      throw Diagnostic(
        code: "service_unknown", message: "there is no service \(name)",
        hint: "there are: \(services.map(\.name).joined(separator: ", "))", category: .usage)
    }
  }

  /// The name of PostgreSQL's service.
  var postgresName: String {
    name(of: Self.postgres) ?? Self.postgres
  }

  /// How a service that homebase brings is called here; nil when there is none.
  func name(of builtIn: String) -> String? {
    services.first { $0.builtIn == builtIn }?.name
  }

  /// Whether there is a gateway or a REST service that may run.
  var servesAPI: Bool {
    services.contains { [Self.gateway, Self.rest].contains($0.builtIn) && $0.isEnabled }
  }

  /// Services that homebase brings and does not know.
  var unknownBuiltIns: [ServiceDefinition] {
    services.filter { service in service.builtIn.map { !Self.builtIns.contains($0) } ?? false }
  }

  /// What `x-homebase` may say.
  static let builtIns = [postgres, workers, gateway, rest]
}
