import Glibc

/// A lock between processes, held by an open file: the kernel lets go of it when its holder dies.
struct FolderLock: Sendable {
  private let file: Int32

  /// Takes the lock; waits while somebody else has it.
  ///
  /// - Parameters:
  ///   - path: The lock's own file; it stays there, empty.
  ///   - shared: Several may hold it so at once, and nobody alone.
  ///   - onWait: Called once when it is not to be had at once.
  /// - Throws: `ClusterError.system`; `CancellationError`.
  init(_ path: String, shared: Bool = false, onWait: () -> Void = {}) async throws {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw FileTree.failure("lock", path) }
    var hasWaited = false
    while flock(file, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        let error = FileTree.failure("lock", path)
        close(file)
        throw error
      }
      if !hasWaited { onWait() }
      hasWaited = true
      do {
        try await Task.sleep(for: .milliseconds(5))
      } catch {
        close(file)
        throw error
      }
    }
    self.file = file
  }

  /// Takes the lock if nobody has it.
  ///
  /// Nil when somebody has it, or it cannot be opened.
  ///
  /// - Parameter path: The lock's own file.
  init?(immediately path: String) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return nil }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      return nil
    }
    self.file = file
  }

  /// Lets go of the lock.
  ///
  /// Must be called once: nothing else does while this process lives.
  func release() { close(file) }
}
