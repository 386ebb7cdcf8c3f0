import Cryptography
import Diagnostics
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing
import WebTokens

@testable import IssuerKeys

/// Keys from elsewhere: there when they can be, the last ones when not, and never a hang.
@Suite struct IssuerKeyStoreTests {
  private let key = #"""
    {"kty":"EC","crv":"P-256","kid":"one","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
    """#

  @Test func keysAreFoundByDiscovery() async throws {
    try await withIssuer { issuer, file in
      issuer.answer("/.well-known/openid-configuration") { url in
        #"{"issuer":"\#(url)/","jwks_uri":"\#(url)/keys?v=1","other":[1]}"#
      }
      issuer.answer("/keys?v=1") { _ in #"{"keys":[{"kty":"oct","k":"AAAA"},\#(key)]}"# }
      for name in [issuer.url, issuer.url + "/"] {
        let found = try await IssuerKeyStore(issuer: name, keptIn: file).keys(within: .seconds(120))
        #expect(found.warning == nil)
        #expect(found.issuer.issuer == issuer.url + "/")
        #expect(found.issuer.jwks.keys.map(\.kid) == [nil, "one"])
      }
      let seen = issuer.requests
      #expect(seen.prefix(2) == ["/.well-known/openid-configuration", "/keys?v=1"])
    }
  }

  /// A train, a café without a network: the tokens of yesterday's provider are verified still.
  @Test func theLastKeysServeWhenThereIsNoNetwork() async throws {
    try await withIssuer { issuer, file in
      let store = IssuerKeyStore(issuer: issuer.url, keptIn: file)
      await #expect(throws: IssuerKeysError.self) { try await store.keys(within: .seconds(120)) }
      #expect(store.kept() == nil)
      issuer.answerAll(keys: #"{"keys":[\#(key)]}"#)
      let fresh = try await store.keys(within: .seconds(120))
      #expect(store.kept() == fresh.issuer)
      for broken in ["{", #"{"keys":[]}"#, ""] {
        issuer.answerAll(keys: broken)
        let found = try await store.keys(within: .seconds(120))
        #expect(found.issuer == fresh.issuer)
        #expect(found.warning?.code == "issuer_keys_unavailable")
        #expect(found.warning?.hint?.contains("last time") == true)
      }
      await issuer.stop()
      let offline = try await store.keys(within: .seconds(120))
      #expect(offline.issuer == fresh.issuer)
      #expect(offline.warning?.message.contains("is not reached") == true)
      // What is kept is for its issuer alone, and a damaged file is none.
      #expect(IssuerKeyStore(issuer: "http://127.0.0.1:1", keptIn: file).kept() == nil)
      try Data("{".utf8).write(to: URL(filePath: file))
      await #expect(throws: IssuerKeysError.self) { try await store.keys(within: .seconds(120)) }
    }
  }

  @Test func keysThatCannotBeKeptServeAllTheSame() async throws {
    try await withIssuer { issuer, file in
      issuer.answerAll(keys: #"{"keys":[\#(key)]}"#)
      let found = try await IssuerKeyStore(issuer: issuer.url, keptIn: "\(file)/no/folder").keys(
        within: .seconds(120))
      #expect(found.issuer.jwks.keys.count == 1)
      #expect(found.warning?.code == "issuer_keys_not_kept")
    }
  }

  /// A provider that takes the connection and says nothing must not hold up a start.
  @Test(.timeLimit(.minutes(1))) func silenceEnds() async throws {
    try await withIssuer { issuer, file in
      issuer.silence("/.well-known/openid-configuration")
      let store = IssuerKeyStore(issuer: issuer.url, keptIn: file)
      let error = await #expect(throws: IssuerKeysError.self) {
        try await store.keys(within: .milliseconds(200))
      }
      #expect(error?.diagnostic.message.contains("Timeout") == true)
    }
  }

  @Test func badDocumentsAreSaid() async throws {
    typealias Row = (discovery: String?, keys: String?, words: String)
    let rows: [Row] = [
      (nil, nil, "status 404"), ("", nil, "not the JSON document"), ("[]", nil, "not the JSON"),
      ("{}", nil, "names no jwks_uri"), (#"{"jwks_uri":7}"#, nil, "not the JSON"),
      (#"{"jwks_uri":"file:///etc/passwd"}"#, nil, "names no jwks_uri"),
      (#"{"jwks_uri":"/keys"}"#, nil, "names no jwks_uri"),
      (#"{"jwks_uri":"URL/keys"}"#, nil, "/keys answers with status 404"),
      (#"{"jwks_uri":"URL/keys"}"#, "{}", "/keys: it is not the JSON"),
      (#"{"jwks_uri":"URL/keys"}"#, #"{"keys":[]}"#, "/keys: it has no key"),
      (#"{"jwks_uri":"URL/keys"}"#, #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "it has no key"),
      (
        #"{"jwks_uri":"URL/keys"}"#,
        String(repeating: " ", count: IssuerKeyStore.largestDocument + 1),
        "/keys"
      ),
    ]
    for row in rows {
      try await withIssuer { issuer, file in
        if let discovery = row.discovery {
          issuer.answer("/.well-known/openid-configuration") { url in
            discovery.replacing("URL", with: url)
          }
        }
        if let keys = row.keys { issuer.answer("/keys") { _ in keys } }
        let error = await #expect(throws: IssuerKeysError.self, "\(row.words)") {
          try await IssuerKeyStore(issuer: issuer.url, keptIn: file).keys(within: .seconds(120))
        }
        #expect(
          error?.diagnostic.message.contains(row.words) == true, "\(row.words): \(error as Any)")
        #expect(!FileManager.default.fileExists(atPath: file))
      }
    }
  }

  /// A found issuer is what the verifier takes.
  @Test func tokensOfTheIssuerPass() async throws {
    let signer = try ES256.PrivateKey()
    let (x, y) = (signer.publicKey.x, signer.publicKey.y)
    try await withIssuer { issuer, file in
      issuer.answerAll(keys: #"{"keys":[{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"}]}"#)
      let found = try await IssuerKeyStore(issuer: issuer.url, keptIn: file).keys(
        within: .seconds(120))
      let verifier = TokenVerifier(TokenKeys(TokenKeysConfiguration(issuers: [found.issuer])))
      func token(_ issuer: String) throws -> String {
        let payload = #"{"iss":"\#(issuer)","role":"authenticated"}"#
        let text = "\(base64URL(#"{"alg":"ES256"}"#.utf8)).\(base64URL(payload.utf8))"
        return "\(text).\(base64URL(try signer.signature(for: text.utf8)))"
      }
      #expect(try verifier.verify(token(issuer.url), now: 0).role == "authenticated")
      #expect(throws: TokenError.noSuitableKey) {
        try verifier.verify(token("https://other.example"), now: 0)
      }
    }
  }
}

/// Who publishes keys, on this machine.
final class Issuer: Sendable {
  private let answers = Mutex<[String: @Sendable (String) -> String]>([:])
  private let silent = Mutex<Set<String>>([])
  private let seen = Mutex<[String]>([])
  private let channel: Mutex<(any Channel)?> = Mutex(nil)
  private let port = Mutex(0)

  var url: String { "http://127.0.0.1:\(port.withLock { $0 })" }
  var requests: [String] { seen.withLock { $0 } }

  func answer(_ path: String, _ text: @escaping @Sendable (String) -> String) {
    answers.withLock { $0[path] = text }
  }

  func answerAll(keys: String) {
    answer("/.well-known/openid-configuration") { url in
      #"{"issuer":"\#(url)","jwks_uri":"\#(url)/keys"}"#
    }
    answer("/keys") { _ in keys }
  }

  func silence(_ path: String) { silent.withLock { _ = $0.insert(path) } }

  func start() async throws {
    let made = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Responder(issuer: self))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port.withLock { $0 = made.localAddress?.port ?? 0 }
    channel.withLock { $0 = made }
  }

  func stop() async {
    let open = channel.withLock { channel in
      defer { channel = nil }
      return channel
    }
    try? await open?.close()
  }

  fileprivate func text(for path: String) -> (status: HTTPResponseStatus, text: String)? {
    seen.withLock { $0.append(path) }
    if silent.withLock({ $0.contains(path) }) { return nil }
    guard let answer = answers.withLock({ $0[path] }) else { return (.notFound, "") }
    return (.ok, answer(url))
  }
}

private final class Responder: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let issuer: Issuer

  init(issuer: Issuer) { self.issuer = issuer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = unwrapInboundIn(data), let answer = issuer.text(for: head.uri)
    else { return }
    // One answer a connection: a server that has gone must not be reached by a kept one.
    let headers = HTTPHeaders([
      ("content-length", "\(answer.text.utf8.count)"), ("connection", "close"),
    ])
    let response = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
    context.write(wrapOutboundOut(.head(response)), promise: nil)
    let body = context.channel.allocator.buffer(string: answer.text)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}

/// An issuer and a place for its keys, while the body runs.
func withIssuer(_ body: (Issuer, String) async throws -> Void) async throws {
  var template = Array("/tmp/homebase-issuer-XXXXXX".utf8CString)
  guard let made = mkdtemp(&template) else { throw CancellationError() }
  let folder = String(cString: made)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let issuer = Issuer()
  try await issuer.start()
  do {
    try await body(issuer, "\(folder)/keys.json")
  } catch {
    await issuer.stop()
    throw error
  }
  await issuer.stop()
}
