// RESTService: the REST interface of all stacks, as PostgREST has it, over HTTP.
//
// `RESTResponder.swift` follows a request from its head to its answer, `StackDatabase.swift` keeps
// what is known of a database and reads it again when that changes, `DatabaseExchange.swift` is the
// transaction. Requests and their SQL are understood in the rooms `RESTRequests` and `REST`.
// Never: a statement outside of the request's role and claims; a setting that outlives its
// transaction; an answer from a database that a reset has replaced.
import Diagnostics
import FoundationEssentials
import HTTPService

/// Runs the service until it is told to end, reading its file again whenever it is told to.
///
/// A file that cannot be taken is one line in the log, and the service goes on as it was.
///
/// - Parameters:
///   - file: A `RESTServiceConfiguration` as JSON.
///   - loops: How many event loops.
///   - lifeline: A pipe of which only the supervisor has the other end.
///   - log: Takes lines for people.
/// - Throws: `RESTServiceError`, `HTTPServiceError` when it cannot begin.
package func serveREST(
  file: String, loops: Int = 1, lifeline: Int32?, log: @escaping @Sendable (String) -> Void
) async throws {
  let orders = ServiceOrders(lifeline: lifeline)
  let configuration = try read(file)
  let registry = StackRegistry(report: log)
  await registry.take(configuration.stacks)
  let address: HTTPAddress
  switch (configuration.socket, configuration.port) {
  case (let socket?, nil): address = .unix(socket)
  case (nil, let port?): address = .tcp(host: "127.0.0.1", port: port)
  default:
    throw RESTServiceError.unreadableConfiguration(
      file: file, reason: "it names neither a socket nor a port, or both")
  }
  let server = try await HTTPServer.start(
    address, loops: loops, responder: RESTResponder(registry: registry), log: log)
  log("the REST service listens on \(server.port.map { "port \($0)" } ?? "\(address)")")
  await orders.untilStop {
    do {
      await registry.take(try read(file).stacks)
      log("the REST service has read its configuration again")
    } catch {
      let diagnostic = (error as? RESTServiceError)?.diagnostic
      log(
        "the REST service goes on with the configuration that it had: "
          + (diagnostic?.message ?? "\(error)"))
    }
  }
  await server.stop(grace: .seconds(5))
  await registry.close()
}

private func read(_ file: String) throws -> RESTServiceConfiguration {
  guard let data = FileManager.default.contents(atPath: file) else {
    throw RESTServiceError.unreadableConfiguration(file: file, reason: "it is not there")
  }
  return try RESTServiceConfiguration(json: data, file: file)
}
