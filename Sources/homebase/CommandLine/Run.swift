import ArgumentParser
import Console
import Diagnostics

/// What became of a command line.
enum Outcome: Sendable {
  /// It is done, with this exit code.
  case ended(Int32)
  /// It has to wait for something that only a task can wait for.
  case continues(@Sendable () async -> Int32)
}

/// Runs one command line: parses, does the work, shows what failed.
///
/// Exit codes: 0 done, 1 the work failed, 2 wrong usage, 3 refused by policy.
///
/// - Parameters:
///   - arguments: Without the program's name.
///   - process: What surrounds the command.
/// - Returns: The exit code, or the work that is left.
func run(_ arguments: [String], in process: ProcessContext) -> Outcome {
  let format = requestedFormat(arguments, environment: process.environment)
  let plainOutput = process.output(format: format)
  let parsed: any ParsableCommand
  do {
    parsed = try Homebase.parseAsRoot(arguments)
  } catch {
    return .ended(end(withParsing: error, arguments, plainOutput))
  }
  guard let command = parsed as? any HomebaseCommand else {
    // A noun without its verb, or `help`.
    do {
      var command = parsed
      try command.run()
      return .ended(0)
    } catch {
      return .ended(end(withParsing: error, arguments, plainOutput))
    }
  }
  let session = Session(process: process, options: command.global)
  if let command = command as? any AsyncHomebaseCommand {
    return .continues {
      do {
        try await command.runAsync(in: session)
        return 0
      } catch {
        return end(with: error, session.output)
      }
    }
  }
  do {
    try command.run(in: session)
    return .ended(0)
  } catch {
    return .ended(end(with: error, session.output))
  }
}

/// The end of a command whose result says by its exit code that not all is well.
struct UnwellResult: Error {
  /// The exit code; the result itself is shown already.
  var exitCode: Int32 = 1
}

/// The format that a command line asks for, also when it cannot be parsed.
///
/// - Parameters:
///   - arguments: Without the program's name.
///   - environment: `HOMEBASE_OUTPUT_FORMAT` and `SUPABASE_OUTPUT_FORMAT` count when no option does.
/// - Returns: Text, unless JSON is asked for.
func requestedFormat(_ arguments: [String], environment: [String: String]) -> Output.Format {
  for (index, argument) in arguments.enumerated().reversed() {
    if argument == "--output-format", index + 1 < arguments.count {
      return arguments[index + 1] == "json" ? .json : .text
    }
    if argument.hasPrefix("--output-format=") {
      return argument.hasSuffix("=json") ? .json : .text
    }
  }
  return setting("OUTPUT_FORMAT", environment) == "json" ? .json : .text
}

private func end(with error: any Error, _ output: Output) -> Int32 {
  if let unwell = error as? UnwellResult { return unwell.exitCode }
  if let mistake = error as? ValidationError {
    output.fail(Diagnostic(code: "usage", message: mistake.message, category: .usage))
    return Diagnostic.Category.usage.rawValue
  }
  let diagnostic = Diagnostic(describing: error)
  output.fail(diagnostic)
  return diagnostic.category.rawValue
}

/// Help goes to standard output and is no failure; all else is wrong usage.
private func end(withParsing error: any Error, _ arguments: [String], _ output: Output) -> Int32 {
  if Homebase.exitCode(for: error) == .success {
    output.show(lines: [Homebase.fullMessage(for: error)])
    return 0
  }
  output.fail(usageDiagnostic(for: error, arguments))
  return Diagnostic.Category.usage.rawValue
}

