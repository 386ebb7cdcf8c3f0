import Glibc

/// Makes a unix stream socket that no child process inherits.
///
/// - Parameters:
///   - path: Named in the error.
///   - isBlocking: Whether calls on it may wait.
/// - Returns: The descriptor; the caller closes it.
/// - Throws: `ControlSocketError.system`.
func makeUnixSocket(
  for path: String, isBlocking: Bool
) throws(ControlSocketError) -> Int32 {
  let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
  let flags = isBlocking ? 0 : Int32(SOCK_NONBLOCK.rawValue)
  let descriptor = socket(AF_UNIX, kind | flags, 0)
  guard descriptor >= 0 else {
    throw .system(call: "socket", path: path, code: errno)
  }
  return descriptor
}

/// Calls the body with a unix socket's address as the C functions want it.
///
/// Source: unix(7): 108 bytes, of which the last is zero.
///
/// - Parameters:
///   - path: The socket's file.
///   - body: Returns what `bind` or `connect` returned.
/// - Returns: 0, or the error number of the call.
/// - Throws: `ControlSocketError.pathTooLong`.
func withUnixAddress(
  _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) throws(ControlSocketError) -> Int32 {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let bytes = Array(path.utf8)
  guard bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else {
    throw .pathTooLong(path: path)
  }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
  let size = socklen_t(MemoryLayout<sockaddr_un>.size)
  return withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
      while true {
        if body(generic, size) == 0 { return 0 }
        if errno != EINTR { return errno }
      }
    }
  }
}

/// Connects a socket to whoever listens at a path.
///
/// - Parameters:
///   - descriptor: A socket of `makeUnixSocket`.
///   - path: The socket's file.
/// - Throws: `noSocket`, `nobodyListens`, `pathTooLong` or `system`.
func connectUnixSocket(
  _ descriptor: Int32, to path: String
) throws(ControlSocketError) {
  switch try withUnixAddress(path, { connect(descriptor, $0, $1) }) {
  case 0: return
  case ENOENT, ENOTDIR: throw .noSocket(path: path)
  case ECONNREFUSED: throw .nobodyListens(path: path)
  case let code: throw .system(call: "connect", path: path, code: code)
  }
}

/// The folder part of a path.
///
/// - Parameter path: With at least one slash.
/// - Returns: `.` when there is no slash.
func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
