import Diagnostics
import Testing

@testable import ProjectConfiguration

/// A configuration that cannot be, and what a person must read about it.
struct BrokenConfiguration: Sendable, CustomTestStringConvertible {
  var text: String
  var place: String
  var message: String
  var environment: [String: String] = [:]

  var testDescription: String { message }

  init(_ text: String, _ place: String, _ message: String, _ environment: [String: String] = [:]) {
    self.text = text
    self.place = place
    self.message = message
    self.environment = environment
  }
}

@Suite struct BrokenConfigurationTests {
  static let broken: [BrokenConfiguration] = [
    .init(
      "[db]\nport = \"seven\"\n", "2:8", "db.port: expected a port from 0 to 65535, found \"seven\""
    ),
    .init("[db]\nport = 70000\n", "2:8", "db.port: expected a port from 0 to 65535, found 70000"),
    .init("[api]\nport = -1\n", "2:8", "api.port: expected a port from 0 to 65535, found -1"),
    .init(
      "[api]\nport = 54321.5\n", "2:8", "api.port: expected a port from 0 to 65535, found 54321.5"),
    .init(
      "[api]\nenabled = \"true\"\n", "2:11", "api.enabled: expected true or false, found \"true\""),
    .init("[api]\nenabled = 1\n", "2:11", "api.enabled: expected true or false, found 1"),
    .init(
      "[api]\nschemas = \"public\"\n", "2:11",
      "api.schemas: expected a list of strings, found \"public\""),
    .init(
      "[api]\nschemas = [\"public\", 3]\n", "2:11",
      "api.schemas: expected a list of strings, found a list"),
    .init(
      "[db]\nmajor_version = 12\n", "2:17",
      "db.major_version: expected one of 13, 14, 15, 17, found 12"),
    .init(
      "[db]\nhealth_timeout = \"2 minutes\"\n", "2:18",
      "db.health_timeout: expected a duration such as \"30s\", \"2m\" or \"1h30m\", found \"2 minutes\""
    ),
    .init(
      "[db]\nhealth_timeout = 120\n", "2:18",
      "db.health_timeout: expected a duration such as \"30s\", \"2m\" or \"1h30m\", found 120"),
    .init(
      "[storage]\nfile_size_limit = \"50 apples\"\n", "2:19",
      "storage.file_size_limit: expected a size such as \"50MiB\", found \"50 apples\""),
    .init(
      "[db.pooler]\npool_mode = \"statement\"\n", "2:13",
      "db.pooler.pool_mode: expected one of \"transaction\", \"session\", found \"statement\""),
    .init(
      "[realtime]\nip_version = \"ipv4\"\n", "2:14",
      "realtime.ip_version: expected one of \"IPv4\", \"IPv6\", found \"ipv4\""),
    .init("db = 5\n", "1:6", "db: expected a table, found 5"),
    .init("[db]\nmigrations = true\n", "2:14", "db.migrations: expected a table, found true"),
    .init("functions = []\n", "1:13", "functions: expected a table, found a list"),
    .init("[db]\nport = 1\n\nport = 2\n", "4:1", "the key port is there twice, expected once"),
    .init(
      "[db]\nport = 1\n[db]\nseed = 2\n", "3:1", "the table [db] is there twice, expected once"),
    .init(
      "[db\nport = 1\n", "1:4",
      "supabase/config.toml is not valid TOML: in a table header: expected ']', saw '\\n'"),
    .init(
      "project_id = \"x\nport = 1\n", "1:16",
      "supabase/config.toml is not valid TOML: in a string: unescaped control characters other than TAB"
        + " (U+0009) are explicitly prohibited"),
    .init(
      "port =\n", "1:7",
      "supabase/config.toml is not valid TOML: in a key-value pair: expected value, saw '\\n'"),
    .init(
      "[auth]\nenabled = yes\n", "2:11",
      "supabase/config.toml is not valid TOML: in a value: could not determine value type"),
    .init(
      "[auth]\njwt_expiry = 604801\n", "2:14",
      "auth.jwt_expiry: expected a whole number from 0 to 604800, found 604801"),
    .init(
      "[auth]\njwt_secret = \"tooshort\"\n", "2:14",
      "auth.jwt_secret: expected a string of at least 16 characters, found a value that is none"),
    .init(
      "[auth]\npassword_requirements = \"hard\"\n", "2:25",
      "auth.password_requirements: expected one of \"\", \"letters_digits\", "
        + "\"lower_upper_letters_digits\", \"lower_upper_letters_digits_symbols\", found \"hard\""),
    .init(
      "[auth.hook.send_email]\nenabled = true\nuri = \"ftp://x\"\n", "3:1",
      "auth.hook.send_email.uri: expected pg-functions://<database>/<schema>/<function>, http:// or "
        + "https://"),
    .init(
      "[auth.third_party.firebase]\nenabled = true\n[auth.third_party.clerk]\nenabled = true\n",
      "4:1",
      "auth.third_party: expected at most one that is on, found firebase and clerk"),
    .init(
      "[api]\nexternal_url = \"localhost\"\n", "2:16",
      "api.external_url: expected a URL that begins with http:// or https://, found \"localhost\""),
    .init(
      "[auth.external.google]\nenabled = true\nclient_id = 12\n", "3:13",
      "auth.external.google.client_id: expected a string, found 12"),
    .init(
      "[functions.hello]\nverify_jwt = \"no\"\n", "2:14",
      "functions.hello.verify_jwt: expected true or false, found \"no\""),
    .init(
      "[storage.buckets.a]\nfile_size_limit = true\n", "2:19",
      "storage.buckets.a.file_size_limit: expected a size such as \"50MiB\", found true"),
    .init(
      "[inbucket]\nport = \"x\"\n", "2:8",
      "local_smtp.port: expected a port from 0 to 65535, found \"x\""),
    .init(
      "[edge_runtime]\ndeno_version = 3\n", "2:16",
      "edge_runtime.deno_version: expected one of 1, 2, found 3"),
    .init(
      "[api]\nport = \"env(NOT_SET)\"\n", "2:8",
      "api.port: expected a port from 0 to 65535, found env(NOT_SET), and NOT_SET is not set"),
    .init(
      "[api]\nport = \"env(WORD)\"\n", "2:8",
      "api.port: expected a port from 0 to 65535, found the value of WORD, which is none",
      ["WORD": "hidden"]),
    .init(
      "[remotes.a]\nproject_id = \"abcdefghijklmnopqrst\"\n[remotes.b]\nproject_id = \"abcdefghijklmnopqrst\"\n",
      "4:1", "remotes.b.project_id: expected a project of its own, found that of remotes.a"),
    .init(
      "[remotes.a.db]\nport = \"x\"\n", "2:8",
      "remotes.a.db.port: expected a port from 0 to 65535, found \"x\""),
    .init(
      "a = 2020-01-01\nproject_id = 2020-01-01\n", "2:14",
      "project_id: expected a string, found a date"),
    .init(
      "[api]\r\nport = \"x\"\r\n", "2:8", "api.port: expected a port from 0 to 65535, found \"x\""),
  ]

