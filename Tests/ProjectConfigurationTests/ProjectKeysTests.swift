import Testing

@testable import ProjectConfiguration

@Suite struct ProjectKeysTests {
  /// Every tutorial has these keys; apps have them in their `.env`.
  @Test func wellKnownKeys() throws {
    let keys = ProjectKeys(Configuration())
    let header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    #expect(
      keys.anonKey
        == "\(header).eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9."
        + "CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0")
    #expect(keys.anonKey.split(separator: ".").last?.hasPrefix("CRXP1A7W") == true)
    #expect(keys.serviceRoleKey.split(separator: ".").last?.hasPrefix("EGIM96RA") == true)
    #expect(keys.publishableKey == "sb_publishable_" + "ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH")
    #expect(keys.secretKey == "sb_secret_" + "N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz")
    #expect(keys.jwtSecret.count >= 32)
  }

  /// A changed secret changes the tokens, or the services would refuse them.
  @Test func keysFollowTheSecret() throws {
    let (configuration, _) = try read("[auth]\njwt_secret = \"another-secret-that-is-long\"\n")
    let keys = ProjectKeys(configuration)
    let standard = ProjectKeys(Configuration())
    #expect(keys.jwtSecret == "another-secret-that-is-long")
    #expect(keys.anonKey != standard.anonKey && keys.serviceRoleKey != standard.serviceRoleKey)
    #expect(keys.anonKey.split(separator: ".")[1] == standard.anonKey.split(separator: ".")[1])
    #expect(keys.publishableKey == standard.publishableKey)
  }

  /// What somebody wrote is what they get.
  @Test func writtenKeysWin() throws {
    let (configuration, _) = try read(
      """
      [auth]
      jwt_secret = "another-secret-that-is-long"
      anon_key = "a"
      service_role_key = "env(KEY)"
      publishable_key = "p"
      secret_key = ""
      """, ["KEY": "s"])
    let keys = ProjectKeys(configuration)
    #expect(keys.anonKey == "a" && keys.serviceRoleKey == "s" && keys.publishableKey == "p")
    #expect(keys.secretKey == ProjectKeys.defaultSecretKey)
  }

  /// Keys in a log line would be keys in a bug report.
  @Test func keysDescribeThemselvesAsKeys() {
    var text = ""
    dump(ProjectKeys(Configuration()), to: &text)
    #expect(!text.contains("eyJ"))
  }
}

@Suite struct StatusVariablesTests {
  func variables(
    _ configuration: Configuration, _ ports: ServicePorts
  ) -> StatusVariables {
    StatusVariables(
      configuration: configuration, keys: ProjectKeys(configuration), ports: ports)
  }

  /// Scripts read these names; their values are those of Supabase.
  @Test func namesAndValues() {
    let configuration = Configuration()
    let status = variables(configuration, ServicePorts(preferredBy: configuration))
    #expect(
      status.urls.map { "\($0.name)=\($0.value)" } == [
        "API_URL=http://127.0.0.1:54321", "REST_URL=http://127.0.0.1:54321/rest/v1",
        "GRAPHQL_URL=http://127.0.0.1:54321/graphql/v1",
        "FUNCTIONS_URL=http://127.0.0.1:54321/functions/v1", "MCP_URL=http://127.0.0.1:54321/mcp",
        "STORAGE_S3_URL=http://127.0.0.1:54321/storage/v1/s3",
        "DB_URL=postgresql://postgres:postgres@127.0.0.1:54322/postgres",
        "STUDIO_URL=http://127.0.0.1:54323", "MAILPIT_URL=http://127.0.0.1:54324",
        "INBUCKET_URL=http://127.0.0.1:54324",
      ])
    #expect(
      status.keys.map(\.name) == [
        "PUBLISHABLE_KEY", "SECRET_KEY", "JWT_SECRET", "ANON_KEY", "SERVICE_ROLE_KEY",
        "S3_PROTOCOL_ACCESS_KEY_ID", "S3_PROTOCOL_ACCESS_KEY_SECRET", "S3_PROTOCOL_REGION",
      ])
  }

  /// A port that moved is the port that is said; a password is one word of a URL.
  @Test func actualPortsAndPassword() throws {
    let (configuration, _) = try read(
      """
      [db]
      password = "p@ss/w:rd é"
      [api]
      external_url = "https://my.test/"
      [studio]
      enabled = false
      [edge_runtime]
      enabled = false
      """)
    let status = variables(configuration, ServicePorts(api: 1, database: 2, studio: 3))
    #expect(
      status.urls.map { "\($0.name)=\($0.value)" } == [
        "API_URL=https://my.test", "REST_URL=https://my.test/rest/v1",
        "GRAPHQL_URL=https://my.test/graphql/v1",
        "STORAGE_S3_URL=https://my.test/storage/v1/s3",
        "DB_URL=postgresql://postgres:p%40ss%2Fw%3Ard%20%C3%A9@127.0.0.1:2/postgres",
      ])
  }
}

