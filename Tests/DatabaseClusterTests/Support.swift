import Glibc
import PostgresClient
import ProcessSupervision
import Synchronization

@testable import DatabaseCluster

/// A folder that the server's user can reach, gone at the end of the test run.
struct TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/homebase-cluster-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    chmod(path, 0o755)
    TestRun.removeAtEnd(path)
  }

  /// Writes a file, with the folders above it.
  func write(_ text: String, to name: String, mode: mode_t = 0o644) throws {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      mkdir(folder, 0o755)
    }
    let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode)
    guard file >= 0 else { throw TestFailure("write \(name)") }
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
      throw TestFailure("write \(name)")
    }
  }
}

struct TestFailure: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// What this process leaves to be cleared when it ends.
enum TestRun {
  private struct Left {
    var folders: [String] = []
    var servers: [Int32] = []
    var isRegistered = false
  }
  private static let left = Mutex(Left())

  static func removeAtEnd(_ folder: String) { note { $0.folders.append(folder) } }
  static func stopAtEnd(_ pid: Int32) { note { $0.servers.append(pid) } }

  private static func note(_ change: (inout Left) -> Void) {
    left.withLock {
      change(&$0)
      if !$0.isRegistered {
        $0.isRegistered = true
        atexit { TestRun.clear() }
      }
    }
  }

  private static func clear() {
    let left = left.withLock { $0 }
    for pid in left.servers { kill(pid, SIGQUIT) }
    for pid in left.servers {
      for _ in 0..<2000 where kill(pid, 0) == 0 && waitpid(pid, nil, WNOHANG) == 0 {
        usleep(1000)
      }
    }
    for folder in left.folders {
      // Only folders made by mkdtemp above are in the list.
      try? FileTree.remove(folder)
    }
  }
}

/// The image and the server that all tests of the platform share.
actor SharedServer {
  static let shared = SharedServer()

  private var running: Task<Cluster, any Error>?
  private var image: Task<TestImage, any Error>?
  private var databases = 0

  /// A cache with a finished image.
  func builtImage() async throws -> TestImage {
    if let image { return try await image.value }
    let task = Task {
      let folder = try TemporaryFolder()
      let installation = try PostgresInstallation.find(preferringMajor: 15, environment: [:])
      let image = TestImage(
        cacheFolder: folder.path + "/cache", installation: installation,
        user: try Cluster.serverUser(environment: [:]))
      try await image.image().ensureBuilt()
      return image
    }
    image = task
    return try await task.value
  }

  /// The running server.
  func cluster() async throws -> Cluster {
    if let running { return try await running.value }
    let task = Task {
      let image = try await builtImage()
      let folder = try TemporaryFolder()
      let cluster = try await image.prepare(in: folder, port: 50_000 + Int(getpid() % 10_000))
      try await start(cluster)
      return cluster
    }
    running = task
    return try await task.value
  }

  /// Starts a server and sees to it that it ends with the test run.
  @discardableResult
  nonisolated func start(_ cluster: Cluster) async throws -> ChildProcess {
    let command = cluster.serverCommand()
    let server = try await ChildProcess.spawn(
      ChildRequest(
        executable: command[0], arguments: command, environment: cluster.environment,
        workingDirectory: "/", user: cluster.user, deathSignal: SIGQUIT))
    TestRun.stopAtEnd(server.pid)
    try await cluster.waitUntilReady { server.exitStatus == nil }
    return server
  }

  /// A database of its own, as a project's is.
  func database() async throws -> (cluster: Cluster, name: String) {
    let cluster = try await cluster()
    databases += 1
    let name = "test_\(databases)"
    let admin = try await PostgresConnection.connect(cluster.adminParameters())
    _ = try await admin.query(
      "create database \(name) template \(PlatformSchema.templateDatabase)")
    _ = try await admin.execute(
      PlatformSchema.databaseSettings(
        database: name, jwtSecret: "a 'secret' with \\ and \"", jwtExpiry: 3600))
    await admin.close()
    return (cluster, name)
  }
}

/// Where an image is, and what it was built with.
struct TestImage: Sendable {
  let cacheFolder: String
  let installation: PostgresInstallation
  let user: UserIdentity?

  /// An image of two files, for what happens to folders: no server runs with it.
  static func small(in folder: TemporaryFolder) throws -> TestImage {
    let image = TestImage(
      cacheFolder: folder.path + "/cache",
      installation: try PostgresInstallation.find(preferringMajor: 15, environment: [:]),
      user: try Cluster.serverUser(environment: [:]))
    let place = image.image().place
    let name = String(place.dropFirst(folder.path.utf8.count + 1))
    try folder.write("\(image.installation.version.major)\n", to: name + "/data/PG_VERSION")
    var control = String(repeating: "\0", count: 64)
    control.replaceSubrange(
      control.index(
        control.startIndex, offsetBy: 16)...control.index(
          control.startIndex, offsetBy: 16), with: "\u{1}")
    try folder.write(control, to: name + "/data/global/pg_control")
    let extent = FileTree.extent(of: place + "/data")
    try folder.write("\(extent.files) \(extent.sizeInBytes)\n", to: name + "/manifest")
    return image
  }

  /// The program that the tests are built beside: this process is not it.
  private static var program: String? {
    FileTree.linkTarget("/proc/self/exe").map { FileTree.parent(of: $0) + "/homebase" }
  }

  func image() -> ClusterImage {
    ClusterImage(cacheFolder: cacheFolder, installation: installation, user: user)
  }

  func prepare(
    in folder: TemporaryFolder, port: Int = 54322, settings: ClusterSettings = ClusterSettings()
  ) async throws -> Cluster {
    try await Cluster.prepare(
      dataFolder: folder.path + "/data/postgres", socketFolder: folder.path + "/run",
      cacheFolder: cacheFolder, installation: installation, user: user, port: port,
      settings: settings, program: Self.program)
  }
}

extension Cluster {
  /// A session as a role over the socket.
  func connect(_ database: String, as role: String) async throws -> PostgresConnection {
    try await PostgresConnection.connect(parameters(database: database, user: role))
  }
}
