import FoundationEssentials
import Glibc

/// A project in a folder of its own that homebase runs, seen through its commands alone.
final class Project {
  let folder: String
  private let workspace: Workspace
  private var supervisor: Int32?
  private var socketFolder: String?
  private var children: [pid_t] = []

  /// What `status` says of a stack, as far as it matters here.
  struct Status: Decodable {
    struct Supervisor: Decodable {
      var pid: Int32
    }
    struct Service: Decodable {
      var name: String
      var state: String
      var pid: Int32?
    }
    struct Spares: Decodable {
      var ready: Int
      var wanted: Int
    }
    var state: String
    var supervisor: Supervisor?
    var services: [Service]
    var spares: Spares?
    var urls: [String: String]
  }

  /// What a reset says of itself.
  struct Reset: Decodable {
    // The names are those of the document.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var took_ms: Double
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var halt_ms: Double?
    var source: String
    var replayed: [String]
  }

  private init(_ folder: String, _ workspace: Workspace) {
    self.folder = folder
    self.workspace = workspace
    workspace.keep(self)
  }

  /// A copy of the project that the repository is.
  static func sample(_ workspace: Workspace) throws -> Project {
    let folder = try workspace.freshFolder("sample")
    let repository = workspace.options.repository
    let parts = ["homebase.toml", "migrations", "seeds", "functions", "compose"]
      .map { "\(repository)/\($0)" }.filter(exists)
    try run(["/bin/cp", "-r"] + parts + [folder], environment: workspace.environment)
    return Project(folder, workspace)
  }

  /// A generated project.
  static func made(_ workspace: Workspace, _ options: [String]) throws -> Project {
    let folder = try workspace.freshFolder("made")
    let generator = "\(workspace.options.repository)/Benchmarks/make-project"
    try run([generator] + options + [folder], environment: workspace.environment)
    return Project(folder, workspace)
  }

  /// A project of files that are given.
  static func written(_ workspace: Workspace, _ files: [String: String]) throws -> Project {
    let folder = try workspace.freshFolder("written")
    for (name, text) in files {
      let parts = name.split(separator: "/").dropLast()
      for count in 0..<parts.count {
        mkdir("\(folder)/" + parts[...count].joined(separator: "/"), 0o755)
      }
      try write(text, to: "\(folder)/\(name)")
    }
    return Project(folder, workspace)
  }

  // MARK: - Commands

  /// Runs a command of homebase on this project.
  @discardableResult
  func homebase(_ arguments: [String], isCleanup: Bool = false) throws -> Run {
    try run(
      [workspace.options.homebase, "--workdir", folder] + arguments,
      environment: workspace.environment,
      isCleanup: isCleanup)
  }

  /// Starts the stack.
  ///
  /// - Returns: The whole command's milliseconds, until every service is healthy.
  @discardableResult
  func start(_ options: [String] = []) throws -> Double {
    let took = try homebase(["start"] + options).milliseconds
    let status = try status()
    supervisor = status.supervisor?.pid
    guard status.state == "running" else {
      throw FigureError.noSense("the stack is \(status.state) after start")
    }
    return took
  }

  func stop() throws {
    try homebase(["stop"])
    supervisor = nil
  }

  func status() throws -> Status {
    try decode(Status.self, try homebase(["status", "--output-format", "json"]))
  }

  /// Resets the database.
  ///
  /// - Returns: The whole command's milliseconds, and what it said.
  func reset() throws -> (milliseconds: Double, report: Reset) {
    let result = try homebase(["db", "reset", "--yes", "--output-format", "json"])
    return (result.milliseconds, try decode(Reset.self, result))
  }

  private func decode<Document: Decodable>(_ type: Document.Type, _ result: Run) throws -> Document
  {
    do {
      return try JSONDecoder().decode(type, from: Data(result.output.utf8))
    } catch {
      throw FigureError.noSense("no \(type) in \(result.output.prefix(200)): \(error)")
    }
  }

