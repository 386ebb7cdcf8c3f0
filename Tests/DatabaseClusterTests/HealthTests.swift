import Diagnostics
import Glibc
import PostgresClient
import ProcessSupervision
import Testing

@testable import DatabaseCluster

@Suite struct HealthTests {
  /// The control file of a server in some state; only the state is looked at.
  private func control(state: UInt32) -> String {
    var bytes = [UInt8](repeating: 0, count: 64)
    bytes[16] = UInt8(state)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Each ending has its own word: only a power cut may cost data, and must not hide.
  @Test(arguments: [
    // state of pg_control, boot of the last start, boot now
    (UInt32(1), String?.none, "b", ClusterHealth.new),
    (1, "a", "a", .cleanShutdown), (1, "a", "b", .cleanShutdown), (2, "a", "b", .cleanShutdown),
    (6, "a", "a", .crashRecoveryNeeded), (4, "a", "a", .crashRecoveryNeeded),
    (6, "a", "b", .powerCutSuspected), (4, "a", "b", .powerCutSuspected),
    (6, nil, "b", .crashRecoveryNeeded),
  ])
  func judgesTheLastRun(
    state: UInt32, lastBoot: String?, boot: String, expected: ClusterHealth
  ) throws {
    let folder = try TemporaryFolder()
    try folder.write(control(state: state), to: "global/pg_control")
    if let lastBoot { try folder.write(lastBoot + "\n", to: ShutdownMarks.bootFile) }
    #expect(try ShutdownMarks.judge(folder.path, currentBoot: boot, owner: nil) == expected)
  }

  /// A second crash after the power cut must not make the suspicion forgotten.
  @Test func suspicionStaysUntilCleared() throws {
    let folder = try TemporaryFolder()
    try folder.write(control(state: 6), to: "global/pg_control")
    try folder.write("a\n", to: ShutdownMarks.bootFile)
    #expect(
      try ShutdownMarks.judge(folder.path, currentBoot: "b", owner: nil) == .powerCutSuspected)
    try folder.write("b\n", to: ShutdownMarks.bootFile)
    try folder.write(control(state: 1), to: "global/pg_control")
    #expect(
      try ShutdownMarks.judge(folder.path, currentBoot: "b", owner: nil) == .powerCutSuspected)
  }

  /// A killed server recovers; a database whose file was lost is named, the others are not.
  @Test func verifyNamesTheBrokenDatabaseOnly() async throws {
    let image = try await SharedServer.shared.builtImage()
    let folder = try TemporaryFolder()
    let cluster = try await image.prepare(in: folder, port: 42_010)
    let first = try await SharedServer.shared.start(cluster)
    let admin = try await PostgresConnection.connect(cluster.adminParameters())
    for name in ["good", "bad", "index"] {
      _ = try await admin.query(
        "create database \(name) template \(PlatformSchema.templateDatabase)")
    }
    var files: [String: String] = [:]
    for name in ["bad", "index"] {
      let session = try await PostgresConnection.connect(
        cluster.adminParameters(database: name))
      _ = try await session.execute(
        "create table t as select g as id from generate_series(1, 3000) as g;"
          + "create index i on t (id); analyze t; checkpoint")
      files[name] = try await session.query(
        "select pg_relation_filepath($1::regclass)", [name == "bad" ? "t" : "i"]
      ).firstValue
      await session.close()
    }
    await admin.close()
    first.send(SIGKILL)
    _ = await first.waitForExit()

    let killed = try await image.prepare(in: folder, port: 42_010)
    #expect(killed.health == .crashRecoveryNeeded)
    // What a power cut does without fsync: pages that never reached the disk.
    truncate("\(cluster.dataFolder)/\(try #require(files["bad"]))", 8192 + 100)
    let index = open("\(cluster.dataFolder)/\(try #require(files["index"]))", O_WRONLY)
    _ = [UInt8](repeating: 0xFF, count: 4000).withUnsafeBytes {
      pwrite(index, $0.baseAddress, 4000, 8192 + 1000)
    }
    close(index)

    let second = try await SharedServer.shared.start(killed)
    let broken = try await killed.verify()
    #expect(broken.map(\.name).sorted() == ["bad", "index"])
    let check = try await PostgresConnection.connect(killed.adminParameters())
    let closed = try await check.query(
      "select datname from pg_database where not datallowconn order by 1")
    #expect(closed[column: "datname"] == ["homebase_platform", "template0"])
    await check.close()
    second.send(SIGINT)
    _ = await second.waitForExit()
  }

  /// When even the catalogs are gone, the folder makes way and stays for whoever wants to look.
  @Test func brokenClusterIsSetAside() async throws {
    let folder = try TemporaryFolder()
    let image = try TestImage.small(in: folder)
    let cluster = try await image.prepare(in: folder, port: 42_011)
    #expect(try cluster.setAside() == cluster.dataFolder + ".broken-1")
    #expect(!FileTree.exists(cluster.dataFolder))
    #expect(try await image.prepare(in: folder, port: 42_011).health == .new)
  }
}

@Suite struct FileTreeTests {
  /// An empty WAL segment must not take its size on the disk, and copy as what it is.
  @Test func copyKeepsContentAndLeavesOutZeroes() throws {
    let folder = try TemporaryFolder()
    try folder.write("abc", to: "from/small")
    let big = String(repeating: "x", count: 300_000)
    try folder.write(
      big + String(repeating: "\0", count: 2_000_000) + big, to: "from/deep/er/segment")
    try folder.write("", to: "from/empty")

    let extent = try FileTree.copy(folder.path + "/from", to: folder.path + "/to", owner: nil)

    #expect(extent == FileTree.extent(of: folder.path + "/from"))
    #expect(extent == FileTree.extent(of: folder.path + "/to"))
    for name in ["small", "deep/er/segment", "empty"] {
      #expect(
        FileTree.readBytes("\(folder.path)/to/\(name)", upTo: 1 << 24)
          == FileTree.readBytes("\(folder.path)/from/\(name)", upTo: 1 << 24))
    }
    var facts = stat()
    #expect(stat(folder.path + "/to/deep/er/segment", &facts) == 0)
    #expect(facts.st_blocks * 512 < 1_500_000)
  }

  /// A link in a folder that is removed leads to things that are not ours.
  @Test func removeNeverFollowsLinks() throws {
    let folder = try TemporaryFolder()
    try folder.write("keep", to: "kept/file")
    mkdir(folder.path + "/gone", 0o755)
    symlink(folder.path + "/kept", folder.path + "/gone/link")
    try FileTree.remove(folder.path + "/gone")
    try FileTree.remove(folder.path + "/gone")
    #expect(FileTree.read(folder.path + "/kept/file") == "keep")
  }

  /// The lead refuses work that would fill the disk: the numbers must be true to size.
  @Test func diskSpaceIsMeasured() throws {
    let space = try DiskSpace.at("/tmp")
    #expect(space.availableInBytes > 0)
    #expect(space.totalInBytes >= space.availableInBytes)
    #expect(throws: ClusterError.self) { try DiskSpace.at("/no/such/folder") }
  }
}
