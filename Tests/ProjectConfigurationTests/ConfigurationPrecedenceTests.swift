import Diagnostics
import Testing

@testable import ProjectConfiguration

@Suite struct ConfigurationPrecedenceTests {
  /// One real project writes its port so; a text must become a number.
  @Test func environmentReferenceBecomesTheType() throws {
    let (configuration, warnings) = try read(
      """
      [api]
      port = "env(SUPABASE_API_PORT)"
      enabled = "env(ON)"
      schemas = ["public", "env(EXTRA)"]
      [db]
      health_timeout = "env(WAIT)"
      """, ["SUPABASE_API_PORT": "6000", "ON": "false", "EXTRA": "storage", "WAIT": "90s"])
    #expect(configuration.api.port == 6000)
    #expect(!configuration.api.enabled)
    #expect(configuration.api.schemas == ["public", "storage"])
    #expect(configuration.database.healthTimeout == .seconds(90))
    #expect(warnings.isEmpty)
  }

  /// Supabase replaces whole strings only; half a string is somebody's text.
  @Test func onlyWholeStringsAreReferences() throws {
    let (configuration, warnings) = try read(
      """
      [auth]
      site_url = "http://env(HOST)"
      """, ["HOST": "x"])
    #expect(configuration.auth.siteURL == "http://env(HOST)")
    #expect(warnings.isEmpty)
  }

