package import Diagnostics

/// Everything that `supabase/config.toml` or `homebase.toml` says, with the defaults filled in.
///
/// Precedence: `SUPABASE_*` variables of the shell, those of `.env*`, the file, the default.
/// The names are those of the file in Swift's spelling: `auth.email.otp_length` is
/// `auth.email.otpLength`.
package struct Configuration: Sendable {
  /// `project_id`, made safe; the folder's name unless the file says otherwise.
  package var projectID = ""
  /// `[api]`.
  package var api = APIConfiguration()
  /// `[db]`.
  package var database = DatabaseConfiguration()
  /// `[realtime]`.
  package var realtime = RealtimeConfiguration()
  /// `[studio]`.
  package var studio = StudioConfiguration()
  /// `[local_smtp]`, formerly `[inbucket]`.
  package var mail = MailConfiguration()
  /// `[storage]`.
  package var storage = StorageConfiguration()
  /// `[auth]`.
  package var auth = AuthConfiguration()
  /// `[edge_runtime]`.
  package var edgeRuntime = EdgeRuntimeConfiguration()
  /// `[functions.<slug>]`.
  package var functions: [String: FunctionConfiguration] = [:]
  /// `[analytics]`: hosted only.
  package var analytics = AnalyticsConfiguration()
  /// `[experimental]`.
  package var experimental = ExperimentalConfiguration()
  /// `[remotes.<name>]`: what differs on a hosted branch.
  package var remotes: [String: Remote] = [:]
  /// Which keys are not their default, by path (`db.port`), and who set them.
  package var origins: [String: ConfigurationOrigin] = [:]

  /// The defaults of a project in the Supabase style.
  package init() {}

  /// The defaults of a project.
  ///
  /// - Parameter layout: The project; its style decides where seeds are.
  package init(defaultsFor layout: ProjectLayout) {
    projectID = layout.name
    if layout.style == .homebase { database.seed.sqlPaths = ["./seeds/*.sql"] }
  }

  /// A hosted project or branch, with the whole configuration as it is there.
  package struct Remote: Sendable {
    /// The twenty letters of the hosted project.
    package var projectID: String
    /// The base with the remote's keys over it; seeds are off unless it says otherwise.
    package var configuration: Configuration
  }

  /// Whether the file or a variable sets a key.
  ///
  /// - Parameter path: As in the file: `db.port`.
  /// - Returns: False when the value is the default.
  package func sets(_ path: String) -> Bool { origins[path] != nil }

  /// The place of a key in the file, for a message about it.
  ///
  /// - Parameter path: As in the file: `db.port`.
  /// - Returns: Nil when the file does not set it.
  package func location(of path: String) -> SourceLocation? {
    guard case .file(let location) = origins[path] else { return nil }
    return location
  }
}

extension Configuration: ConfigurationSection {
  static let keys: [ConfigurationKey<Configuration>] =
    sharedKeys + [
      ConfigurationKey(
        name: "remotes", describe: { _, _ in [] }, read: { _, _, _ in })
    ]

  /// The keys that a remote may have as well: all but `remotes`.
  static let sharedKeys: [ConfigurationKey<Configuration>] = [
    .value("project_id", \.projectID, .text),
    .section("api", \.api),
    .section("db", \.database),
    .section("realtime", \.realtime),
    .section("studio", \.studio),
    .section("local_smtp", \.mail, formerly: ["inbucket"]),
    .section("storage", \.storage),
    .section("auth", \.auth),
    .section("edge_runtime", \.edgeRuntime),
    .sections("functions", \.functions),
    .section("analytics", \.analytics, hosted: true),
    .section("experimental", \.experimental),
    .anything("workers"),
    .anything("compute"),
  ]

  /// Every key with its type and default, for documentation and for tests.
  ///
  /// - Returns: In the order of the sections.
  package static func describeKeys() -> [KeyDescription] {
    sharedKeys.flatMap { $0.describe(Configuration(), $0.name) }
  }
}

/// Where keys live, to tell somebody who wrote one in the wrong table.
enum ConfigurationIndex {
  private static let byName: [String: [String]] = {
    var index: [String: [String]] = [:]
    for key in Configuration.describeKeys() where !key.path.contains("<") {
      let parts = key.path.split(separator: ".")
      guard parts.count > 1, let name = parts.last else { continue }
      index[String(name), default: []].append(parts.dropLast().joined(separator: "."))
    }
    return index
  }()

  static func sections(with name: String) -> [String] { byName[name] ?? [] }
}
