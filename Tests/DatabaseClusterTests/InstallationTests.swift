import Diagnostics
import Glibc
import Testing

@testable import DatabaseCluster

@Suite struct InstallationTests {
  /// A folder that looks like a PostgreSQL: programs, share and lib.
  func install(
    _ text: String, bin: String, share: String, lib: String, in root: TemporaryFolder
  ) throws {
    let padding = String(repeating: "#", count: 100)
    try root.write(
      "\(padding)\0x (PostgreSQL) 1.2\0postgres (PostgreSQL) \(text)\n\0\(padding)",
      to: bin + "/postgres", mode: 0o755)
    try root.write("#!/bin/sh\n", to: bin + "/initdb", mode: 0o755)
    try root.write("# PostgreSQL\n", to: share + "/postgres.bki")
    try root.write("", to: lib + "/plpgsql.so")
  }

  func debian(_ major: Int, _ text: String, in root: TemporaryFolder) throws {
    try install(
      text, bin: "usr/lib/postgresql/\(major)/bin", share: "usr/share/postgresql/\(major)",
      lib: "usr/lib/postgresql/\(major)/lib", in: root)
  }

  /// Two versions side by side is Debian's normal case: the project's own is the one to take.
  @Test func takesThePreferredVersion() throws {
    let root = try TemporaryFolder()
    try debian(15, "15.18 (Debian 15.18-0+deb12u1)", in: root)
    try debian(17, "17.2", in: root)

    let found = try PostgresInstallation.find(
      preferringMajor: 15, environment: [:], root: root.path)

    #expect(found.version == .init(major: 15, minor: 18))
    #expect(found.versionText == "15.18 (Debian 15.18-0+deb12u1)")
    #expect(found.shareFolder == root.path + "/usr/share/postgresql/15")
    #expect(found.libFolder == root.path + "/usr/lib/postgresql/15/lib")
    #expect(found.note == nil)
  }

  /// `major_version = 17` on Debian 12 must run, and say so.
  @Test func takesTheNewestOtherVersionWithANote() throws {
    let root = try TemporaryFolder()
    try debian(14, "14.9", in: root)
    try debian(16, "16.4", in: root)

    let found = try PostgresInstallation.find(
      preferringMajor: 17, environment: [:], root: root.path)

    #expect(found.version == .init(major: 16, minor: 4))
    #expect(found.note?.contains("PostgreSQL 17") == true)
    #expect(found.note?.contains("16.4") == true)
  }

