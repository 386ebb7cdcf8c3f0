import CProcess
import Synchronization

/// Keeps a supervisor that waits small.
///
/// Whatever a start or a command ran stays mapped: 10 MiB of the program that nobody looks at
/// while the supervisor waits. A second after a command they are given back, also when somebody
/// asks for the status all the time, and once more when what the last command left to do in the
/// background is done too. The next command gets back from the page cache what it needs.
final class Rest: Sendable {
  private struct State {
    var isSoon = false
    var later: Task<Void, Never>?
  }

  private let state = Mutex(State())

  /// A command was answered.
  func begin() {
    state.withLock { state in
      guard !state.isSoon else { return }
      state.isSoon = true
      state.later?.cancel()
      state.later = Task {
        try? await Task.sleep(for: .seconds(1))
        self.state.withLock { $0.isSoon = false }
        homebase_give_back_program()
        guard (try? await Task.sleep(for: .seconds(9))) != nil else { return }
        homebase_give_back_program()
      }
    }
  }
}
