import Cryptography
import Glibc
import Synchronization

/// The SHA-256 of files, computed once for each state of a file.
///
/// Looking costs one `stat`: a reset of 300 unchanged migrations reads none of them. A file that
/// changed less than two seconds before it was read is read again the next time, since a second
/// change within one tick of the file system's clock would look the same.
package final class FileFingerprints: Sendable {
  private struct State: Equatable {
    var inode: UInt64
    var size: Int64
    var modified: timespec
    var changed: timespec

    static func == (left: State, right: State) -> Bool {
      left.inode == right.inode && left.size == right.size
        && left.modified.tv_sec == right.modified.tv_sec
        && left.modified.tv_nsec == right.modified.tv_nsec
        && left.changed.tv_sec == right.changed.tv_sec
        && left.changed.tv_nsec == right.changed.tv_nsec
    }
  }

  private struct Entry {
    var state: State
    var hash: String
    var isSettled: Bool
  }

  private let entries = Mutex<[String: Entry]>([:])

  package init() {}

  /// Gives the hash of a file's bytes.
  ///
  /// - Parameter path: An absolute path.
  /// - Returns: SHA-256 in lower-case hexadecimal digits.
  /// - Throws: `LifecycleError.unreadable` with the system's reason.
  package func hash(of path: String) throws(LifecycleError) -> String {
    let state = try Self.state(of: path)
    if let entry = entries.withLock({ $0[path] }), entry.isSettled, entry.state == state {
      return entry.hash
    }
    let hash = hexadecimal(SHA256.digest(of: try readFile(path)))
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    // A clock that was set back leaves times in the future: those files are read each time.
    let age = now.tv_sec - max(state.modified.tv_sec, state.changed.tv_sec)
    entries.withLock { $0[path] = Entry(state: state, hash: hash, isSettled: age >= 2) }
    return hash
  }

  private static func state(of path: String) throws(LifecycleError) -> State {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .unreadable(path: path, reason: systemReason()) }
    return State(
      inode: UInt64(status.st_ino), size: Int64(status.st_size), modified: status.st_mtim,
      changed: status.st_ctim)
  }
}

/// Reads a whole file.
///
/// - Parameter path: An absolute path.
/// - Returns: The file's bytes.
/// - Throws: `LifecycleError.unreadable` with the system's reason.
func readFile(_ path: String) throws(LifecycleError) -> [UInt8] {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
  defer { close(file) }
  var status = stat()
  guard fstat(file, &status) == 0 else { throw .unreadable(path: path, reason: systemReason()) }
  guard status.st_mode & S_IFMT != S_IFDIR else {
    throw .unreadable(path: path, reason: "it is a folder")
  }
  var bytes = [UInt8]()
  bytes.reserveCapacity(Int(status.st_size) + 1)
  var buffer = [UInt8](repeating: 0, count: max(4096, min(Int(status.st_size) + 1, 1 << 20)))
  while true {
    let count = read(file, &buffer, buffer.count)
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { throw .unreadable(path: path, reason: systemReason()) }
    if count == 0 { return bytes }
    bytes.append(contentsOf: buffer[..<count])
  }
}

/// What `errno` says, in words.
func systemReason() -> String {
  String(cString: strerror(errno))
}

/// The SHA-256 of a text, in lower-case hexadecimal digits.
func hashOf(_ text: String) -> String {
  hexadecimal(SHA256.digest(of: text))
}
