import Synchronization

/// Lets one operation through at a time, in the order in which they came.
///
/// An actor is not enough: it takes the next call at every suspension of the first.
package final class Turnstile: Sendable {
  private struct State {
    var isTaken = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  package init() {}

  /// Runs an operation when those before it are through.
  ///
  /// - Parameters:
  ///   - isolation: The caller's.
  ///   - operation: What is to be alone.
  /// - Returns: What the operation returns.
  /// - Throws: What the operation throws.
  package func pass<Result>(
    isolation: isolated (any Actor)? = #isolation, _ operation: () async throws -> Result
  ) async rethrows -> Result {
    await enter()
    defer { leave() }
    return try await operation()
  }

  /// Whether an operation is under way.
  package var isTaken: Bool { state.withLock { $0.isTaken } }

  private func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isTaken {
          state.waiting.append(continuation)
          return false
        }
        state.isTaken = true
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  private func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if state.waiting.isEmpty {
        state.isTaken = false
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}

/// Runs an operation also when the task around it was cancelled.
///
/// For what must not be left undone after a client has gone: to a cancelled task a connection
/// refuses every statement.
///
/// - Parameter operation: Short: nobody can stop it.
func toTheEnd(_ operation: @escaping @Sendable () async -> Void) async {
  await Task { await operation() }.value
}