  /// A developer must see the line to mend, and what belongs there, whatever is wrong.
  @Test(arguments: broken) func saysWhereAndWhat(_ broken: BrokenConfiguration) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try read(broken.text, broken.environment)
    }
    let diagnostic = try #require(error?.diagnostic)
    #expect(diagnostic.location?.description == "supabase/config.toml:\(broken.place)")
    #expect(diagnostic.message == broken.message)
    #expect(diagnostic.hint?.isEmpty == false)
    #expect(!diagnostic.lines().joined().contains("hidden"))
  }

  /// A file with three mistakes must not cost three attempts.
  @Test func allProblemsAreSaidAtOnce() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try read("[db]\nport = \"a\"\n[api]\nport = \"b\"\nenabled = 3\n")
    }
    guard case .invalid(let problems) = error else {
      Issue.record("not the error of values: \(String(describing: error))")
      return
    }
    #expect(problems.compactMap(\.location?.line) == [2, 4, 5])
    let text = try #require(error?.diagnostic.lines().joined(separator: "\n"))
    #expect(text.contains("also supabase/config.toml:4:8: api.port"))
  }

  /// Editors and eyes find the place faster with the line itself.
  @Test func excerptPointsAtTheValue() throws {
    let error = #expect(throws: ConfigurationError.self) { try read("[db]\nport = \"seven\"\n") }
    #expect(error?.diagnostic.excerpt == ["2 | port = \"seven\"", "  |        ^"])
    #expect(error?.diagnostic.hint != nil)
  }

  /// The most common slip has its own answer.
  @Test func quotedNumberIsExplained() throws {
    let error = #expect(throws: ConfigurationError.self) { try read("[db]\nport = \"54322\"\n") }
    #expect(error?.diagnostic.hint == "write it without quotes")
  }

  /// A secret must not reach a terminal, a log or a bug report.
  @Test(
    arguments: [
      "[auth]\njwt_secret = \"hunter2\"\n", "[auth]\nanon_key = [\"hunter2\"]\n",
      "[db]\nvault = { a = [\"hunter2\"], b = 1 }\n",
      "[auth.external]\ngoogle = { secret = \"hunter2\", enabled = \"yes\" }\n",
    ]) func secretsAreNeverShown(_ text: String) throws
  {
    let error = #expect(throws: ConfigurationError.self) { try read(text) }
    #expect(error?.diagnostic.lines().joined().contains("hunter2") == false)
  }

  /// What only the hosted platform reads must not keep a local stack from starting.
  @Test func hostedKeysOnlyWarn() throws {
    let (configuration, warnings) = try read(
      "[analytics]\nport = \"x\"\n[experimental]\norioledb_version = 3\n")
    #expect(configuration.analytics.port == 54_327)
    #expect(warnings.map(\.location?.line) == [2, 4])
  }

  /// No text may crash the reader: it comes from people and merge tools.
  @Test func anyBytesAreSurvived() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(state: seed)
    let pieces = [
      "[", "]", "[[", "]]", "=", "\"", "'", "\n", "\r\n", "#", "{", "}", ",", ".", "a", "db",
      "port",
      "1", "true", "\u{0}", "\u{FEFF}", "é", "\\u00", "\"\"\"", " ", "1979-05-27", "-", "0x",
    ]
    for _ in 0..<500 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        bytes += Array((pieces.randomElement(using: &random) ?? "").utf8)
        if Int.random(in: 0...20, using: &random) == 0 {
          bytes.append(UInt8.random(in: 0...255, using: &random))
        }
      }
      do {
        _ = try Configuration.parse(
          bytes, file: "f", environment: ProjectEnvironment(process: [:]))
      } catch {
        #expect(error.diagnostic.location?.line ?? 0 > 0, "seed \(seed)")
      }
    }
  }

  /// Deep nesting must be an error, not a stack that overflows.
  @Test func deepNestingIsRefused() {
    let dots = String(repeating: "a.", count: 100_000)
    for text in [
      "a = " + String(repeating: "[", count: 100_000), "\(dots)a = 1", "[\(dots)a]",
      "x = {\(dots)a = 1}",
      String(repeating: "\"a\" . ", count: 100_000) + "a = 1",
    ] {
      #expect(throws: ConfigurationError.self) { try read(text) }
    }
    #expect(throws: Never.self) {
      try read("project_id = \"\(String(repeating: "127.0.0.1 ", count: 1000))\"\n")
    }
  }
}
