import Glibc

/// The file of a listening unix socket.
struct SocketFile: Sendable {
  let path: String
  private let device: UInt64
  private let node: UInt64

  /// Listens at a path for this user alone.
  ///
  /// The socket is made under another name and takes its own when it listens: nobody finds it with
  /// other rights than 0600, or before it answers. A socket that is left there is replaced.
  ///
  /// - Parameter path: Shorter than 108 bytes: the system has no room for more.
  /// - Returns: The descriptor, and the file.
  /// - Throws: `HTTPServiceError.cannotListen`.
  static func listen(at path: String) throws(HTTPServiceError) -> (Int32, SocketFile) {
    func failure(_ reason: String) -> HTTPServiceError {
      .cannotListen(address: path, reason: reason)
    }
    var found = stat()
    if lstat(path, &found) == 0, found.st_mode & S_IFMT != S_IFSOCK {
      throw failure("a file is there that is no socket")
    }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    let own = "\(folder).\(String(UInt32.random(in: .min ... .max), radix: 36))"
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < room, own.utf8.count < room else {
      throw failure("its path has more than \(room - 1) bytes")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: own.utf8) }
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure(systemWords(errno)) }
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard isBound, chmod(own, 0o600) == 0, Glibc.listen(descriptor, 512) == 0,
      rename(own, path) == 0, lstat(path, &found) == 0
    else {
      let reason = systemWords(errno)
      close(descriptor)
      if isBound { unlink(own) }
      throw failure(reason)
    }
    let file = SocketFile(path: path, device: UInt64(found.st_dev), node: UInt64(found.st_ino))
    return (descriptor, file)
  }

  /// Removes the file, unless another server has taken its place.
  func remove() {
    var found = stat()
    guard lstat(path, &found) == 0, UInt64(found.st_dev) == device, UInt64(found.st_ino) == node
    else { return }
    unlink(path)
  }
}
