import FoundationEssentials
import PostgresClient
import ProjectConfiguration
import SchemaCatalog
import StackProtocol
import TestCluster
import Testing

@testable import homebase

@Suite struct TypeCommandTests {
  /// A database of one test.
  private struct Base: Sendable {
    var cluster: TemporaryCluster
    var name: String

    func execute(_ script: String) async throws {
      try await cluster.withConnection(to: name) { _ = try await $0.execute(script) }
    }
  }

  /// Runs a test with a world whose stack's database is a real one.
  private func withTypes(
    _ script: String, body: @Sendable (World, Base) async throws -> Void
  ) async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withDatabase { name in
      let base = Base(cluster: cluster, name: name)
      let url = "postgresql://postgres@/\(name)?host=\(cluster.socketFolder)"
      try await base.execute(script)
      try await withWorld(running: true) { _, _ in
        StackStatus(project: "p", stack: "local", state: .running, urls: ["DB_URL": url])
      } body: { world async throws in
        try await body(world, base)
      }
    }
  }

  /// A shell redirects standard output into the file: only the code may be there.
  @Test func theCodeAloneIsOnStandardOutput() async throws {
    try await withTypes("create table t (id int)") { world, _ in
      let ran = try await world.run(["gen", "types"])
      #expect(ran.code == 0 && ran.errors == "")
      #expect(ran.output.hasPrefix("export type Json =\n"))
      #expect(ran.output.hasSuffix("} as const\n\n"))
      for arguments in [
        ["gen", "types", "typescript", "--local"], ["gen", "types", "--lang=typescript"],
        ["gen", "types", "typescript", "--lang", "typescript", "--schema", "public"],
      ] {
        let again = try await world.run(arguments)
        #expect(again.output == ran.output)
      }
      let latest = try await world.run(["gen", "types", "--compat", "latest"])
      #expect(latest.output.hasSuffix("} as const\n"))
      #expect(latest.output.contains("ComputedFields: never"))
    }
  }

  /// public and what the API shows, those that there are; and in this order whatever was typed.
  @Test func schemasAreThoseOfTheAPI() async throws {
    try await withTypes("create schema app; create schema other; create table other.t ()") {
      world, _ in
      try world.write(
        "[api]\nschemas = [\"other\", \"graphql_public\"]\n", to: "supabase/config.toml")
      let ran = try await world.run(["gen", "types"])
      #expect(ran.output.contains("\n  other: {\n") && ran.output.contains("\n  public: {\n"))
      #expect(!ran.output.contains("graphql_public") && !ran.output.contains("  app: {"))
      let chosen = try await world.run(["gen", "types", "-s", "other, app", "--schema", "public"])
      let keys = chosen.output.split(separator: "\n").filter {
        $0.hasPrefix("  ") && $0.hasSuffix(": {") && !$0.hasPrefix("   ")
      }
      #expect(keys.prefix(3) == ["  app: {", "  other: {", "  public: {"])
    }
  }

  /// A name with a typo is not an empty file.
  @Test func aMissingSchemaIsAnErrorThatNamesTheOthers() async throws {
    try await withTypes("create schema app") { world, _ in
      try world.write("as it was", to: "types.ts")
      let ran = try await world.run(["gen", "types", "-s", "ap", "--output", "types.ts"])
      #expect(ran.code == 1 && ran.output == "")
      #expect(ran.errors.contains("there is no schema \"ap\""))
      #expect(ran.errors.contains("there are: app, public"))
      #expect(world.read("types.ts") == "as it was")
    }
  }

  /// A build that watches the file must not run for nothing.
  @Test func aFileIsWrittenOnlyWhenSomethingChanged() async throws {
    try await withTypes("create table t (id int)") { world, base in
      let arguments = ["gen", "types", "--output", "src/types.ts"]
      let first = try await world.run(arguments)
      #expect(first.code == 0 && first.output == "")
      #expect(first.errors == "written to src/types.ts\n")
      let file = "\(world.place.root)/src/types.ts"
      let number =
        try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? UInt
      let again = try await world.run(arguments)
      #expect(again.errors == "src/types.ts fits already\n")
      let same = try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? UInt
      #expect(number != nil && number == same)
      try await base.execute("alter table t add name text")
      _ = try await world.run(arguments)
      #expect(world.read("src/types.ts")?.contains("name: string | null") == true)
      let folder = "\(world.place.root)/src"
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["types.ts"])
    }
  }

  /// CI asks whether the committed types fit the migrations.
  @Test func checkTellsWhatIsStale() async throws {
    try await withTypes("create table t (id int)") { world, base in
      let write = ["gen", "types", "--output", "types.ts"]
      let missing = try await world.run(write + ["--check"])
      #expect(missing.code == 1 && missing.errors.contains("there is no file types.ts"))
      _ = try await world.run(write)
      let fits = try await world.run(write + ["--check"])
      #expect(fits.code == 0 && fits.output == "" && fits.errors == "types.ts fits\n")
      try await base.execute("alter table t alter id set not null, add name text")
      let before = world.read("types.ts")
      let stale = try await world.run(write + ["--check"])
      #expect(stale.code == 1 && stale.output == "")
      #expect(
        stale.errors.contains("types.ts does not fit the database: lines that are missing: 6"))
      #expect(stale.errors.contains("- 14:           id: number | null\n"))
      #expect(stale.errors.contains("+ 15:           name: string | null\n"))
      #expect(world.read("types.ts") == before)
      let json = try await world.run(write + ["--check", "--output-format", "json"])
      #expect(json.code == 1 && json.output.contains(#""code":"types_stale""#))
    }
  }

  /// The document that generators in other languages read.
  @Test func metadataIsOneDocument() async throws {
    try await withTypes("create table t (id int primary key); create schema other") { world, _ in
      let ran = try await world.run(["gen", "metadata", "-s", "public"])
      let document = try JSONDecoder().decode(TypeMetadata.self, from: Data(ran.output.utf8))
      #expect(document.version == 1)
      #expect(document.schemas.map(\.name) == ["public"])
      #expect(document.primaryKeys.map(\.name) == ["id"])
      #expect(document.tables.first?.size.isEmpty == false)
      #expect(ran.errors == "")
    }
  }

  @Test func withoutAStackItSaysSo() async throws {
    try await withWorld(running: false) { world in
      let ran = try await world.run(["gen", "types"])
      #expect(ran.code == 1 && ran.output == "" && ran.errors.contains("homebase start"))
    }
  }

  @Test(arguments: [
    (["gen", "types", "--check"], "--check needs the file"),
    (["gen", "types", "--watch"], "--watch needs the file"),
    (["gen", "types", "--check", "--watch", "--output", "f"], "not both"),
    (["gen", "types", "--postgrest-v9-compat"], "name it with --db-url"),
    (["gen", "types", "--lang", "cobol"], "cobol"),
    (["gen", "types", "--linked"], "--linked names a hosted project"),
    (["gen", "types", "--compat", "2020"], "2020"),
    (["gen", "bearer-jwt"], "--role"),
    (["gen", "bearer-jwt", "--role", "anon", "--exp", "1h"], "--exp takes a time"),
    (["gen", "bearer-jwt", "--role", "anon", "--payload", "[]"], "--payload takes a JSON object"),
    (["gen", "signing-key", "--algorithm", "none"], "none"),
  ])
  func wrongUsage(_ arguments: [String], _ message: String) async throws {
    try await withWorld(running: false) { world in
      let ran = try await world.run(arguments)
      #expect(ran.code == 2 && ran.output == "")
      #expect(ran.errors.contains(message), "\(ran.errors)")
    }
  }

  /// The three parts of a token, the first two as JSON.
  private func parts(_ token: String) throws -> (header: [String: JSONValue], [String: JSONValue]) {
    let parts = token.split(separator: ".").map { part in
      var text = part.replacing("-", with: "+").replacing("_", with: "/")
      text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
      return Data(base64Encoded: String(text)) ?? Data()
    }
    try #require(parts.count == 3)
    let decoder = JSONDecoder()
    return (
      try decoder.decode([String: JSONValue].self, from: parts[0]),
      try decoder.decode([String: JSONValue].self, from: parts[1])
    )
  }

  /// Without keys of its own a stack checks tokens with its secret.
  @Test func tokensAreSignedWithTheSecret() async throws {
    try await withWorld(running: false) { world in
      try world.write("", to: "supabase/config.toml")
      let ran = try await world.run([
        "gen", "bearer-jwt", "--role", "authenticated", "--valid-for", "2h", "--payload",
        #"{"app": "portal", "exp": 7}"#,
      ])
      let token = ran.output.filter { $0 != "\n" }
      let (header, claims) = try parts(token)
      #expect(header["alg"] == .string("HS256"))
      #expect(claims["role"] == .string("authenticated"))
      #expect(claims["is_anonymous"] == .bool(true))
      #expect(claims["app"] == .string("portal") && claims["exp"] == .integer(7))
      let user = try await world.run([
        "gen", "bearer-jwt", "--role", "authenticated", "--sub", "u", "--exp",
        "2030-01-01T00:00:00Z",
      ])
      let (_, other) = try parts(user.output.filter { $0 != "\n" })
      #expect(other["exp"] == .integer(1_893_456_000))
      // Made now, whenever it ends: a token of the future is refused.
      guard case .integer(let made) = other["iat"] else {
        Issue.record("no iat: \(other)")
        return
      }
      #expect(made <= Int64(Date().timeIntervalSince1970))
      #expect(other["sub"] == .string("u") && other["is_anonymous"] == nil)
    }
  }

  /// A key that was made signs, and is nobody else's to read.
  @Test func keysAreMadeAndSign() async throws {
    try await withWorld(running: false) { world in
      try world.write("", to: "supabase/config.toml")
      let shown = try await world.run(["gen", "signing-key"])
      let key = try JSONDecoder().decode(SigningKey.self, from: Data(shown.output.utf8))
      #expect(key.alg == "ES256" && key.crv == "P-256" && key.d != nil)
      #expect(shown.errors.contains("signing_keys_path"))
      try world.write(
        "[auth]\nsigning_keys_path = \"./keys.json\"\n", to: "supabase/config.toml")
      let made = try await world.run(["gen", "signing-key"])
      #expect(made.code == 0 && made.output == "")
      #expect(made.errors.contains("supabase/keys.json, which has 1 keys now"))
      _ = try await world.run(["gen", "signing-key", "--append"])
      let text = try #require(world.read("supabase/keys.json"))
      let keys = try SigningKey.read(Data(text.utf8))
      #expect(keys.count == 2)
      let attributes = try FileManager.default.attributesOfItem(
        atPath: "\(world.place.root)/supabase/keys.json")
      #expect(
        attributes[.posixPermissions] as? Int16 == 0o600
          || attributes[.posixPermissions] as? Int == 0o600)
      let ran = try await world.run(["gen", "bearer-jwt", "--role", "anon"])
      let (header, claims) = try parts(ran.output.filter { $0 != "\n" })
      #expect(header["alg"] == .string("ES256") && header["kid"] == .string(keys[0].kid))
      #expect(claims["role"] == .string("anon"))
      _ = try await world.run(["gen", "signing-key", "--algorithm", "RS256", "--append"])
      let rsaKeys = Array(
        try SigningKey.read(Data(#require(world.read("supabase/keys.json")).utf8)).reversed())
      #expect(rsaKeys.map(\.alg) == ["RS256", "ES256", "ES256"])
      try world.write(
        String(decoding: JSONEncoder().encode(rsaKeys), as: UTF8.self), to: "supabase/keys.json")
      let rsa = try await world.run(["gen", "bearer-jwt", "--role", "anon"])
      let (rsaHeader, _) = try parts(rsa.output.filter { $0 != "\n" })
      #expect(rsaHeader["alg"] == .string("RS256"))
      #expect(rsaHeader["kid"] == .string(rsaKeys[0].kid), "the first signs, as it does elsewhere")
      try world.write("{}", to: "supabase/keys.json")
      let broken = try await world.run(["gen", "bearer-jwt", "--role", "anon"])
      #expect(broken.code == 1 && broken.errors.contains("no array of keys"))
    }
  }
}
