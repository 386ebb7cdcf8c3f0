import Cryptography
import Glibc
import ProcessSupervision

/// A copy of PostgreSQL's server in the user's cache, with homebase's extensions beside the system's.
///
/// The server looks for its files relative to its own program: a copied program in a folder of the
/// same shape finds a share folder that is ours, so `create extension` and
/// `pg_available_extensions` see everything in it. The libraries are copied as well: an upgrade of
/// the package beneath a running server changes nothing for it. A copy never changes once it is
/// there; when the package or its extensions change, the next start makes another one.
struct ServerCopy {
  /// The user's cache.
  let folder: String
  let installation: PostgresInstallation
  /// Whom the server runs as; nil: this process's user.
  let user: UserIdentity?

  private var servers: String { folder + "/servers" }
  /// How many copies stay that no running server uses.
  private static let unusedKept = 2
  /// Is there when a copy is whole, and touched at each use.
  private static let mark = "whole"

  /// Finds the copy, and makes it when there is none.
  ///
  /// - Parameter progress: Told when another process is making it.
  /// - Returns: The installation whose programs, share and libraries are the copy's.
  /// - Throws: `ClusterError`; `CancellationError`.
  func ensure(progress: (String) -> Void = { _ in }) async throws -> PostgresInstallation {
    guard !installation.binFolder.hasPrefix(servers + "/") else { return installation }
    let place = "\(servers)/\(try Self.key(of: installation))"
    if FileTree.exists("\(place)/\(Self.mark)") {
      utimes("\(place)/\(Self.mark)", nil)
      return copied(at: place)
    }
    // The server's user passes through and reads; it owns nothing here.
    try FileTree.makeFolder(servers, keepingModeIfThere: geteuid() == 0 ? 0o755 : 0o700)
    let lock = try await FolderLock(servers + "/lock") {
      progress("waiting for another start that prepares PostgreSQL")
    }
    defer { lock.release() }
    guard !FileTree.exists("\(place)/\(Self.mark)") else { return copied(at: place) }
    try FileTree.remove(place)
    for name in FileTree.names(in: servers) where name.hasPrefix(".") {
      try FileTree.remove("\(servers)/\(name)")
    }
    let building = "\(servers)/.building-\(getpid())"
    do {
      try make(at: building)
      guard rename(building, place) == 0 else { throw FileTree.failure("keep", place) }
    } catch {
      try? FileTree.remove(building)
      throw error
    }
    prune(except: place)
    return copied(at: place)
  }

  /// Changes with the server, with what is installed beside it, and with homebase's own files.
  ///
  /// - Parameter installation: As it is installed.
  /// - Returns: The name of the copy's folder.
  /// - Throws: `ClusterError.system`.
  static func key(of installation: PostgresInstallation) throws(ClusterError) -> String {
    var hasher = SHA256()
    hasher.update("copy 1 \(installation.versionText)\n")
    let paths = [
      installation.binFolder + "/postgres", installation.libFolder,
      installation.shareFolder + "/extension", installation.shareFolder + "/tsearch_data",
    ]
    for path in paths {
      var facts = stat()
      guard stat(path, &facts) == 0 else { continue }
      let time = facts.st_mtim
      hasher.update(
        "\(path) \(facts.st_ino) \(facts.st_size) \(time.tv_sec).\(time.tv_nsec)\n")
    }
    hasher.update(PlatformSchema.extensionsHash)
    let version = installation.version
    return "\(version.major).\(version.minor)-" + hexadecimal(hasher.digest()).prefix(16)
  }

  /// The installation's folders, as they are below another root.
  private func copied(at place: String) -> PostgresInstallation {
    var copy = installation
    copy.binFolder = place + "/" + relative(installation.binFolder)
    copy.shareFolder = place + "/" + relative(installation.shareFolder)
    copy.libFolder = place + "/" + relative(installation.libFolder)
    return copy
  }

  /// A folder's path below what all three folders share.
  ///
  /// Source: PostgreSQL 15, `make_relative_path` in `src/port/path.c`: the ends of the paths must
  /// stay as they were compiled in.
  private func relative(_ path: String) -> String {
    let paths = [installation.binFolder, installation.shareFolder, installation.libFolder].map {
      $0.split(separator: "/")
    }
    var shared = 0
    while paths.allSatisfy({ $0.count > shared + 1 && $0[shared] == paths[0][shared] }) {
      shared += 1
    }
    return path.split(separator: "/").dropFirst(shared).joined(separator: "/")
  }

