package import Diagnostics

/// How a stack is: the document of `status`, `start`, `restart` and `stop`.
package struct StackStatus: Sendable, Hashable, Codable {
  /// What the whole stack does.
  package struct State: OpenWord {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// Every service is well.
    package static let running: State = "running"
    /// Services are on their way.
    package static let starting: State = "starting"
    /// Some service is not well.
    package static let degraded: State = "degraded"
    /// Nothing runs.
    package static let stopped: State = "stopped"
  }

  /// The daemon that keeps the services.
  package struct Supervisor: Sendable, Hashable, Codable {
    /// Its process.
    package var pid: Int32
    /// Its program's version.
    package var version: String
    /// Since its start.
    package var uptime: Milliseconds
    /// Its resident memory.
    package var residentBytes: Int

    package init(pid: Int32, version: String, uptime: Milliseconds, residentBytes: Int) {
      self.pid = pid
      self.version = version
      self.uptime = uptime
      self.residentBytes = residentBytes
    }

    private enum CodingKeys: String, CodingKey {
      case pid, version
      case uptime = "uptime_ms"
      case residentBytes = "rss_bytes"
    }
  }

  /// Clones made ahead for the next resets.
  package struct Spares: Sendable, Hashable, Codable {
    /// How many can be claimed now.
    package var ready: Int
    /// How many there shall be.
    package var wanted: Int

    package init(ready: Int, wanted: Int) {
      self.ready = ready
      self.wanted = wanted
    }
  }

  /// Where the database stands against the migration files.
  package struct Migrations: Sendable, Hashable, Codable {
    /// How many the history has.
    package var applied: Int
    /// The files that are not applied, in order.
    package var pending: [String]

    package init(applied: Int, pending: [String]) {
      self.applied = applied
      self.pending = pending
    }
  }

  /// The project's name.
  package var project: String
  /// The stack's name.
  package var stack: String
  /// What it does.
  package var state: State
  /// Nil when nothing runs.
  package var supervisor: Supervisor?
  /// In the order of their start.
  package var services: [ServiceStatus]
  /// Nil when nothing runs.
  package var spares: Spares?
  /// Nil when nothing runs and nothing is known.
  package var migrations: Migrations?
  /// Addresses by their names in the environment: `API_URL`, `DB_URL`.
  package var urls: [String: String]
  /// Keys by their names in the environment: `ANON_KEY`, `JWT_SECRET`.
  package var keys: [String: String]
  /// How long the command took; only where one did something.
  package var took: Milliseconds?
  /// Whether a `start` found the stack running.
  package var wasRunning: Bool?
  /// What a person should know: a moved port, a PostgreSQL of another version.
  package var warnings: [Diagnostic]?

  package init(
    project: String, stack: String, state: State, supervisor: Supervisor? = nil,
    services: [ServiceStatus] = [], spares: Spares? = nil, migrations: Migrations? = nil,
    urls: [String: String] = [:], keys: [String: String] = [:], took: Milliseconds? = nil,
    wasRunning: Bool? = nil, warnings: [Diagnostic]? = nil
  ) {
    self.project = project
    self.stack = stack
    self.state = state
    self.supervisor = supervisor
    self.services = services
    self.spares = spares
    self.migrations = migrations
    self.urls = urls
    self.keys = keys
    self.took = took
    self.wasRunning = wasRunning
    self.warnings = warnings
  }

  private enum CodingKeys: String, CodingKey {
    case project, stack, state, supervisor, services, spares, migrations, urls, keys, warnings
    case took = "took_ms"
    case wasRunning = "was_running"
  }
}

/// How one service is.
package struct ServiceStatus: Sendable, Hashable, Codable {
  /// What the service does.
  package struct State: OpenWord {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// Its readiness probe passes, or it runs and has none.
    package static let healthy: State = "healthy"
    /// It runs, and its probe has not passed yet.
    package static let starting: State = "starting"
    /// It died and waits for its next start.
    package static let backoff: State = "backoff"
    /// It died too often, or cannot be started.
    package static let failed: State = "failed"
    /// It was stopped, or left out.
    package static let stopped: State = "stopped"
  }

  /// How a service last ended.
  package struct Exit: Sendable, Hashable, Codable {
    /// Its exit code; nil when a signal ended it.
    package var code: Int32?
    /// The signal that ended it, without `SIG`: `KILL`.
    package var signal: String?
    /// When.
    package var at: Timestamp
    /// What it printed last.
    package var log: [String]

    package init(code: Int32? = nil, signal: String? = nil, at: Timestamp, log: [String] = []) {
      self.code = code
      self.signal = signal
      self.at = at
      self.log = log
    }
  }

  /// The service's name in the graph.
  package var name: String
  /// What it does.
  package var state: State
  /// Its process; nil when it does not run.
  package var pid: Int32?
  /// How often it was started again.
  package var restarts: Int
  /// Since its last start; nil when it does not run.
  package var uptime: Milliseconds?
  /// Its resident memory; nil when it does not run.
  package var residentBytes: Int?
  /// How it last ended; nil when it never did.
  package var lastExit: Exit?

  package init(
    name: String, state: State, pid: Int32? = nil, restarts: Int = 0,
    uptime: Milliseconds? = nil, residentBytes: Int? = nil, lastExit: Exit? = nil
  ) {
    self.name = name
    self.state = state
    self.pid = pid
    self.restarts = restarts
    self.uptime = uptime
    self.residentBytes = residentBytes
    self.lastExit = lastExit
  }

  private enum CodingKeys: String, CodingKey {
    case name, state, pid, restarts
    case uptime = "uptime_ms"
    case residentBytes = "rss_bytes"
    case lastExit = "last_exit"
  }
}