  /// Waits until as many spares are ready as there shall be, and what was started has settled.
  func waitForSpares(settling: Int = 100) throws {
    let deadline = ContinuousClock.now + .seconds(600)
    while true {
      if let spares = try status().spares, spares.wanted > 0, spares.ready >= spares.wanted {
        break
      }
      guard ContinuousClock.now < deadline else {
        throw FigureError.noSense("no spare became ready in ten minutes")
      }
      try pause(milliseconds: 20)
    }
    try pause(milliseconds: settling)
  }

  /// Starts a program beside the stack; it is ended with it.
  func child(_ arguments: [String]) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    children.append(
      try spawn(arguments, environment: workspace.environment, actions: &actions))
  }

  /// Makes tables of usual columns, each with a key to the one before.
  func makeTables(_ range: ClosedRange<Int>) throws {
    _ = try homebase([
      "db", "query",
      """
      do $$ begin
        for i in \(range.lowerBound)..\(range.upperBound) loop
          execute format(
            'create table public.t%1$s (id bigint generated always as identity primary key,
              owner uuid not null, name text not null default ''x'', parent bigint
              references public.t%2$s, n int, created_at timestamptz not null default now(),
              data jsonb, state text)', i, greatest(i - 1, 1));
        end loop;
      end $$
      """,
    ])
  }

  // MARK: - Its server

  /// The data folder and the socket of the stack's PostgreSQL, as the server itself says.
  func server() throws -> (dataFolder: String, connection: [String]) {
    guard let pid = try status().services.first(where: { $0.name == "postgres" })?.pid else {
      throw FigureError.noSense("the stack has no running postgres")
    }
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/\(pid)/cwd", &buffer, buffer.count)
    guard length > 0 else { throw FigureError.noSense("postgres \(pid) is gone") }
    let dataFolder = String(
      decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let lines = (readText("\(dataFolder)/postmaster.pid") ?? "")
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count > 4 else { throw FigureError.noSense("no postmaster.pid in \(dataFolder)") }
    socketFolder = lines[4]
    return (dataFolder, ["-h", lines[4], "-p", lines[3]])
  }

  /// A session of the superuser.
  func session(database: String = "homebase", user: String = "supabase_admin") throws
    -> PsqlSession
  {
    try PsqlSession(try server().connection + ["-U", user, "-d", database], workspace)
  }

  /// The biggest finished layer: what spares are copied from.
  func newestLayer(_ admin: PsqlSession) throws -> String {
    let name = try admin.query(
      """
      select datname from pg_database where datname like 'homebase\\_layer\\_%'
      order by pg_database_size(oid) desc, oid desc limit 1
      """
    ).filter { !$0.isNewline }
    guard !name.isEmpty else { throw FigureError.noSense("the cluster has no layer") }
    return name
  }

  // MARK: - End

  /// Deletes its data and ends its supervisor, whatever state they are in.
  func destroy() {
    for child in children {
      kill(child, SIGTERM)
      waitpid(child, nil, 0)
    }
    children = []
    _ = try? run(
      ["/usr/bin/timeout", "60", workspace.options.homebase, "--workdir", folder, "stop"]
        + ["--no-backup", "--yes"], environment: workspace.environment, isCleanup: true)
    if let pid = supervisor {
      var attempts = 0
      while kill(pid, attempts < 100 ? SIGTERM : SIGKILL) == 0 && attempts < 120 {
        usleep(50_000)
        attempts += 1
      }
    }
    supervisor = nil
    // As root the sockets are in /run, outside of the workspace.
    if let folder = socketFolder.flatMap({ $0.lastIndex(of: "/").map($0.prefix(upTo:)) }),
      folder.hasPrefix("/run/homebase/")
    {
      _ = try? run(
        ["/bin/rm", "-rf", String(folder)], environment: workspace.environment, isCleanup: true)
    }
  }
}
