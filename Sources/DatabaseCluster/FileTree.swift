import Glibc
import ProcessSupervision

/// Folders and files below the level of a language's library: owners, modes, holes, renames.
enum FileTree {
  /// The names in a folder, without `.` and `..`; none when it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// The path without its last part.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func exists(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) == 0
  }

  static func isFolder(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }

  /// What a symbolic link says; nil when it is none, or not ours to read.
  static func linkTarget(_ path: String) -> String? {
    var target = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &target, target.count)
    guard count > 0 else { return nil }
    return String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The whole of a small file; nil when it is not there.
  static func read(_ path: String) -> String? {
    guard let bytes = readBytes(path) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func readBytes(_ path: String, upTo limit: Int = 1 << 20) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 8192)
    while bytes.count < limit {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return bytes
  }

  /// Writes a file so that a reader sees the old or the new one, never half.
  ///
  /// - Parameters:
  ///   - text: The whole file.
  ///   - path: Where; its folder must be there.
  ///   - owner: Who is to own it; nil: this process's user.
  ///   - mode: Its permissions.
  /// - Throws: `ClusterError.system`.
  static func write(
    _ text: String, to path: String, owner: UserIdentity? = nil, mode: mode_t = 0o600
  ) throws(ClusterError) {
    let temporary = "\(path).\(getpid()).new"
    unlink(temporary)
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard file >= 0 else { throw failure("write", path) }
    var isKept = false
    defer {
      close(file)
      if !isKept { unlink(temporary) }
    }
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(file, $0.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("write", path) }
      written += count
    }
    try own(file, owner, path)
    guard rename(temporary, path) == 0 else { throw failure("write", path) }
    isKept = true
  }

  /// Makes a folder and those above it that are missing.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - owner: Who is to own the last one; nil: this process's user. What is above stays this
  ///     process's, and open to be passed through when an owner is given.
  ///   - mode: The permissions of the last one.
  /// - Throws: `ClusterError.system`.
  static func makeFolder(
    _ path: String, owner: UserIdentity? = nil, mode: mode_t = 0o700
  ) throws(ClusterError) {
    try makeFolder(parent(of: path), keepingModeIfThere: owner == nil ? 0o700 : 0o755)
    if mkdir(path, mode) != 0 {
      guard errno == EEXIST, isFolder(path) else { throw failure("make the folder", path) }
    }
    guard chmod(path, mode) == 0 else { throw failure("set the permissions of", path) }
    if let owner {
      guard lchown(path, owner.userID, owner.groupID) == 0 else {
        throw failure("give away the folder", path)
      }
    }
  }

  /// Makes a folder unless it is there; one that is there keeps its owner and permissions.
  static func makeFolder(_ path: String, keepingModeIfThere mode: mode_t) throws(ClusterError) {
    if isFolder(path) { return }
    let above = parent(of: path)
    if above != path && above != "." { try makeFolder(above, keepingModeIfThere: mode) }
    guard mkdir(path, mode) == 0 || errno == EEXIST else {
      throw failure("make the folder", path)
    }
    // Whatever the umask was.
    guard chmod(path, mode) == 0 else { throw failure("set the permissions of", path) }
  }

  /// Removes a folder with all that is in it, or a file; nothing when it is not there.
  ///
  /// Symbolic links are removed, never followed.
  ///
  /// - Parameter path: The folder or file.
  /// - Throws: `ClusterError.system`.
  static func remove(_ path: String) throws(ClusterError) {
    var facts = stat()
    guard lstat(path, &facts) == 0 else {
      if errno == ENOENT { return }
      throw failure("remove", path)
    }
    guard facts.st_mode & S_IFMT == S_IFDIR else {
      guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
      return
    }
    for name in names(in: path) { try remove("\(path)/\(name)") }
    guard rmdir(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
  }

  /// Copies a folder with all that is in it.
  ///
  /// Shares the blocks where the file system can (`FICLONE`: btrfs, xfs); else copies and leaves
  /// out the zeroes of large files, so that an empty WAL segment takes no space.
  ///
  /// - Parameters:
  ///   - source: The folder.
  ///   - target: Must not be there.
  ///   - owner: Who is to own the copy; nil: this process's user.
  /// - Returns: How much was there, to compare with what should be.
  /// - Throws: `ClusterError.system`; a half copy is left for the caller to remove.
  static func copy(
    _ source: String, to target: String, owner: UserIdentity?
  ) throws(ClusterError) -> Extent {
    guard mkdir(target, 0o700) == 0 else { throw failure("make the folder", target) }
    var buffer = [UInt8](repeating: 0, count: 256 * 1024)
    var canShare = true
    var extent = Extent()
    try copyContents(source, target, owner, &buffer, &canShare, &extent)
    return extent
  }

  /// How much is in a folder.
  struct Extent: Sendable, Hashable {
    var files = 0
    var sizeInBytes = 0
  }

  /// Counts the files of a folder and all below it.
  static func extent(of folder: String) -> Extent {
    var extent = Extent()
    for name in names(in: folder) {
      var facts = stat()
      guard lstat("\(folder)/\(name)", &facts) == 0 else { continue }
      if facts.st_mode & S_IFMT == S_IFDIR {
        let inner = Self.extent(of: "\(folder)/\(name)")
        extent.files += inner.files
        extent.sizeInBytes += inner.sizeInBytes
      } else if facts.st_mode & S_IFMT == S_IFREG {
        extent.files += 1
        extent.sizeInBytes += Int(facts.st_size)
      }
    }
    return extent
  }

  /// Gives a folder and all that is in it to a user.
  static func give(_ path: String, to owner: UserIdentity) throws(ClusterError) {
    var facts = stat()
    guard lstat(path, &facts) == 0 else { throw failure("read", path) }
    if facts.st_mode & S_IFMT == S_IFDIR {
      for name in names(in: path) { try give("\(path)/\(name)", to: owner) }
    }
    guard lchown(path, owner.userID, owner.groupID) == 0 else { throw failure("give away", path) }
  }

  private static func copyContents(
    _ source: String, _ target: String, _ owner: UserIdentity?, _ buffer: inout [UInt8],
    _ canShare: inout Bool, _ extent: inout Extent
  ) throws(ClusterError) {
    for name in names(in: source) {
      let from = "\(source)/\(name)"
      let to = "\(target)/\(name)"
      var facts = stat()
      guard lstat(from, &facts) == 0 else { throw failure("read", from) }
      switch facts.st_mode & S_IFMT {
      case S_IFDIR:
        guard mkdir(to, 0o700) == 0 else { throw failure("make the folder", to) }
        try copyContents(from, to, owner, &buffer, &canShare, &extent)
      case S_IFREG:
        try copyFile(from, to, Int(facts.st_size), owner, &buffer, &canShare)
        extent.files += 1
        extent.sizeInBytes += Int(facts.st_size)
      default:
        continue
      }
    }
    if let owner {
      guard lchown(target, owner.userID, owner.groupID) == 0 else {
        throw failure("give away the folder", target)
      }
    }
  }

  private static func copyFile(
    _ source: String, _ target: String, _ size: Int, _ owner: UserIdentity?,
    _ buffer: inout [UInt8], _ canShare: inout Bool
  ) throws(ClusterError) {
    let from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard from >= 0 else { throw failure("read", source) }
    defer { close(from) }
    let to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard to >= 0 else { throw failure("write", target) }
    defer { close(to) }
    try own(to, owner, target)
    guard size > 0 else { return }
    if canShare {
      let shareBlocks: UInt = 0x4004_9409  // FICLONE of linux/fs.h
      if ioctl(to, shareBlocks, from) == 0 { return }
      canShare = false
    }
    let mayHaveHoles = size >= 1 << 20
    var offset = 0
    while offset < size {
      let count = Glibc.read(from, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("read", source) }
      let isHole = mayHaveHoles && isZero(buffer, count)
      if !isHole { try writeAll(to, buffer, count, at: offset, target) }
      offset += count
    }
    guard mayHaveHoles else { return }
    guard ftruncate(to, off_t(size)) == 0 else { throw failure("write", target) }
  }

  /// Copies one file, or what a link points to.
  ///
  /// - Parameters:
  ///   - source: The file.
  ///   - target: Must not be there.
  ///   - mode: The permissions of the copy.
  /// - Throws: `ClusterError.system`.
  static func copyFile(
    _ source: String, to target: String, mode: mode_t
  ) throws(ClusterError) {
    guard let path = realpath(source, nil) else { throw failure("read", source) }
    defer { free(path) }
    var facts = stat()
    guard stat(path, &facts) == 0 else { throw failure("read", source) }
    var buffer = [UInt8](repeating: 0, count: 256 * 1024)
    var canShare = true
    try copyFile(String(cString: path), target, Int(facts.st_size), nil, &buffer, &canShare)
    guard chmod(target, mode) == 0 else { throw failure("set the permissions of", target) }
  }

  private static func writeAll(
    _ file: Int32, _ buffer: [UInt8], _ count: Int, at offset: Int, _ path: String
  ) throws(ClusterError) {
    var written = 0
    while written < count {
      let result = buffer.withUnsafeBytes {
        pwrite(
          file, $0.baseAddress.map { $0 + written }, count - written, off_t(offset + written))
      }
      if result < 0 && errno == EINTR { continue }
      guard result > 0 else { throw failure("write", path) }
      written += result
    }
  }

  /// All zero when it starts with zeroes and equals itself shifted by as many.
  private static func isZero(_ buffer: [UInt8], _ count: Int) -> Bool {
    buffer.withUnsafeBytes { bytes in
      guard count > 8, let base = bytes.baseAddress else { return false }
      return base.loadUnaligned(as: UInt64.self) == 0 && memcmp(base, base + 8, count - 8) == 0
    }
  }

  private static func own(
    _ file: Int32, _ owner: UserIdentity?, _ path: String
  ) throws(ClusterError) {
    guard let owner else { return }
    guard fchown(file, owner.userID, owner.groupID) == 0 else {
      throw failure("give away", path)
    }
  }

  /// The first folder on the way to a path that a user may not pass through.
  ///
  /// - Parameters:
  ///   - path: Its own last part is left out.
  ///   - user: Whose permissions count.
  /// - Returns: That folder; nil when the way is open as far as it is there.
  static func closedFolder(onTheWayTo path: String, for user: UserIdentity) -> String? {
    var folder = parent(of: path)
    var closed: String?
    while folder != "." {
      var facts = stat()
      if stat(folder, &facts) == 0 {
        let bit: mode_t =
          facts.st_uid == user.userID
          ? 0o100
          : facts.st_gid == user.groupID || user.groups.contains(facts.st_gid) ? 0o010 : 0o001
        if facts.st_mode & bit == 0 { closed = folder }
      }
      if folder == "/" { break }
      folder = parent(of: folder)
    }
    return closed
  }

  static func failure(_ action: String, _ path: String) -> ClusterError {
    .system(action: action, path: path, errno: errno)
  }
}

/// How much room a file system has.
package struct DiskSpace: Sendable, Hashable {
  /// What a user other than root may still write, in bytes.
  package var availableInBytes: Int
  /// The size of the file system, in bytes.
  package var totalInBytes: Int

  /// Looks at the file system that holds a path.
  ///
  /// - Parameter path: A file or folder that is there.
  /// - Returns: What `statvfs` says.
  /// - Throws: `ClusterError.system`.
  package static func at(_ path: String) throws(ClusterError) -> DiskSpace {
    var facts = statvfs()
    guard statvfs(path, &facts) == 0 else { throw FileTree.failure("measure", path) }
    return DiskSpace(
      availableInBytes: Int(facts.f_bavail) * Int(facts.f_frsize),
      totalInBytes: Int(facts.f_blocks) * Int(facts.f_frsize))
  }
}
