import FoundationEssentials
import Glibc

@testable import ControlSocket

/// Runs a server in a folder of its own while the body runs.
func withServer<Result>(
  _ handler: @escaping ControlServer.Handler, body: (String) async throws -> Result
) async throws -> Result {
  let folder = try temporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let server = ControlServer(path: folder + "/c.sock", version: "9.9.9", handler: handler)
  try server.start()
  do {
    let result = try await body(folder + "/c.sock")
    await server.stop()
    return result
  } catch {
    await server.stop()
    throw error
  }
}

func temporaryFolder() throws -> String {
  var template = Array("/tmp/homebase-control-XXXXXX".utf8CString)
  guard let path = mkdtemp(&template) else { throw Failure(code: errno) }
  return String(cString: path)
}

struct Failure: Error {
  var code: Int32
}

/// Runs blocking code on a thread of its own: on Dispatch's queues it would hold up the Swift pool.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
{
  try await withCheckedThrowingContinuation { continuation in
    let code = startThread { continuation.resume(with: Result { try body() }) }
    if code != 0 { continuation.resume(throwing: Failure(code: code)) }
  }
}

func offPoolValue<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws -> Value {
  try await offPool { body() }
}

func rawConnect(_ path: String) throws -> Int32 {
  let descriptor = try makeUnixSocket(for: path, isBlocking: true)
  try connectUnixSocket(descriptor, to: path)
  return descriptor
}

/// Sends all of a text, or what the other side takes before it closes.
func rawSend(_ descriptor: Int32, _ text: String) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes {
      send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard count > 0 else { return }
    rest = rest.dropFirst(count)
  }
}

/// Reads the greeting and so many lines after it, or to the end of the connection.
func rawLines(_ descriptor: Int32, answers: Int) -> [String] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while answers == .max || bytes.count(where: { $0 == UInt8(ascii: "\n") }) < answers + 1 {
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else { break }
    bytes += chunk[..<count]
  }
  return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
}

/// Connects, says something, and returns the greeting and the lines after it.
func converse(_ path: String, _ text: String, answers: Int) throws -> [String] {
  let descriptor = try rawConnect(path)
  defer { close(descriptor) }
  rawSend(descriptor, text)
  return rawLines(descriptor, answers: answers)
}
