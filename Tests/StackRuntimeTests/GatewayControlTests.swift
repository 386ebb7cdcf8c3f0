import DatabaseLifecycle
import Dispatch
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import StackRuntime

@Suite struct GatewayControlTests {
  /// A control socket that notes what it is asked, and answers or does not.
  private final class Socket: Sendable {
    let path: String
    private let folder: String
    private let descriptor: Int32
    private let asked = Mutex<[String]>([])
    private let isDeaf: Bool

    init(isDeaf: Bool = false) throws {
      self.isDeaf = isDeaf
      var template = Array("/tmp/homebase-gate-XXXXXX".utf8CString)
      folder = String(cString: try #require(mkdtemp(&template)))
      path = "\(folder)/s"
      descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) {
        $0.copyBytes(from: Array("\(folder)/s".utf8))
      }
      let isBound = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
      }
      try #require(isBound && listen(descriptor, 8) == 0)
      if isDeaf { return }
      // A thread of its own: one of the pool that waits here would be missing where it is awaited.
      DispatchQueue(label: "gate").async { [descriptor, self] in
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        defer { close(connection) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(connection, &buffer, buffer.count), count > 0 {
          let words = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
          self.asked.withLock { $0.append("\(words[0]) \(words[1])") }
          let answer = Array("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".utf8)
          guard write(connection, answer, answer.count) == answer.count else { return }
        }
      }
    }

    deinit {
      shutdown(descriptor, Int32(SHUT_RDWR))
      close(descriptor)
      unlink(path)
      rmdir(folder)
    }

    var questions: [String] { asked.withLock { $0 } }
  }

  private final class Saved: Sendable {
    private let values = Mutex<[UInt64]>([])
    func add(_ value: UInt64) { values.withLock { $0.append(value) } }
    var all: [UInt64] { values.withLock { $0 } }
  }

  /// Requests wait during a swap and go on with a number that only grows; the file has it before the
  /// gateway is told, so that one which is restarted in between reads it.
  @Test func pausesAndResumesInTurn() async throws {
    let (socket, saved) = (try Socket(), Saved())
    let control = GatewayControl(
      socket: socket.path, stack: "main", generation: 7, save: { saved.add($0) })
    for _ in 0..<3 {
      await control.gate.close()
      control.gate.open()
    }
    await control.gate.close()
    #expect(
      socket.questions == [
        "POST /stacks/main/pause?timeout_ms=100", "POST /stacks/main/resume?generation=8",
        "POST /stacks/main/pause?timeout_ms=100", "POST /stacks/main/resume?generation=9",
        "POST /stacks/main/pause?timeout_ms=100", "POST /stacks/main/resume?generation=10",
        "POST /stacks/main/pause?timeout_ms=100",
      ])
    #expect(saved.all == [8, 9, 10])
  }

  /// A reset goes on without a gateway, and without one that hangs; the file has the number.
  @Test(arguments: [true, false]) func nobodyAnswers(hangs: Bool) async throws {
    let (socket, saved) = (try Socket(isDeaf: true), Saved())
    let control = GatewayControl(
      socket: hangs ? socket.path : socket.path + "-gone", stack: "main", generation: 1,
      save: { saved.add($0) })
    await control.gate.close()
    control.gate.open()
    await control.gate.close()
    #expect(saved.all == [2])
  }

  /// A stack that is started again has a higher number than all that it had before.
  @Test func generationsGrowFromRunToRun() {
    let first = GatewayControl.firstGeneration(now: .init(timeIntervalSince1970: 1_800_000_000))
    #expect(first == 1_800_000_000_000)
  }
}
