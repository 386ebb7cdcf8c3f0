import Glibc
import ProcessSupervision

/// This program as the server's user can run it.
enum OwnProgram {
  /// The name of the link in the data folder, which is the server's working directory.
  ///
  /// The extension `http` runs it.
  static let linkName = "homebase"

  /// Where this program is.
  static func path() throws(ClusterError) -> String {
    guard var own = FileTree.linkTarget("/proc/self/exe") else {
      throw FileTree.failure("read", "/proc/self/exe")
    }
    // A program that was replaced while it ran: the new one stands in its place.
    let mark = " (deleted)"
    if own.hasSuffix(mark) { own.removeLast(mark.count) }
    return own
  }

  /// Copies a program when its own place is closed to the server's user.
  ///
  /// - Parameters:
  ///   - own: Where the program is.
  ///   - cacheFolder: The user's cache.
  ///   - user: Whom the server runs as; nil: this process's user.
  /// - Returns: A path where that user can run it.
  /// - Throws: `ClusterError.system`.
  static func reachable(
    _ own: String, cacheFolder: String, user: UserIdentity?
  ) throws(ClusterError) -> String {
    guard let user, FileTree.closedFolder(onTheWayTo: own, for: user) != nil else { return own }
    var facts = stat()
    guard stat(own, &facts) == 0 else { throw FileTree.failure("read", own) }
    let folder = cacheFolder + "/programs"
    let time = facts.st_mtim
    let copy = "\(folder)/homebase-\(facts.st_size)-\(time.tv_sec).\(time.tv_nsec)"
    if FileTree.exists(copy) { return copy }
    try FileTree.makeFolder(folder, keepingModeIfThere: 0o755)
    // Several clusters may be prepared at once, also by one process.
    let building = "\(folder)/.new-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    try FileTree.copyFile(own, to: building, mode: 0o755)
    guard rename(building, copy) == 0 else { throw FileTree.failure("keep", copy) }
    for path in outdated(in: folder) { try? FileTree.remove(path) }
    return copy
  }

  /// Copies beyond the newest ones: other stacks may still use those.
  private static func outdated(in folder: String) -> [String] {
    let copies = FileTree.names(in: folder).map { name -> (path: String, changed: Int) in
      var facts = stat()
      let path = "\(folder)/\(name)"
      return (path, lstat(path, &facts) == 0 ? facts.st_ctim.tv_sec : 0)
    }
    return copies.sorted { $0.changed > $1.changed }.dropFirst(4).map(\.path)
  }

  /// Puts the link into a data folder.
  ///
  /// - Parameters:
  ///   - program: Where the program is.
  ///   - dataFolder: PostgreSQL's own data folder.
  /// - Throws: `ClusterError.system`.
  static func link(_ program: String, in dataFolder: String) throws(ClusterError) {
    let place = "\(dataFolder)/\(linkName)"
    if FileTree.linkTarget(place) == program { return }
    let temporary = "\(place).\(getpid()).new"
    unlink(temporary)
    guard symlink(program, temporary) == 0, rename(temporary, place) == 0 else {
      throw FileTree.failure("link", place)
    }
  }
}
