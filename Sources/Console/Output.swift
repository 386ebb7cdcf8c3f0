package import Diagnostics
import FoundationEssentials
import Glibc

/// A result that people can read as text.
package protocol TextPresentable {
  /// The lines that a person reads, without line ends.
  ///
  /// - Parameter terminal: Its palette paints them; its width is theirs.
  /// - Returns: Calm, aligned, short.
  func lines(for terminal: Terminal) -> [String]
}

/// A result that writes its own JSON, because an encoder would change its numbers.
package protocol JSONPresentable {
  /// The JSON document for scripts.
  ///
  /// - Parameter isPretty: Whether it may stand on several lines, for a person's terminal.
  /// - Returns: JSON without a line end.
  func json(isPretty: Bool) -> String
}

/// Where a command says its results, its failures and what it does.
package struct Output: Sendable {
  /// How results are written.
  package enum Format: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// One document for scripts.
    case json
  }

  /// Where bytes go: a descriptor, or a test's memory.
  package typealias Sink = @Sendable (String) -> Void

  /// How results are written.
  package var format: Format
  /// What is known about the descriptors.
  package var terminal: Terminal
  /// Whether every question is answered with yes.
  package var assumesYes: Bool

  private let standardOutput: Sink
  private let standardError: Sink
  private let readLine: @Sendable () -> String?

  /// Makes an output of the process's own descriptors, or of a test's.
  ///
  /// - Parameters:
  ///   - format: How results are written.
  ///   - terminal: What is known about the descriptors.
  ///   - assumesYes: Whether every question is answered with yes.
  ///   - standardOutput: Takes results.
  ///   - standardError: Takes all else.
  ///   - readLine: Reads a person's answer.
  package init(
    format: Format = .text, terminal: Terminal, assumesYes: Bool = false,
    standardOutput: @escaping Sink = writeResult(_:),
    standardError: @escaping Sink = { writeAll($0, to: STDERR_FILENO) },
    readLine: @escaping @Sendable () -> String? = { Swift.readLine() }
  ) {
    self.format = format
    self.terminal = terminal
    self.assumesYes = assumesYes
    self.standardOutput = standardOutput
    self.standardError = standardError
    self.readLine = readLine
  }

  // MARK: Results

  /// Shows a command's result: its lines, or its JSON document.
  ///
  /// - Parameter document: The result.
  /// - Throws: `EncodingError` when a value has no JSON.
  package func show(_ document: some Encodable & TextPresentable) throws {
    switch format {
    case .text: show(lines: document.lines(for: terminal))
    case .json: try show(json: document)
    }
  }

  /// Writes lines to standard output, whatever the format is.
  ///
  /// - Parameter lines: Without line ends.
  package func show(lines: [String]) {
    guard !lines.isEmpty else { return }
    standardOutput(lines.joined(separator: "\n") + "\n")
  }

  /// Writes a text to standard output as it is.
  ///
  /// - Parameter text: With its line ends.
  package func show(raw text: String) {
    standardOutput(text)
  }

  /// Writes one JSON document to standard output, whatever the format is.
  ///
  /// - Parameters:
  ///   - document: The result.
  ///   - isLine: Whether it has to stay on one line, as in a stream; else a person's terminal gets
  ///     it over several.
  /// - Throws: `EncodingError` when a value has no JSON.
  package func show(json document: some Encodable, isLine: Bool = false) throws {
    let isPretty = terminal.showsOutput && !isLine
    if let document = document as? any JSONPresentable {
      return standardOutput(document.json(isPretty: isPretty) + "\n")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    standardOutput(String(decoding: try encoder.encode(document), as: UTF8.self) + "\n")
  }

  // MARK: Failures and remarks

  /// Shows why a command failed: on standard error, or as the JSON document.
  ///
  /// - Parameter diagnostic: What failed, where, and what to do.
  package func fail(_ diagnostic: Diagnostic) {
    if format == .json, (try? show(json: Failure(error: diagnostic))) != nil { return }
    standardError(painted(diagnostic, label: "error").joined(separator: "\n") + "\n")
  }

  /// Shows a warning on standard error.
  ///
  /// - Parameter diagnostic: What a person should know.
  package func warn(_ diagnostic: Diagnostic) {
    standardError(painted(diagnostic, label: "warning").joined(separator: "\n") + "\n")
  }

  /// Says what is about to happen, on standard error; silent with JSON.
  ///
  /// - Parameter line: Without line end.
  package func note(_ line: String) {
    guard format == .text else { return }
    standardError(line + "\n")
  }

  private struct Failure: Encodable {
    var error: Diagnostic
  }

  private func painted(_ diagnostic: Diagnostic, label: String) -> [String] {
    let palette = terminal.errors
    var lines = diagnostic.lines(label: label)
    guard palette.isColoured, let first = lines.first else { return lines }
    let head = label + ":"
    if first.hasPrefix(head) {
      let name = label == "error" ? palette.red(head) : palette.yellow(head)
      lines[0] = name + palette.bold(String(first.dropFirst(head.count)))
    }
    if let last = lines.last, diagnostic.hint != nil, last.hasPrefix("hint:") {
      lines[lines.count - 1] = palette.cyan("hint:") + last.dropFirst("hint:".count)
    }
    if diagnostic.location != nil, lines.count > 1 { lines[1] = palette.cyan(lines[1]) }
    return lines
  }

  // MARK: Questions and progress

  /// Asks a person; whoever cannot be asked is taken to agree.
  ///
  /// Scripts are not stopped by a question: what they delete they name themselves.
  ///
  /// - Parameters:
  ///   - question: Names what will be lost, without a question mark's choices.
  ///   - silence: What it means that nobody can be asked.
  /// - Returns: Whether to go on.
  package func confirm(_ question: String, silence: Bool = true) -> Bool {
    if assumesYes { return true }
    guard format == .text, terminal.canAsk else { return silence }
    while true {
      standardError("\(question) [y/N] ")
      switch readLine()?.lowercased() {
      case "y", "yes": return true
      case "n", "no", "", nil: return false
      default: standardError("please answer y or n\n")
      }
    }
  }

  /// Makes the display of a longer work's steps on standard error; silent with JSON.
  ///
  /// - Returns: A display that shows nothing until the first step.
  package func progress() -> ProgressDisplay {
    let kind: ProgressDisplay.Kind =
      format == .json ? .silent : terminal.showsProgress ? .live : .plain
    return ProgressDisplay(
      kind, palette: terminal.errors, width: terminal.progressWidth, sink: standardError)
  }
}

/// Writes a result to standard output, or ends the process with 1: half a result is none.
///
/// - Parameter text: With its line ends.
package func writeResult(_ text: String) {
  let problem = writeAll(text, to: STDOUT_FILENO)
  // Whoever reads has enough, as `head` has.
  guard problem != 0, problem != EPIPE else { return }
  writeAll(
    "error: cannot write to standard output: \(String(cString: strerror(problem)))\n",
    to: STDERR_FILENO)
  exit(1)
}

/// Writes all of a text, however often the descriptor takes only a part of it.
///
/// - Parameters:
///   - text: Any text.
///   - descriptor: Open for writing; when it takes no more, the rest is given up.
/// - Returns: `errno` when the rest was given up; 0 when all is written.
@discardableResult
package func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
  var text = text
  return text.withUTF8 { bytes in
    let all = UnsafeRawBufferPointer(bytes)
    var sent = 0
    while sent < all.count {
      let count = write(descriptor, all.baseAddress?.advanced(by: sent), all.count - sent)
      if count > 0 {
        sent += count
      } else if errno == EAGAIN {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }
}
