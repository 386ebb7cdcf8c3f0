import ArgumentParser
import Console
import Diagnostics
import FoundationEssentials
import ProcessSupervision
import StackProtocol

/// Shows what services printed.
struct StackLogs: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Show what the services printed, merged by time.",
    usage: "homebase logs [SERVICE] [-f] [--since 10m] [-n LINES]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Argument(help: "The service; left out: all of them.")
  var service: String?

  @Flag(name: [.short, .long], help: "Go on with what is printed from now on.")
  var follow = false

  @Option(help: ArgumentHelp("Only since then: 90s, 10m, 2h, 1d, or a time.", valueName: "when"))
  var since: Moment?

  @Option(
    name: [.customShort("n"), .customLong("lines")],
    help: ArgumentHelp("Only so many of the last lines.", valueName: "lines"))
  var lines: Int?

  func validate() throws {
    if let lines, lines < 0 { throw ValidationError("--lines takes a number from 0 on") }
  }

  func run(in session: Session) throws {
    let name = service.map { ServiceNames.own(for: [$0]).first ?? $0 }
    let output = session.output
    let palette = output.terminal.output
    let request = LogsRequest(
      service: name, since: since?.timestamp(now: Date()), lines: lines, follow: follow)
    var colours: [String: Int] = [:]
    var width = 8
    func show(_ line: LogLine) throws {
      if output.format == .json { return try output.show(json: line, isLine: true) }
      width = max(width, displayWidth(line.service))
      let number = colours[line.service, default: colours.count]
      colours[line.service] = number
      let padding = String(repeating: " ", count: width - displayWidth(line.service))
      output.show(lines: [
        palette.dim(line.time.clockText) + " " + palette.tint(line.service, number) + padding
          + " │ " + line.message
      ])
    }
    let place = try session.project()
    if let stack = try session.connectIfRunning(to: place) {
      _ = try stack.stream(request, onEach: show)
      return
    }
    for line in try keptLines(of: place, request, in: session) { try show(line) }
  }

  /// What a stopped stack printed before, from its files.
  private func keptLines(
    of place: ProjectPlace, _ request: LogsRequest, in session: Session
  ) throws -> [LogLine] {
    let archive = LogArchive(folder: place.logsFolder)
    // The supervisor's own log is no service's.
    let services = archive.services.filter { $0 != "supervisor" }
    guard !services.isEmpty else {
      // It was never started: say so as every other command does.
      _ = try session.connect(to: place)
      return []
    }
    if let service = request.service, !services.contains(service) {
      throw Diagnostic(
        code: "service_unknown", message: "there is no log of a service \(service)",
        hint: "there are: \(services.joined(separator: ", "))", category: .usage)
    }
    session.output.note(
      follow
        ? "nothing runs, so there is nothing to follow; this was printed before:"
        : "nothing runs; this was printed before:")
    return archive.tail(
      services: request.service.map { [$0] } ?? services,
      since: request.since.map { Int64($0.date.timeIntervalSince1970 * 1000) },
      lines: request.lines ?? 10_000
    ).map { entry in
      LogLine(
        time: Timestamp(Date(timeIntervalSince1970: Double(entry.milliseconds) / 1000)),
        service: entry.service, stream: entry.stream.rawValue, message: entry.text)
    }
  }
}

/// A moment as people type it: how long ago, or a time.
enum Moment: ExpressibleByArgument, Hashable {
  case ago(seconds: Int)
  case at(Timestamp)

  init?(argument: String) {
    if let time = Timestamp(argument) {
      self = .at(time)
      return
    }
    // Like docker and journalctl: `1h30m`, and a number alone is seconds.
    var total = 0
    var number = ""
    for character in argument {
      if character.isASCII, character.isNumber {
        number.append(character)
        continue
      }
      let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
      guard let unit = units[character], let count = Int(number), count < 1_000_000 else {
        return nil
      }
      total += count * unit
      number = ""
    }
    if !number.isEmpty {
      guard total == 0, let seconds = Int(number) else { return nil }
      total = seconds
    }
    guard !argument.isEmpty else { return nil }
    self = .ago(seconds: total)
  }

  /// The moment itself.
  ///
  /// - Parameter now: The present one.
  /// - Returns: A time in UTC.
  func timestamp(now: Date) -> Timestamp {
    switch self {
    case .ago(let seconds): Timestamp(now.addingTimeInterval(-Double(seconds)))
    case .at(let time): time
    }
  }
}
