import Diagnostics
import Synchronization
import Testing

@testable import Console

/// What a test's command wrote.
final class Recorder: Sendable {
  private let texts = Mutex((output: "", errors: ""))

  var output: String { texts.withLock { $0.output } }
  var errors: String { texts.withLock { $0.errors } }

  func note(_ text: String) { texts.withLock { $0.errors += text } }

  func console(
    _ format: Output.Format = .text, _ terminal: Terminal = Terminal(), assumesYes: Bool = false,
    answers: [String] = []
  ) -> Output {
    let rest = Box(answers)
    return Output(
      format: format, terminal: terminal, assumesYes: assumesYes,
      standardOutput: { text in self.texts.withLock { $0.output += text } },
      standardError: { text in self.texts.withLock { $0.errors += text } },
      readLine: { rest.next() })
  }
}

final class Box: Sendable {
  private let answers: Mutex<[String]>
  init(_ answers: [String]) { self.answers = Mutex(answers) }
  func next() -> String? { answers.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}

@Suite struct OutputTests {
  struct Result: Encodable, TextPresentable {
    var url = "http://x/y"
    func lines(for terminal: Terminal) -> [String] { [terminal.output.green("at"), url] }
  }

  let failure = Diagnostic(
    code: "c", message: "it broke", hint: "mend it",
    location: SourceLocation(file: "a.sql", line: 3), excerpt: ["3 | x"])

  /// A pipe gets no colour, a script one document.
  @Test func resultsGoToStandardOutput() throws {
    let recorder = Recorder()
    try recorder.console().show(Result())
    try recorder.console(.json).show(Result())
    #expect(recorder.output == "at\nhttp://x/y\n{\"url\":\"http://x/y\"}\n")
    #expect(recorder.errors == "")
  }

  @Test func failuresGoToStandardError() {
    let recorder = Recorder()
    recorder.console().fail(failure)
    #expect(recorder.errors == "error: it broke\n  at a.sql:3\n  3 | x\nhint: mend it\n")
    #expect(recorder.output == "")
  }

  /// With JSON the failure is the one document.
  @Test func failuresAreTheDocument() {
    let recorder = Recorder()
    let console = recorder.console(.json)
    console.note("working")
    console.progress().show(step: "a", message: "b")
    console.fail(failure)
    #expect(
      recorder.output
        == #"{"error":{"code":"c","excerpt":["3 | x"],"file":"a.sql","hint":"mend it","line":3,"#
        + #""message":"it broke"}}"# + "\n")
    #expect(recorder.errors == "")
  }

  @Test func coloursAreForTerminals() {
    let recorder = Recorder()
    recorder.console(.text, Terminal(errors: Palette(isColoured: true))).fail(failure)
    #expect(
      recorder.errors
        == "\u{1B}[31merror:\u{1B}[0m\u{1B}[1m it broke\u{1B}[0m\n\u{1B}[36m  at a.sql:3\u{1B}[0m\n"
        + "  3 | x\n\u{1B}[36mhint:\u{1B}[0m mend it\n")
  }

  @Test(arguments: [
    (["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], false), (["CLICOLOR_FORCE": "1"], true),
    (["CLICOLOR_FORCE": "1", "NO_COLOR": ""], true),
    (["CLICOLOR_FORCE": "0", "TERM": "dumb"], false),
  ])
  func theEnvironmentDecidesOnColours(environment: [String: String], isColoured: Bool) {
    #expect(Terminal.detect(environment: environment).output.isColoured == isColoured)
  }

  /// A person is asked, a script and `--yes` are not.
  @Test(arguments: [
    (true, false, ["maybe", "Y"], true, "drop it? [y/N] please answer y or n\ndrop it? [y/N] "),
    (true, false, [""], false, "drop it? [y/N] "), (true, false, [], false, "drop it? [y/N] "),
    (true, true, ["n"], true, ""), (false, false, ["n"], true, ""),
  ])
  func questions(
    canAsk: Bool, assumesYes: Bool, answers: [String], agrees: Bool, errors: String
  ) {
    let recorder = Recorder()
    let console = recorder.console(
      .text, Terminal(canAsk: canAsk), assumesYes: assumesYes, answers: answers)
    #expect(console.confirm("drop it?") == agrees)
    #expect(recorder.errors == errors)
  }
}

@Suite struct ProgressDisplayTests {
  /// A log file has a line for each step, and no line twice.
  @Test func plainStepsAreLines() {
    let recorder = Recorder()
    let display = recorder.console().progress()
    display.show(step: "a", message: "making a cluster")
    display.show(step: "a", message: "making a cluster")
    display.show(step: "b", message: "migrations", completed: 1, total: 15)
    display.end()
    #expect(recorder.errors == "making a cluster\nmigrations (1 of 15)\n")
  }

  /// A start applies hundreds of files: their number is the news, the server's words are kept.
  @Test func itemsAreCounted() {
    let recorder = Recorder()
    let clock = Mutex(ContinuousClock.now)
    let display = ProgressDisplay(
      .plain, palette: .plain, sink: { recorder.note($0) }, now: { clock.withLock { $0 } })
    display.show(step: "services", message: "starting services")
    for number in 1...16 {
      display.show(step: "migration", message: "\(number).sql", item: "migration")
    }
    display.remark("NOTICE: hello")
    clock.withLock { $0 += .milliseconds(900) }
    display.show(step: "seed", message: "a.sql", item: "seed")
    display.show(step: "seed", message: "a.sql", item: "seed")
    display.end()
    #expect(
      recorder.errors == """
        starting services
        NOTICE: hello
        16 migrations applied in 900 ms
        1 seed applied in 0 ms

        """)
  }

  /// The file that failed is in the error: a count of what came before it is no success.
  @Test func failedItemsAreNotCounted() {
    let recorder = Recorder()
    let display = ProgressDisplay(.plain, palette: .plain, sink: { recorder.note($0) })
    display.show(step: "migration", message: "1.sql", item: "migration")
    display.end(succeeded: false)
    #expect(recorder.errors == "")
  }

  /// On a terminal the blink of an eye leaves nothing, a long step its line and time.
  @Test func liveStepsLeaveALineWhenTheyTookLong() {
    let texts = Mutex("")
    let clock = Mutex(ContinuousClock.now)
    let display = ProgressDisplay(

      .live, palette: .plain, width: 30, ticksByItself: false,
      sink: { text in texts.withLock { $0 += text } },
      now: { clock.withLock { $0 } })
    display.show(step: "a", message: "quick")
    display.show(step: "b", message: "making a cluster for this project")
    clock.withLock { $0 += .milliseconds(1200) }
    #expect(display.redraw())
    #expect(texts.withLock { $0 }.hasPrefix("\r\u{1B}[2K⠙ making a cluster f…  1.2 s"))
    display.show(step: "c", message: "seeds")
    clock.withLock { $0 += .milliseconds(200) }
    display.end(succeeded: false)
    #expect(!display.redraw())
    let shown = texts.withLock { $0 }.split(separator: "\u{1B}[2K").last ?? ""
    #expect(shown == "✓ making a cluster for this project  1.2 s\n✗ seeds  200 ms\n")
  }
}
