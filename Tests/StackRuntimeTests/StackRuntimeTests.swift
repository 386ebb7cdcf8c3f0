import DatabaseLifecycle
import Diagnostics
import FoundationEssentials
import Glibc
import ProcessSupervision
import ProjectConfiguration
import StackProtocol
import Testing

@testable import StackRuntime

/// A project's folder that is gone after the test.
final class TestProject {
  let root: String

  init() throws {
    var template = Array("/tmp/homebase-runtime-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template), let real = realpath(made, nil) else {
      throw Diagnostic(code: "test", message: "mkdtemp: \(errno)")
    }
    defer { free(real) }
    root = String(cString: real)
    try write("project_id = \"one\"\n", to: "homebase.toml")
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ text: String, to path: String) throws {
    let full = URL(filePath: "\(root)/\(path)")
    try FileManager.default.createDirectory(
      at: full.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: full, options: .atomic)
  }

  func context() throws -> ProjectContext {
    try ProjectContext.load(root: root, environment: ["HOME": root])
  }
}

@Suite struct ServicePlanTests {
  private func plan() -> ServicePlan {
    func service(_ name: String, _ needs: [String] = [], builtIn: String? = nil)
      -> ServiceDefinition
    {
      ServiceDefinition(
        name: name, command: ["/bin/true"], builtIn: builtIn,
        dependencies: needs.map { Dependency($0, .started) })
    }
    return ServicePlan(
      services: [
        service("database", builtIn: "postgres"), service("cache"), service("worker", ["queue"]),
        service("queue", ["cache"]), service("web", ["database"]),
      ], warnings: [])
  }

  /// `db start` wants the database alone; a service without what it needs would only fail.
  @Test(arguments: [
    (["database"], ["database"]), (["web"], ["database", "web"]),
    (["worker"], ["database", "cache", "worker", "queue"]),
    (["cache", "web"], ["database", "cache", "web"]),
  ])
  func keepsWhatIsNeeded(names: [String], kept: [String]) throws {
    var plan = plan()
    try plan.keep(names)
    #expect(plan.services.map(\.name) == kept)
  }

  /// A typing mistake in `--exclude` must not silently start what was to be left out.
  @Test func unknownServicesAreNamed() {
    let plan = plan()
    let error = #expect(throws: Diagnostic.self) { try plan.check(["wrker"]) }
    #expect(error?.code == "service_unknown" && error?.category == .usage)
    #expect(error?.hint == "there are: database, cache, worker, queue, web")
    var copy = plan
    #expect(throws: Diagnostic.self) { try copy.keep(["nothing"]) }
  }

  /// Scripts for the Supabase CLI leave out services that this stack does not have.
  @Test func servicesOfTheSupabaseCLIArePassed() throws {
    try plan().check(["gotrue", "studio", "edge-runtime", "web"])
    // A command sends our names for the containers.
    try plan().check(ServiceNames.own(for: ["kong", "mailpit", "postgrest,web"]))
  }

  /// A project without a compose file has its database and workers all the same, and so has one
  /// that gives them other names.
  @Test func thereIsAlwaysADatabase() throws {
    let project = try TestProject()
    let bare = try ServicePlan.read(project.context())
    #expect(bare.services.map(\.name) == ["postgres", "workers", "rest", "gateway"])
    #expect(bare.postgresName == "postgres")

    try project.write(
      """
      services:
        web: {command: npm run dev}
        db: {x-homebase: postgres}
        jobs: {x-homebase: workers}
        door: {x-homebase: gateway}
        rest: {command: sleep 1}
        odd: {x-homebase: teapot}
      """, to: "compose/local.yaml")
    let own = try ServicePlan.read(project.context())
    #expect(Set(own.services.map(\.name)) == ["web", "db", "jobs", "door", "rest", "odd"])
    #expect(own.postgresName == "db")
    // `-x kong` means the service that is the gateway, whatever its name.
    #expect(own.services(called: ["gateway", "web", "nothing"]) == ["door", "web"])
    #expect(own.runs("gateway", excluding: []) && !own.runs("gateway", excluding: ["door"]))
    #expect(!own.runs("rest", excluding: []))
    #expect(own.unknownBuiltIns.map(\.name) == ["odd"])
  }

