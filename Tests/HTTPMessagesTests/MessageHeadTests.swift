import Diagnostics
import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSockets
import Testing

@testable import HTTPMessages

/// Heads: what is taken, what is refused, and whether another parser reads the same.
@Suite struct MessageHeadTests {
  /// A request's head in words; the fault when it is none.
  private func read(_ text: String, targetLimit: Int = 1000) -> Result<MessageHead, SyntaxFault> {
    Array(text.utf8).withUnsafeBytes { bytes in
      var head = MessageHead()
      do throws(SyntaxFault) {
        try head.parseRequest(bytes, targetLimit: targetLimit)
        return .success(head)
      } catch {
        return .failure(error)
      }
    }
  }

  private func fault(_ text: String) -> SyntaxFault? {
    if case .failure(let fault) = read(text) { return fault }
    return nil
  }

  @Test func headersAreNoted() throws {
    let text =
      "POST /a?b HTTP/1.1\r\nHost: h:1\r\nContent-LENGTH: 12\r\n"
      + "Connection: close, X-Once\r\nExpect: 100-Continue\r\nx_homebase_stack: evil\r\n\r\n"
    let bytes = Array(text.utf8)
    let head = try read(text).get()
    #expect(bytes[head.method].elementsEqual("POST".utf8))
    #expect(bytes[head.target].elementsEqual("/a?b".utf8))
    #expect(head.contentLength == 12 && head.saysClose && head.expectsContinue)
    #expect(!head.keepsAlive && head.fields.count == 5)
    #expect(head.fields.last?.known == .homebase)
    #expect(head.listed.map { String(decoding: bytes[$0], as: UTF8.self) } == ["X-Once"])
  }

  @Test(arguments: [
    ("GET / HTTP/2.0\r\n\r\n", SyntaxFault.unsupportedVersion),
    ("GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n", .unsupportedExpectation),
    ("GET / HTTP/1.1\r\n\r\n", .badRequest("host")),
    ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .badRequest("host")),
    ("GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", .badRequest("header name")),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", .badRequest("header name")),
    ("GET / HTTP/1.1\nHost: a\r\n\r\n", .badRequest("line end")),
    (
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
      .badRequest("two lengths")
    ),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      .badRequest("transfer-encoding")
    ),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .badRequest("transfer-encoding")),
  ])
  func ambiguousHeadsAreRefused(text: String, expected: SyntaxFault) {
    #expect(fault(text) == expected)
    #expect(expected.status >= 400 && !expected.diagnostic.message.isEmpty)
  }

  @Test func longTargetsAreRefused() {
    let text = "GET /\(String(repeating: "x", count: 50)) HTTP/1.1\r\nHost: a\r\n\r\n"
    guard case .failure(.targetTooLong) = read(text, targetLimit: 50) else {
      Issue.record("51 bytes of 50 were taken")
      return
    }
  }

  /// However a head is cut, its end is found at the same place.
  @Test func theEndIsFoundInPieces() {
    let text = "GET / HTTP/1.1\r\nA: \r\r\n\n\r\n\rB: c\r\n\r\nrest"
    let bytes = Array(text.utf8)
    let end = bytes.count - 4
    for cut in 0...bytes.count {
      bytes[..<cut].withUnsafeBytes { part in
        #expect(headLength(part, from: 0) == (cut >= end ? end : nil), "cut at \(cut)")
      }
      bytes.withUnsafeBytes { all in
        if cut < end { #expect(headLength(all, from: cut - 3) == end, "looked at \(cut)") }
      }
    }
  }

  @Test(arguments: [
    ("/a?b?c", "/a", "b?c", ""), ("/", "/", "", ""), ("/a?", "/a", "", ""),
    ("http://h:1/a?b", "/a", "b", "h:1"), ("HTTPS://h/", "/", "", "h"),
  ])
  func targetsAreDivided(text: String, path: String, query: String, authority: String) throws {
    let bytes = Array(text.utf8)
    try bytes.withUnsafeBytes { buffer in
      let target = try #require(RequestTarget(0..<buffer.count, buffer))
      func part(_ range: Range<Int>) -> String { String(decoding: buffer[range], as: UTF8.self) }
      #expect(part(target.path) == path && part(target.query) == query)
      #expect(target.authority.map(part) ?? "" == authority)
    }
  }

  @Test(arguments: ["a", "*", "/a#b", "http://h", "http://a@b/c", "ftp://h/a", "//", "h:1"])
  func otherTargetsAreNone(text: String) {
    Array(text.utf8).withUnsafeBytes { buffer in
      let target = RequestTarget(0..<buffer.count, buffer)
      #expect((target == nil) == (text != "//"))
    }
  }

  /// What this parser takes, NIO's takes too, and reads the same in it.
  @Test func anotherParserReadsTheSame() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = Seeded(state: seed)
    let lines = [
      "Host: a", "Content-Length: 0", "Content-Length:  0 ", "Transfer-Encoding: chunked",
      "X-A: b", "x-a:\tb\t", "Connection: close", "Expect: 100-continue", "X-Empty:", "A : b",
      " folded", "X-\u{e9}: a", "X-V: \u{e9}", "Content-Length: 1", "Host: b", "X-C: a\u{1}b",
      "Transfer-Encoding: identity", ": nameless", "no colon",
    ]
    var taken = 0
    for _ in 0..<4000 {
      let method = ["GET", "POST", "PATCH", "G ET", "DELETE"].randomElement(using: &random) ?? ""
      let target = ["/", "/a?b=c", "/%20", "/ a", "*"].randomElement(using: &random) ?? ""
      var text = "\(method) \(target) HTTP/1.1\r\n"
      if Int.random(in: 0..<4, using: &random) > 0 { text += "Host: a\r\n" }
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let end = Int.random(in: 0..<20, using: &random) == 0 ? "\n" : "\r\n"
        text += (lines.randomElement(using: &random) ?? "") + end
      }
      text += "\r\n"
      guard case .success(let head) = read(text) else { continue }
      taken += 1
      let bytes = Array(text.utf8)
      let other = try #require(try Self.readByNIO(text), "seed \(seed): \(text)")
      #expect(other.uri.utf8.elementsEqual(bytes[head.target]), "seed \(seed): \(text)")
      #expect(other.method.rawValue.utf8.elementsEqual(bytes[head.method]), "seed \(seed)")
      // NIO's leaves what stands behind a value; RFC 9112, 5.1, takes it off.
      #expect(
        other.headers.map { header in
          let end = header.value.lastIndex { $0 != " " && $0 != "\t" }
          return "\(header.name): " + (end.map { header.value[...$0] } ?? "")
        }
          == head.fields.map {
            String(decoding: bytes[$0.name], as: UTF8.self) + ": "
              + String(decoding: bytes[$0.value], as: UTF8.self)
          }, "seed \(seed): \(text)")
    }
    #expect(taken > 400, "seed \(seed)")
  }

  private static func readByNIO(_ text: String) throws -> HTTPRequestHead? {
    let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
    defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
    do { try channel.writeInbound(ByteBuffer(string: text)) } catch { return nil }
    guard case .head(let head) = try channel.readInbound(as: HTTPServerRequestPart.self) else {
      return nil
    }
    return head
  }
}
