import Console
import ControlSocket
import Diagnostics
import FoundationEssentials
import Glibc
import StackProtocol
import StackRuntime

/// The supervisor of the project at hand, as a command talks to it.
struct StackConnection {
  private let client: ControlClient
  private let output: Output
  /// Where it listens: of another runtime folder than this command's, when it was started so.
  let socket: String
  private let debug: (@autoclosure () -> String) -> Void

  /// Makes the connection of one command.
  ///
  /// - Parameters:
  ///   - client: Connected.
  ///   - socket: Where the supervisor listens.
  ///   - output: Shows the steps on the way.
  ///   - debug: Takes what is worth a word for `--debug`.
  init(
    client: ControlClient, socket: String, output: Output,
    debug: @escaping (@autoclosure () -> String) -> Void
  ) {
    self.client = client
    self.socket = socket
    self.output = output
    self.debug = debug
  }

  /// The supervisor's process.
  var supervisorPID: Int32 { client.greeting.pid }

  /// Asks for something and waits, showing the steps on the way.
  ///
  /// - Parameter request: What is asked for.
  /// - Returns: The answer.
  /// - Throws: The supervisor's diagnostic, or why it could not be asked.
  func ask<Request: StackRequest>(_ request: Request) throws -> Request.Answer {
    let progress = output.progress()
    let began = ContinuousClock.now
    debug("asks for \(Request.name)")
    do {
      let answer: Request.Answer = try client.call(Request.name, arguments: request) { step in
        debug("\(spoken(.now - began)): \(step.step): \(step.message)")
        // The words of the server and the files of a layer have their own places.
        switch step.step {
        case "notice": progress.remark(visible(step.message))
        case "migration", "seed":
          progress.show(step: step.step, message: step.message, item: step.step)
        default:
          progress.show(
            step: step.step, message: step.message, completed: step.completed, total: step.total)
        }
      }
      progress.end()
      debug("answered after \(spoken(.now - began))")
      return answer
    } catch {
      progress.end(succeeded: false)
      throw error
    }
  }

  /// Asks for something that answers with a stream of values.
  ///
  /// - Parameters:
  ///   - request: What is asked for.
  ///   - onEach: Called for each value.
  /// - Returns: What is said at the stream's end.
  /// - Throws: The supervisor's diagnostic, or why it could not be asked.
  func stream<Request: StackRequest, Value: Decodable>(
    _ request: Request, onEach: (Value) throws -> Void
  ) throws -> Request.Answer {
    try client.call(Request.name, arguments: request, reporting: Value.self, onEach: onEach)
  }

  /// Waits until the supervisor's process and its guardian are gone.
  ///
  /// - Parameter timeout: How long at most.
  /// - Throws: A diagnostic that names the process that is left.
  func waitForEnd(timeout: Duration = .seconds(60)) throws {
    _ = client.waitForEnd(timeout: timeout)
    try waitForSupervisorEnd(pid: supervisorPID, socket: socket, timeout: timeout)
  }
}

/// Waits until a supervisor has let go of its socket and its process is gone.
///
/// - Parameters:
///   - pid: The supervisor's process.
///   - socket: The control socket's file.
///   - timeout: How long at most.
/// - Throws: A diagnostic that names the process that is left.
func waitForSupervisorEnd(pid: Int32, socket: String, timeout: Duration) throws {
  let end = ContinuousClock.now + timeout
  _ = ControlClient.waitUntilFree(path: socket, timeout: timeout)
  // One that lives in this process, as in a test, does not end before it.
  while pid != getpid(), kill(pid, 0) == 0 || errno == EPERM {
    guard .now < end else {
      throw Diagnostic(
        code: "supervisor_hangs", message: "the supervisor (pid \(pid)) does not end",
        hint: "see what it does with `homebase logs`, or end it with `kill \(pid)`")
    }
    usleep(2_000)
  }
}

extension Session {
  /// Connects to the supervisor that runs.
  ///
  /// - Parameter place: The project.
  /// - Returns: A connection.
  /// - Throws: `not_running` when nothing runs, `protocol_mismatch` when it is of another age.
  func connect(to place: ProjectPlace) throws -> StackConnection {
    let began = ContinuousClock.now
    let (client, socket) = try reach(place)
    debug("connected to pid \(client.greeting.pid) at \(socket) in " + spoken(.now - began))
    if client.greeting.version != homebaseVersion {
      output.note(
        "note: the stack runs homebase \(client.greeting.version), this is \(homebaseVersion); "
          + "`homebase restart` takes this one")
    }
    return StackConnection(client: client, socket: socket, output: output, debug: debug)
  }

