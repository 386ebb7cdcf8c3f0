import Diagnostics
import FoundationEssentials
import Glibc
import Testing

@testable import ControlSocket

@Suite struct ControlClientTests {
  /// Nothing was started: the everyday reason, with the command to type.
  @Test func aMissingSocketIsNamed() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let error = #expect(throws: ControlSocketError.self) {
      try ControlClient.connect(path: folder + "/none.sock")
    }
    #expect(error == .noSocket(path: folder + "/none.sock"))
    #expect(error?.diagnostic.code == "not_running")
    #expect(error?.diagnostic.hint == "start it with `homebase start`")
  }

  /// After an update the old supervisor still runs: the person must be told how to go on.
  @Test(arguments: [
    (
      #"{"protocol":0,"version":"0.0.9","pid":5}"#,
      "the stack runs an older homebase (0.0.9) than this command",
      "take the new one with `homebase restart`; your data stays"
    ),
    (
      #"{"protocol":2,"version":"3.0.0","pid":5,"more":[]}"#,
      "the stack runs a newer homebase (3.0.0) than this command",
      "update this homebase, or take its version with `homebase restart`; your data stays"
    ),
  ])
  func otherVersionsOfTheWireAreTold(greeting: String, message: String, hint: String) async throws {
    let error = try await connectError(greeting: greeting + "\n")
    guard case .protocolMismatch(let told) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(told.pid == 5)
    #expect(error?.diagnostic.message == message)
    #expect(error?.diagnostic.hint == hint)
  }

  /// A supervisor that hangs must not hang every command.
  @Test func silenceEnds() async throws {
    let error = try await connectError(greeting: "", timeout: .milliseconds(20))
    guard case .silent = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Something else behind the path is told from a supervisor.
  @Test func anotherProgramIsNamed() async throws {
    let error = try await connectError(greeting: "220 mail.example.com ESMTP\n")
    #expect(error == .malformed("the greeting: it is not JSON"))
  }

  /// A supervisor killed in the middle is said as such.
  @Test func aLostConnectionIsNamed() async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/c.sock"
    let listener = try makeUnixSocket(for: path, isBlocking: true)
    #expect(try withUnixAddress(path) { bind(listener, $0, $1) } == 0)
    listen(listener, 1)
    async let served: Void = offPoolValue {
      let peer = accept(listener, nil, nil)
      rawSend(peer, #"{"protocol":1,"version":"1","pid":5}"# + "\n")
      _ = rawLines(peer, answers: 0)
      close(peer)
    }
    let error = await #expect(throws: ControlSocketError.self) {
      try await offPool { () -> Int in
        try ControlClient.connect(path: path, greetingTimeout: .seconds(600))
          .call("c", arguments: ["a": 1])
      }
    }
    #expect(error == .connectionLost)
    try await served
    close(listener)
  }

  private func connectError(
    greeting: String, timeout: Duration = .seconds(600)
  ) async throws -> ControlSocketError? {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/c.sock"
    let listener = try makeUnixSocket(for: path, isBlocking: true)
    #expect(try withUnixAddress(path) { bind(listener, $0, $1) } == 0)
    listen(listener, 1)
    defer { close(listener) }
    async let served = offPoolValue {
      let peer = accept(listener, nil, nil)
      rawSend(peer, greeting)
      return peer
    }
    let error = await #expect(throws: ControlSocketError.self) {
      try await offPool { _ = try ControlClient.connect(path: path, greetingTimeout: timeout) }
    }
    close(try await served)
    return error
  }
}
