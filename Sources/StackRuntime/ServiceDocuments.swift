import Diagnostics
import FoundationEssentials
import ProjectConfiguration
import WebTokens

/// The gateway's file, as `docs/gateway.md` describes it.
struct GatewayDocument: Encodable, Sendable, Equatable {
  struct Listener: Encodable, Sendable, Equatable {
    var descriptor: Int32
    var stack: String
    var tls: TLS?
  }

  struct TLS: Encodable, Sendable, Equatable {
    var certificate: String
    var key: String
  }

  struct Keys: Encodable, Sendable, Equatable {
    var publishable, secret, anon, serviceRole: String

    enum CodingKeys: String, CodingKey {
      case publishable, secret, anon
      case serviceRole = "service_role"
    }
  }

  struct Stack: Encodable, Sendable, Equatable {
    var id: String
    var keys: Keys
    var generation: Int
  }

  var listeners: [Listener]
  var control: String
  var services: [String: String]
  var stacks: [Stack]

  /// What a project's gateway is to do.
  ///
  /// - Parameters:
  ///   - project: Its keys.
  ///   - files: The sockets.
  ///   - tls: The certificate, for https.
  ///   - generation: Of the database that is there now.
  init(
    _ project: ProjectContext, files: ServiceFiles, tls: TLS?, generation: Int
  ) {
    let keys = project.keys
    listeners = [
      Listener(
        descriptor: ServicePlan.doorDescriptor, stack: ServiceStack.main, tls: tls)
    ]
    control = files.controlSocket
    services = ["rest": files.restSocket]
    stacks = [
      Stack(
        id: ServiceStack.main,
        keys: Keys(
          publishable: keys.publishableKey, secret: keys.secretKey, anon: keys.anonKey,
          serviceRole: keys.serviceRoleKey),
        generation: generation)
    ]
  }
}

/// The names that services know stacks by.
enum ServiceStack {
  /// The project's own.
  static let main = "main"
}

/// The REST service's file, as `docs/rest.md` describes it.
struct RESTDocument: Encodable, Sendable, Equatable {
  struct Database: Encodable, Sendable, Equatable {
    var host: String
    var port: Int
    var name: String
    var user: String
  }

  struct Tokens: Encodable, Sendable, Equatable {
    struct KeySet: Encodable, Sendable, Equatable {
      var keys: [SigningKey]
    }

    var secret: String
    var jwks: KeySet
    var issuers: [TokenKeysConfiguration.Issuer]
  }

  struct Stack: Encodable, Sendable, Equatable {
    var id: String
    var database: Database
    var schemas: [String]
    var extraSearchPath: [String]
    var maxRows: Int
    /// Who a request without a token is.
    var anonymousRole = "anon"
    var tokens: Tokens
    var openAPIProxyURI: String

    enum CodingKeys: String, CodingKey {
      case id, database, schemas, tokens
      case extraSearchPath = "extra_search_path"
      case maxRows = "max_rows"
      case anonymousRole = "anonymous_role"
      case openAPIProxyURI = "openapi_proxy_uri"
    }
  }

  var socket: String
  var stacks: [Stack]

  /// What a project's REST service is to do.
  ///
  /// - Parameters:
  ///   - project: Its schemas and keys.
  ///   - files: The sockets.
  ///   - database: Where the server is; the user is the API's own.
  ///   - signingKeys: Whose signatures count besides the secret's; their private parts stay here.
  ///     Empty: the well-known local one.
  ///   - issuers: Who else signs tokens of this project's users.
  ///   - port: Of the gateway.
  init(
    _ project: ProjectContext, files: ServiceFiles, database: Database,
    signingKeys: [SigningKey], issuers: [TokenKeysConfiguration.Issuer], port: Int
  ) {
    let configuration = project.configuration
    socket = files.restSocket
    stacks = [
      Stack(
        id: ServiceStack.main, database: database, schemas: configuration.api.schemas,
        extraSearchPath: configuration.api.extraSearchPath, maxRows: configuration.api.maxRows,
        tokens: Tokens(
          secret: project.keys.jwtSecret,
          jwks: Tokens.KeySet(
            keys: (signingKeys.isEmpty ? [.wellKnown] : signingKeys).map(\.publicPart)),
          issuers: issuers),
        openAPIProxyURI: "\(configuration.apiURL(port: port))/rest/v1/")
    ]
  }

  /// Who the REST service is for the database, before it takes a request's role.
  static let user = "authenticator"
}

extension ProjectContext {
  /// The signing keys of the project.
  ///
  /// - Returns: None when it names no file, or the file is not there yet.
  /// - Throws: A diagnostic at the line that names the file.
  func signingKeys() throws -> [SigningKey] {
    guard let path = signingKeysFile, let text = FileManager.default.contents(atPath: path),
      !text.isEmpty
    else { return [] }
    do {
      return try SigningKey.read(text)
    } catch {
      var diagnostic = Diagnostic(describing: error)
      diagnostic.message += ": \(layout.displayPath(path))"
      diagnostic.location = configuration.location(of: "auth.signing_keys_path")
      throw diagnostic
    }
  }

  /// The file of signing keys; nil when none is named.
  var signingKeysFile: String? {
    configuration.auth.signingKeysPath.flatMap { $0.isEmpty ? nil : layout.absolutePath($0) }
  }

  /// The certificate and its key that the configuration names, and their texts.
  ///
  /// - Returns: Nil when it names none.
  /// - Throws: A diagnostic at the line that names the file that is of no use.
  func certificate() throws -> (certificate: Data, key: Data)? {
    let tls = configuration.api.tls
    let named = [
      ("cert_path", tls.certificatePath, "CERTIFICATE-----"),
      ("key_path", tls.keyPath, "PRIVATE KEY-----"),
    ].map { name, path, mark in
      (key: "api.tls.\(name)", path: path.flatMap { $0.isEmpty ? nil : $0 }, mark: mark)
    }
    if named.allSatisfy({ $0.path == nil }) { return nil }
    let texts = try named.map { key, path, mark in
      guard let path else {
        throw Diagnostic(
          code: "tls_incomplete", message: "\(key) is missing: a certificate needs its key",
          hint: "name both files, or neither: then homebase makes a certificate for localhost",
          location: named.compactMap { configuration.location(of: $0.key) }.first)
      }
      let file = layout.absolutePath(path)
      guard let text = FileManager.default.contents(atPath: file) else {
        throw Diagnostic(
          code: "tls_file_missing",
          message: "\(key): cannot read \(layout.displayPath(file))",
          hint: "the path is relative to the configuration's folder; without both paths homebase "
            + "makes a certificate for localhost",
          location: configuration.location(of: key))
      }
      guard String(decoding: text, as: UTF8.self).contains(mark) else {
        throw Diagnostic(
          code: "tls_file_unusable",
          message: "\(key): \(layout.displayPath(file)) is no PEM file of the right kind",
          hint: "a PEM file has the line `-----BEGIN …\(mark)`",
          location: configuration.location(of: key))
      }
      return text
    }
    return (texts[0], texts[1])
  }

  /// The files besides the configuration that a start reads.
  var startFiles: [String] {
    let tls = configuration.api.tls
    let certificates = tls.enabled ? [tls.certificatePath, tls.keyPath] : []
    return [layout.composeFile, signingKeysFile].compactMap { $0 }
      + certificates.compactMap { $0.map { layout.absolutePath($0) } }
  }
}