  /// Connects where the supervisor should listen, else where the one that has the data does.
  private func reach(
    _ place: ProjectPlace
  ) throws(ControlSocketError) -> (ControlClient, socket: String) {
    do {
      return (try ControlClient.connect(path: place.controlSocket), place.controlSocket)
    } catch {
      switch error {
      case .noSocket, .nobodyListens: break
      default: throw error
      }
      guard let owner = SupervisorLock.holder(dataFolder: place.dataFolder),
        owner.controlSocket != place.controlSocket
      else { throw error }
      return (try ControlClient.connect(path: owner.controlSocket), owner.controlSocket)
    }
  }

  /// Connects to the supervisor of the project at hand.
  ///
  /// - Returns: A connection.
  /// - Throws: As `connect(to:)`, and when there is no project.
  func connect() throws -> StackConnection {
    try connect(to: project())
  }

  /// Connects to the supervisor if one runs.
  ///
  /// - Parameter place: The project.
  /// - Returns: Nil when nothing runs.
  /// - Throws: When something runs that cannot be talked to.
  func connectIfRunning(to place: ProjectPlace) throws -> StackConnection? {
    do {
      return try connect(to: place)
    } catch let error as ControlSocketError {
      switch error {
      case .noSocket, .nobodyListens, .connectionLost: return nil
      default: throw error
      }
    }
  }

  /// Connects to the supervisor, and starts it before when none runs.
  ///
  /// Two starts at once are in line: a lock in the data folder.
  ///
  /// - Parameter place: The project.
  /// - Returns: A connection.
  /// - Throws: Why the supervisor could not be started.
  func connectOrStart(_ place: ProjectPlace) throws -> StackConnection {
    if let running = try connectIfRunning(to: place) { return running }
    try process.rooms.prepareFolders(place, process.environment)
    let lock = try StartLock(folder: place.dataFolder)
    defer { lock.release() }
    if let running = try connectIfRunning(to: place) { return running }
    // One that ends at this moment still holds the socket and the data.
    guard ControlClient.waitUntilFree(path: place.controlSocket, timeout: .seconds(60)) else {
      throw ControlSocketError.silent(path: place.controlSocket)
    }
    if let owner = waitForHolder(of: place, timeout: .seconds(20)) {
      throw Diagnostic(
        code: "supervisor_unreachable",
        message: "the supervisor (pid \(owner.pid)) has lost its socket \(owner.controlSocket)",
        hint: "end it with `homebase stop`, then start again; the data stays")
    }
    output.note("starting the project in \(place.root)")
    let began = ContinuousClock.now
    try process.rooms.launch(
      SupervisorLaunch(place: place, environment: process.environment))
    debug("the supervisor listens after \(spoken(.now - began))")
    return try connect(to: place)
  }

  /// Waits until nobody has the project's data.
  ///
  /// - Returns: Who still has it when the time has passed.
  private func waitForHolder(
    of place: ProjectPlace, timeout: Duration
  ) -> SupervisorLock.Owner? {
    let end = ContinuousClock.now + timeout
    while let owner = SupervisorLock.holder(dataFolder: place.dataFolder) {
      if .now > end { return owner }
      usleep(2_000)
    }
    return nil
  }

  /// Ends the supervisor in order, whatever version it has.
  ///
  /// - Parameters:
  ///   - place: The project.
  ///   - request: What it is told, when it understands.
  /// - Returns: Whether one ran.
  /// - Throws: Why it did not end.
  func stopSupervisor(of place: ProjectPlace, _ request: StopRequest) throws -> Bool {
    do {
      guard let stack = try connectIfRunning(to: place) else {
        // One whose socket was deleted, or that ends already: a signal reaches it all the same.
        guard let owner = SupervisorLock.holder(dataFolder: place.dataFolder) else { return false }
        kill(owner.pid, SIGTERM)
        try waitForSupervisorEnd(
          pid: owner.pid, socket: owner.controlSocket, timeout: .seconds(60))
        return true
      }
      _ = try stack.ask(request)
      try stack.waitForEnd()
      return true
    } catch ControlSocketError.protocolMismatch(let greeting) {
      // The wire may change, but a signal is understood by every version.
      output.note("ending homebase \(greeting.version) (pid \(greeting.pid)) by a signal")
      kill(greeting.pid, SIGTERM)
      try waitForSupervisorEnd(
        pid: greeting.pid, socket: place.controlSocket, timeout: .seconds(60))
      return true
    }
  }
}
