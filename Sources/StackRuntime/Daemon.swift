import ControlSocket
import Diagnostics
import Dispatch
import FoundationEssentials
import Glibc
import ProjectConfiguration

/// The supervisor's process, from its first line to its exit code.
///
/// It listens before it starts anything: the command that made it asks for the start over the
/// control socket, as every later command does.
///
/// - Parameters:
///   - root: The project's folder.
///   - environment: The variables of the command that started it.
///   - version: Of this program.
///   - isListening: Called when commands can connect.
/// - Returns: The exit code.
/// - Throws: `ControlSocketError` when another supervisor has the project.
package func runDaemon(
  root: String, environment: [String: String], version: String,
  isListening: @Sendable () -> Void
) async throws -> Int32 {
  let locations = try StateLocations.locate(
    projectRoot: root, environment: environment, userID: geteuid())
  try locations.createFolders()
  signal(SIGPIPE, SIG_IGN)

  let stack = Stack(root: root, environment: environment, version: version)
  let (ends, end) = AsyncStream.makeStream(of: End.self)
  let commands = StackCommands(stack: stack, finish: { end.yield(.asked) })
  let server = ControlServer(
    path: locations.controlSocket, version: version,
    handler: { request, reply in
      end.yield(.used)
      return try await commands.answer(request, reply)
    })
  // From here on a signal is an event, not the end.
  let signals = [SIGTERM, SIGINT, SIGHUP].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { end.yield(.signalled) }
    source.resume()
    return source
  }
  try server.start()
  isListening()

  // A supervisor that nobody asks for anything was started by a command that died.
  let patience = Task {
    try await Task.sleep(for: .seconds(30))
    end.yield(.unused)
  }
  for await reason in ends {
    switch reason {
    case .used:
      patience.cancel()
      continue
    case .unused where patience.isCancelled:
      continue
    case .signalled:
      _ = try? await stack.stop()
    case .asked, .unused:
      break
    }
    break
  }
  await server.stop()
  for source in signals { source.cancel() }
  return 0
}

/// Why a supervisor ends, or does not.
private enum End {
  case used
  case asked
  case signalled
  case unused
}
