import Glibc
import PostgresClient
import Testing

@testable import DatabaseCluster

@Suite struct ServerCopyTests {
  private func inode(_ path: String) throws -> ino_t {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { throw TestFailure("stat \(path)") }
    return facts.st_ino
  }

  /// A PostgreSQL in Debian's folders, with some extensions.
  private func installation(in root: TemporaryFolder) throws -> PostgresInstallation {
    try InstallationTests().debian(15, "15.18 (Debian)", in: root)
    let extensions = "usr/share/postgresql/15/extension"
    try root.write("comment = 'maps'\ntrusted = false\n", to: "\(extensions)/postgis.control")
    try root.write("select 1;\n", to: "\(extensions)/postgis--3.3.sql")
    try root.write("comment = 'files'\n", to: "\(extensions)/file_fdw.control")
    return try PostgresInstallation.find(preferringMajor: 15, environment: [:], root: root.path)
  }

  /// The server finds its files by the ends of the paths: the copy's must be those of the original.
  @Test func keepsTheShapeAndTrustsThePlatformsExtensions() async throws {
    let root = try TemporaryFolder()
    let installation = try installation(in: root)
    let copy = try await ServerCopy(
      folder: root.path + "/cache", installation: installation, user: nil
    )
    .ensure()

    #expect(copy.binFolder.hasSuffix("/lib/postgresql/15/bin"))
    #expect(copy.shareFolder.hasSuffix("/share/postgresql/15"))
    #expect(copy.libFolder.hasSuffix("/lib/postgresql/15/lib"))
    #expect(access(copy.binFolder + "/postgres", X_OK) == 0)
    #expect(FileTree.linkTarget(copy.binFolder + "/postgres") == nil)
    #expect(FileTree.linkTarget(copy.libFolder + "/plpgsql.so") == nil)
    #expect(access(copy.shareFolder + "/postgres.bki", R_OK) == 0)
    let extensions = copy.shareFolder + "/extension"
    #expect(
      FileTree.read(extensions + "/postgis.control") == "comment = 'maps'\n\ntrusted = true\n")
    #expect(FileTree.read(extensions + "/postgis--3.3.sql") == "select 1;\n")
    // Reads files of the machine: for a superuser only.
    #expect(FileTree.read(extensions + "/file_fdw.control") == "comment = 'files'\n")
  }

  /// A warm start must copy nothing; an extension installed since must be seen.
  @Test func isMadeOnceForWhatIsInstalled() async throws {
    let root = try TemporaryFolder()
    let installation = try installation(in: root)
    let copies = ServerCopy(
      folder: root.path + "/cache", installation: installation, user: nil)
    let first = try await copies.ensure()
    let before = try inode(first.binFolder + "/postgres")
    let second = try await copies.ensure()
    #expect(second == first)
    #expect(try inode(second.binFolder + "/postgres") == before)

    try root.write("", to: "usr/share/postgresql/15/extension/pgtap.control")
    let third = try await copies.ensure()
    #expect(third.binFolder != first.binFolder)
    #expect(
      FileTree.read(third.shareFolder + "/extension/pgtap.control") == "\ntrusted = true\n")
    // A copy of a copy would never end.
    #expect(
      try await ServerCopy(
        folder: root.path + "/cache", installation: third, user: nil
      ).ensure() == third)
  }

  /// A process that dies while it copies leaves something that is not whole: it is made again.
  @Test func halfACopyIsMadeAgain() async throws {
    let root = try TemporaryFolder()
    let copies = ServerCopy(
      folder: root.path + "/cache", installation: try installation(in: root), user: nil)
    let first = try await copies.ensure()
    let name = try #require(FileTree.names(in: root.path + "/cache/servers").first { $0 != "lock" })
    unlink("\(root.path)/cache/servers/\(name)/whole")
    unlink(first.binFolder + "/initdb")
    try root.write("", to: "cache/servers/.building-1/x")

    #expect(try await copies.ensure() == first)
    #expect(access(first.binFolder + "/initdb", X_OK) == 0)
    #expect(!FileTree.exists("\(root.path)/cache/servers/.building-1"))
  }

  /// An upgrade beneath a running stack is taken by the next start, and said until then.
  @Test func laterInstallationIsNoticed() async throws {
    let root = try TemporaryFolder()
    let installation = try installation(in: root)
    let key = try ServerCopy.key(of: installation)
    let cluster = Cluster(
      dataFolder: root.path, socketFolder: root.path, installation: installation,
      system: installation, copyKey: key, user: nil, port: 1, health: .new)
    #expect(!cluster.isInstallationChanged)
    try root.write("another\n", to: "usr/lib/postgresql/15/bin/postgres.new", mode: 0o755)
    let program = installation.binFolder + "/postgres"
    #expect(rename(program + ".new", program) == 0)
    #expect(cluster.isInstallationChanged)
  }

  /// Migrations run as `postgres`, who is no superuser, and create these.
  @Test(arguments: ["postgres_fdw", "pg_prewarm", "pg_trgm", "dblink"])
  func unprivilegedRoleCreatesExtensions(name: String) async throws {
    let (cluster, database) = try await SharedServer.shared.database()
    let connection = try await cluster.connect(database, as: "postgres")
    _ = try await connection.query("create extension \(name) with schema extensions")
    _ = try await connection.query("drop extension \(name)")
    let error = await #expect(throws: PostgresError.self) {
      _ = try await connection.query("create extension file_fdw")
    }
    #expect(error?.sqlstate == "42501")
    await connection.close()
  }
}
