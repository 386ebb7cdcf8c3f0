import ArgumentParser
import CProcess
import Console
import Diagnostics
import Glibc

/// Splits this process in two: the guardian stays behind in here, the supervisor comes back.
///
/// To be called before any thread exists. Without a guardian the supervisor goes on alone.
func becomeGuarded() {
  let code = homebase_guardian_run(nil)
  if code != 0 {
    let reason = String(cString: strerror(code))
    let line = "warning: no guardian: \(reason); a killed supervisor may leave processes\n"
    writeAll(line, to: STDERR_FILENO)
  }
}

/// The supervisor's own process; started by `start`, not by people.
struct Supervise: AsyncHomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "supervise", abstract: "Keep the stack in this process.", shouldDisplay: false)

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Option(help: "Where to say that it listens: an open descriptor.")
  var readyDescriptor: Int32?

  func runAsync(in session: Session) async throws {
    let ready = ReadySignal(descriptor: readyDescriptor)
    do {
      let code = try await session.process.rooms.supervise(
        SuperviseArguments(
          place: try session.project(), version: homebaseVersion,
          environment: session.process.environment, ready: ready))
      if code != 0 { throw UnwellResult(exitCode: code) }
    } catch let end as UnwellResult {
      throw end
    } catch {
      ready.failed(Diagnostic(describing: error))
      throw error
    }
  }
}
