import Diagnostics
import Dispatch
import FoundationEssentials
import Glibc

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
  enum Word {
    case reload, stop
  }
  let (words, speaker) = AsyncStream.makeStream(of: Word.self)
  // The sources first: a signal during the start is not lost.
  let signals = [SIGTERM, SIGINT, SIGHUP].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler { speaker.yield(number == SIGHUP ? .reload : .stop) }
    source.resume()
    return source
  }
  let pipe = lifeline.map { descriptor in
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
    source.setEventHandler { speaker.yield(.stop) }
    source.resume()
    return source
  }
  defer {
    for source in signals { source.cancel() }
    pipe?.cancel()
  }
  let server = try await GatewayServer.start(try read(file), loops: loops, log: log)
  log("the gateway listens on \(server.ports.map(String.init).joined(separator: ", "))")
  for await word in words {
    guard word == .reload else { break }
    do {
      try await server.reload(try read(file))
      log("the gateway has read its configuration again")
    } catch {
      let diagnostic = (error as? GatewayError)?.diagnostic
      log(
        "the gateway goes on with the configuration that it had: "
          + (diagnostic?.message ?? "\(error)"))
    }
  }
  await server.stop()
}

private func read(_ file: String) throws -> GatewayConfiguration {
  guard let data = FileManager.default.contents(atPath: file) else {
    throw GatewayError.unreadableConfiguration(file: file, reason: "it is not there")
  }
  return try GatewayConfiguration(json: data, file: file)
}
