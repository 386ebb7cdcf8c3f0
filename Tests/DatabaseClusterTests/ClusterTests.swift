import Diagnostics
import Glibc
import PostgresClient
import ProcessSupervision
import Testing

@testable import DatabaseCluster

@Suite struct ClusterTests {
  private func mode(_ path: String) -> mode_t {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode & 0o7777 : 0
  }

  private func owner(_ path: String) -> UInt32 {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_uid : .max
  }

  /// A project's first start: a copy that runs, belongs to the server's user, closed to others.
  @Test func newProjectGetsACopyThatRuns() async throws {
    let image = try await SharedServer.shared.builtImage()
    let folder = try TemporaryFolder()
    let cluster = try await image.prepare(
      in: folder, port: 42_001,
      settings: ClusterSettings(parameters: ["work_mem": "7MB", "statement_timeout": "0"]))
    #expect(cluster.health == .new)
    #expect(cluster.platformHash == PlatformSchema.hash)
    for path in [cluster.dataFolder, cluster.socketFolder] {
      #expect(mode(path) == 0o700)
      #expect(owner(path) == (image.user ?? .current).userID)
    }

    let server = try await SharedServer.shared.start(cluster)
    let session = try await PostgresConnection.connect(cluster.adminParameters())
    let settings = try await session.query(
      """
      select current_setting('wal_level'), current_setting('work_mem'),
             current_setting('listen_addresses'), current_setting('timezone'),
             current_setting('synchronous_commit'), current_setting('full_page_writes'),
             current_setting('lc_collate'), current_setting('server_encoding')
      """)
    #expect(
      settings.rows == [
        ["logical", "7MB", "127.0.0.1", "UTC", "on", "on", "C.UTF-8", "UTF8"]
      ])
    await session.close()

    // A second start beside the first is refused, and names who is there.
    let error = await #expect(throws: ClusterError.self) {
      try await image.prepare(in: folder, port: 42_001)
    }
    #expect(error == .inUse(folder: cluster.dataFolder, pid: server.pid))

    server.send(Cluster.stopSignal)
    #expect(await server.waitForExit().isSuccess)
    let again = try await image.prepare(in: folder, port: 42_001)
    #expect(again.health == .cleanShutdown)
  }

  /// Over TCP everybody needs the password, the superuser too.
  @Test func tcpNeedsThePassword() async throws {
    let cluster = try await SharedServer.shared.cluster()
    for (password, sqlstate) in [("postgres", String?.none), ("wrong", "28P01")] {
      for role in PlatformSchema.loginRoles where role != "supabase_auth_admin" {
        let parameters = ConnectionParameters(
          host: "127.0.0.1", port: cluster.port, database: "template1", user: role,
          password: password)
        var seen: String?
        do {
          await (try PostgresConnection.connect(parameters)).close()
        } catch {
          seen = error.sqlstate
        }
        // template1 is closed to all but the superuser: getting that far means the password fits.
        let expected = sqlstate ?? (role == PlatformSchema.superuser ? nil : "42501")
        #expect(seen == expected, "\(role) with \(password)")
      }
    }
  }

  /// Two terminals, two `homebase start`: one copies, the other finds it.
  @Test func twoPreparesAtOnceGiveOneCluster() async throws {
    let folder = try TemporaryFolder()
    let image = try TestImage.small(in: folder)

    let clusters = try await withThrowingTaskGroup(of: Cluster.self) { group in
      for _ in 0..<4 { group.addTask { try await image.prepare(in: folder, port: 42_002) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(clusters.count == 4)
    #expect(
      FileTree.names(in: folder.path + "/data").sorted() == ["postgres", "postgres.lock"])
  }

  /// A cleaned temporary folder, a full disk, a killed build: a broken image is never handed out.
  @Test(arguments: ["truncated", "missing", "no manifest", "garbled manifest"])
  func brokenImageIsNotCopied(how: String) async throws {
    let folder = try TemporaryFolder()
    let image = try TestImage.small(in: folder).image()
    #expect(try await image.copyIfWhole(to: folder.path + "/whole"))
    switch how {
    case "truncated": truncate(image.place + "/data/global/pg_control", 10)
    case "missing": try FileTree.remove(image.place + "/data/PG_VERSION")
    case "no manifest": try FileTree.remove(image.place + "/manifest")
    default: try FileTree.write("soon", to: image.place + "/manifest")
    }
    #expect(try await !image.copyIfWhole(to: folder.path + "/copy"))
    #expect(!FileTree.exists(folder.path + "/copy"))
  }

  /// What is broken is built again by the start that finds it, and the start goes on.
  @Test func brokenImageIsBuiltAgain() async throws {
    let folder = try TemporaryFolder()
    let image = try TestImage.small(in: folder)
    try FileTree.remove(image.image().place + "/data/PG_VERSION")

    let cluster = try await image.prepare(in: folder, port: 42_003)

    #expect(cluster.health == .new)
    #expect(FileTree.exists(cluster.dataFolder + "/base/1/1259"))
    #expect(FileTree.exists(image.image().place + "/data/base/1/1259"))
  }

  /// A pid in a file may be anybody's by now: a stale one must not block, nor kill a stranger.
  @Test func stalePidIsRemovedAndAStrangersIsNoServer() async throws {
    let folder = try TemporaryFolder()
    let image = try TestImage.small(in: folder)

    let cluster = try await image.prepare(in: folder, port: 42_004)
    for pid in [Int32(4_190_000), getpid(), 1] {
      try FileTree.write("\(pid)\n", to: cluster.dataFolder + "/postmaster.pid")
      #expect(Cluster.runningServer(in: cluster.dataFolder) == nil)
      _ = try await image.prepare(in: folder, port: 42_004)
      #expect(!FileTree.exists(cluster.dataFolder + "/postmaster.pid"))
    }
  }

  /// After `apt upgrade` to another major version the data must stay, and the way out be said.
  @Test func anotherMajorVersionIsRefused() async throws {
    let folder = try TemporaryFolder()
    let image = try TestImage.small(in: folder)

    let cluster = try await image.prepare(in: folder, port: 42_005)
    try FileTree.write("12\n", to: cluster.dataFolder + "/PG_VERSION")

    let error = await #expect(throws: ClusterError.self) {
      try await image.prepare(in: folder, port: 42_005)
    }

    #expect(
      error
        == .versionMismatch(
          folder: cluster.dataFolder, data: "12",
          installed: String(image.installation.version.major)))
    #expect(error?.diagnostic.hint?.contains("--no-backup") == true)
  }

  /// Somebody's own files in the way are never touched.
  @Test func foreignFolderIsLeftAlone() async throws {
    let folder = try TemporaryFolder()
    let image = try TestImage.small(in: folder)

    try folder.write("mine", to: "data/postgres/letter.txt")
    let error = await #expect(throws: ClusterError.self) {
      try await image.prepare(in: folder, port: 42_006)
    }
    #expect(error == .notACluster(folder: folder.path + "/data/postgres"))
    #expect(FileTree.read(folder.path + "/data/postgres/letter.txt") == "mine")
  }

  /// The server's user must reach its data: said before the server says something obscure.
  @Test func closedFolderOnTheWayIsNamed() async throws {
    let folder = try TemporaryFolder()
    let image = try TestImage.small(in: folder)
    guard let user = image.user else { return }

    mkdir(folder.path + "/data", 0o700)
    let error = await #expect(throws: ClusterError.self) {
      try await image.prepare(in: folder, port: 42_007)
    }
    #expect(error == .closedFolder(path: folder.path + "/data", user: user.name))
  }

  /// The kernel's limit, said with the path instead of as a failing bind.
  @Test func longSocketPathIsRefusedFirst() async throws {
    let image = try TestImage.small(in: TemporaryFolder())
    let error = await #expect(throws: ClusterError.self) {
      try await Cluster.prepare(
        dataFolder: "/nowhere/data", socketFolder: "/" + String(repeating: "x", count: 100),
        cacheFolder: image.cacheFolder, installation: image.installation, user: image.user,
        port: 54322)
    }
    guard case .socketPathTooLong(_, 107) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// A server that dies while starting must not be waited for to the end of the limit.
  @Test func waitingEndsWithTheServer() async throws {
    let folder = try TemporaryFolder()
    let error = await #expect(throws: ClusterError.self) {
      try await Cluster.waitUntilReady(
        dataFolder: folder.path, timeout: .seconds(60), isRunning: { false })
    }
    #expect(error == .notReady(reason: "it ended while starting"))
  }

  /// As root the server gets a user of its own: PostgreSQL refuses root.
  @Test func rootRunsTheServerAsAnotherUser() throws {
    let user = try Cluster.serverUser(environment: [:])
    #expect((user == nil) == (geteuid() != 0))
    #expect(user?.userID != 0)
  }
}

