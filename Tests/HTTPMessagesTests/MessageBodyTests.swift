import NIOCore
import TestSockets
import Testing

@testable import HTTPMessages

/// Bodies in their frames, however they are cut.
@Suite struct MessageBodyTests {
  /// All of a body, given in pieces of random sizes.
  private func gather(
    _ body: MessageBody, _ bytes: [UInt8], _ random: inout Seeded
  ) throws -> (bytes: [UInt8], rest: [UInt8], ended: Bool) {
    var body = body
    var input = ByteBuffer()
    var result: [UInt8] = []
    var index = 0
    while true {
      switch try body.next(&input) {
      case .piece(let piece): result += piece.readableBytesView
      case .ended:
        return (result, Array(input.readableBytesView) + Array(bytes[index...]), true)
      case .needsMore:
        guard index < bytes.count else { return (result, [], false) }
        let end = min(bytes.count, index + Int.random(in: 1...7, using: &random))
        input.take(ByteBuffer(bytes: bytes[index..<end]))
        index = end
      }
    }
  }

  @Test func whatIsFramedComesOut() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = Seeded(state: seed)
    for _ in 0..<300 {
      let content = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        // Line ends and digits, so that content looks like its frame.
        Array("\r\n0a;f".utf8).randomElement(using: &random) ?? 0
      }
      for frame in [BodyFrame.chunked, .length, .untilClose] {
        var framed = ByteBuffer()
        var index = 0
        while index < content.count {
          let end = min(content.count, index + Int.random(in: 1...50, using: &random))
          frame.write(ByteBuffer(bytes: content[index..<end])) { framed.writeImmutableBuffer($0) }
          index = end
        }
        frame.writeEnd { framed.writeImmutableBuffer($0) }
        let body: MessageBody =
          switch frame {
          case .chunked: .chunked
          case .length, .none: .length(UInt64(content.count))
          case .untilClose: .untilClose
          }
        let next = frame.endsByItself ? Array("GET".utf8) : []
        let result = try gather(body, Array(framed.readableBytesView) + next, &random)
        #expect(result.bytes == content, "seed \(seed)")
        #expect(result.ended == frame.endsByItself && result.rest == next, "seed \(seed)")
      }
    }
  }

  @Test func extensionsAndTrailersAreDropped() throws {
    var random = Seeded(state: 1)
    let text = "3;a=\"b\"\r\nabc\r\n0\r\nX-A: b\r\nX-B: c\r\n\r\nnext"
    let result = try gather(.chunked, Array(text.utf8), &random)
    #expect(result.bytes == Array("abc".utf8) && result.rest == Array("next".utf8))
  }

  @Test(arguments: [
    "zz\r\n", "-1\r\n", "\r\n", "0x3\r\n", "3\r\nabcd\r\n", "3\nabc", "fffffffffffffffff\r\n",
    ";a\r\n", "3 \r\nabc\r\n", "3\r\nabc\rx",
  ])
  func brokenChunksAreRefused(text: String) {
    var random = Seeded(state: 1)
    #expect(throws: SyntaxFault.self) {
      _ = try gather(.chunked, Array(text.utf8), &random)
    }
  }

  @Test func endlessLinesAreRefused() {
    var random = Seeded(state: 1)
    let lines = Array("0\r\n".utf8) + Array(repeating: UInt8(ascii: "a"), count: 5000)
    #expect(throws: SyntaxFault.self) { _ = try gather(.chunked, lines, &random) }
    let many = "0\r\n" + String(repeating: "A: b\r\n", count: 2000)
    #expect(throws: SyntaxFault.self) { _ = try gather(.chunked, Array(many.utf8), &random) }
  }
}

extension BodyFrame {
  /// Whether the end is told by the bytes.
  fileprivate var endsByItself: Bool {
    switch self {
    case .untilClose: false
    case .none, .length, .chunked: true
    }
  }
}
