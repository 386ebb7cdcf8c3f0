import Console
import Diagnostics
import FoundationEssentials
import Glibc
import StackProtocol
import Synchronization
import Testing

@testable import ControlSocket
@testable import homebase

/// What a command left behind.
struct Ran: Sendable {
  var code: Int32
  var output: String
  var errors: String
}

/// A folder with a project, and a supervisor that answers what a test says.
final class World: Sendable {
  typealias Answers = @Sendable (ControlRequest, ControlReply) async throws -> any Encodable

  let folder: String
  let place: ProjectPlace
  private let answers: Answers
  private let server = Mutex<ControlServer?>(nil)
  private let asked = Mutex<[String]>([])
  let launches = Atomic(0)

  /// The names of the requests that arrived, in order.
  var requests: [String] { asked.withLock { $0 } }

  init(answers: @escaping Answers) throws {
    var template = Array("/tmp/homebase-cli-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template), let real = realpath(made, nil) else {
      throw Diagnostic(code: "test", message: "mkdtemp: \(errno)")
    }
    defer { free(real) }
    folder = String(cString: real)
    let root = "\(folder)/my project"
    try FileManager.default.createDirectory(
      atPath: "\(root)/supabase/migrations", withIntermediateDirectories: true)
    mkdir("\(folder)/run", 0o700)
    mkdir("\(folder)/data", 0o700)
    mkdir("\(folder)/data/logs", 0o700)
    place = ProjectPlace(
      name: "my-project", root: root, style: .supabase, dataFolder: "\(folder)/data",
      runtimeFolder: "\(folder)/run")
    self.answers = answers
  }

  /// Makes the supervisor listen.
  func listen() throws {
    let running = ControlServer(path: place.controlSocket, version: homebaseVersion) {
      [self] request, reply in
      asked.withLock { $0.append(request.command) }
      let answer = try await answers(request, reply)
      if request.command == StopRequest.name { Task { await self.stop() } }
      return try JSONEncoder().encode(answer)
    }
    try running.start()
    server.withLock { $0 = running }
  }

  func stop() async {
    await server.withLock { server in
      defer { server = nil }
      return server
    }?.stop()
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ text: String, to path: String) throws {
    let full = "\(place.root)/\(path)"
    let parent = full.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: full))
  }

  func read(_ path: String) -> String? {
    FileManager.default.contents(atPath: "\(place.root)/\(path)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// Runs one command line as `main.swift` does, on a thread of its own.
  func run(
    _ arguments: [String], environment: [String: String] = [:], input: String? = nil,
    terminal: Terminal = Terminal(), checks: [DoctorCheck] = []
  ) async throws -> Ran {
    let texts = Mutex((output: "", errors: ""))
    var rooms = Rooms.connected()
    rooms.findProject = { [place] folder, _, _ in
      guard folder.hasPrefix(place.root) else {
        throw Diagnostic(code: "no_project", message: "no project in \(folder)")
      }
      return place
    }
    rooms.prepareFolders = { _, _ in }
    rooms.stoppedStatus = { place, _ in
      StackStatus(
        project: place.name, stack: "local", state: .stopped, urls: ["API_URL": "http://a"])
    }
    rooms.launch = { [self] _ in
      launches.add(1, ordering: .relaxed)
      try listen()
    }
    rooms.configurationTemplate = { style, name in "# \(style) \(name)\n" }
    rooms.checks = checks
    let process = ProcessContext(
      environment: environment, workingDirectory: place.root, terminal: terminal, rooms: rooms,
      standardOutput: { text in texts.withLock { $0.output += text } },
      standardError: { text in texts.withLock { $0.errors += text } },
      readStandardInput: { input.map { Array($0.utf8) } })
    let outcome: Outcome = try await onThread { homebase.run(arguments, in: process) }
    let code: Int32 =
      switch outcome {
      case .ended(let code): code
      case .continues(let work): await work()
      }
    return texts.withLock { Ran(code: code, output: $0.output, errors: $0.errors) }
  }
}

/// Runs a test with a world of its own.
func withWorld(
  running: Bool = true, _ answers: @escaping World.Answers,
  body: (World) async throws -> Void
) async throws {
  let world = try World(answers: answers)
  defer { world.remove() }
  if running { try world.listen() }
  do {
    try await body(world)
  } catch {
    await world.stop()
    throw error
  }
  await world.stop()
}

/// Runs blocking code where it takes no thread of the Swift pool.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
{
  try await withCheckedThrowingContinuation { continuation in
    let code = startThread { continuation.resume(with: Result { try body() }) }
    if code != 0 {
      continuation.resume(throwing: Diagnostic(code: "test", message: "pthread: \(code)"))
    }
  }
}

/// Runs a test with a world whose supervisor is not asked anything.
func withWorld(running: Bool, _ body: (World) async throws -> Void) async throws {
  let answers: World.Answers = { _, _ in [String]() }
  try await withWorld(running: running, answers, body: body)
}