/// A parser's error in the one shape of all errors.
///
/// - Parameters:
///   - error: What the parser threw.
///   - arguments: What was parsed; a word that is no command is compared with those that are.
/// - Returns: The parser's sentence, with the command's usage as the hint.
func usageDiagnostic(for error: any Error, _ arguments: [String]) -> Diagnostic {
  let full = Homebase.fullMessage(for: error).split(separator: "\n").map { line in
    line.drop { $0 == " " }
  }
  var usage: Substring?
  var help: Substring?
  for line in full {
    if line.hasPrefix("Usage: ") { usage = line.dropFirst("Usage: ".count) }
    if line.hasPrefix("See '") { help = line.dropFirst("See '".count).prefix { $0 != "'" } }
  }
  var message = Homebase.message(for: error).split(separator: "\n").joined(separator: " ")
  if message.hasPrefix("Error: ") { message.removeFirst("Error: ".count) }
  // "Did you mean" is a hint, and only when the two are near.
  var suggestion: String?
  if let range = message.firstRange(of: ". Did you mean '") {
    let meant = message[range.upperBound...].prefix { $0 != "'" }
    let typed = message[..<range.lowerBound].split(separator: "'").last ?? ""
    suggestion = nearest(String(typed), of: [String(meant)]).map { "did you mean \($0)?" }
    message = String(message[..<range.lowerBound])
  }
  if message.hasSuffix(".") { message.removeLast() }
  if let first = message.first, message.dropFirst().first?.isUppercase != true {
    message = first.lowercased() + message.dropFirst()
  }
  var path = (help ?? "homebase --help").split(separator: " ").dropLast().map(String.init)
  // A default command is not typed: `seed` is `seed run`.
  if path.last == "run", !arguments.contains("run") { path.removeLast() }
  if message.contains("unexpected argument"),
    let mistake = unknownCommand(arguments, below: Array(path.dropFirst()))
  {
    let command = path.joined(separator: " ")
    return Diagnostic(
      code: "unknown_command", message: "\(command) has no command \"\(mistake.word)\"",
      hint: mistake.nearest.map { "did you mean `\(command) \($0)`?" }
        ?? "see them with `\(command) --help`", category: .usage)
  }
  let hint = [suggestion, usage.map { "\($0)" }, help.map { "more with `\($0)`" }].compactMap { $0 }
    .joined(separator: "; ")
  return Diagnostic(
    code: "usage", message: message, hint: hint.isEmpty ? nil : hint, category: .usage)
}

/// The word that stands where a command should, when the parser stopped at a noun.
private func unknownCommand(
  _ arguments: [String], below path: [String]
) -> (word: String, nearest: String?)? {
  var commands = Homebase.configuration.allSubcommands
  for name in path {
    guard let next = commands.first(where: { $0.configuration.commandName == name }) else {
      return nil
    }
    commands = next.configuration.allSubcommands
  }
  guard !commands.isEmpty else { return nil }
  var words = arguments[...]
  var names = path[...]
  while let word = words.popFirst() {
    if ["--workdir", "--stack", "--output-format"].contains(word) {
      _ = words.popFirst()
    } else if !word.hasPrefix("-") {
      guard let name = names.popFirst() else {
        let known = commands.filter { $0.configuration.shouldDisplay }
          .compactMap { $0.configuration.commandName }
        guard !known.contains(word) else { return nil }
        // A beginning, or another noun's verb, says more than a likeness.
        // A group's commands are in the list twice.
        let begun = Set(known.filter { word.count > 2 && $0.hasPrefix(word) })
        if begun.count == 1, let only = begun.first { return (word, only) }
        let nested = commands.flatMap { command in
          command.configuration.allSubcommands.compactMap { verb -> String? in
            guard verb.configuration.commandName == word, verb.configuration.shouldDisplay,
              let noun = command.configuration.commandName
            else { return nil }
            return "\(noun) \(word)"
          }
        }
        return (word, Set(nested).count == 1 ? nested.first : nearest(word, of: known))
      }
      guard name == word else { return nil }
    }
  }
  return nil
}

extension CommandConfiguration {
  /// The subcommands, in whatever group they stand.
  fileprivate var allSubcommands: [any ParsableCommand.Type] {
    subcommands + groupedSubcommands.flatMap { $0.subcommands }
  }
}

/// The known word that a mistyped one most probably means.
///
/// - Parameters:
///   - word: What was typed.
///   - known: What could have been meant.
/// - Returns: Nil when nothing is near.
func nearest(_ word: String, of known: [String]) -> String? {
  let near = known.map { (word: $0, distance: editDistance(word, $0)) }
    .min { $0.distance < $1.distance }
  guard let near, near.distance <= max(1, word.count / 3) else { return nil }
  return near.word
}

/// How many letters have to be changed, added, taken out or swapped with the next.
private func editDistance(_ left: String, _ right: String) -> Int {
  let (left, right) = (Array(left), Array(right))
  guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in 1...left.count {
    var current = [row] + Array(repeating: 0, count: right.count)
    for column in 1...right.count {
      let isSame = left[row - 1] == right[column - 1]
      current[column] = min(
        last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
      if row > 1, column > 1, left[row - 1] == right[column - 2],
        left[row - 2] == right[column - 1]
      {
        current[column] = min(current[column], beforeLast[column - 2] + 1)
      }
    }
    (beforeLast, last) = (last, current)
  }
  return last[right.count]
}
