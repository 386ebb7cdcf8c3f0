import Console
import Diagnostics
import StackProtocol

/// A stack's status, as JSON the status itself, as text a short page.
struct StatusText: Encodable, TextPresentable {
  /// What the page begins with.
  enum Occasion {
    case start
    case status
    /// Of one service, or of all.
    case restart(String?)
  }

  var status: StackStatus
  var occasion: Occasion

  func encode(to encoder: any Encoder) throws { try status.encode(to: encoder) }

  func lines(for terminal: Terminal) -> [String] {
    let palette = terminal.output
    var lines = [headline(palette)]
    let troubled = status.services.filter { ![.healthy, .stopped, .starting].contains($0.state) }
    if !status.services.isEmpty { lines += [""] + services(terminal) }
    for service in troubled { lines += trouble(of: service, palette) }
    lines += addresses(palette)
    let pending = status.migrations?.pending ?? []
    if !pending.isEmpty {
      lines += ["", "\(spoken(pending.count, "migration")) not applied yet:"]
      lines += pending.map { "  \($0)" } + ["apply with: homebase migration up"]
    }
    for warning in status.warnings ?? [] {
      lines += [""] + warning.lines(label: palette.yellow("warning"))
    }
    if status.state == .stopped, case .status = occasion {
      lines += ["", "start it with: homebase start"]
    }
    return lines
  }

  private func headline(_ palette: Palette) -> String {
    let name = palette.bold(status.project)
    let time = status.took.map { " in \(spoken($0.duration))" } ?? ""
    var parts: [String]
    switch occasion {
    case .start where status.wasRunning == true:
      parts = ["\(name) is running already"]
    case .start where status.state == .running:
      parts = [palette.green("started ") + name + time]
    case .restart(nil) where status.state == .running:
      parts = [palette.green("restarted ") + name + time]
    case .restart(let service?) where status.state == .running:
      parts = [palette.green("restarted ") + palette.bold(service) + time]
    default:
      parts = ["\(name) is \(paint(status.state.rawValue, palette))"]
    }
    if let migrations = status.migrations, status.state != .stopped {
      parts.append("\(spoken(migrations.applied, "migration")) applied")
    }
    if let spares = status.spares, case .status = occasion {
      // Just after a start they are still being made: no news for anybody.
      parts.append("\(spoken(spares.ready, "spare")) ready")
    }
    if let supervisor = status.supervisor, case .status = occasion {
      parts.append("up \(spoken(supervisor.uptime.duration))")
    }
    return parts.joined(separator: " · ")
  }

  private func services(_ terminal: Terminal) -> [String] {
    let palette = terminal.output
    var table = Table([
      .init("service"), .init("state"), .init("pid", .right), .init("up", .right),
      .init("memory", .right), .init("restarts", .right),
    ])
    for service in status.services {
      table.rows.append([
        visible(service.name), paint(service.state.rawValue, palette),
        service.pid.map { "\($0)" } ?? "", service.uptime.map { spoken($0.duration) } ?? "",
        service.residentBytes.map { spoken(sizeInBytes: $0) } ?? "",
        service.restarts == 0 ? "0" : palette.yellow("\(service.restarts)"),
      ])
    }
    return table.lines(palette: palette).map { "  \($0)" }
  }

  private func trouble(of service: ServiceStatus, _ palette: Palette) -> [String] {
    guard let exit = service.lastExit else { return [] }
    let how = exit.signal.map { "was ended by signal \($0)" } ?? "ended with code \(exit.code ?? 0)"
    let tail = exit.log.suffix(5).map { palette.dim("    " + visible($0)) }
    return ["", "\(palette.red(service.name)) \(how)"] + tail + [
      "see more with: homebase logs \(service.name)"
    ]
  }

