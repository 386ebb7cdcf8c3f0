import Cryptography
package import Diagnostics
import Glibc

/// Where a project's state lives: outside of its folder, found without reading its configuration.
///
/// | | as root | as a user |
/// |---|---|---|
/// | data | `/var/lib/homebase/projects/<name>-<hash>` | `$XDG_DATA_HOME` or `~/.local/share`, `/homebase/projects/<name>-<hash>` |
/// | sockets | `/run/homebase/<hash>` | `$XDG_RUNTIME_DIR/homebase/<hash>`, else `/tmp/homebase-<uid>/<hash>` |
/// | cache | `/var/cache/homebase` | `$XDG_CACHE_HOME` or `~/.cache`, `/homebase` |
///
/// As root an `XDG_DATA_HOME` or `XDG_CACHE_HOME` counts when others may pass through it, since
/// PostgreSQL runs as another user. The hash is that of the project's path.
package struct StateLocations: Sendable, Hashable {
  /// The project that the state is of.
  package let projectRoot: String
  /// The user that owns the state.
  package let userID: UInt32
  /// Everything that survives a stop: cluster, logs, ports.
  package let dataFolder: String
  /// Sockets, locks and pid files; gone after a reboot.
  package let runtimeFolder: String
  /// What all projects share and can be made again.
  package let cacheFolder: String
  /// Why the cluster's folder may be passed by others: PostgreSQL is another user than root.
  package var servesAnotherUser: Bool { userID == 0 }
  /// A log file a service.
  package var logsFolder: String { "\(dataFolder)/logs" }
  /// The ports that were chosen.
  package var portsFile: String { "\(dataFolder)/ports.json" }
  /// Says which project the data is of.
  package var projectFile: String { "\(dataFolder)/project" }
  /// Where commands reach the supervisor.
  package var controlSocket: String { "\(runtimeFolder)/control.sock" }
  /// For PostgreSQL's own socket; as root it is handed to PostgreSQL's user by whoever starts it.
  package var databaseSocketFolder: String { "\(runtimeFolder)/db" }
  /// For the sockets of the other services; handed to their user in the same way.
  package var servicesFolder: String { "\(runtimeFolder)/services" }

  /// The longest path that a unix socket may have.
  ///
  /// Source: unix(7), `sun_path` without its end.
  package static let longestSocketPath = 107

  /// Finds the folders of a project; creates nothing.
  ///
  /// - Parameters:
  ///   - projectRoot: The canonical path of the project's root.
  ///   - environment: The shell's variables.
  ///   - userID: Whose state.
  /// - Returns: Absolute paths; every socket in `runtimeFolder` is short enough.
  /// - Throws: `StateLocationError.relativePath` for a root that is not absolute.
  package static func locate(
    projectRoot: String, environment: [String: String], userID: UInt32
  ) throws(StateLocationError) -> StateLocations {
    guard projectRoot.hasPrefix("/") else { throw .relativePath(projectRoot) }
    let hash = shortHash(of: projectRoot)
    let project = "\(ProjectLayout.name(ofRoot: projectRoot))-\(hash)"
    let fallback = temporaryFolder(of: userID)
    let home = Lazy { homeFolder(environment: environment, userID: userID) }

    let data: String
    let cache: String
    if userID == 0 {
      data = reachableFolder(environment["XDG_DATA_HOME"]) ?? "/var/lib"
      cache = reachableFolder(environment["XDG_CACHE_HOME"]) ?? "/var/cache"
    } else {
      data =
        absolute(environment["XDG_DATA_HOME"]) ?? home.value.map { "\($0)/.local/share" }
        ?? "\(fallback)/share"
      cache =
        absolute(environment["XDG_CACHE_HOME"]) ?? home.value.map { "\($0)/.cache" }
        ?? "\(fallback)/cache"
    }
    return StateLocations(
      projectRoot: projectRoot, userID: userID,
      dataFolder: "\(data)/homebase/projects/\(project)",
      runtimeFolder: runtimeFolder(
        environment: environment, userID: userID, hash: hash, fallback: fallback),
      cacheFolder: "\(cache)/homebase")
  }

  private static func temporaryFolder(of userID: UInt32) -> String { "/tmp/homebase-\(userID)" }

  private static func runtimeFolder(
    environment: [String: String], userID: UInt32, hash: String, fallback: String
  ) -> String {
    let short = "\(fallback)/\(hash)"
    if userID == 0 {
      // A container may have a read-only /run.
      return access("/run/homebase", W_OK) == 0 || access("/run", W_OK) == 0
        ? "/run/homebase/\(hash)" : short
    }
    guard let base = absolute(environment["XDG_RUNTIME_DIR"]), isOwnFolder(base, userID) else {
      return short
    }
    let folder = "\(base)/homebase/\(hash)"
    // The longest name in it: `db/.s.PGSQL.65535.lock`, with room for one more.
    return folder.utf8.count + 32 <= longestSocketPath ? folder : short
  }

  /// Eight hexadecimal digits that tell projects of one name apart.
  private static func shortHash(of path: String) -> String {
    hexadecimal(SHA256.digest(of: path).prefix(4))
  }

  /// Creates the folders, and makes sure that nobody else can have prepared them.
  ///
  /// - Throws: `StateLocationError` when a folder cannot be made, or belongs to somebody else.
  package func createFolders() throws(StateLocationError) {
    // As root others must pass, though not look: PostgreSQL runs as another user.
    let passable: mode_t = servesAnotherUser ? 0o711 : 0o700
    let shared: mode_t = servesAnotherUser ? 0o755 : 0o700
    let temporary = Self.temporaryFolder(of: userID)
    if [dataFolder, cacheFolder].contains(where: { $0.hasPrefix("\(temporary)/") }) {
      try createPrivateFolder(temporary, mode: passable, parents: shared)
    }
    try createPrivateFolder(dataFolder, mode: passable, parents: shared, followsLinks: true)
    try createPrivateFolder(logsFolder, mode: 0o700, parents: passable, followsLinks: true)
    try createPrivateFolder(cacheFolder, mode: shared, parents: shared, followsLinks: true)
    let runtimeParent = String(runtimeFolder.dropLast(runtimeFolder.lastComponent.count + 1))
    try createPrivateFolder(runtimeParent, mode: passable, parents: shared)
    try createPrivateFolder(runtimeFolder, mode: passable, parents: passable)
    do {
      try replaceFile(projectFile, with: projectRoot + "\n", mode: 0o600)
    } catch {
      throw .cannotCreate(projectFile, reason: error.description)
    }
  }

  private func createPrivateFolder(
    _ path: String, mode: mode_t, parents: mode_t, followsLinks: Bool = false
  ) throws(StateLocationError) {
    var isNew = true
    if mkdir(path, mode) != 0 {
      if errno == ENOENT {
        let parent = String(path.dropLast(path.lastComponent.count + 1))
        if !parent.isEmpty, fileKind(parent) == nil {
          try createPrivateFolder(parent, mode: parents, parents: parents)
        }
        isNew = mkdir(path, mode) == 0
      } else {
        isNew = false
      }
      guard isNew || errno == EEXIST else {
        throw .cannotCreate(path, reason: SystemError.last.description)
      }
    }
    // Opened once, so that what is checked is what is changed. In `/tmp` a link is an attack; in a
    // home it is a person who has a larger disk.
    let links = followsLinks ? 0 : O_NOFOLLOW
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | links)
    guard descriptor >= 0 else {
      throw errno == EACCES ? .notOurs(path) : .notAFolder(path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .cannotCreate(path, reason: SystemError.last.description)
    }
    guard status.st_uid == userID else { throw .notOurs(path) }
    // A new folder has lost what the umask takes; an old one may be more private than it must be.
    let isTooOpen = status.st_mode & 0o777 & ~mode != 0
    let isTooClosed = isNew || mode == 0o711
    if status.st_mode & 0o777 != mode, isTooOpen || isTooClosed {
      guard fchmod(descriptor, mode) == 0 else {
        throw .cannotCreate(path, reason: SystemError.last.description)
      }
    }
  }

  /// The projects of this user that have state on this machine.
  ///
  /// - Returns: Their data folders and roots, sorted by folder; a root may be gone.
  package func knownProjects() -> [(dataFolder: String, projectRoot: String)] {
    let folder = String(dataFolder.dropLast(dataFolder.lastComponent.count + 1))
    return folderEntries(folder).compactMap { name in
      guard let text = try? readFile("\(folder)/\(name)/project") else { return nil }
      let root = String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      return root.isEmpty ? nil : ("\(folder)/\(name)", root)
    }
  }
}

