import Diagnostics
import FoundationEssentials
import HTTPService

/// Runs a gateway until it is told to end, reading its file again whenever it is told to.
///
/// SIGTERM, SIGINT and the lifeline's end stop it in order; SIGHUP reloads. A file that cannot be
/// taken is one line in the log, and the gateway goes on as it was.
///
/// - Parameters:
///   - file: The configuration's JSON.
///   - loops: How many event loops.
///   - lifeline: A pipe of which only the supervisor has the other end.
///   - log: Takes lines for people.
/// - Throws: `GatewayError` when it cannot begin.
package func serveGateway(
  file: String, loops: Int, lifeline: Int32?, log: @escaping @Sendable (String) -> Void
) async throws {
  let orders = ServiceOrders(lifeline: lifeline)
  let configuration = try read(file)
  let server = try await GatewayServer.start(configuration, loops: loops, log: log)
  let reload = { @Sendable in
    do {
      try await server.reload(try read(file))
      log("the gateway has read its configuration again")
    } catch {
      log(
        "the gateway goes on with the configuration that it had: "
          + Diagnostic(describing: error).message)
      throw error
    }
  }
  let control: HTTPServer?
  do {
    control = try await openControl(configuration.control, server, log, reload)
  } catch {
    await server.stop(grace: .zero)
    throw error
  }
  log("the gateway listens on \(server.ports.map(String.init).joined(separator: ", "))")
  await orders.untilStop { try? await reload() }
  // The control socket last: a supervisor may still ask how it goes.
  await server.stop()
  await control?.stop(grace: .zero)
}

private func openControl(
  _ path: String?, _ server: GatewayServer, _ log: @escaping @Sendable (String) -> Void,
  _ reload: @escaping @Sendable () async throws -> Void
) async throws -> HTTPServer? {
  guard let path else { return nil }
  return try await HTTPServer.start(
    .unix(path), responder: GatewayControl(server: server, reload: reload), log: log)
}

private func read(_ file: String) throws -> GatewayConfiguration {
  guard let data = FileManager.default.contents(atPath: file) else {
    throw GatewayError.unreadableConfiguration(file: file, reason: "it is not there")
  }
  return try GatewayConfiguration(json: data, file: file)
}
