/// How an instance of a service ended.
package struct LastExit: Sendable, Hashable {
  /// Its exit code or signal.
  package var status: ExitStatus
  /// When, in milliseconds since 1970.
  package var at: Int64
  /// The last lines that it printed, at most 50.
  package var lastLines: [String]
}

/// A service at one moment, as `status` shows it.
package struct ServiceStatus: Sendable, Hashable {
  /// The service's name.
  package var name: String
  /// What it does.
  package var state: SupervisionGraph.State
  /// Why it is not healthy, when there is something to say.
  package var reason: String?
  /// nil: no process runs.
  package var pid: Int32?
  /// How often it was restarted because it ended.
  package var restarts: Int
  /// When the running instance was started, in milliseconds since 1970.
  package var startedAt: Int64?
  /// How long the running instance has run.
  package var uptime: Duration?
  /// Resident memory of the instance and all its descendants.
  package var residentBytes: Int?
  /// The same with shared pages divided (PSS); measured only when asked for.
  package var proportionalBytes: Int?
  /// How the instance before ended.
  package var lastExit: LastExit?
  /// True: it was to do one thing and did it.
  package var hasCompleted: Bool
  /// True: it was left out of the start, or none of its profiles is active.
  package var isLeftOut: Bool
}

/// A service's state has changed.
package struct ServiceEvent: Sendable, Hashable {
  /// Which service.
  package var service: String
  /// What it does now.
  package var state: SupervisionGraph.State
  /// Why, when there is something to say.
  package var reason: String?
}