/// Computes a value at most once, and only if somebody asks.
private final class Lazy<Value> {
  private let make: () -> Value
  lazy var value = make()

  init(_ make: @escaping () -> Value) { self.make = make }
}

extension String {
  fileprivate var lastComponent: Substring {
    self[(lastIndex(of: "/").map(index(after:)) ?? startIndex)...]
  }
}

private func absolute(_ path: String?) -> String? {
  guard var path, path.hasPrefix("/") else { return nil }
  while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
  return path
}

/// The user's home, when it exists: of the environment, else of the password file.
private func homeFolder(environment: [String: String], userID: UInt32) -> String? {
  if let home = absolute(environment["HOME"]), home != "/", fileKind(home) == .folder {
    return home
  }
  var entry = passwd()
  var found: UnsafeMutablePointer<passwd>?
  var buffer = [CChar](repeating: 0, count: 16_384)
  let home = buffer.withUnsafeMutableBufferPointer { memory -> String? in
    guard let start = memory.baseAddress,
      getpwuid_r(userID, &entry, start, memory.count, &found) == 0, found != nil,
      let folder = entry.pw_dir
    else { return nil }
    return String(cString: folder)
  }
  guard let home = absolute(home), home != "/", fileKind(home) == .folder else { return nil }
  return home
}

