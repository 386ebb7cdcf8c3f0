import HTTPService
import NIOCore
import PostgresClient
import REST
import RESTRequests

/// Answers the requests of all stacks.
struct RESTResponder: HTTPResponder {
  /// The most bytes of a body: they are held whole, for the database wants them whole.
  static let longestBody = 256 * 1024 * 1024

  let registry: StackRegistry

  func respond(to request: HTTPRequest, body: HTTPRequestBody) async -> HTTPResponse {
    if request.path == "/live", request["x-homebase-stack"] == nil {
      return HTTPResponse(status: 200)
    }
    var extras = ResponseExtras()
    var response = await outcome(request, body, &extras)
    extras.add(to: &response, for: request)
    return response
  }

  private func outcome(
    _ request: HTTPRequest, _ body: HTTPRequestBody, _ extras: inout ResponseExtras
  ) async -> HTTPResponse {
    do {
      let database = try registry.database(
        request["x-homebase-stack"],
        generation: request["x-homebase-generation"].flatMap { Int($0) })
      let bytes = try await Self.collect(body)
      let loaded = try await database.loaded()
      do {
        return try await answer(request, bytes, database, loaded, &extras)
      } catch {
        // What is missing may have been made a moment ago.
        guard Self.isAboutSchema(error), let newer = await database.newer(than: loaded) else {
          throw error
        }
        return try await answer(request, bytes, database, newer, &extras)
      }
    } catch let refusal as Refusal {
      return GraphQLRoute.answer(to: request, insteadOf: refusal.error) ?? refusal.response
    } catch let error as RESTError {
      return GraphQLRoute.answer(to: request, insteadOf: error) ?? Refusal(error).response
    } catch {
      return Refusal(.connectionLost("\(error)")).response
    }
  }

  private static func collect(_ body: HTTPRequestBody) async throws -> ByteBuffer {
    do throws(HTTPServiceError) {
      return try await body.collect(upTo: longestBody)
    } catch {
      guard case .bodyTooLarge(let limit) = error else { throw error }
      throw RESTError.bodyTooLarge(limit)
    }
  }

  /// Whether an error may come of what is known being older than what is there.
  ///
  /// After each of them nothing of the request has stayed.
  private static func isAboutSchema(_ error: any Error) -> Bool {
    let code = (error as? RESTError)?.code ?? (error as? Refusal)?.error.code
    return [
      "PGRST200", "PGRST202", "PGRST204", "PGRST205", "42P01", "42703", "42883", "42804",
    ].contains(code)
  }

  private func answer(
    _ request: HTTPRequest, _ body: ByteBuffer, _ database: StackDatabase, _ loaded: LoadedStack,
    _ extras: inout ResponseExtras
  ) async throws -> HTTPResponse {
    let settings = loaded.settings
    extras.begin(settings.extras)
    if let preflight = extras.preflight(request) { return preflight }
    extras.enter(.jwt)
    let identity = try Identity(request, settings)
    extras.enter(.parse)
    let text = try Self.text(body, of: request)
    let name = PlannedReads.name(of: request)
    let known = name.flatMap { loaded.reads[$0] }
    let understood = try known?.request ?? understand(request, body, settings)
    var preferences = understood.preferences
    if let zone = preferences.timeZone {
      let isKnown = try await hasTimeZone(zone, database, identity)
      try preferences.check { _ in isKnown }
      if !isKnown { preferences.timeZone = nil }
    } else {
      try preferences.check { _ in false }
    }
    switch (understood.action, understood.target) {
    case (.inform, _):
      extras.enter(.response)
      return try information(understood, loaded)
    case (_, .root):
      extras.enter(.plan)
      extras.enter(.transaction)
      let described = try await description(
        understood,
        requestSettings(
          request, understood, identity, settings, timeZone: preferences.timeZone,
          function: nil, isReadOnly: true), isAnonymous: identity.isAnonymous, database, loaded)
      extras.enter(.response)
      return described
    default: break
    }
    extras.enter(.plan)
    let statement =
      try known?.statement
      ?? RESTStatement(
        understood, body: text, cache: loaded.cache, rules: settings.planRules)
    if let name, known == nil {
      loaded.reads.keep(.init(request: understood, statement: statement), as: name)
    }
    let exchange = DatabaseExchange(
      statement: statement,
      settings: requestSettings(
        request, understood, identity, settings, timeZone: preferences.timeZone,
        function: statement.function, isReadOnly: statement.isReadOnly
      ).statement,
      preRequest: settings.preRequest,
      isolation: isolation(identity, statement.function, settings),
      rollsBack: preferences.transactionEnd.map { $0 == .rollback }
        ?? settings.transactionEnd.rollsBack,
      needsVerdict: !statement.isReadOnly && Self.needsVerdict(understood, statement))
    extras.enter(.transaction)
    let answer = try await run(exchange, database, identity)
    extras.enter(.response)
    return try ResponseMaker(
      request: understood, preferences: preferences, statement: statement, answer: answer,
      resolvesConflicts: understood.query.onConflict != nil
        || loaded.cache.relations[statement.target]?.primaryKey.isEmpty == false
    ).response()
  }

