import ControlSocket
import Diagnostics
import Dispatch
import FoundationEssentials
import Glibc
import ProjectConfiguration
import StackProtocol
import Synchronization

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
  let lock = try SupervisorLock.take(
    dataFolder: locations.dataFolder, controlSocket: locations.controlSocket)
  signal(SIGPIPE, SIG_IGN)
  // libpq would take PGSERVICE, PGOPTIONS and the like for wishes about our own connections. The
  // project's services still get what the shell had.
  for name in environment.keys where name.hasPrefix("PG") { unsetenv(name) }

  let stack = Stack(root: root, environment: environment, version: version)
  let (ends, end) = AsyncStream.makeStream(of: End.self)
  let commands = StackCommands(stack: stack, finish: { end.yield(.asked) })
  let rest = Rest()
  let requests = RequestCount()
  let server = ControlServer(
    path: locations.controlSocket, version: version,
    handler: { request, reply in
      end.yield(.used)
      requests.enter()
      defer { requests.leave() }
      defer { rest.begin() }
      do {
        return try await commands.answer(request, reply)
      } catch {
        // Nothing runs, and nobody else asks: the next command starts another one.
        if request.command == StartRequest.name, await stack.isDown, requests.isLast {
          end.yield(.asked)
        }
        throw error
      }
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
      // What runs is cancelled first: a long migration must not hold up the end of the machine.
      await server.stop()
      _ = try? await stack.stop()
    case .asked, .unused:
      break
    }
    break
  }
  await server.stop()
  for source in signals { source.cancel() }
  // Last of all: who has the lock may open the data.
  _ = consume lock
  return 0
}

/// How many requests are being answered.
private final class RequestCount: Sendable {
  private let count = Mutex(0)

  func enter() { count.withLock { $0 += 1 } }
  func leave() { count.withLock { $0 -= 1 } }
  var isLast: Bool { count.withLock { $0 == 1 } }
}

/// Why a supervisor ends, or does not.
private enum End {
  case used
  case asked
  case signalled
  case unused
}