  // MARK: - Making

  private func make(at building: String) throws(ClusterError) {
    let target = copied(at: building)
    for folder in [target.binFolder, target.libFolder, target.shareFolder + "/extension"] {
      try FileTree.makeFolder(folder, keepingModeIfThere: 0o755)
    }
    guard chmod(building, 0o755) == 0 else {
      throw FileTree.failure("set the permissions of", building)
    }
    for program in ["postgres", "initdb"] {
      try FileTree.copyFile(
        "\(installation.binFolder)/\(program)", to: "\(target.binFolder)/\(program)", mode: 0o755)
    }
    for name in FileTree.names(in: installation.libFolder) {
      let source = "\(installation.libFolder)/\(name)"
      if name.hasSuffix(".so") {
        try FileTree.copyFile(source, to: "\(target.libFolder)/\(name)", mode: 0o755)
      } else {
        try link(source, at: "\(target.libFolder)/\(name)")
      }
    }
    for name in FileTree.names(in: installation.shareFolder) where name != "extension" {
      try link("\(installation.shareFolder)/\(name)", at: "\(target.shareFolder)/\(name)")
    }
    let extensions = target.shareFolder + "/extension"
    try makeExtensions(from: installation.shareFolder + "/extension", at: extensions)
    // pg_tle puts files there for the length of a `create extension`; all else is not the server's.
    if let user, lchown(extensions, user.userID, user.groupID) != 0 {
      throw FileTree.failure("give away the folder", extensions)
    }
    try FileTree.write("", to: "\(building)/\(Self.mark)", mode: 0o644)
  }

  private func makeExtensions(from source: String, at target: String) throws(ClusterError) {
    let names = FileTree.names(in: source)
    let installed = Set(
      names.filter { $0.hasSuffix(".control") }.map { $0.dropLast(8) }.map(String.init))
    let own = ExtensionFiles.own.filter {
      !(installed.contains($0.key) && ExtensionFiles.givingWay.contains($0.key))
    }
    for name in names {
      let owner = ExtensionFiles.extensionName(ofFile: name)
      if let owner, own[owner] != nil { continue }
      if let owner, name.hasSuffix(".control"), ExtensionFiles.trusted.contains(owner),
        let control = FileTree.read("\(source)/\(name)")
      {
        try FileTree.write(
          ExtensionFiles.trusting(control), to: "\(target)/\(name)", mode: 0o644)
      } else {
        try link("\(source)/\(name)", at: "\(target)/\(name)")
      }
    }
    for file in own.values.joined() {
      try FileTree.write(file.text, to: "\(target)/\(file.name)", mode: 0o644)
    }
  }

  private func link(_ source: String, at target: String) throws(ClusterError) {
    guard symlink(source, target) == 0 else { throw FileTree.failure("link", target) }
  }

  // MARK: - Pruning

  /// Removes copies of other versions that no server runs from, the longest unused first.
  private func prune(except place: String) {
    let running = Set(
      FileTree.names(in: "/proc").filter { $0.allSatisfy(\.isNumber) }.compactMap { pid in
        FileTree.linkTarget("/proc/\(pid)/exe").flatMap { program in
          program.hasPrefix(servers + "/")
            ? program.dropFirst(servers.utf8.count + 1).split(separator: "/").first.map(String.init)
            : nil
        }
      })
    var others: [(path: String, used: Int)] = []
    for name in FileTree.names(in: servers) where name != "lock" && !running.contains(name) {
      let path = "\(servers)/\(name)"
      var facts = stat()
      guard path != place, stat("\(path)/\(Self.mark)", &facts) == 0 else { continue }
      others.append((path, facts.st_mtim.tv_sec))
    }
    for other in others.sorted(by: { $0.used > $1.used }).dropFirst(Self.unusedKept) {
      // Its mark first: half of a copy must never look like a whole one.
      unlink("\(other.path)/\(Self.mark)")
      try? FileTree.remove(other.path)
    }
  }
}
