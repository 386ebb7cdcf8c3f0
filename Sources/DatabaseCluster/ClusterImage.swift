import Diagnostics
import Glibc
import PostgresClient
package import ProcessSupervision

/// A finished cluster in the user's cache, from which a project's is copied.
///
/// One for each server version and platform. It is built in a folder beside its place and renamed
/// into it when it is whole; a process that dies leaves nothing that looks like an image. What is
/// copied is counted: an image that has lost a file is built again.
package struct ClusterImage: Sendable {
  /// The cache of this user.
  let folder: String
  let installation: PostgresInstallation
  /// Whom the server runs as; nil: this process's user.
  let user: UserIdentity?
  /// Told what is being done, for people.
  let progress: @Sendable (String) -> Void

  private var key: String {
    "\(installation.version.major).\(installation.version.minor)-"
      + PlatformSchema.hash.prefix(16)
  }
  private var clusters: String { folder + "/clusters" }
  /// Where the finished image is.
  var place: String { "\(clusters)/\(key)" }
  private var lockFile: String { "\(clusters)/\(key).lock" }

  /// How many images of other versions and platforms stay.
  private static let othersKept = 2

  /// Describes the image of an installation.
  ///
  /// - Parameters:
  ///   - cacheFolder: The user's cache; made when it is not there.
  ///   - installation: Whose server and initdb are used.
  ///   - user: Whom they run as; nil: this process's user.
  ///   - progress: Told what is being done.
  package init(
    cacheFolder: String, installation: PostgresInstallation, user: UserIdentity?,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    folder = cacheFolder
    self.installation = installation
    self.user = user
    self.progress = progress
  }

  /// Copies the image, and builds it before when it is missing or not whole.
  ///
  /// - Parameter target: The new data folder; must not be there.
  /// - Throws: `ClusterError`; `CancellationError`. Then nothing is left at `target`.
  package func copy(to target: String) async throws {
    try FileTree.makeFolder(clusters, keepingModeIfThere: user == nil ? 0o700 : 0o755)
    for attempt in 1...2 {
      if try await copyIfWhole(to: target) { return }
      try await build(isRebuild: attempt == 2)
    }
    guard try await copyIfWhole(to: target) else {
      throw ClusterError.imageFailed(step: "copy", reason: "\(place) changes while it is copied")
    }
  }

  /// Builds the image unless it is there.
  ///
  /// - Throws: `ClusterError`; `CancellationError`.
  package func ensureBuilt() async throws {
    try FileTree.makeFolder(clusters, keepingModeIfThere: user == nil ? 0o700 : 0o755)
    if manifest(of: place) == nil { try await build(isRebuild: false) }
  }

  /// Copies the image if it has all that it should.
  ///
  /// False, and nothing left at the target, when it has not.
  func copyIfWhole(to target: String) async throws -> Bool {
    let lock = try await FolderLock(lockFile, shared: true) {
      progress("waiting for another start that prepares PostgreSQL")
    }
    defer { lock.release() }
    guard let expected = manifest(of: place) else { return false }
    do {
      let copied = try FileTree.copy(place + "/data", to: target, owner: user)
      if copied == expected {
        utimes(place, nil)
        return true
      }
    } catch {
      try FileTree.remove(target)
      // A file of the image that cannot be read any more is a reason to build it again.
      guard case .system("read", _, _) = error else { throw error }
      return false
    }
    try FileTree.remove(target)
    return false
  }

  /// What a whole image holds; nil when there is none.
  private func manifest(of place: String) -> FileTree.Extent? {
    guard let text = FileTree.read(place + "/manifest") else { return nil }
    let numbers = text.split(separator: " ").compactMap { Int($0.filter(\.isNumber)) }
    guard numbers.count == 2 else { return nil }
    return FileTree.Extent(files: numbers[0], sizeInBytes: numbers[1])
  }

  // MARK: - Building

  private func build(isRebuild: Bool) async throws {
    let lock = try await FolderLock(lockFile) {
      progress("waiting for another start that prepares PostgreSQL")
    }
    defer { lock.release() }
    // Somebody else may have built it while we waited. Whole means: all that it should hold.
    if let expected = manifest(of: place), FileTree.extent(of: place + "/data") == expected {
      return
    }
    if let user, let closed = FileTree.closedFolder(onTheWayTo: clusters + "/x", for: user) {
      throw ClusterError.closedFolder(path: closed, user: user.name)
    }
    progress("preparing PostgreSQL \(installation.version.major) (once)")
    for name in FileTree.names(in: clusters) where name.hasPrefix(".building-\(key).") {
      try FileTree.remove("\(clusters)/\(name)")
    }
    let building = "\(clusters)/.building-\(key).\(getpid())"
    try FileTree.makeFolder(building, owner: user)
    do {
      // The platform creates extensions that only the copy has.
      let server = try await ServerCopy(folder: folder, installation: installation, user: user)
        .ensure(progress: progress)
      try await initialise(building + "/data", with: server)
      try await fill(building, with: server)
      for name in ["postmaster.opts", "postmaster.pid"] {
        try FileTree.remove("\(building)/data/\(name)")
      }
      try FileTree.remove(building + "/server.log")
      let extent = FileTree.extent(of: building + "/data")
      try FileTree.write("\(extent.files) \(extent.sizeInBytes)\n", to: building + "/manifest")
      try FileTree.remove(place)
      guard rename(building, place) == 0 else { throw FileTree.failure("keep", place) }
    } catch {
      try? FileTree.remove(building)
      throw error
    }
    prune()
  }

  private func initialise(
    _ data: String, with server: PostgresInstallation
  ) async throws {
    let result = try await runTool(
      [
        server.binFolder + "/initdb", "--pgdata", data,
        "--username", PlatformSchema.superuser, "--encoding", "UTF8", "--locale", "C.UTF-8",
        // `Cluster.prepare` writes who may connect, before a server with this data listens.
        "--auth", "trust", "--no-sync", "--no-instructions", "--wal-segsize", "4",
      ],
      environment: Cluster.environment(of: user), workingDirectory: "/", user: user,
      timeout: .seconds(120))
    guard result.status.isSuccess else {
      throw ClusterError.imageFailed(step: "initdb", reason: lastLines(of: result.errorOutput))
    }
  }

  /// Starts a private server, runs the platform's SQL, stops it.
  private func fill(
    _ building: String, with server: PostgresInstallation
  ) async throws {
    let sockets = try temporaryFolder()
    defer { try? FileTree.remove(sockets) }
    let data = building + "/data"
    let log = open(
      building + "/server.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard log >= 0 else { throw FileTree.failure("write", building + "/server.log") }
    defer { close(log) }
    let arguments = [
      server.binFolder + "/postgres", "-D", data, "-F", "-k", sockets, "-p", "5432",
      "-c", "listen_addresses=", "-c", "wal_level=logical", "-c", "autovacuum=off",
      "-c", "full_page_writes=off", "-c", "max_wal_senders=4", "-c", "shared_buffers=64MB",
      "-c", "min_wal_size=8MB", "-c", "log_min_messages=error", "-c", "jit=off",
    ]
    let process = try await ChildProcess.spawn(
      ChildRequest(
        executable: arguments[0], arguments: arguments,
        environment: Cluster.environment(of: user), workingDirectory: "/", user: user,
        descriptors: [nil, log, log], deathSignal: SIGQUIT, umask: 0o077))
    do {
      try await Cluster.waitUntilReady(dataFolder: data, timeout: .seconds(60)) {
        process.exitStatus == nil
      }
      try await runScripts(socketFolder: sockets)
      process.send(SIGINT)
      let status = await process.waitForExit()
      guard status.isSuccess else {
        throw ClusterError.imageFailed(step: "shutdown", reason: "\(status)")
      }
    } catch {
      process.send(SIGQUIT)
      _ = await process.waitForExit()
      if case ClusterError.notReady = error {
        let words = FileTree.read(building + "/server.log") ?? ""
        throw ClusterError.imageFailed(step: "server start", reason: lastLines(of: words))
      }
      throw error
    }
  }

  private func runScripts(socketFolder: String) async throws {
    let template = PlatformSchema.templateDatabase
    let admin = try await connect(socketFolder, "template1")
    // initdb made three databases; the one named `postgres` becomes the template, and its name is
    // free for the project's own.
    try await run(
      "databases",
      """
      alter database postgres rename to \(template);
      comment on database \(template) is null;
      """, on: admin)
    for script in PlatformSchema.scripts where script.scope == .cluster {
      try await run(script.name, script.sql, on: admin)
    }
    try await run("passwords", PlatformSchema.passwords("postgres"), on: admin)

    let database = try await connect(socketFolder, template)
    for script in PlatformSchema.scripts where script.scope == .database {
      try await run(script.name, script.sql, on: database)
    }
    // A frozen template spares every clone the hint bits that its first reader would write.
    try await run("freeze", "vacuum (freeze)", on: database)
    await database.close()

    let adminDatabase = PlatformSchema.adminDatabase
    try await run(
      "databases", "create database \(adminDatabase) template template0 strategy file_copy",
      orElse: "create database \(adminDatabase) template template0", on: admin)
    try await run(
      "databases",
      """
      alter database \(template) owner to postgres;
      alter database \(template) allow_connections false;
      revoke all on database \(adminDatabase) from public;
      revoke all on database template1 from public;
      """, on: admin)
    await admin.close()
  }

  private func connect(
    _ socketFolder: String, _ database: String
  ) async throws -> PostgresConnection {
    do {
      return try await PostgresConnection.connect(
        ConnectionParameters(
          host: socketFolder, port: 5432, database: database, user: PlatformSchema.superuser))
    } catch {
      throw ClusterError.imageFailed(step: "connection", reason: error.diagnostic.message)
    }
  }

  private func run(
    _ name: String, _ sql: String, orElse other: String? = nil, on connection: PostgresConnection
  ) async throws {
    do {
      _ = try await connection.execute(sql)
    } catch {
      // PostgreSQL 14 knows no strategy.
      if let other, error.sqlstate == "42601" || error.sqlstate == "22023" {
        return try await run(name, other, on: connection)
      }
      if case .cancelled = error { throw CancellationError() }
      throw ClusterError.platformFailed(
        script: name, reason: error.diagnostic.message, sqlstate: error.sqlstate)
    }
  }

  /// A short path for the private server's socket, whatever the length of the cache's.
  private func temporaryFolder() throws -> String {
    var template = Array("/tmp/homebase-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileTree.failure("make a folder in", "/tmp") }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if let user, chown(path, user.userID, user.groupID) != 0 {
      throw FileTree.failure("give away", path)
    }
    return path
  }

  private func lastLines(of text: String) -> String {
    text.split(separator: "\n").suffix(4).joined(separator: "; ")
  }

  // MARK: - Pruning

  /// Removes images that other versions of homebase or PostgreSQL left, the longest unused first.
  private func prune() {
    var others: [(name: String, used: Int)] = []
    for name in FileTree.names(in: clusters)
    where name != key && !name.hasPrefix(".") && !name.hasSuffix(".lock") {
      var facts = stat()
      guard stat("\(clusters)/\(name)", &facts) == 0 else { continue }
      others.append((name, facts.st_mtim.tv_sec))
    }
    for other in others.sorted(by: { $0.used > $1.used }).dropFirst(Self.othersKept) {
      guard let lock = FolderLock(immediately: "\(clusters)/\(other.name).lock") else { continue }
      defer { lock.release() }
      // Renamed first: half of an image must never look like a whole one.
      let going = "\(clusters)/.going-\(other.name)"
      guard rename("\(clusters)/\(other.name)", going) == 0 else { continue }
      try? FileTree.remove(going)
      unlink("\(clusters)/\(other.name).lock")
    }
  }
}
