import Glibc
package import PostgresClient
package import ProcessSupervision

/// A project's PostgreSQL: its folders, how it is started, how it is reached.
package struct Cluster: Sendable {
  /// PostgreSQL's own data folder.
  package var dataFolder: String
  /// Where its unix socket is; only the server's user may look into it.
  package var socketFolder: String
  /// What runs: a copy of what is installed.
  package var installation: PostgresInstallation
  /// What is installed, and was copied.
  var system: PostgresInstallation?
  /// Of the copy.
  var copyKey: String?
  /// This program, where the server's user can run it.
  package var program: String?
  /// Whom the server runs as, when this process is root.
  package var user: UserIdentity?
  /// Of TCP, and in the socket's name.
  package var port: Int
  /// What the last run left behind, as `prepare` found it.
  package var health: ClusterHealth
  /// `PlatformSchema.hash` of the image that the cluster was copied from; nil when unknown.
  package var platformHash: String?

  /// The name of PostgreSQL's own data folder in a project's.
  package static let folderName = "postgres"

  /// Which platform the cluster was made with.
  private static let platformFile = "homebase.platform"
  /// The kernel's limit is 108 with the closing NUL.
  ///
  /// Source: unix(7), `sun_path`.
  private static let longestSocketPath = 107

  /// Whom to run PostgreSQL as: it refuses root.
  ///
  /// - Parameter environment: `SUDO_USER` is read from it.
  /// - Returns: Nil when this process is not root: then the server runs as the same user. Else
  ///   `postgres` where it exists, else who called sudo, else `nobody`.
  /// - Throws: `ClusterError.noUser`.
  package static func serverUser(environment: [String: String]) throws -> UserIdentity? {
    guard geteuid() == 0 else { return nil }
    for name in ["postgres", environment["SUDO_USER"] ?? "", "nobody"] where !name.isEmpty {
      if let user = try? UserIdentity.named(name), user.userID != 0 { return user }
    }
    throw ClusterError.noUser
  }

  // MARK: - Preparing

  /// Makes a project's cluster ready to be started.
  ///
  /// A new one is copied from the image, which is built when it is missing, and renamed into its
  /// place when it is whole. One that is there is checked: its version, a server that still runs
  /// in it, what a dead one left. In both cases its settings are written anew. Safe against a
  /// second call at the same time.
  ///
  /// - Parameters:
  ///   - dataFolder: PostgreSQL's own data folder. The folders above must let `user` through.
  ///   - socketFolder: Where its socket is to be; made, and closed to all others.
  ///   - cacheFolder: Where images and copies of the server are kept.
  ///   - installation: Whose server is used.
  ///   - user: Whom it will run as; see `serverUser`.
  ///   - port: Of TCP, and in the socket's name.
  ///   - settings: `[db.settings]` of the project.
  ///   - program: What sends requests for the extension `http`; nil: this program.
  ///   - progress: Told what takes long.
  /// - Returns: The cluster, with what its last run left behind.
  /// - Throws: `ClusterError`; `CancellationError`.
  package static func prepare(
    dataFolder: String, socketFolder: String, cacheFolder: String,
    installation: PostgresInstallation, user: UserIdentity?, port: Int,
    settings: ClusterSettings = ClusterSettings(), program: String? = nil,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> Cluster {
    let socket = "\(socketFolder)/.s.PGSQL.\(port)"
    guard socket.utf8.count <= longestSocketPath else {
      throw ClusterError.socketPathTooLong(path: socket, limit: longestSocketPath)
    }
    // Everything that can be wrong with the project's own words comes before any work.
    let configuration = try settings.file(
      installation: installation, socketFolder: socketFolder, port: port,
      disk: try? DiskSpace.at(FileTree.parent(of: dataFolder)))
    try FileTree.makeFolder(
      FileTree.parent(of: dataFolder), keepingModeIfThere: user == nil ? 0o700 : 0o755)
    if let user {
      for folder in [dataFolder, socketFolder] {
        if let closed = FileTree.closedFolder(onTheWayTo: folder, for: user) {
          throw ClusterError.closedFolder(path: closed, user: user.name)
        }
      }
    }
    let system = installation
    // Before the copying: a change in between is seen later.
    let copyKey = try ServerCopy.key(of: system)
    let installation = try await ServerCopy(folder: cacheFolder, installation: system, user: user)
      .ensure(progress: progress)
    let lock = try await FolderLock(dataFolder + ".lock") {
      progress("waiting for another start of this project")
    }
    defer { lock.release() }

    if FileTree.names(in: dataFolder).isEmpty {
      try await create(
        dataFolder,
        from: ClusterImage(
          cacheFolder: cacheFolder, installation: installation, user: user, progress: progress))
    } else {
      try check(dataFolder, installation)
      try removeStalePid(dataFolder)
      try takeOver(dataFolder, user)
    }
    try FileTree.makeFolder(socketFolder, owner: user)

    let program = try OwnProgram.reachable(
      program ?? OwnProgram.path(), cacheFolder: cacheFolder, user: user)
    try OwnProgram.link(program, in: dataFolder)

    let boot = ShutdownMarks.currentBoot()
    let health = try ShutdownMarks.judge(dataFolder, currentBoot: boot, owner: user)
    try FileTree.write(configuration, to: dataFolder + "/postgresql.conf", owner: user)
    try FileTree.write(
      ClusterSettings.hostBasedAuthentication, to: dataFolder + "/pg_hba.conf", owner: user)
    if let boot {
      try FileTree.write(
        boot + "\n", to: "\(dataFolder)/\(ShutdownMarks.bootFile)", owner: user)
    }
    return Cluster(
      dataFolder: dataFolder, socketFolder: socketFolder, installation: installation,
      system: system, copyKey: copyKey, program: program, user: user, port: port, health: health,
      platformHash: FileTree.read("\(dataFolder)/\(platformFile)")
        .map { String($0.prefix { !$0.isNewline }) })
  }

  private static func create(_ dataFolder: String, from image: ClusterImage) async throws {
    let parent = FileTree.parent(of: dataFolder)
    let name = String(dataFolder.dropFirst(parent.utf8.count + 1))
    for left in FileTree.names(in: parent) where left.hasPrefix("\(name).new-") {
      try FileTree.remove("\(parent)/\(left)")
    }
    let copy = "\(dataFolder).new-\(getpid())"
    try await image.copy(to: copy)
    do {
      try FileTree.write(
        PlatformSchema.hash + "\n", to: "\(copy)/\(platformFile)", owner: image.user)
      // An empty folder in its place gives way.
      guard rename(copy, dataFolder) == 0 else { throw FileTree.failure("make", dataFolder) }
    } catch {
      try? FileTree.remove(copy)
      throw error
    }
  }

  private static func check(
    _ dataFolder: String, _ installation: PostgresInstallation
  ) throws(ClusterError) {
    guard
      let text = FileTree.read(dataFolder + "/PG_VERSION"),
      FileTree.exists(dataFolder + "/global/pg_control")
    else { throw .notACluster(folder: dataFolder) }
    let major = String(text.prefix { !$0.isNewline })
    guard major == String(installation.version.major) else {
      throw .versionMismatch(
        folder: dataFolder, data: major, installed: String(installation.version.major))
    }
  }

  private static func removeStalePid(_ dataFolder: String) throws(ClusterError) {
    if let pid = runningServer(in: dataFolder) { throw .inUse(folder: dataFolder, pid: pid) }
    try FileTree.remove(dataFolder + "/postmaster.pid")
  }

  /// The folder may come from a run as another user.
  private static func takeOver(
    _ dataFolder: String, _ user: UserIdentity?
  ) throws(ClusterError) {
    var facts = stat()
    guard stat(dataFolder, &facts) == 0 else { throw FileTree.failure("read", dataFolder) }
    if let user, facts.st_uid != user.userID { try FileTree.give(dataFolder, to: user) }
    guard chmod(dataFolder, 0o700) == 0 else {
      throw FileTree.failure("set the permissions of", dataFolder)
    }
  }

  /// The server that runs in a data folder.
  ///
  /// A pid in `postmaster.pid` may by now be anybody's: it counts when that process is a postgres
  /// and works in this very folder, as a server does.
  ///
  /// - Parameter dataFolder: PostgreSQL's own data folder.
  /// - Returns: Its pid; nil when none runs.
  package static func runningServer(in dataFolder: String) -> Int32? {
    guard
      let text = FileTree.read(dataFolder + "/postmaster.pid"),
      let pid = text.split(separator: "\n", omittingEmptySubsequences: false).first
        .flatMap({ Int32($0) }), pid > 1,
      let name = FileTree.read("/proc/\(pid)/comm"), name.hasPrefix("postgres")
    else { return nil }
    var there = stat()
    var here = stat()
    guard stat("/proc/\(pid)/cwd", &there) == 0, stat(dataFolder, &here) == 0 else { return nil }
    return there.st_dev == here.st_dev && there.st_ino == here.st_ino ? pid : nil
  }

  /// Whether PostgreSQL or its extensions have been installed anew since the cluster was prepared.
  ///
  /// The server goes on with the copy that it was started from, and lacks nothing by it; the next
  /// `prepare` takes what is installed then.
  package var isInstallationChanged: Bool {
    guard let system, let key = try? ServerCopy.key(of: system) else { return false }
    return key != copyKey
  }

  /// Whether the cluster's platform is not this program's.
  package var isPlatformOlder: Bool { platformHash != PlatformSchema.hash }

  /// Notes that every database that is kept has this program's platform.
  ///
  /// - Throws: `ClusterError.system`.
  package func notePlatform() throws {
    try FileTree.write(
      PlatformSchema.hash + "\n", to: "\(dataFolder)/\(Self.platformFile)", owner: user)
  }

  // MARK: - Starting and stopping

  /// The server's command line, to be run as `user` with `environment`, in any folder.
  ///
  /// - Parameter port: Nil: the one it was prepared for.
  /// - Returns: The program's absolute path, then its arguments.
  package func serverCommand(port: Int? = nil) -> [String] {
    [installation.binFolder + "/postgres", "-D", dataFolder, "-p", String(port ?? self.port)]
  }

  /// What the server is to have around it; nothing of the caller's own decides anything.
  package var environment: [String: String] { Self.environment(of: user) }

  static func environment(of user: UserIdentity?) -> [String: String] {
    let user = user ?? .current
    return [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
      "TZ": "UTC", "HOME": user.home, "USER": user.name, "LOGNAME": user.name,
    ]
  }

  /// The fast shutdown: sessions are ended, everything is written.
  ///
  /// SIGTERM would wait for clients.
  package static let stopSignal: Int32 = SIGINT

  /// Waits until the started server takes connections.
  ///
  /// - Parameters:
  ///   - timeout: From now; recovery after a crash counts.
  ///   - isRunning: Whether the server's process is still there.
  /// - Throws: `ClusterError.notReady`; `CancellationError`.
  package func waitUntilReady(
    timeout: Duration = .seconds(120), isRunning: @Sendable () -> Bool = { true }
  ) async throws {
    try await Self.waitUntilReady(
      dataFolder: dataFolder, timeout: timeout, isRunning: isRunning)
  }

  /// Reads `postmaster.pid` when it has changed, until its eighth line says `ready`.
  ///
  /// A connection would cost a process and, before that, a line in the server's log. `isRunning`
  /// is asked every 50 ms. Source: PostgreSQL 15, `src/include/utils/pidfile.h`.
  package static func waitUntilReady(
    dataFolder: String, timeout: Duration, isRunning: @Sendable () -> Bool
  ) async throws {
    let deadline = ContinuousClock.now + timeout
    let watch = FolderWatch(dataFolder, periodInMilliseconds: 50)
    defer { withExtendedLifetime(watch) {} }
    var changes = watch.changes.makeAsyncIterator()
    while true {
      if isReady(dataFolder) { return }
      guard isRunning() else {
        throw ClusterError.notReady(reason: "it ended while starting")
      }
      guard ContinuousClock.now < deadline else {
        throw ClusterError.notReady(reason: "it took longer than \(timeout)")
      }
      await changes.next()
      try Task.checkCancellation()
    }
  }

  /// Whether a server that runs says that it lets clients in: what a dead one left does not count.
  private static func isReady(_ dataFolder: String) -> Bool {
    guard let text = FileTree.read(dataFolder + "/postmaster.pid") else { return false }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.count >= 8 && lines[7].hasPrefix("ready") && runningServer(in: dataFolder) != nil
  }

  // MARK: - Connecting

  /// As the superuser over the unix socket, where the server trusts.
  ///
  /// - Parameter database: The name as the catalog spells it, unquoted.
  /// - Returns: Parameters for a connection or a pool.
  package func adminParameters(
    database: String = PlatformSchema.adminDatabase
  ) -> ConnectionParameters {
    parameters(database: database, user: PlatformSchema.superuser)
  }

  /// As any role over the unix socket, where the server trusts.
  ///
  /// - Parameters:
  ///   - database: The name as the catalog spells it, unquoted.
  ///   - user: The role's name, unquoted.
  /// - Returns: Parameters for a connection or a pool.
  package func parameters(database: String, user: String) -> ConnectionParameters {
    ConnectionParameters(host: socketFolder, port: port, database: database, user: user)
  }
}
