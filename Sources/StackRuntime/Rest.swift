import CProcess
import Synchronization

/// Keeps a supervisor that waits small.
///
/// Whatever a start or a command ran stays mapped: 10 MiB of the program that nobody looks at
/// while the supervisor waits. A moment after the last command they are given back, and once more
/// when what it left to do in the background is done too. The next command gets back from the
/// page cache what it needs.
final class Rest: Sendable {
  private let pending = Mutex<Task<Void, Never>?>(nil)

  /// Since when, after the last command, nothing is expected any more.
  private static let pauses: [Duration] = [.seconds(1), .seconds(9)]

  /// A command was answered.
  func begin() {
    let next = Task {
      for pause in Self.pauses {
        guard (try? await Task.sleep(for: pause)) != nil else { return }
        homebase_give_back_program()
      }
    }
    pending.withLock { task in
      task?.cancel()
      task = next
    }
  }
}
