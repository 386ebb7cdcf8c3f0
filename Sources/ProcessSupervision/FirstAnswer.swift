import Synchronization

/// Several may answer; the first is heard.
final class FirstAnswer: Sendable {
  private struct State {
    var continuation: CheckedContinuation<String?, Never>?
    var isGiven = false
    var then: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  func expect(_ continuation: CheckedContinuation<String?, Never>) {
    state.withLock { $0.continuation = continuation }
  }

  func onGiven(_ body: @escaping @Sendable () -> Void) {
    let isGiven = state.withLock { state -> Bool in
      if !state.isGiven { state.then = body }
      return state.isGiven
    }
    if isGiven { body() }
  }

  func give(_ answer: String?) {
    let (continuation, then) = state.withLock {
      state -> (CheckedContinuation<String?, Never>?, (@Sendable () -> Void)?) in
      defer { (state.continuation, state.then) = (nil, nil) }
      state.isGiven = true
      return (state.continuation, state.then)
    }
    continuation?.resume(returning: answer)
    then?()
  }
}