  /// Whoever names a folder means it: neither a better one nor Debian's is taken instead.
  @Test func namedFolderDecidesAlone() throws {
    let root = try TemporaryFolder()
    try debian(15, "15.18", in: root)
    try install("16.1", bin: "own/bin", share: "own/share", lib: "own/lib", in: root)

    let own = try PostgresInstallation.find(
      preferringMajor: 15, environment: ["HOMEBASE_PG_BIN": root.path + "/own/bin"],
      root: root.path)
    #expect(own.version.major == 16)
    #expect(own.shareFolder == root.path + "/own/share")

    #expect(throws: ClusterError.noServerIn(folder: "/nowhere")) {
      try PostgresInstallation.find(
        preferringMajor: 15, environment: ["HOMEBASE_PG_BIN": "/nowhere"], root: root.path)
    }
  }

  /// Debian's tree somewhere else is a whole one: its server finds the share folder in that tree.
  @Test func aCopiedTreeKeepsItsOwnShareFolder() throws {
    let root = try TemporaryFolder()
    try debian(15, "15.18", in: root)
    try install(
      "15.18", bin: "copy/usr/lib/postgresql/15/bin", share: "copy/usr/share/postgresql/15",
      lib: "copy/usr/lib/postgresql/15/lib", in: root)

    let found = try PostgresInstallation.find(
      preferringMajor: 15,
      environment: ["HOMEBASE_PG_BIN": root.path + "/copy/usr/lib/postgresql/15/bin"],
      root: root.path)

    #expect(found.shareFolder == root.path + "/copy/usr/share/postgresql/15")
  }

  /// A server built by hand is found by PATH, or by what pg_config says.
  @Test func findsByPathAndByConfigurationProgram() throws {
    let root = try TemporaryFolder()
    try install("15.1", bin: "opt/pg/bin", share: "opt/pg/share", lib: "opt/pg/lib", in: root)
    try root.write(
      "#!/bin/sh\necho \(root.path)/opt/pg/bin\n", to: "tools/pg_config", mode: 0o755)

    for path in ["/opt/pg/bin", "/nothing:/tools"] {
      let found = try PostgresInstallation.find(
        preferringMajor: 15, environment: ["PATH": path], root: root.path)
      #expect(found.binFolder == root.path + "/opt/pg/bin", "PATH=\(path)")
    }
  }

  /// Every start looks for the server: no process is started where files tell where it is.
  @Test func followsALinkAndRunsNothing() throws {
    let root = try TemporaryFolder()
    try debian(14, "14.9", in: root)
    try install("15.1", bin: "opt/pg/bin", share: "opt/pg/share", lib: "opt/pg/lib", in: root)
    let program = "#!/bin/sh\ntouch \(root.path)/has-run\n"
    try root.write(program, to: "opt/pg/bin/pg_config", mode: 0o755)
    try root.write("", to: "tools/README")
    #expect(symlink("\(root.path)/opt/pg/bin/pg_config", "\(root.path)/tools/pg_config") == 0)

    for (major, bin) in [
      (15, "/opt/pg/bin"), (17, "/opt/pg/bin"), (14, "/usr/lib/postgresql/14/bin"),
    ] {
      let found = try PostgresInstallation.find(
        preferringMajor: major, environment: ["PATH": "/tools"], root: root.path)
      #expect(found.binFolder == root.path + bin)
    }
    #expect(access("\(root.path)/has-run", F_OK) != 0)
  }

  /// The first thing a new developer may meet: it must say the command to type.
  @Test func saysHowToInstall() throws {
    let root = try TemporaryFolder()
    let error = #expect(throws: ClusterError.self) {
      try PostgresInstallation.find(preferringMajor: 15, environment: [:], root: root.path)
    }
    #expect(error == .notInstalled(preferredMajor: 15))
    #expect(error?.diagnostic.hint?.contains("apt-get install postgresql-15") == true)
  }

  /// A version that cannot run the platform is named, not "not found".
  @Test func namesAVersionThatIsTooOld() throws {
    let root = try TemporaryFolder()
    try debian(13, "13.9", in: root)
    #expect(
      throws: ClusterError.tooOld(
        versionText: "13.9", folder: root.path + "/usr/lib/postgresql/13/bin")
    ) {
      try PostgresInstallation.find(preferringMajor: 15, environment: [:], root: root.path)
    }
  }

  /// The client packages bring programs without a server; half an installation helps nobody.
  @Test func refusesHalfAnInstallation() throws {
    let root = try TemporaryFolder()
    try debian(15, "15.1", in: root)
    try FileTree.remove(root.path + "/usr/share/postgresql")
    let error = #expect(throws: ClusterError.self) {
      try PostgresInstallation.find(preferringMajor: 15, environment: [:], root: root.path)
    }
    #expect(error?.diagnostic.message.contains("postgres.bki") == true)
  }

  /// Versions of all kinds that servers report.
  @Test(arguments: [
    ("15.18 (Debian 15.18-0+deb12u1)", 15, 18), ("14.0", 14, 0), ("17beta1", 17, 0),
    ("18devel", 18, 0), ("16.10 - Percona", 16, 10),
  ])
  func readsVersions(text: String, major: Int, minor: Int) {
    #expect(
      PostgresInstallation.parseVersion(text)
        == PostgresInstallation.Version(major: major, minor: minor))
  }

  /// The machine's own server is the one that all other tests use.
  @Test func findsThisMachinesServer() throws {
    let found = try PostgresInstallation.find(preferringMajor: 15, environment: [:])
    #expect(found.version.major >= 14)
    #expect(found.hasLibrary("plpgsql"))
    #expect(!found.hasLibrary("no_such_library"))
  }
}
