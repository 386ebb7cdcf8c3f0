import Cryptography
import HTTPService
import NIOCore
import PostgresClient
import RESTRequests
import TestCluster
import Testing
import WebTokens

@testable import RESTService

/// A database with roles of the usual kinds, and the service in front of it.
struct ServiceFixture: Sendable {
  static let secret = "a secret for tests that is long enough for HS256"

  var registry: StackRegistry
  var responder: RESTResponder
  /// The database, as its superuser.
  var parameters: ConnectionParameters

  /// Roles belong to the server, not to a database: made once for all tests.
  private static let roles = Task {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { connection in
      _ = try await connection.execute(
        """
        create role rest_authenticator login noinherit;
        create role rest_anon; create role rest_user; create role rest_service bypassrls;
        create role rest_slow; create role rest_strict;
        alter role rest_slow set statement_timeout = '77s';
        alter role rest_strict set default_transaction_isolation = 'serializable';
        grant rest_anon, rest_user, rest_service, rest_slow, rest_strict to rest_authenticator;
        """)
    }
  }

  private static let common = """
    create schema api;
    grant usage on schema api to rest_anon, rest_user, rest_service, rest_slow, rest_strict;
    alter default privileges in schema api grant all on tables
      to rest_anon, rest_user, rest_service, rest_slow, rest_strict;
    alter default privileges in schema api grant all on sequences
      to rest_anon, rest_user, rest_service, rest_slow, rest_strict;
    """

  /// Runs a test with a database of its own.
  ///
  /// - Parameters:
  ///   - script: What the schema `api` holds.
  ///   - anonymous: The role without a token.
  ///   - settings: By PostgREST's names.
  ///   - pool: How many sessions at most.
  ///   - test: Gets the fixture.
  /// - Throws: What the test throws, and `PostgresError` for the script.
  static func with(
    _ script: String, anonymous: String? = "rest_anon", settings: [String: String] = [:],
    pool: Int = 10, _ test: (ServiceFixture) async throws -> Void
  ) async throws {
    try await roles.value
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withDatabase { name in
      let parameters = cluster.parameters(database: name)
      let connection = try await PostgresConnection.connect(parameters)
      _ = try await connection.execute(common + "set search_path = api;" + script)
      await connection.close()
      var stack = RESTServiceConfiguration.Stack(
        id: "main",
        database: .init(
          host: parameters.host, port: parameters.port, name: name,
          user: "rest_authenticator"),
        schemas: ["api"])
      stack.anonymousRole = anonymous
      stack.settings = settings
      stack.pool = pool
      stack.tokens = TokenKeysConfiguration(secret: secret)
      let registry = StackRegistry { _ in }
      await registry.take([stack])
      do {
        try await test(
          ServiceFixture(
            registry: registry, responder: RESTResponder(registry: registry),
            parameters: parameters))
      } catch {
        await registry.close()
        throw error
      }
      await registry.close()
    }
  }

  /// Sends a request.
  ///
  /// - Parameters:
  ///   - line: Method, path and query: `GET /projects?id=eq.1`.
  ///   - role: In a token; nil for none.
  ///   - claims: Further members of the token's payload, with a comma in front.
  ///   - headers: Names in lower case.
  ///   - body: What is sent.
  /// - Returns: What a client would read.
  func send(
    _ line: String, as role: String? = nil, claims: String = "",
    headers: [(name: String, value: String)] = [], body: String = ""
  ) async -> Answer {
    let words = line.split(separator: " ", maxSplits: 1)
    let target = words[1].split(separator: "?", maxSplits: 1)
    var all = headers.map { HTTPHeader($0.name, $0.value) }
    if let role {
      all.append(HTTPHeader("authorization", "Bearer \(Self.token(role, claims: claims))"))
    }
    let request = HTTPRequest(
      method: String(words[0]), path: String(target[0]),
      query: target.count > 1 ? String(target[1]) : "", headers: all)
    return Answer(
      await responder.respond(to: request, body: HTTPRequestBody(ByteBuffer(string: body))))
  }

  /// Runs SQL as the superuser.
  func execute(_ script: String) async throws {
    let connection = try await PostgresConnection.connect(parameters)
    _ = try await connection.execute(script)
    await connection.close()
  }

  static func token(_ role: String, claims: String = "") -> String {
    let head = base64URL(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
    let payload = base64URL(Array("{\"role\":\"\(role)\"\(claims)}".utf8))
    let code = HMAC.code(for: "\(head).\(payload)".utf8, key: secret.utf8)
    return "\(head).\(payload).\(base64URL(code))"
  }
}

/// An answer as a client reads it.
struct Answer: Sendable {
  var status: Int
  var headers: [HTTPHeader]
  var body: String

  init(_ response: HTTPResponse) {
    status = response.status
    headers = response.headers
    body = if case .bytes(let bytes) = response.body { String(buffer: bytes) } else { "" }
  }

  /// The value of a header, whatever the spelling of its name.
  subscript(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
