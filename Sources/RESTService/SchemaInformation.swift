import HTTPService
import REST
import RESTRequests

extension RESTResponder {
  /// Answers OPTIONS: what may be done.
  func information(
    _ request: RESTRequest, _ loaded: LoadedStack
  ) throws(RESTError) -> HTTPResponse {
    throw .rootDisabled
  }

  /// Answers `/`: what there is.
  func root(
    _ understood: RESTRequest, _ request: HTTPRequest, _ identity: Identity,
    _ database: StackDatabase, _ loaded: LoadedStack
  ) async throws -> HTTPResponse {
    throw RESTError.rootDisabled
  }
}
