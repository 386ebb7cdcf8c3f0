import Dispatch
import Synchronization

/// Shows the steps of a longer work while it runs.
///
/// On a terminal: one line that turns and counts the time; a step that took long leaves its line.
/// Elsewhere: a line when a step begins. Work that is done in a blink shows nothing on a terminal.
/// A step of many items, such as migrations, leaves one line with their number.
package final class ProgressDisplay: Sendable {
  /// How steps are shown.
  package enum Kind: Sendable {
    /// A line that is rewritten.
    case live
    /// A line a step.
    case plain
    /// Not at all.
    case silent
  }

  /// Steps shorter than this are not shown on a terminal.
  static let blink = Duration.milliseconds(150)
  private static let frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

  private let kind: Kind
  private let palette: Palette
  private let width: Int?
  private let ticksByItself: Bool
  private let sink: Output.Sink
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  private struct State {
    var step: String?
    var message = ""
    /// Of the present step's items, and what one is called; nil when the step has none.
    var items: (count: Int, noun: String)?
    var began = ContinuousClock.now
    var isShown = false
    var frame = 0
    var hasEnded = false
    var isTicking = false
  }

  package init(
    _ kind: Kind, palette: Palette, width: Int? = nil, ticksByItself: Bool = true,
    sink: @escaping Output.Sink,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.kind = kind
    self.palette = palette
    self.width = width
    self.ticksByItself = ticksByItself
    self.sink = sink
    self.now = now
  }

  /// Says that a step begins, or how far the present one is.
  ///
  /// - Parameters:
  ///   - step: The step's stable word; another one ends the step before.
  ///   - message: What is being done.
  ///   - completed: How many of its parts are done.
  ///   - total: How many parts it has.
  ///   - item: What each message of the step is one of: they are counted, `16 migrations applied`.
  package func show(
    step: String, message: String, completed: Int? = nil, total: Int? = nil, item: String? = nil
  ) {
    guard kind != .silent else { return }
    let startsTicking = state.withLock { state in
      guard !state.hasEnded else { return false }
      let text = total.map { "\(message) (\(completed ?? 0) of \($0))" } ?? message
      let isRepeated = state.step == step && state.message == text
      if state.step != step {
        leaveLine(&state, mark: palette.green("✓"))
        state.step = step
        state.began = now()
        state.items = item.map { (0, $0) }
      }
      state.message = text
      if !isRepeated { state.items?.count += 1 }
      if kind == .plain {
        if !isRepeated, item == nil { sink(text + "\n") }
        return false
      }
      if state.isShown { draw(&state) }
      defer { state.isTicking = true }
      return ticksByItself && !state.isTicking
    }
    if startsTicking { tick() }
  }

  /// Says something that stays, above the line of the present step.
  ///
  /// - Parameter line: Without line end.
  package func remark(_ line: String) {
    guard kind != .silent else { return }
    state.withLock { state in
      if state.isShown { sink("\r\u{1B}[2K") }
      sink(line + "\n")
      if state.isShown { draw(&state) }
    }
  }

  /// Ends the display: the present step is done, or failed.
  ///
  /// - Parameter succeeded: Which mark its line gets.
  package func end(succeeded: Bool = true) {
    state.withLock { state in
      guard !state.hasEnded else { return }
      state.hasEnded = true
      // Of items, the last one is what failed.
      if !succeeded { state.items = nil }
      if kind == .live || succeeded {
        leaveLine(&state, mark: succeeded ? palette.green("✓") : palette.red("✗"))
      }
    }
  }

  /// Redraws the line; called by the clock.
  ///
  /// - Returns: Whether the display goes on.
  func redraw() -> Bool {
    state.withLock { state in
      guard !state.hasEnded else { return false }
      if state.step != nil, now() - state.began >= Self.blink {
        state.frame = (state.frame + 1) % Self.frames.count
        draw(&state)
      }
      return true
    }
  }

  private func tick() {
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) { [weak self] in
      guard let self, self.redraw() else { return }
      self.tick()
    }
  }

  private func draw(_ state: inout State) {
    let time = spoken(now() - state.began)
    // A line that wraps cannot be rewritten.
    let message = width.map { fitted(state.message, to: max($0 - time.count - 6, 8)) }
    sink(
      "\r\u{1B}[2K\(palette.cyan(Self.frames[state.frame])) \(message ?? state.message)  "
        + palette.dim(time))
    state.isShown = true
  }

  private func leaveLine(_ state: inout State, mark: String) {
    guard state.step != nil else { return }
    let time = now() - state.began
    let applied = state.items.map { "\(spoken($0.count, $0.noun)) applied" }
    if kind == .plain {
      // What is not an item had its line when it began.
      if let applied { sink("\(applied) in \(spoken(time))\n") }
      state.step = nil
      return
    }
    if state.isShown { sink("\r\u{1B}[2K") }
    if time >= Self.blink {
      sink("\(mark) \(applied ?? state.message)  \(palette.dim(spoken(time)))\n")
    }
    state.isShown = false
    state.step = nil
  }
}
