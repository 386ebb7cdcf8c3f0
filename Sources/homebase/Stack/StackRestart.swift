import ArgumentParser
import Console
import StackProtocol

/// Restarts one service, or the stack with its supervisor.
struct StackRestart: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart",
    abstract: "Restart one service, or the whole stack with its supervisor.",
    usage: "homebase restart [SERVICE]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Argument(help: "The service; left out: all of them.")
  var service: String?

  func run(in session: Session) throws {
    let began = ContinuousClock.now
    let place = try session.project()
    var status: StackStatus
    if let service {
      let name = ServiceNames.own(for: [service]).first ?? service
      status = try session.connect(to: place).ask(RestartRequest(service: name))
    } else {
      session.output.note("restarting the project in \(place.root)")
      _ = try session.stopSupervisor(of: place, StopRequest())
      status = try session.connectOrStart(place).ask(StartRequest())
      status.took = Milliseconds(.now - began)
    }
    try session.output.show(StatusText(status: status, occasion: .restart(service)))
    if status.state == .degraded || status.state == .stopped { throw UnwellResult() }
  }
}
