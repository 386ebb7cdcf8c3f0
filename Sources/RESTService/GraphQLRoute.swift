import HTTPService
import RESTRequests

/// GraphQL, which the gateway sends to the function `graphql_public.graphql`.
enum GraphQLRoute {
  /// What a GraphQL client reads where there is no such function, or its schema is not exposed.
  ///
  /// - Parameters:
  ///   - request: As the gateway sent it.
  ///   - error: Why it has no answer.
  /// - Returns: Nil for another request, and another error.
  static func answer(to request: HTTPRequest, insteadOf error: RESTError) -> HTTPResponse? {
    guard request.path == "/rpc/graphql",
      request["content-profile"] == "graphql_public"
        || request["accept-profile"] == "graphql_public",
      ["PGRST106", "PGRST202"].contains(error.code)
    else { return nil }
    return .json(
      status: 501,
      """
      {"errors":[{"message":"GraphQL is not served by this stack: it needs the function \
      graphql_public.graphql of pg_graphql, and graphql_public in [api] schemas. \
      Use /rest/v1, or supabase-js's from() and rpc()."}]}
      """)
  }
}
