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
    if !plan.services.contains(where: { $0.builtIn == workers || $0.name == workers }) {
      plan.services.append(
        ServiceDefinition(name: workers, command: [], builtIn: workers, restart: .always))
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
    services.first { $0.builtIn == Self.postgres }?.name ?? Self.postgres
  }

  /// Services that homebase brings and does not know.
  var unknownBuiltIns: [ServiceDefinition] {
    services.filter { service in service.builtIn.map { !Self.builtIns.contains($0) } ?? false }
  }

  /// What `x-homebase` may say.
  static let builtIns = [postgres, workers]
}
