import HTTPService
import NIOCore
import PostgresClient
import REST
import RESTRequests

extension RESTResponder {
  /// Answers OPTIONS: what may be done.
  func information(
    _ request: RESTRequest, _ loaded: LoadedStack
  ) throws(RESTError) -> HTTPResponse {
    HTTPResponse(
      status: 200,
      headers: [
        HTTPHeader("Access-Control-Allow-Origin", "*"),
        HTTPHeader("Allow", try loaded.cache.allowedMethods(for: request)),
      ])
  }

  /// Answers `/`: what there is.
  ///
  /// - Parameters:
  ///   - understood: The request.
  ///   - settings: What the database is told of it.
  ///   - isAnonymous: Whether the role is that of requests without a token.
  ///   - database: Which one.
  ///   - loaded: What is known of it.
  /// - Returns: The description that the request's role may see.
  /// - Throws: `RESTError`, `Refusal`.
  func description(
    _ understood: RESTRequest, _ settings: RequestSettings, isAnonymous: Bool,
    _ database: StackDatabase, _ loaded: LoadedStack
  ) async throws -> HTTPResponse {
    let rules = loaded.settings.description
    try OpenAPIDocument.check(understood, rules)
    var statements = [settings.statement]
    if let preRequest = loaded.settings.preRequest { statements.append(preRequest) }
    statements.append(OpenAPIDocument.statement(schema: understood.schema, rules))
    let sent = statements
    let result: PostgresResult?
    do {
      result = try await database.pool.withConnection { connection in
        try await connection.pipeline(sent).last
      }
    } catch let error as PostgresError {
      throw Refusal(error, isAnonymous: isAnonymous)
    }
    let document = OpenAPIDocument(
      result ?? PostgresResult(), schema: understood.schema, cache: loaded.cache, rules: rules)
    var headers = [HTTPHeader("Content-Type", MediaType.openAPI.contentType)]
    if understood.tellsSchema {
      headers.append(HTTPHeader("Content-Profile", understood.schema))
    }
    return HTTPResponse(
      status: 200, headers: headers,
      body: understood.isHead ? .none : .bytes(ByteBuffer(bytes: document.json)))
  }
}
