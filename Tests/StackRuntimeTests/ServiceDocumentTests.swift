import Diagnostics
import FoundationEssentials
import Gateway
import Glibc
import ProcessSupervision
import ProjectConfiguration
import RESTService
import Testing
import WebTokens

@testable import StackRuntime

@Suite struct ServiceDocumentTests {
  /// The files of a project whose state is in its own folder.
  private func files(_ project: TestProject) throws -> ServiceFiles {
    let locations = try StateLocations.locate(
      projectRoot: project.root, environment: ["HOME": project.root], userID: 1 << 20)
    try FileManager.default.createDirectory(
      atPath: locations.runtimeFolder, withIntermediateDirectories: true)
    return try ServiceFiles(locations, user: nil)
  }

  private func object(_ document: some Encodable) throws -> [String: JSON] {
    let value = try JSONDecoder().decode(JSON.self, from: try JSONEncoder().encode(document))
    guard case .object(let members) = value else { return [:] }
    return members
  }

  /// The gateway reads these names and no others; without its keys no client comes in.
  @Test func gatewayFile() throws {
    let project = try TestProject()
    try project.write("[auth]\npublishable_key = \"sb_publishable_own\"\n", to: "homebase.toml")
    let (files, context) = (try files(project), try project.context())
    let document = GatewayConfiguration(
      context, files: files, tls: .init(certificate: "/c.pem", key: "/k.pem"), generation: 17)
    let keys = context.keys
    #expect(
      try object(document) == [
        "listeners": .array([
          .object([
            "descriptor": .number(3), "stack": .string("main"),
            "tls": .object(["certificate": .string("/c.pem"), "key": .string("/k.pem")]),
          ])
        ]),
        "control": .string(files.controlSocket),
        "services": .object(["rest": .string(files.restSocket)]),
        "stacks": .array([
          .object([
            "id": .string("main"), "generation": .number(17),
            "keys": .object([
              "publishable": .string("sb_publishable_own"), "secret": .string(keys.secretKey),
              "anon": .string(keys.anonKey), "service_role": .string(keys.serviceRoleKey),
            ]),
          ])
        ]),
      ])
  }

  /// REST shows what `[api]` says, and takes what the secret or a signing key has signed; a private
  /// key in its file would let whoever reads it sign in as anybody.
  @Test func restFile() throws {
    let project = try TestProject()
    let key = try SigningKey.generate()
    try project.write(
      """
      [api]
      schemas = ["public", "shop"]
      extra_search_path = ["extensions"]
      max_rows = 50
      [auth]
      jwt_secret = "0123456789012345678901234567890123456789"
      signing_keys_path = "./keys.json"
      """, to: "homebase.toml")
    try project.write(
      String(decoding: try JSONEncoder().encode([key]), as: UTF8.self), to: "keys.json")
    let (files, context) = (try files(project), try project.context())
    let document = RESTServiceConfiguration(
      context, files: files,
      database: .init(
        host: "/run/db", port: 54322, name: "postgres", user: RESTServiceConfiguration.user),
      signingKeys: try context.signingKeys(),
      issuers: [.init(issuer: "https://i.example", jwks: JSONWebKeySet(keys: []))], port: 54321)
    let written = try object(document)
    #expect(written["socket"] == .string(files.restSocket))
    guard case .array(let stacks) = written["stacks"], case .object(var stack) = stacks.first else {
      Issue.record("no stack in \(written)")
      return
    }
    let tokens = stack.removeValue(forKey: "tokens")
    #expect(
      stack == [
        "id": .string("main"),
        "database": .object([
          "host": .string("/run/db"), "port": .number(54322), "name": .string("postgres"),
          "user": .string("authenticator"),
        ]),
        "schemas": .array([.string("public"), .string("shop")]),
        "extra_search_path": .array([.string("extensions")]), "max_rows": .number(50),
        "anonymous_role": .string("anon"), "safeupdate": .bool(true),
        "openapi_proxy_uri": .string("http://127.0.0.1:54321/rest/v1/"),
      ])
    #expect(
      tokens
        == .object([
          "secret": .string("0123456789012345678901234567890123456789"),
          "jwks": .object([
            "keys": .array([
              .object([
                "kty": .string("EC"), "kid": .string(key.kid), "use": .string("sig"),
                "alg": .string("ES256"), "crv": .string("P-256"), "x": .string(key.x ?? ""),
                "y": .string(key.y ?? ""),
              ])
            ])
          ]),
          "issuers": .array([
            .object([
              "issuer": .string("https://i.example"), "jwks": .object(["keys": .array([])]),
            ])
          ]),
        ]))
  }

  /// Projects' own tests sign with the key that every Supabase developer has; a key of the project
  /// takes its place.
  @Test func theWellKnownKeyCounts() throws {
    let project = try TestProject()
    let (files, context) = (try files(project), try project.context())
    func keys(_ own: [SigningKey]) -> [JSONWebKey]? {
      RESTServiceConfiguration(
        context, files: files, database: .init(host: "/h", port: 1, name: "n", user: "u"),
        signingKeys: own, issuers: [], port: 54321
      ).stacks[0].tokens?.jwks?.keys
    }
    #expect(keys([])?.map(\.kid) == ["b81269f1-21d8-4f2e-b719-c2240a840d90"])
    let own = try SigningKey.generate()
    #expect(keys([own])?.map(\.x) == [own.x])
  }

  /// Without its keys a third party's users are refused: nobody must have to guess why.
  @Test func aThirdPartyThatIsNotReachedIsSaid() async throws {
    let project = try TestProject()
    let none = try await project.context().thirdParties()
    #expect(none.issuers.isEmpty && none.warnings.isEmpty)
    try project.write(
      "[auth.third_party.workos]\nenabled = true\nissuer_url = \"http://127.0.0.1:1\"\n",
      to: "homebase.toml")
    let parties = try await project.context().thirdParties()
    #expect(parties.issuers.isEmpty)
    #expect(parties.warnings.map(\.code) == ["issuer_keys_unavailable"])
    #expect(parties.warnings.first?.location?.line == 2)
  }

  /// Keys are for the service's user alone, also while a file is replaced, and gone after a stop.
  @Test func filesAreClosedToOthers() throws {
    let project = try TestProject()
    let files = try files(project)
    for text in ["first", "second and longer"] {
      try files.write(Data(text.utf8), to: files.rest)
      #expect(FileManager.default.contents(atPath: files.rest) == Data(text.utf8))
      var facts = stat()
      #expect(stat(files.rest, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
    }
    let folder = String(files.rest.dropLast("/rest.json".count))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        == ["rest.json", "services"])
    var facts = stat()
    #expect(stat("\(folder)/services", &facts) == 0 && facts.st_mode & 0o777 == 0o700)
    files.remove()
    #expect(!FileManager.default.fileExists(atPath: files.rest))
    #expect(files.controlSocket.utf8.count <= StateLocations.longestSocketPath)
    #expect(throws: Diagnostic.self) {
      try files.write(Data(), to: "\(project.root)/nowhere/x.json")
    }
  }

  /// A path that was mistyped must not end in a browser's error: the line that has it is named.
  @Test(arguments: [
    ("cert_path = \"localhost.pem\"", "tls_incomplete", 3),
    ("cert_path = \"localhost.pem\"\nkey_path = \"missing.pem\"", "tls_file_unusable", 4),
    ("cert_path = \"other.pem\"\nkey_path = \"localhost-key.pem\"", "tls_file_unusable", 3),
    ("cert_path = \"./localhost.pem\"\nkey_path = \"other.pem\"", "tls_file_unusable", 4),
  ]) func certificatesThatAreOfNoUse(lines: String, code: String, line: Int) throws {
    let project = try TestProject()
    try project.write("[api.tls]\nenabled = true\n\(lines)\n", to: "homebase.toml")
    try project.write("neither of them", to: "other.pem")
    _ = try LocalCertificate.ensure(in: project.root)
    let error = #expect(throws: Diagnostic.self) { try project.context().certificate() }
    #expect(error?.code == code && error?.location?.line == line, "\(String(describing: error))")
    #expect(error?.location?.file == "homebase.toml")
  }

  /// A file of signing keys that cannot be read is an error before anything starts; one that is not
  /// there yet is none.
  @Test func signingKeysThatAreOfNoUse() throws {
    let project = try TestProject()
    try project.write("[auth]\nsigning_keys_path = \"keys.json\"\n", to: "homebase.toml")
    #expect(try project.context().signingKeys().isEmpty)
    try project.write("{}", to: "keys.json")
    let error = #expect(throws: Diagnostic.self) { try project.context().signingKeys() }
    #expect(error?.code == "signing_keys_unreadable" && error?.location?.line == 2)
  }

  /// What a start reads and a reset does not: whoever edits it is told.
  @Test func editsThatNeedARestart() throws {
    let project = try TestProject()
    func note(after edit: () throws -> Void) throws -> String? {
      let before = StartInputs(try project.context())
      try edit()
      let now = try project.context()
      return before.change(to: StartInputs(now), layout: now.layout)?.message
    }
    #expect(
      try note { try project.write("[db.seed]\nenabled = false\n", to: "homebase.toml") } == nil)
    for text in [
      "[api]\nmax_rows = 7\n", "[api]\nschemas = [\"a\"]\n", "[api.tls]\nenabled = true\n",
      "[auth]\njwt_secret = \"0123456789012345678901234567890123456789\"\n",
      "[auth]\nsigning_keys_path = \"keys.json\"\n",
    ] {
      let said = try note { try project.write(text, to: "homebase.toml") }
      #expect(said == "homebase.toml was edited since the stack was started", "\(text)")
    }
    #expect(
      try note { try project.write("[]", to: "keys.json") }
        == "keys.json was edited since the stack was started")
    #expect(
      try note { try project.write("services: {}", to: "compose/local.yaml") }
        == "compose/local.yaml was edited since the stack was started")
  }
}

/// JSON of any shape, to compare.
private enum JSON: Decodable, Equatable {
  case object([String: JSON])
  case array([JSON])
  case string(String)
  case number(Double)
  case bool(Bool)

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let flag = try? value.decode(Bool.self) {
      self = .bool(flag)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .string(text)
    } else if let items = try? value.decode([JSON].self) {
      self = .array(items)
    } else {
      self = .object(try value.decode([String: JSON].self))
    }
  }
}
