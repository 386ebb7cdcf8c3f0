import Diagnostics
import FoundationEssentials
import Gateway
import ProjectConfiguration
import RESTService
import WebTokens

/// The names that services know stacks by.
enum ServiceStack {
  /// The project's own.
  static let main = "main"
}

extension GatewayConfiguration {
  /// What a project's gateway is to do.
  ///
  /// - Parameters:
  ///   - project: Its keys.
  ///   - files: The sockets.
  ///   - tls: The certificate, for https.
  ///   - generation: Of the database that is there now.
  init(_ project: ProjectContext, files: ServiceFiles, tls: TLS?, generation: UInt64) {
    let keys = project.keys
    self.init(
      listeners: [
        Listener(descriptor: ServicePlan.doorDescriptor, stack: ServiceStack.main, tls: tls)
      ],
      services: ["rest": files.restSocket],
      stacks: [
        Stack(
          id: ServiceStack.main,
          keys: Keys(
            publishable: keys.publishableKey, secret: keys.secretKey, anon: keys.anonKey,
            serviceRole: keys.serviceRoleKey),
          generation: generation)
      ],
      control: files.controlSocket)
  }
}

extension RESTServiceConfiguration {
  /// What a project's REST service is to do.
  ///
  /// - Parameters:
  ///   - project: Its schemas and keys.
  ///   - files: The sockets.
  ///   - database: Where the server is.
  ///   - signingKeys: Whose signatures count besides the secret's; their private parts stay here.
  ///     Empty: the well-known local one.
  ///   - issuers: Who else signs tokens of this project's users.
  ///   - port: Of the gateway.
  init(
    _ project: ProjectContext, files: ServiceFiles, database: Database,
    signingKeys: [SigningKey], issuers: [TokenKeysConfiguration.Issuer], port: Int
  ) {
    let configuration = project.configuration
    var stack = Stack(
      id: ServiceStack.main, database: database, schemas: configuration.api.schemas)
    stack.extraSearchPath = configuration.api.extraSearchPath
    stack.maximumRows = configuration.api.maxRows
    stack.anonymousRole = "anon"
    // The platform loads the library for the API's role; here there is none to load.
    stack.requiresConditions = true
    stack.tokens = TokenKeysConfiguration(
      secret: project.keys.jwtSecret,
      jwks: JSONWebKeySet(
        keys: (signingKeys.isEmpty ? [.wellKnown] : signingKeys).map { JSONWebKey($0) }),
      issuers: issuers)
    stack.publicURL = "\(configuration.apiURL(port: port))/rest/v1/"
    self.init(socket: files.restSocket, stacks: [stack])
  }

  /// Who the REST service is for the database, before it takes a request's role.
  static let user = "authenticator"
}

extension JSONWebKey {
  /// What checks the signatures of a key; its private parts stay behind.
  fileprivate init(_ key: SigningKey) {
    self.init(kty: key.kty)
    (kid, use, alg) = (key.kid, key.use, key.alg)
    (crv, x, y, n, e) = (key.crv, key.x, key.y, key.n, key.e)
  }
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

  /// The certificate and its key that the configuration names, tried out.
  ///
  /// - Returns: Nil when it names none.
  /// - Throws: A diagnostic at the line that names the file that is of no use.
  func certificate() throws -> GatewayConfiguration.TLS? {
    let tls = configuration.api.tls
    let paths = [("api.tls.cert_path", tls.certificatePath), ("api.tls.key_path", tls.keyPath)]
    let named = paths.compactMap { key, path -> (key: String, file: String)? in
      guard let path, !path.isEmpty else { return nil }
      return (key, layout.absolutePath(path))
    }
    if named.isEmpty { return nil }
    guard named.count == paths.count else {
      let missing = paths.first { $0.0 != named[0].key }?.0 ?? ""
      throw Diagnostic(
        code: "tls_incomplete", message: "\(missing) is missing: a certificate needs its key",
        hint: "name both files, or neither: then homebase makes a certificate for localhost",
        location: configuration.location(of: named[0].key))
    }
    let files = GatewayConfiguration.TLS(certificate: named[0].file, key: named[1].file)
    let problem: GatewayError
    do {
      try files.check()
      return files
    } catch {
      problem = error
    }
    guard case .unusableCertificate(let file, let reason) = problem else { throw problem }
    let key = named.last { $0.file == file }?.key ?? named[0].key
    throw Diagnostic(
      code: "tls_file_unusable",
      message: "\(key): \(layout.displayPath(file)) cannot be used: \(reason)",
      hint: "paths are relative to the configuration's folder; without both of them homebase "
        + "makes a certificate for localhost",
      location: configuration.location(of: key))
  }

  /// The files besides the configuration that a start reads.
  var startFiles: [String] {
    let tls = configuration.api.tls
    let certificates = tls.enabled ? [tls.certificatePath, tls.keyPath] : []
    return [layout.composeFile, signingKeysFile].compactMap { $0 }
      + certificates.compactMap { $0.map { layout.absolutePath($0) } }
  }
}