  /// An unset variable leaves the text and one warning for all, with the first line.
  @Test func unsetVariablesAreOneWarning() throws {
    let (configuration, warnings) = try read(
      """
      [auth]
      site_url = "env(SITE)"
      additional_redirect_urls = ["env(OTHER)", "env(SITE)"]
      jwt_issuer = "env(EMPTY)"
      """, ["EMPTY": ""])
    #expect(configuration.auth.siteURL == "env(SITE)")
    #expect(warnings.count == 1)
    #expect(
      warnings.first?.message == "SITE, OTHER, EMPTY are not set; env(…) stays as it is written")
    #expect(warnings.first?.location?.line == 2)
  }

  /// 34 of 53 real projects name variables of providers that they never switched on.
  @Test func disabledTablesAreQuiet() throws {
    let (_, warnings) = try read(
      """
      [auth.external.apple]
      enabled = false
      client_id = ""
      secret = "env(SUPABASE_AUTH_EXTERNAL_APPLE_SECRET)"
      [auth.sms.twilio]
      enabled = false
      auth_token = "env(SUPABASE_AUTH_SMS_TWILIO_AUTH_TOKEN)"
      [auth.email.smtp]
      port = "env(SMTP_PORT)"
      pass = "env(SMTP_PASS)"
      enabled = false
      [studio]
      openai_api_key = "env(OPENAI_API_KEY)"
      [experimental]
      s3_host = "env(S3_HOST)"
      """)
    #expect(warnings.isEmpty)
    let enabled = try read("[auth.external.apple]\nenabled = true\nsecret = \"env(APPLE)\"\n")
    #expect(enabled.warnings.map(\.code) == ["config_unset_variable"])
  }

  /// Scripts set one key for one run; the variable is above the file, the file above the default.
  @Test func variablesOverrideAnyKey() throws {
    let (configuration, _) = try read(
      """
      [db]
      port = 1111
      [db.pooler]
      pool_mode = "session"
      [functions.my-function]
      verify_jwt = true
      [inbucket]
      port = 2222
      """,
      [
        "SUPABASE_DB_PORT": "5555", "SUPABASE_PROJECT_ID": "other name",
        "SUPABASE_DB_POOLER_POOL_MODE": "transaction", "SUPABASE_API_SCHEMAS": "a, b",
        "SUPABASE_AUTH_EMAIL_MAX_FREQUENCY": "3m", "SUPABASE_STORAGE_FILE_SIZE_LIMIT": "1GiB",
        "SUPABASE_FUNCTIONS_MY_FUNCTION_VERIFY_JWT": "false", "SUPABASE_INBUCKET_PORT": "3333",
        "SUPABASE_REALTIME_ENABLED": "", "SUPABASE_STUDIO_ENABLED": "false",
      ])
    #expect(configuration.database.port == 5555)
    #expect(configuration.origins["db.port"] == .environment("SUPABASE_DB_PORT"))
    #expect(configuration.projectID == "other_name")
    #expect(configuration.database.pooler.mode == .transaction)
    #expect(configuration.api.schemas == ["a", "b"])
    #expect(configuration.auth.email.maxFrequency == .seconds(180))
    #expect(configuration.storage.fileSizeLimit.bytes == 1 << 30)
    #expect(configuration.functions["my-function"]?.verifyJWT == false)
    #expect(configuration.mail.port == 3333)
    #expect(configuration.realtime.enabled)
    #expect(!configuration.studio.enabled)
  }

  /// The new spelling of a variable works as well, and wins.
  @Test func bothSpellingsOfVariables() throws {
    let environment = ["SUPABASE_INBUCKET_PORT": "1", "SUPABASE_LOCAL_SMTP_PORT": "2"]
    #expect(try read("", environment).configuration.mail.port == 2)
  }

  /// The database's password comes from the file alone, as in the Supabase CLI.
  @Test func passwordHasNoVariable() throws {
    let (configuration, _) = try read("", ["SUPABASE_DB_PASSWORD": "of-the-hosted-one"])
    #expect(configuration.database.password == "postgres")
  }

  /// A token in the shell must not switch on a service that the project never asked for.
  @Test func variablesMakeNoTables() throws {
    let environment = [
      "SUPABASE_AUTH_SMS_TWILIO_AUTH_TOKEN": "t", "SUPABASE_AUTH_SMS_TWILIO_ENABLED": "true",
      "SUPABASE_AUTH_EMAIL_SMTP_PASS": "p", "SUPABASE_AUTH_EXTERNAL_GOOGLE_SECRET": "s",
    ]
    let (configuration, _) = try read("", environment)
    #expect(configuration.auth.sms.twilio == nil)
    #expect(configuration.auth.email.smtp == nil)
    #expect(configuration.auth.external.isEmpty)
    let (gated, _) = try read("[auth.sms.twilio]\nenabled = false\n", environment)
    #expect(gated.auth.sms.twilio?.authToken == "t")
    #expect(gated.auth.sms.twilio?.enabled == true)
  }

  /// A wrong variable is named, its value is not: it may be a secret in the wrong place.
  @Test func wrongVariableIsNamed() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try read("", ["SUPABASE_DB_PORT": "hunter2"])
    }
    #expect(
      error?.diagnostic.message
        == "SUPABASE_DB_PORT sets db.port: expected a port from 0 to 65535")
    #expect(error?.diagnostic.lines().joined().contains("hunter2") == false)
  }

  /// `.env` files are looked up from `supabase/` to the root; the shell is above them all.
  @Test func dotenvOrder() throws {
    let project = try TemporaryFolder()
    try project.write("supabase/config.toml", "[auth]\nsite_url = \"env(SITE)\"\n")
    let layout = try ProjectLayout.discover(from: project.path)
    func site(_ environment: [String: String] = [:]) throws -> String {
      try Configuration.load(layout: layout, environment: environment).configuration.auth.siteURL
    }
    for (file, value) in [
      (".env", "root"), (".env.development", "root-dev"), (".env.local", "root-local"),
      (".env.development.local", "root-dev-local"), ("supabase/.env", "inner"),
      ("supabase/.env.development", "inner-dev"), ("supabase/.env.local", "inner-local"),
      ("supabase/.env.development.local", "inner-dev-local"),
    ] {
      try project.write(file, "SITE=\(value)\n")
      #expect(try site() == value)
    }
    try project.write("supabase/.env.test", "SITE=inner-test\n")
    #expect(try site(["SUPABASE_ENV": "test"]) == "inner-test")
    try project.write("supabase/.env.test", "OTHER=1\n")
    // Not `.env.local`: tests must not depend on one developer's own file.
    #expect(try site(["SUPABASE_ENV": "test"]) == "inner")
    #expect(try site(["SITE": "shell"]) == "shell")
  }

  /// Overrides may stand in `.env`; a wrong one is found by its line.
  @Test func dotenvOverridesWithLine() throws {
    let project = try TemporaryFolder()
    try project.write("homebase.toml", "[db]\nport = 1111\n")
    try project.write(".env", "# ports\nSUPABASE_DB_PORT=2222\n")
    let layout = try ProjectLayout.discover(from: project.path)
    let (configuration, _) = try Configuration.load(layout: layout, environment: [:])
    #expect(configuration.database.port == 2222)

    try project.write(".env", "# ports\nSUPABASE_DB_PORT=many\n")
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration.load(layout: layout, environment: [:])
    }
    #expect(error?.diagnostic.location == SourceLocation(file: ".env", line: 2))

    try project.write(".env", "A=1\nB=\"open\n\n")
    let syntax = #expect(throws: ConfigurationError.self) {
      try Configuration.load(layout: layout, environment: [:])
    }
    #expect(syntax?.diagnostic.location == SourceLocation(file: ".env", line: 2))
  }
}

