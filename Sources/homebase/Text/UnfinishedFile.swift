import Diagnostics
import Glibc

/// A file that appears when it is complete.
final class UnfinishedFile: Sendable {
  private let path: String
  private let name: String
  private let unfinished: String
  private let descriptor: Int32

  /// Begins a file beside its place.
  ///
  /// - Parameters:
  ///   - path: Absolute.
  ///   - mode: Who may do what with it, less what the umask forbids.
  ///   - name: The file as a person knows it.
  /// - Throws: A diagnostic.
  init(_ path: String, mode: mode_t, shownAs name: String) throws {
    self.path = path
    self.name = name
    unfinished = "\(path).\(getpid()).unfinished"
    descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure() }
  }

  /// Adds text at the end.
  ///
  /// - Parameter text: Some of it.
  /// - Throws: A diagnostic.
  func write(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else { throw failure() }
      bytes = bytes.dropFirst(max(0, count))
    }
  }

  /// Puts the file in its place.
  ///
  /// - Throws: A diagnostic; what was in the place is as it was.
  func finish() throws {
    guard close(descriptor) == 0, rename(unfinished, path) == 0 else { throw failure() }
  }

  /// Leaves the place as it was.
  func discard() {
    unlink(unfinished)
  }

  private func failure() -> Diagnostic {
    Diagnostic(
      code: "unwritable_file",
      message: "cannot write \(name): \(String(cString: strerror(errno)))")
  }
}