  private func addresses(_ palette: Palette) -> [String] {
    // Another name of the same address is for scripts.
    let urls = status.urls.filter { $0.key != "INBUCKET_URL" }
    var shown = urls.filter { isServed($0.key) }.merging(status.keys) { $1 }
    var lines: [String] = []
    if case .status = occasion {
      let free = urls.keys.filter { !isServed($0) }.sorted()
      if !status.services.isEmpty, !free.isEmpty {
        lines = ["kept free for services to come: \(free.joined(separator: ", "))"]
      }
    } else {
      shown = shown.filter { Self.essentials.contains($0.key) }
      lines = ["  all addresses and keys: homebase status, for scripts homebase status -o env"]
    }
    // What a person needs first comes first; the rest by name.
    func rank(_ name: String) -> Int { Self.order.firstIndex(of: name) ?? Self.order.count }
    let rows = shown.sorted { (rank($0.key), $0.key) < (rank($1.key), $1.key) }
      .map { [$0.key, $0.key.hasSuffix("_URL") ? palette.cyan($0.value) : $0.value] }
    guard !rows.isEmpty else { return [] }
    let isPage = if case .status = occasion { true } else { false }
    return [""] + Table(rows: rows).lines().map { "  \($0)" }
      + (isPage && !lines.isEmpty ? [""] : []) + lines.map(palette.dim)
  }

  /// Whether somebody serves what an address promises.
  private func isServed(_ name: String) -> Bool {
    // A stopped stack serves nothing, and says where it will.
    guard !status.services.isEmpty, let server = Self.servers[name] else { return true }
    return status.services.contains { $0.name == server }
  }

  private static let servers = [
    "API_URL": "gateway", "REST_URL": "rest", "GRAPHQL_URL": "rest", "FUNCTIONS_URL": "functions",
    "MCP_URL": "studio", "STUDIO_URL": "studio", "STORAGE_S3_URL": "storage",
    "MAILPIT_URL": "mailbox",
  ]

  private static let essentials: Set<String> = [
    "API_URL", "DB_URL", "STUDIO_URL", "MAILPIT_URL", "PUBLISHABLE_KEY", "SECRET_KEY",
  ]

  private static let order = [
    "API_URL", "DB_URL", "STUDIO_URL", "MAILPIT_URL", "REST_URL", "FUNCTIONS_URL",
    "STORAGE_S3_URL", "PUBLISHABLE_KEY", "SECRET_KEY", "ANON_KEY", "SERVICE_ROLE_KEY",
    "JWT_SECRET",
  ]
}

/// The end of a stack, as JSON its status.
struct StopText: Encodable, TextPresentable {
  var status: StackStatus
  var deletesData: Bool
  /// Whether there was anything to delete.
  var hadData = true

  func encode(to encoder: any Encoder) throws { try status.encode(to: encoder) }

  func lines(for terminal: Terminal) -> [String] {
    let name = terminal.output.bold(status.project)
    let time = status.took.map { " in \(spoken($0.duration))" } ?? ""
    guard hadData || !deletesData || status.wasRunning == true else {
      return ["\(name) was not running · it had no data to delete"]
    }
    return switch (status.wasRunning == true, deletesData) {
    case (true, false): ["stopped \(name)\(time) · its data is kept"]
    case (true, true): ["stopped \(name)\(time) · its data is deleted"]
    case (false, false): ["\(name) was not running"]
    case (false, true): ["\(name) was not running · its data is deleted"]
    }
  }
}

private func paint(_ state: String, _ palette: Palette) -> String {
  switch state {
  case "healthy", "running": palette.green(state)
  case "starting", "backoff": palette.yellow(state)
  case "failed", "degraded": palette.red(state)
  default: palette.dim(state)
  }
}

extension Timestamp {
  /// The time of day in UTC, as a log line shows it: `23:17:28.123`.
  var clockText: String {
    let text = description
    guard let start = text.firstIndex(of: "T") else { return text }
    return String(text[text.index(after: start)...].prefix { $0 != "Z" })
  }
}