@Suite struct ClusterSettingsTests {
  private let installation = PostgresInstallation(
    binFolder: "/b", shareFolder: "/s", libFolder: "/l",
    version: .init(major: 15, minor: 1), versionText: "15.1")

  /// A project's setting wins over ours, and never over what keeps others out.
  @Test func projectsSettingsComeAfterOursAndBeforeTheFixedOnes() throws {
    let text = try ClusterSettings(parameters: [
      "shared_buffers": "1GB", "listen_addresses": "*", "search_path": "it's \\ here",
    ]).file(installation: installation, socketFolder: "/run/x", port: 54322)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.last { $0.hasPrefix("shared_buffers") } == "shared_buffers = '1GB'")
    #expect(lines.last { $0.hasPrefix("listen_addr") } == "listen_addresses = '127.0.0.1'")
    #expect(lines.contains("search_path = 'it''s \\\\ here'"))
    #expect(lines.contains("unix_socket_directories = '/run/x'"))
  }

  /// A log of 1 GiB would fill a small disk, and copies of databases would find no room.
  @Test(arguments: [(100 << 20, "64MB"), (4 << 30, "512MB"), (1 << 40, "1024MB")])
  func theLogFitsTheDisk(available: Int, size: String) throws {
    let text = try ClusterSettings().file(
      installation: installation, socketFolder: "/run/x", port: 1,
      disk: DiskSpace(availableInBytes: available, totalInBytes: 1 << 40))
    #expect(text.contains("max_wal_size = '\(size)'\n"))
  }

  /// A value with a line end would be a second setting.
  @Test(arguments: [
    ("work_mem", "1MB\nfsync = on"), ("work mem", "1"), ("", "1"), ("a=b", "1"), ("ä", "1"),
    ("work_mem", "1\r\n"),
  ])
  func badSettingsAreRefused(name: String, value: String) {
    #expect(throws: ClusterError.badSetting(name: name)) {
      try ClusterSettings(parameters: [name: value])
        .file(installation: installation, socketFolder: "/run/x", port: 1)
    }
  }
}
