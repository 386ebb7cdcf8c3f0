package import FoundationEssentials
internal import HTTPService
package import WebTokens

/// What the REST service serves: its socket, and the stacks behind it.
package struct RESTServiceConfiguration: Codable, Sendable, Hashable {
  /// Where a stack's database is, and as whom the service speaks to it.
  package struct Database: Codable, Sendable, Hashable {
    /// The folder of the server's unix socket.
    package var host: String
    package var port: Int
    package var name: String
    /// A role that may become each role that a token can name: `authenticator`.
    package var user: String

    package init(host: String, port: Int, name: String, user: String) {
      self.host = host
      self.port = port
      self.name = name
      self.user = user
    }
  }

  /// One stack.
  package struct Stack: Codable, Sendable, Hashable {
    /// What the gateway says in `x-homebase-stack`.
    package var id: String
    package var database: Database
    /// `db-schemas`; the first is the default.
    package var schemas: [String]
    /// `db-extra-search-path`.
    package var extraSearchPath: [String]?
    /// `db-max-rows`.
    package var maximumRows: Int?
    /// `db-anon-role`; nil: a request needs a token.
    package var anonymousRole: String?
    /// What verifies tokens.
    package var tokens: TokenKeysConfiguration?
    /// How many sessions at most.
    package var pool: Int?
    /// `openapi-server-proxy-uri`.
    package var publicURL: String?
    /// `app.settings.…`, by the whole name.
    package var applicationSettings: [String: String]?
    /// Whether PATCH and DELETE need a filter, as where the library `safeupdate` is loaded.
    package var requiresConditions: Bool?
    /// Further settings by PostgREST's names with underscores: `db_tx_end`.
    ///
    /// The same names as `ALTER ROLE authenticator SET pgrst.…` has, which go before these.
    package var settings: [String: String]?

    package init(id: String, database: Database, schemas: [String]) {
      self.id = id
      self.database = database
      self.schemas = schemas
    }

    enum CodingKeys: String, CodingKey {
      case id, database, schemas, tokens, pool, settings
      case extraSearchPath = "extra_search_path"
      case maximumRows = "max_rows"
      case anonymousRole = "anonymous_role"
      case publicURL = "openapi_proxy_uri"
      case applicationSettings = "application_settings"
      case requiresConditions = "safeupdate"
    }
  }

  /// The unix socket that the service listens on; nil with a port.
  package var socket: String?
  /// A port of the loopback address, for trying the service by itself.
  package var port: Int?
  package var stacks: [Stack]

  package init(socket: String, stacks: [Stack]) {
    self.socket = socket
    self.stacks = stacks
  }

  /// Reads a configuration's JSON.
  ///
  /// - Parameters:
  ///   - data: The file's content.
  ///   - file: Its name, for the error.
  /// - Throws: `RESTServiceError.unreadableConfiguration`, with what is wrong and where.
  package init(json data: Data, file: String) throws {
    do {
      self = try JSONDecoder().decode(RESTServiceConfiguration.self, from: data)
    } catch let error as DecodingError {
      throw RESTServiceError.unreadableConfiguration(
        file: file, reason: error.problem)
    }
    var seen: Set<String> = []
    for stack in stacks {
      guard seen.insert(stack.id).inserted else {
        throw RESTServiceError.unreadableConfiguration(
          file: file, reason: "there are two stacks \(stack.id)")
      }
      guard !stack.schemas.isEmpty else {
        throw RESTServiceError.unreadableConfiguration(
          file: file, reason: "the stack \(stack.id) exposes no schema")
      }
    }
  }
}