@Suite struct ConfigurationSpellingTests {
  /// A file from a newer or older tool must start the stack all the same.
  @Test func unknownKeysWarn() throws {
    let (configuration, warnings) = try read(
      """
      prot = 1
      [api]
      prot = 1
      max_row = 5
      port = 6000
      [db.sead]
      enabled = false
      [auth.external.gogle]
      enabled = true
      [auth.external.linkedin]
      enabled = true
      [brand_new]
      thing = { a = 1 }
      """)
    #expect(configuration.api.port == 6000)
    #expect(warnings.allSatisfy { $0.code == "config_unknown_key" })
    #expect(warnings.map(\.location?.line) == [1, 3, 4, 6, 8, 10, 12])
    #expect(
      warnings.dropFirst().prefix(5).map(\.hint) == [
        "did you mean api.port?", "did you mean api.max_rows?", "did you mean db.seed?",
        "did you mean auth.external.google?", "the provider is called linkedin_oidc now",
      ])
    #expect(warnings.last?.message == "brand_new is not known and ignored")
  }

  /// A key above its table is a common slip in TOML.
  @Test func keyInTheWrongTable() throws {
    let (_, warnings) = try read("max_rows = 5\n")
    #expect(warnings.first?.hint == "max_rows belongs to [api]")
  }

  /// `[inbucket]` became `[local_smtp]`; projects have either.
  @Test func bothSpellings() throws {
    #expect(try read("[inbucket]\nport = 1\nsmtp_port = 2\n").configuration.mail.smtpPort == 2)
    #expect(try read("[local_smtp]\nport = 1\n").configuration.mail.port == 1)
    let (configuration, warnings) = try read("[inbucket]\nport = 1\n[local_smtp]\nport = 2\n")
    #expect(configuration.mail.port == 2)
    #expect(warnings.map(\.code) == ["config_renamed_key"])
    #expect(warnings.map(\.location?.line) == [1])
  }

  /// Old keys of real projects must not be fatal, nor noisy.
  @Test func oldKeysAreQuiet() throws {
    let (_, warnings) = try read(
      """
      [inbucket]
      smtp_port = 54325
      pop3_port = 54326
      [analytics]
      enabled = false
      vector_port = 54328
      gcp_project_id = ""
      gcp_project_number = ""
      gcp_jwt_path = "supabase/gcloud.json"
      [experimental]
      orioledb_version = ""
      [workers.a]
      runtime = "x"
      """)
    #expect(warnings.isEmpty)
  }

  /// Names become folders, containers and databases.
  @Test func projectNameIsMadeSafe() throws {
    #expect(sanitizedProjectName("My App ✨ (two)") == "My_App_two_")
    #expect(sanitizedProjectName("._-x") == "x")
    #expect(sanitizedProjectName("日本") == "")
    #expect(sanitizedProjectName(String(repeating: "a", count: 60)).count == 40)
    #expect(try read("project_id = \"a b\"\n").configuration.projectID == "a_b")
  }

  /// A branch sees the base with its own keys; it is never seeded by surprise.
  @Test func remotesLieOverTheBase() throws {
    let (configuration, warnings) = try read(
      """
      [db]
      port = 1
      [auth]
      site_url = "http://base"
      [remotes.staging]
      project_id = "abcdefghijklmnopqrst"
      [remotes.staging.auth]
      site_url = "env(UNSET)"
      [remotes.other]
      project_id = "bbbbbbbbbbbbbbbbbbbb"
      db.seed.enabled = true
      db.sead = 1
      """)
    let staging = try #require(configuration.remotes["staging"])
    #expect(staging.projectID == "abcdefghijklmnopqrst")
    #expect(staging.configuration.database.port == 1)
    #expect(staging.configuration.auth.siteURL == "env(UNSET)")
    #expect(!staging.configuration.database.seed.enabled)
    #expect(configuration.remotes["other"]?.configuration.database.seed.enabled == true)
    #expect(configuration.auth.siteURL == "http://base")
    #expect(configuration.database.seed.enabled)
    #expect(warnings.map(\.message) == ["remotes.other.db.sead is not known and ignored"])
  }

  /// Two services with one port cannot both have it; better said before than found after.
  @Test func samePortIsSaid() throws {
    let (_, warnings) = try read("[api]\nport = 54322\n")
    #expect(warnings.map(\.code) == ["config_same_port"])
    #expect(warnings.first?.location?.line == 2)
  }

  /// An encrypted value would silently be a wrong password.
  @Test func encryptedValuesAreSaid() throws {
    let (_, warnings) = try read("[db]\nroot_key = \"encrypted:abc\"\n")
    #expect(warnings.map(\.code) == ["config_encrypted"])
  }

  /// A value of its own type in every kind of table.
  @Test func tablesOfEveryKind() throws {
    let (configuration, warnings) = try read(
      """
      [storage.buckets.avatars]
      public = true
      file_size_limit = "5MB"
      allowed_mime_types = ["image/png"]
      [auth.sms.test_otp]
      4152127777 = "123456"
      [auth.email.template.invite]
      subject = "Hello"
      content_path = "./supabase/templates/invite.html"
      [auth.hook.custom_access_token]
      enabled = true
      uri = "pg-functions://postgres/public/custom_access_token_hook"
      [edge_runtime]
      policy = "oneshot"
      [edge_runtime.secrets]
      token = "env(TOKEN)"
      [[experimental.inspect.rules]]
      name = "one"
      [[experimental.inspect.rules]]
      name = "two"
      [db.vault]
      key = "env(TOKEN)"
      """, ["TOKEN": "t"])
    #expect(warnings.isEmpty)
    let bucket = try #require(configuration.storage.buckets["avatars"])
    #expect(bucket.isPublic && bucket.fileSizeLimit?.bytes == 5 << 20)
    #expect(configuration.auth.sms.testOTP == ["4152127777": "123456"])
    #expect(configuration.auth.email.template["invite"]?.subject == "Hello")
    #expect(configuration.auth.hook.all.map(\.name) == ["custom_access_token"])
    #expect(configuration.edgeRuntime.policy == .oneShot)
    #expect(configuration.edgeRuntime.secrets == ["token": "t"])
    #expect(configuration.experimental.inspect.rules.map(\.name) == ["one", "two"])
    #expect(configuration.database.vault == ["key": "t"])
  }

  /// A debugger, a log line or a failed test must not print a secret.
  @Test func secretsDescribeThemselvesAsSecret() {
    var text = ""
    dump(Secret("hunter2"), to: &text)
    #expect(!"\(Secret("hunter2")) \(text)".contains("hunter2"))
  }
}
