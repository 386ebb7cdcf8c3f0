import Glibc
package import NIOCore
package import NIOPosix
import Synchronization

/// The loops of clients and services in tests.
package let testGroup = MultiThreadedEventLoopGroup(numberOfThreads: 2)

/// What went wrong in a test's own machinery.
package struct Failure: Error {
  package var text: String
  package init(_ text: String) { self.text = text }
}

/// Where a client of a test connects.
package enum TestAddress: Sendable {
  case port(Int)
  case unix(String)
}

/// A folder that is removed afterwards.
package func withFolder<Result>(
  _ body: (String) async throws -> Result
) async throws -> Result {
  var template = Array("/tmp/homebase-sockets-XXXXXX".utf8CString)
  guard let made = mkdtemp(&template) else { throw Failure("mkdtemp") }
  let folder = String(cString: made)
  defer { removeTree(folder) }
  return try await body(folder)
}

private func removeTree(_ folder: String) {
  if let directory = opendir(folder) {
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink("\(folder)/\(name)") }
    }
    closedir(directory)
  }
  rmdir(folder)
}

/// A connection that says what a test writes, byte by byte, and hands out what comes back.
package func withClient(
  _ address: TestAddress,
  body:
    @Sendable (inout RawReader, NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> Void
) async throws {
  let initializer = { @Sendable (channel: any Channel) in
    channel.eventLoop.makeCompletedFuture {
      try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
        wrappingChannelSynchronously: channel,
        configuration: .init(
          backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2),
          isOutboundHalfClosureEnabled: true, inboundType: ByteBuffer.self,
          outboundType: ByteBuffer.self))
    }
  }
  let bootstrap = ClientBootstrap(group: testGroup)
  let channel =
    switch address {
    case .port(let port):
      try await bootstrap.connect(host: "127.0.0.1", port: port, channelInitializer: initializer)
    case .unix(let path):
      try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: initializer)
    }
  try await channel.executeThenClose { inbound, outbound in
    var reader = RawReader(iterator: inbound.makeAsyncIterator())
    try await body(&reader, outbound)
  }
}

/// What comes back.
package struct RawReader {
  package var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  package var text = ""

  /// Reads until the text is as wanted; what has been read is returned and taken away.
  package mutating func read(until isEnough: (String) -> Bool) async throws -> String {
    while !isEnough(text) {
      guard let next = try await iterator.next() else { break }
      text += String(buffer: next)
    }
    defer { text = "" }
    return text
  }

  /// Reads to the connection's end.
  package mutating func readAll() async throws -> String { try await read { _ in false } }
}

/// Sends a text and reads to the end: the text must make the server close.
package func converse(_ address: TestAddress, _ text: String) async throws -> String {
  let result = Mutex("")
  try await withClient(address) { reader, writer in
    // The server may have closed by now, on a busy machine; what it said is there all the same.
    if !text.isEmpty { try? await writer.write(ByteBuffer(string: text)) }
    let answer = try await reader.readAll()
    result.withLock { $0 = answer }
  }
  return result.withLock { $0 }
}

extension String {
  /// The pieces between a separator.
  package func components(of separator: String) -> [String] {
    var pieces: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      pieces.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return pieces + [String(rest)]
  }
}

/// A generator that a seed repeats (SplitMix64).
package struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