  /// The body as text; binary ones are none.
  ///
  /// - Throws: `RESTError` for bytes that are not UTF-8: mended ones would be stored as if the client
  ///   had sent them.
  private static func text(
    _ body: ByteBuffer, of request: HTTPRequest
  ) throws(RESTError) -> String {
    guard body.readableBytes > 0 else { return "" }
    if let text = String(validating: body.readableBytesView, as: UTF8.self) { return text }
    let type = request["content-type"].map { MediaType($0) } ?? .json
    if type == .octetStream { return "" }
    throw type == .json ? .invalidJSON : .notUTF8
  }

  private func understand(
    _ request: HTTPRequest, _ body: ByteBuffer, _ settings: StackSettings
  ) throws(RESTError) -> RESTRequest {
    try body.withUnsafeReadableBytes { (bytes) throws(RESTError) in
      try RESTRequest(
        method: request.method, path: request.path, query: request.query,
        headers: request.headers.map { (name: $0.name, value: $0.value) },
        body: bytes.bindMemory(to: UInt8.self), rules: settings.rules)
    }
  }

  /// Whether an answer can show that what was written must not stay.
  private static func needsVerdict(_ request: RESTRequest, _ statement: RESTStatement) -> Bool {
    if request.action == .put { return true }
    if case .object = statement.mediaType { return true }
    return request.preferences.handling == .strict && request.preferences.maximumAffected != nil
  }

  /// Runs it on a session of the pool; a read whose session had ended before gets another one.
  private func run(
    _ exchange: DatabaseExchange, _ database: StackDatabase, _ identity: Identity
  ) async throws -> RESTAnswer {
    var isRetry = false
    while true {
      do {
        return try await database.pool.withConnection { connection in
          try await exchange.run(on: connection)
        }
      } catch let error as PostgresError {
        if case .connectionLost = error, exchange.statement.isReadOnly, !isRetry {
          isRetry = true
          continue
        }
        throw Refusal(error, isAnonymous: identity.isAnonymous)
      }
    }
  }

  private func hasTimeZone(
    _ zone: String, _ database: StackDatabase, _ identity: Identity
  ) async throws -> Bool {
    do {
      return try await database.hasTimeZone(zone)
    } catch let error as PostgresError {
      throw Refusal(error, isAnonymous: identity.isAnonymous)
    }
  }

  private func requestSettings(
    _ request: HTTPRequest, _ understood: RESTRequest, _ identity: Identity,
    _ settings: StackSettings, timeZone: String?, function: SchemaCache.Function?,
    isReadOnly: Bool
  ) -> RequestSettings {
    var made = RequestSettings(
      schema: understood.schema, method: request.method, path: request.path)
    made.extraSchemas = settings.extraSchemas
    made.isReadOnly = isReadOnly
    if let role = settings.roles[identity.role] { made.roleSettings += role.settings }
    made.role = identity.role
    made.claims = identity.claims
    made.headers = request.headers.compactMap { header in
      header.name == "cookie" || header.name.hasPrefix("x-homebase-")
        ? nil : (header.name, header.value)
    }
    made.cookies = Cookies.all(in: request)
    made.timeZone = timeZone
    if let function {
      made.functionSettings = function.settings.filter {
        settings.hoistedSettings.contains($0.name.lowercased())
          && $0.name.lowercased() != "default_transaction_isolation"
      }
    }
    made.applicationSettings = settings.applicationSettings
    return made
  }

  /// The isolation level: the function's, else the role's.
  private func isolation(
    _ identity: Identity, _ function: SchemaCache.Function?, _ settings: StackSettings
  ) -> String? {
    if settings.hoistedSettings.contains("default_transaction_isolation"),
      let own = function?.settings.first(where: {
        $0.name.lowercased() == "default_transaction_isolation"
      })
    {
      return isolationLevel(own.value)
    }
    return settings.roles[identity.role]?.isolation
  }
}

/// The cookies of a request.
enum Cookies {
  /// Names and values as they stand in `Cookie`, in their order.
  static func all(in request: HTTPRequest) -> [(name: String, value: String)] {
    var cookies: [(name: String, value: String)] = []
    for header in request.headers where header.name == "cookie" {
      for part in header.value.split(separator: ";") {
        let pair = part.drop { $0 == " " }
        let name = pair.prefix { $0 != "=" }
        cookies.append((String(name), String(pair.dropFirst(name.count + 1))))
      }
    }
    return cookies
  }
}