  /// `[api] enabled = false` is an API that is switched off, also for who lists it in a file.
  @Test func theAPIIsSwitchedOff() throws {
    let project = try TestProject()
    #expect(try ServicePlan.read(project.context()).servesAPI)
    try project.write("[api]\nenabled = false\n", to: "homebase.toml")
    try project.write(
      """
      services:
        gateway: {x-homebase: gateway}
        web: {command: npm run dev, depends_on: [gateway]}
      """, to: "compose/local.yaml")
    let plan = try ServicePlan.read(project.context())
    #expect(!plan.servesAPI && !plan.runs("gateway", excluding: []))
    #expect(plan.services.filter(\.isEnabled).map(\.name) == ["postgres", "web", "workers"])
  }
}

@Suite struct ProjectContextTests {
  /// A reset asks each time: an unchanged project is not read again, a changed one always is.
  @Test(arguments: ["homebase.toml", ".env", ".env.local"])
  func changesAreSeen(file: String) throws {
    let project = try TestProject()
    try project.write("project_id = \"env(NAME)\"\n", to: "homebase.toml")
    try project.write("NAME=first\n", to: ".env")
    let cache = ProjectContextCache(root: project.root, environment: ["HOME": project.root])
    #expect(try cache.current().configuration.projectID == "first")
    let text = file == "homebase.toml" ? "project_id = \"third\"\n" : "NAME=third\n"
    try project.write(text, to: file)
    #expect(try cache.current().configuration.projectID == "third")
  }

  /// Another environment has files of its own: they are watched as well.
  @Test func changesOfTheNamedEnvironmentAreSeen() throws {
    let project = try TestProject()
    try project.write("project_id = \"env(NAME)\"\n", to: "homebase.toml")
    try project.write("NAME=first\n", to: ".env.review")
    let cache = ProjectContextCache(
      root: project.root, environment: ["HOME": project.root, "SUPABASE_ENV": "review"])
    #expect(try cache.current().configuration.projectID == "first")
    try project.write("NAME=third\n", to: ".env.review")
    #expect(try cache.current().configuration.projectID == "third")
  }

  /// A mistake while somebody types must not stay: the next look reads the mended file.
  @Test func aBrokenFileIsNotRemembered() throws {
    let project = try TestProject()
    let cache = ProjectContextCache(root: project.root, environment: ["HOME": project.root])
    _ = try cache.current()
    try project.write("project_id = \n", to: "homebase.toml")
    #expect(throws: ConfigurationError.self) { try cache.current() }
    try project.write("project_id = \"two\"\n", to: "homebase.toml")
    #expect(try cache.current().configuration.projectID == "two")
  }

  /// The database is built from these: a setting that is lost here changes no database.
  @Test func settingsReachTheDatabase() throws {
    let project = try TestProject()
    try project.write(
      """
      [api]
      auto_expose_new_tables = false
      [db.migrations]
      enabled = false
      [db.seed]
      enabled = false
      sql_paths = ["./a.sql", "./b/*.sql"]
      [auth]
      jwt_expiry = 1234
      jwt_secret = "0123456789012345678901234567890123456789"
      """, to: "homebase.toml")
    let inputs = try project.context().lifecycleInputs(platformHash: "p1", hasVectorIndexes: false)
    #expect(!inputs.appliesMigrations && !inputs.appliesSeeds)
    #expect(inputs.seedPatterns == ["./a.sql", "./b/*.sql"])
    #expect(inputs.exposesNewTables == false && inputs.jwtExpiryInSeconds == 1234)
    #expect(inputs.jwtSecret == "0123456789012345678901234567890123456789")
    #expect(inputs.platformHash == "p1" && inputs.layout.root == project.root)
  }

  /// A project's own services find the stack by the names that apps read.
  @Test func ownServicesFindTheStack() throws {
    let project = try TestProject()
    let variables = try project.context().serviceEnvironment(ports: ServicePorts(database: 6543))
    #expect(
      variables["DB_URL"] == "postgresql://postgres:postgres@127.0.0.1:6543/postgres")
    #expect(variables["HOME"] == project.root && variables["ANON_KEY"] != nil)
  }
}
