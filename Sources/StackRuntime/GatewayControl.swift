import DatabaseLifecycle
import FoundationEssentials
import ProcessSupervision
import Synchronization

/// Pauses the gateway while a database changes places, and tells it that there is another one.
///
/// Every answer has its bound: a gateway that hangs or does not run holds up no reset. What is asked
/// is asked in turn, so that a late resume never falls into the next pause.
final class GatewayControl: Sendable {
  private struct State {
    /// Grows with every database; services drop what they hold of a lower one.
    var generation: UInt64
    /// How often it was closed or opened: tells a retry that it is too late.
    var turn = 0
    /// Waits for what was asked last.
    var last: @Sendable () async -> Void = {}
  }

  /// How long requests under way may take to end before a reset goes on.
  static let drainLimit: Duration = .milliseconds(100)
  /// How long an answer may take beyond that.
  static let answerLimit: Duration = .milliseconds(150)

  private let client: SocketClient
  private let stack: String
  private let save: @Sendable (_ generation: UInt64) throws -> Void
  private let state: Mutex<State>

  /// - Parameters:
  ///   - socket: The gateway's control socket.
  ///   - stack: Whose requests are paused.
  ///   - generation: What the gateway's file says.
  ///   - save: Writes another one into that file, for a gateway that is restarted.
  init(
    socket: String, stack: String, generation: UInt64,
    save: @escaping @Sendable (_ generation: UInt64) throws -> Void
  ) {
    client = SocketClient(path: socket)
    self.stack = stack
    self.save = save
    state = Mutex(State(generation: generation))
  }

  /// For the project's database.
  var gate: SwapGate {
    SwapGate(close: { await self.pause() }, open: { self.resume() })
  }

  /// A first generation: higher than those of all earlier runs, as long as the clock goes on.
  ///
  /// Services that remember an earlier run do not outlive it, so a clock that was set back costs
  /// nothing.
  static func firstGeneration(now: Date = Date()) -> UInt64 {
    UInt64(max(0, now.timeIntervalSince1970 * 1000))
  }

  /// Lets no request begin, and waits a moment for those that have begun.
  private func pause() async {
    let milliseconds = Self.drainLimit.components.attoseconds / 1_000_000_000_000_000
    await inTurn(isNew: true) { _ in
      _ = await self.client.ask(
        "POST", "/stacks/\(self.stack)/pause?timeout_ms=\(milliseconds)",
        within: Self.drainLimit + Self.answerLimit)
    }.value
  }

  /// Lets requests go on with the database that is there now; does not wait for it.
  private func resume() {
    inTurn(isNew: true) { turn in
      let generation = self.state.withLock { state in
        state.generation += 1
        return state.generation
      }
      // First the file: a gateway that starts now reads the new one, one that runs is told.
      try? self.save(generation)
      if await self.tell(generation) { return }
      // It may be about to start, and have read the file before.
      Task {
        for _ in 0..<40 {
          try? await Task.sleep(for: .milliseconds(50))
          let isOver = await self.inTurn(isNew: false) { now in
            if now != turn { return true }
            return await self.tell(generation)
          }.value
          if isOver { return }
        }
      }
    }
  }

  private func tell(_ generation: UInt64) async -> Bool {
    let answer = await client.ask(
      "POST", "/stacks/\(stack)/resume?generation=\(generation)", within: Self.answerLimit)
    return answer?.status == 200
  }

  /// Does something after all that was asked before.
  @discardableResult
  private func inTurn<Result: Sendable>(
    isNew: Bool, _ work: @escaping @Sendable (_ turn: Int) async -> Result
  ) -> Task<Result, Never> {
    state.withLock { state in
      if isNew { state.turn += 1 }
      let (turn, before) = (state.turn, state.last)
      let task = Task {
        await before()
        return await work(turn)
      }
      state.last = { _ = await task.value }
      return task
    }
  }
}
