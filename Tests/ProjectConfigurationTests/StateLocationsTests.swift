import Diagnostics
import Glibc
import Testing

@testable import ProjectConfiguration

@Suite struct StateLocationsTests {
  func locate(
    _ environment: [String: String] = [:], root: String = "/srv/my app", user: UInt32 = 1000
  ) throws -> StateLocations {
    try StateLocations.locate(projectRoot: root, environment: environment, userID: user)
  }

  /// A user's state is where the desktop's conventions have it.
  @Test func asUser() throws {
    let home = try TemporaryFolder("home")
    let found = try locate(["HOME": home.path])
    #expect(found.dataFolder.hasPrefix("\(home.path)/.local/share/homebase/projects/my_app-"))
    #expect(found.cacheFolder == "\(home.path)/.cache/homebase")
    #expect(found.runtimeFolder.hasPrefix("/tmp/homebase-1000/"))
    #expect(found.logsFolder == "\(found.dataFolder)/logs")

    let moved = try locate([
      "HOME": home.path, "XDG_DATA_HOME": "/data/", "XDG_CACHE_HOME": "/cache",
    ])
    #expect(moved.dataFolder.hasPrefix("/data/homebase/projects/my_app-"))
    #expect(moved.cacheFolder == "/cache/homebase")
    // The convention says that relative paths are to be ignored.
    #expect(
      try locate(["HOME": home.path, "XDG_DATA_HOME": "data"]).dataFolder == found.dataFolder)
  }

  /// The runtime folder counts only when it is there and ours: a leftover of `su` is neither.
  @Test func runtimeFolderMustBeOurs() throws {
    let runtime = try TemporaryFolder("run")
    let mine = getuid()
    guard mine == 0 else {
      let found = try locate(["XDG_RUNTIME_DIR": runtime.path], user: mine)
      #expect(found.runtimeFolder.hasPrefix("\(runtime.path)/homebase/"))
      return
    }
    #expect(chown(runtime.path, 1000, 1000) == 0)
    let found = try locate(["XDG_RUNTIME_DIR": runtime.path])
    #expect(found.runtimeFolder.hasPrefix("\(runtime.path)/homebase/"))
    #expect(
      try locate(["XDG_RUNTIME_DIR": runtime.path], user: 1001).runtimeFolder
        .hasPrefix("/tmp/homebase-1001/"))
  }

  /// Services, cron and containers have no home.
  @Test func withoutHome() throws {
    let nobody = try locate(user: 54_321)
    #expect(nobody.dataFolder.hasPrefix("/tmp/homebase-54321/share/homebase/projects/my_app-"))
    #expect(nobody.cacheFolder == "/tmp/homebase-54321/cache/homebase")
    let missing = try locate(["HOME": "/does/not/exist"], user: 54_321)
    #expect(missing == nobody)
  }

  /// As root PostgreSQL runs as another user, who must reach the data.
  @Test func asRoot() throws {
    let found = try locate(["HOME": "/root"], user: 0)
    #expect(found.dataFolder.hasPrefix("/var/lib/homebase/projects/my_app-"))
    #expect(found.cacheFolder == "/var/cache/homebase")

    let open = try TemporaryFolder("open")
    let outer = String(open.path.dropLast(5))
    #expect(chmod(outer, 0o755) == 0)
    #expect(
      try locate(["XDG_DATA_HOME": "\(open.path)/new/er"], user: 0).dataFolder
        .hasPrefix("\(open.path)/new/er/homebase/projects/"))
    #expect(chmod(outer, 0o700) == 0)
    #expect(try locate(["XDG_DATA_HOME": open.path], user: 0).dataFolder == found.dataFolder)
  }

  /// Two projects of one name must not share a database.
  @Test func rootsAreToldApart() throws {
    let first = try locate(root: "/a/app")
    let second = try locate(root: "/b/app")
    #expect(first.dataFolder != second.dataFolder && first.runtimeFolder != second.runtimeFolder)
    #expect(try locate(root: "/a/app") == first)
    #expect(throws: StateLocationError.relativePath("app")) { try locate(root: "app") }
  }

  /// A unix socket has 107 bytes; a deep home must not make the project unusable.
  @Test func socketsAreShort() throws {
    let deep = try TemporaryFolder(String(repeating: "d", count: 100))
    let user = getuid() == 0 ? 1000 : getuid()
    if getuid() == 0 { #expect(chown(deep.path, 1000, 1000) == 0) }
    let found = try locate(
      ["XDG_RUNTIME_DIR": deep.path], root: "/" + String(repeating: "é", count: 500), user: user)
    #expect(found.runtimeFolder.hasPrefix("/tmp/homebase-\(user)/"))
    for socket in [found.controlSocket, "\(found.databaseSocketFolder)/.s.PGSQL.65535"] {
      #expect(socket.utf8.count <= StateLocations.longestSocketPath)
    }
  }
}

@Suite struct StateFoldersTests {
  /// State in a place of the test's own, as the user that runs it.
  func locations(_ folder: TemporaryFolder) -> StateLocations {
    StateLocations(
      projectRoot: "/srv/app", userID: getuid(), dataFolder: "\(folder.path)/data/app-1",
      runtimeFolder: "\(folder.path)/run/1", cacheFolder: "\(folder.path)/cache")
  }

  func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  /// Folders are there after one call, closed to others, and a second call changes nothing.
  @Test func createsPrivateFolders() throws {
    let folder = try TemporaryFolder()
    let state = locations(folder)
    try state.createFolders()
    try state.createFolders()
    let expected: mode_t = getuid() == 0 ? 0o711 : 0o700
    #expect(mode(state.runtimeFolder) == expected)
    #expect(mode(state.dataFolder) == expected)
    #expect(mode(state.logsFolder) == 0o700)
    #expect(state.knownProjects().map(\.projectRoot) == ["/srv/app"])
  }

  /// A person with a second disk links the data there; that is no attack.
  @Test func ownLinksAreFollowed() throws {
    let folder = try TemporaryFolder()
    let state = locations(folder)
    let large = try folder.folder("large")
    #expect(symlink(large, state.cacheFolder) == 0)
    try state.createFolders()
    #expect(fileKind(state.cacheFolder) == .folder)
  }

  /// `/tmp` is everybody's: a prepared folder or link would hand our socket to a stranger.
  @Test func hostileFoldersAreRefused() throws {
    let folder = try TemporaryFolder()
    let state = locations(folder)
    let elsewhere = try folder.folder("elsewhere")
    _ = try folder.folder("run")
    #expect(symlink(elsewhere, state.runtimeFolder) == 0)
    #expect(throws: StateLocationError.notAFolder(state.runtimeFolder)) {
      try state.createFolders()
    }
    unlink(state.runtimeFolder)
    try folder.write("run/1", "a file")
    #expect(throws: StateLocationError.notAFolder(state.runtimeFolder)) {
      try state.createFolders()
    }
    unlink(state.runtimeFolder)

    try makeFolder(state.runtimeFolder)
    #expect(chmod(state.runtimeFolder, 0o777) == 0)
    try state.createFolders()
    #expect(mode(state.runtimeFolder) & 0o066 == 0)
    guard getuid() == 0 else { return }
    #expect(chown("\(folder.path)/run", 1000, 1000) == 0)
    let error = #expect(throws: StateLocationError.self) { try state.createFolders() }
    #expect(error == .notOurs("\(folder.path)/run"))
    #expect(error?.diagnostic.category == .refused)
  }
}