private func isOwnFolder(_ path: String, _ userID: UInt32) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == userID
}

/// The folder itself when others may pass through it and everything above it; what does not exist
/// yet is created so.
private func reachableFolder(_ path: String?) -> String? {
  guard let path = absolute(path) else { return nil }
  var prefix = ""
  for part in path.split(separator: "/") {
    prefix += "/\(part)"
    var status = stat()
    guard stat(prefix, &status) == 0 else { return errno == ENOENT ? path : nil }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_mode & 0o001 != 0 else { return nil }
  }
  return path
}

/// Why a project's state cannot be kept.
package enum StateLocationError: Error, Sendable, Hashable {
  /// The root is not absolute: a mistake of the caller.
  case relativePath(String)
  /// A folder or file cannot be made.
  case cannotCreate(String, reason: String)
  /// Something else has the folder's name: a file, or a link.
  case notAFolder(String)
  /// Another user owns the folder, and could read or change what is in it.
  case notOurs(String)
}

extension StateLocationError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .relativePath(let path):
      Diagnostic(
        code: "state_path_relative", message: "the project's path is not absolute: \(path)",
        hint: "name the project with `--workdir` and an absolute path", category: .usage)
    case .cannotCreate(let path, let reason):
      Diagnostic(
        code: "state_not_writable", message: "cannot create \(path): \(reason)",
        hint: "make the folder above it writable, or set XDG_DATA_HOME, XDG_RUNTIME_DIR and "
          + "XDG_CACHE_HOME to folders of yours")
    case .notAFolder(let path):
      Diagnostic(
        code: "state_not_a_folder", message: "\(path) is a file or a link, not a folder",
        hint: "remove it; homebase creates the folder by itself", category: .refused)
    case .notOurs(let path):
      Diagnostic(
        code: "state_not_ours", message: "\(path) belongs to another user",
        hint: "somebody may want to listen in: remove it, or set XDG_RUNTIME_DIR to a folder of "
          + "yours", category: .refused)
    }
  }
}
