import Cryptography
import Diagnostics
import FoundationEssentials
import Testing

@testable import ProjectConfiguration

/// Keys that sign tokens, as files have them.
@Suite struct SigningKeyTests {
  private func json(_ key: SigningKey) throws -> [String: String] {
    struct Value: Decodable {
      var text = ""

      init(from decoder: any Decoder) throws {
        text = (try? decoder.singleValueContainer().decode(String.self)) ?? ""
      }
    }
    let text = try JSONEncoder().encode(key)
    return try JSONDecoder().decode([String: Value].self, from: text).mapValues(\.text)
  }

  /// Other tools read the file: every part has its name, and none is there that is not.
  @Test(arguments: SigningKey.Algorithm.allCases)
  func filesHaveTheNamesOfTheStandard(_ algorithm: SigningKey.Algorithm) throws {
    let shared = ["kty", "kid", "use", "key_ops", "alg", "ext"]
    let own = [
      SigningKey.Algorithm.es256: ["crv", "x", "y", "d"],
      .rs256: ["n", "e", "d", "p", "q", "dp", "dq", "qi"],
    ]
    let key = try SigningKey.generate(algorithm)
    let parts = try json(key)
    #expect(Set(parts.keys) == Set(shared + (own[algorithm] ?? [])))
    #expect(parts["kty"] == (algorithm == .es256 ? "EC" : "RSA") && parts["use"] == "sig")
    #expect(parts["alg"] == algorithm.rawValue)
    let read = try SigningKey.read(JSONEncoder().encode([key]))
    #expect(read == [key])
  }

  /// A token holds for who has the public part, and for nobody who changed it.
  @Test(arguments: SigningKey.Algorithm.allCases)
  func tokensHold(_ algorithm: SigningKey.Algorithm) throws {
    let key = try SigningKey.generate(algorithm)
    let parts = try key.token(payload: #"{"role":"anon"}"#).split(separator: ".").map(String.init)
    try #require(parts.count == 3)
    let header = try #require(bytes(base64URL: parts[0]))
    #expect(
      String(decoding: header, as: UTF8.self)
        == #"{"alg":"\#(algorithm.rawValue)","kid":"\#(key.kid)","typ":"JWT"}"#)
    let signature = try #require(bytes(base64URL: parts[2]))
    let names = try json(key)
    let isValid: (String) throws -> Bool = { text in
      switch algorithm {
      case .es256:
        try ES256.PublicKey(x: names["x"] ?? "", y: names["y"] ?? "")
          .isValid(signature, for: text.utf8)
      case .rs256:
        try RS256.PublicKey(n: names["n"] ?? "", e: names["e"] ?? "")
          .isValid(signature, for: text.utf8)
      }
    }
    #expect(try isValid("\(parts[0]).\(parts[1])"))
    #expect(try !isValid("\(parts[0]).\(parts[1])A"))
  }

  /// A file of another tool may have less than ours.
  @Test func keysOfOthersSign() throws {
    var key = try SigningKey.generate()
    (key.use, key.keyOperations, key.ext) = (nil, nil, nil)
    let read = try SigningKey.read(JSONEncoder().encode([key]))
    #expect(try read.first?.token(payload: "{}").isEmpty == false)
  }

  /// Says which key, and why, and nothing that is secret.
  @Test func whatIsNoKeySaysWhy() throws {
    let (curve, rsa) = (try SigningKey.generate(), try SigningKey.generate(.rs256))
    func message(_ key: SigningKey, _ change: (inout SigningKey) -> Void) -> String {
      var changed = key
      change(&changed)
      let error = #expect(throws: SigningKeyError.self) { try changed.token(payload: "{}") }
      return error?.diagnostic.message ?? ""
    }
    for (said, expected) in [
      (message(curve) { $0.d = nil }, "cannot sign here"),
      (message(curve) { $0.alg = "HS256" }, "(HS256) cannot sign here"),
      (message(curve) { $0.x = nil }, "it has no part x"),
      (message(curve) { $0.d = "*" }, "d is no base64url"),
      (message(curve) { $0.x = $0.y }, "do not belong together"),
      (message(curve) { $0.alg = "RS256" }, "it has no part n"),
      (message(rsa) { $0.alg = "ES256" }, "it has no part x"),
      (message(rsa) { $0.qi = nil }, "it has no part qi"),
      (message(rsa) { $0.p = $0.q }, "do not belong together"),
      (message(rsa) { $0.d = "AQAB" }, "do not belong together"),
    ] {
      #expect(said.contains(expected), "\(said)")
      #expect(said.contains(curve.kid) || said.contains(rsa.kid))
    }
  }
}