@Suite struct InitTemplateTests {
  /// The first file that a new developer sees must be right, and change nothing.
  @Test(arguments: ProjectLayout.Style.allCases) func isValidAndChangesNothing(
    _ style: ProjectLayout.Style
  ) throws {
    let layout = ProjectLayout(root: "/nowhere", style: style)
    let defaults = Configuration(defaultsFor: layout)
    let (configuration, warnings) = try Configuration.parse(
      Array(initTemplate(style: style).utf8), file: "f", over: defaults,
      environment: ProjectEnvironment(process: [:]))
    #expect(warnings.isEmpty)
    #expect(configuration.api == defaults.api)
    #expect(configuration.database == defaults.database)
    #expect(configuration.auth == defaults.auth)
    #expect(configuration.storage == defaults.storage)
    #expect(configuration.mail == defaults.mail)
    #expect(configuration.origins.count > 25)
    #expect(configuration.projectID == defaults.projectID)
  }

  /// Its examples are meant to be uncommented: they must be known keys of the right type.
  @Test func examplesAreValid() throws {
    let text = initTemplate(style: .supabase, projectID: "my app").split(separator: "\n").map {
      line in
      let isExample = line.hasPrefix("# ") && (line.contains(" = ") || line.hasPrefix("# ["))
      return isExample && !line.contains("SUPABASE_") ? String(line.dropFirst(2)) : String(line)
    }.joined(separator: "\n")
    let (configuration, warnings) = try read(
      text, ["JWT_SECRET": "sixteen-characters", "GOOGLE_CLIENT_ID": "a", "GOOGLE_SECRET": "b"])
    #expect(warnings.isEmpty)
    #expect(configuration.projectID == "my_app")
    #expect(configuration.storage.buckets["avatars"]?.isPublic == true)
    #expect(configuration.auth.sms.testOTP["4152127777"] == "123456")
    #expect(configuration.functions["hello"]?.verifyJWT == false)
  }

  /// Each provider has its own place for its documents.
  @Test func issuersOfThirdParties() throws {
    #expect(Configuration().auth.thirdParty.issuerURL == nil)
    for (table, expected) in [
      ("firebase]\nproject_id = \"p-1\"", "https://securetoken.google.com/p-1"),
      ("auth0]\ntenant = \"t\"", "https://t.auth0.com"),
      ("auth0]\ntenant = \"t\"\ntenant_region = \"eu\"", "https://t.eu.auth0.com"),
      (
        "aws_cognito]\nuser_pool_id = \"eu-1_x\"\nuser_pool_region = \"eu-1\"",
        "https://cognito-idp.eu-1.amazonaws.com/eu-1_x"
      ),
      ("clerk]\ndomain = \"c.example\"", "https://c.example"),
      ("workos]\nissuer_url = \"https://w.example/x\"", "https://w.example/x"),
    ] {
      let (configuration, _) = try read("[auth.third_party.\(table)\nenabled = true\n")
      #expect(configuration.auth.thirdParty.issuerURL == expected)
      let (off, _) = try read("[auth.third_party.\(table)\nenabled = false\n")
      #expect(off.auth.thirdParty.issuerURL == nil)
    }
  }
}
