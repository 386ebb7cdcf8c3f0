import Cryptography
import FoundationEssentials
import Testing

@testable import WebTokens

/// Whose tokens pass, and whose do not.
@Suite struct TokenVerifierTests {
  // MARK: - Signatures

  /// Other tools sign what we verify.
  @Test(arguments: [
    (Printed.sharedKey, Printed.sharedToken), (Printed.rsaKey, Printed.rsaToken),
    (Printed.rsaKey, Printed.rs384Token), (Printed.rsaKey, Printed.rs512Token),
    (Printed.curveKey, Printed.curveToken),
  ])
  func printedTokensPass(key: String, token: String) throws {
    for source in [
      try TokenKeys(secret: nil, jwks: key),
      try TokenKeys(secret: nil, jwks: #"{"keys":[\#(key)]}"#),
      // PostgREST's `jwt-secret` may be a document.
      try TokenKeys(secret: key), try TokenKeys(secret: #"{"keys":[\#(key)]}"#),
    ] {
      let verifier = TokenVerifier(source)
      let verified = try verifier.verify(token, now: Printed.end)
      #expect(verified.claims == Printed.claims)
      #expect(verified.role == nil)
      #expect(verified.expires == Printed.end)
      #expect(outcome(verifier, token, at: Printed.end + 31) == .expired)
    }
  }

  @Test func aTokenIsABytesOrATextOrAPartOfOne() throws {
    let verifier = try verifier()
    let text = try token(#"{"role":"anon"}"#, by: .shared(secret))
    let header = "Bearer \(text)"
    #expect(try verifier.verify(text, now: now).role == "anon")
    #expect(try verifier.verify(header.dropFirst(7), now: now).role == "anon")
    #expect(try verifier.verify(Array(text.utf8), now: now).role == "anon")
    #expect(try verifier.verify(text.utf8.lazy.map { $0 }, now: now).role == "anon")
  }

  @Test func theKeysOfEveryProjectVerifyItsLegacyKeys() throws {
    let anonKey =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLC"
      + "JleHAiOjE5ODM4MTI5OTZ9.CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0"
    let verified = try verifier().verify(anonKey, now: now)
    #expect(verified.role == "anon")
    #expect(verified.claims == #"{"iss":"supabase-demo","role":"anon","exp":1983812996}"#)
  }

  /// A plain secret is for HS256 only, as in PostgREST; a key in JSON for what it says.
  @Test func aSecretIsForItsAlgorithm() throws {
    for (name, hash) in [("HS256", HMAC.Hash.sha256), ("HS384", .sha384), ("HS512", .sha512)] {
      let signed = try token("{}", header: #"{"alg":"\#(name)"}"#, by: .shared(secret, hash))
      #expect(
        outcome(try verifier(), signed) == (hash == .sha256 ? nil : .noSuitableKey), "\(name)")
      let k = base64URL(secret.utf8)
      let open = try TokenKeys(secret: nil, jwks: #"{"kty":"oct","k":"\#(k)"}"#)
      #expect(outcome(TokenVerifier(open), signed) == nil, "\(name)")
      let bound = try TokenKeys(secret: nil, jwks: #"{"kty":"oct","k":"\#(k)","alg":"HS512"}"#)
      #expect(
        outcome(TokenVerifier(bound), signed) == (hash == .sha512 ? nil : .noSuitableKey),
        "\(name)")
    }
  }

  @Test func aSecretMayBeWrittenInBase64() throws {
    let document = #"{"keys":[\#(Printed.curveKey)]}"#
    for (text, bytes) in [(secret, Array(secret.utf8)), ("", [0xff, 0xfe, 0x00, 0xfb])] {
      let signed = "\(base64URL(#"{"alg":"HS256"}"#.utf8)).e30"
      let token = "\(signed).\(base64URL(HMAC.code(for: signed.utf8, key: bytes)))"
      let plain = Data(bytes).base64EncodedString()
      for written in [plain, base64URL(bytes), " \(plain)\n", plain.replacing("=", with: ".")] {
        let keys = try TokenKeys(base64Secret: written)
        #expect(outcome(TokenVerifier(keys), token) == nil, "\(text) \(written)")
      }
    }
    let keys = try TokenKeys(base64Secret: base64URL(document.utf8))
    #expect(outcome(TokenVerifier(keys), Printed.curveToken, at: Printed.end) == nil)
    for wrong in ["", " ", "a", "é", "AB", "not base64!"] {
      #expect(throws: TokenConfigurationError.malformedSecret, "\(wrong)") {
        try TokenKeys(base64Secret: wrong)
      }
    }
  }

  @Test func theKeyIDPicksTheKey() throws {
    let (first, second) = (try ES256.PrivateKey(), try ES256.PrivateKey())
    func document(_ keys: (ES256.PrivateKey, String)...) -> String {
      let texts = keys.map { key, id in
        #"{"kty":"EC","crv":"P-256","x":"\#(key.publicKey.x)","y":"\#(key.publicKey.y)"\#(id)}"#
      }
      return #"{"keys":[\#(texts.joined(separator: ","))]}"#
    }
    let named = TokenVerifier(
      try TokenKeys(
        secret: secret, jwks: document((first, #","kid":"1""#), (second, #","kid":"2""#))))
    func signed(_ id: String, _ key: ES256.PrivateKey) throws -> String {
      try token("{}", header: #"{"alg":"ES256"\#(id)}"#, by: .curve(key))
    }
    #expect(outcome(named, try signed(#","kid":"1""#, first)) == nil)
    #expect(outcome(named, try signed(#","kid":"2""#, second)) == nil)
    #expect(outcome(named, try signed(#","kid":"2""#, first)) == .badSignature)
    #expect(outcome(named, try signed(#","kid":"3""#, first)) == .noSuitableKey)
    #expect(outcome(named, try signed("", first)) == nil, "all are tried")
    #expect(outcome(named, try signed("", second)) == nil)
    #expect(outcome(named, try signed(#","kid":null"#, second)) == nil)
    #expect(outcome(named, try signed(#","kid":7"#, second)) == .undecodable)
    #expect(outcome(named, try signed("", try ES256.PrivateKey())) == .badSignature)
    let nameless = TokenVerifier(try TokenKeys(secret: nil, jwks: document((first, ""))))
    #expect(outcome(nameless, try signed(#","kid":"1""#, first)) == .noSuitableKey)
  }

  // MARK: - Attacks

  /// A public key is known to all: signing by HS256 with its text must open nothing.
  @Test func aPublicKeyIsNoSecret() throws {
    let rsa = try RS256.PrivateKey()
    let curve = try ES256.PrivateKey()
    let rsaJSON = #"{"kty":"RSA","n":"\#(rsa.publicKey.n)","e":"\#(rsa.publicKey.e)"}"#
    let (x, y) = (curve.publicKey.x, curve.publicKey.y)
    let curveJSON = #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"}"#
    let document = #"{"keys":[\#(rsaJSON),\#(curveJSON)]}"#
    let verifier = TokenVerifier(try TokenKeys(secret: nil, jwks: document))
    func raw(_ text: String) -> String {
      String(decoding: bytes(base64URL: text) ?? [], as: UTF8.self)
    }
    for known in [
      rsa.publicKey.n, raw(rsa.publicKey.n), rsaJSON, x, x + y, curveJSON, document, "",
    ] {
      for (name, hash) in [("HS256", HMAC.Hash.sha256), ("HS384", .sha384), ("HS512", .sha512)] {
        let forged = try token(
          #"{"role":"service_role"}"#, header: #"{"alg":"\#(name)"}"#, by: .shared(known, hash))
        #expect(outcome(verifier, forged) == .noSuitableKey)
      }
    }
    // And an algorithm is verified by its own kind of key alone.
    let signedByCurve = try token("{}", header: #"{"alg":"RS256"}"#, by: .curve(curve))
    #expect(outcome(verifier, signedByCurve) == .badSignature)
    let signedByRSA = try token("{}", header: #"{"alg":"ES256"}"#, by: .rsa(rsa))
    #expect(outcome(verifier, signedByRSA) == .badSignature)
    let wrongHash = try token("{}", header: #"{"alg":"RS512"}"#, by: .rsa(rsa))
    #expect(outcome(verifier, wrongHash) == .badSignature)
    for name in ["ES384", "ES512", "EdDSA"] {
      let unknown = try token("{}", header: #"{"alg":"\#(name)"}"#, by: .curve(curve))
      #expect(outcome(verifier, unknown) == .noSuitableKey, "\(name)")
    }
  }

  @Test func nobodySignsForSomebody() throws {
    let verifier = try verifier()
    #expect(outcome(verifier, Printed.unsignedToken) == .badAlgorithm)
    let claims = base64URL(#"{"role":"service_role"}"#.utf8)
    func made(_ header: String, _ signature: String = "") -> String {
      "\(base64URL(header.utf8)).\(claims).\(signature)"
    }
    let signature = base64URL([UInt8](repeating: 0, count: 32))
    let rows: [(String, TokenError)] = [
      (made(#"{"alg":"none"}"#), .badAlgorithm), (made(#"{"alg":"none"}"#, "x"), .badAlgorithm),
      (made(#"{"alg":"none"}"#, signature), .badAlgorithm),
      (made(#"{"alg":"None"}"#), .undecodable), (made(#"{"alg":"NONE"}"#), .undecodable),
      (made(#"{"alg":"nOnE"}"#), .undecodable), (made(#"{"alg":"none "}"#), .undecodable),
      (made(#"{"alg":""}"#), .undecodable), (made(#"{"alg":null}"#), .undecodable),
      (made(#"{"alg":["HS256"]}"#, signature), .undecodable), (made("{}"), .undecodable),
      (made(#"{"typ":"JWT"}"#, signature), .undecodable), (made("null"), .undecodable),
      (made(#""HS256""#), .undecodable), (made(""), .undecodable),
      (made(#"{"alg":"HS256"}"#), .badSignature),
      (made(#"{"alg":"HS256"}"#, signature), .badSignature),
      (made(#"{"alg":"hs256"}"#, signature), .undecodable),
      (made(#"{"alg":"PS256"}"#, signature), .undecodable),
      (made(#"{"alg":"none","alg":"HS256"}"#, signature), .badSignature),
      (made(#"{"alg":"HS256","alg":"none"}"#, signature), .badAlgorithm),
    ]
    for (token, expected) in rows {
      #expect(outcome(verifier, token) == expected, "\(token)")
    }
    // Signed with an empty or absent secret.
    let empty = try token("{}", by: .shared(""))
    #expect(outcome(verifier, empty) == .badSignature)
    #expect(outcome(TokenVerifier(try TokenKeys(secret: "")), empty) == .noKeys)
  }

  /// What must be understood and is not, as RFC 7515 has it, is refused even when it is signed.
  @Test func extensionsAreRefused() throws {
    let verifier = try verifier()
    for extra in [
      #""crit":["b64"],"b64":false"#, #""crit":["exp"],"exp":1"#, #""crit":[]"#,
      #""enc":"A128GCM""#,
    ] {
      let signed = try token("{}", header: #"{"alg":"HS256",\#(extra)}"#, by: .shared(secret))
      #expect(outcome(verifier, signed) == .undecodable, "\(extra)")
    }
    for header in [
      #"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}"#, #"{"alg":"HS256","jku":"x"}"#,
    ] {
      // A key that the token brings along is not looked at.
      let forged = try token("{}", header: header, by: .shared("\0\0\0"))
      #expect(outcome(verifier, forged) == .badSignature)
    }
  }

  @Test func theFormIsThreeParts() throws {
    let verifier = try verifier()
    let rows: [(String, TokenError)] = [
      ("", .empty), ("x", .parts(1)), ("a.b", .parts(2)), ("a.b.c.d", .parts(4)),
      ("a.b.c.d.e", .parts(5)), ("..", .undecodable), (".", .parts(2)),
      ("some random bytes", .parts(1)), ("é.é.é", .undecodable), ("\0.\0.\0", .undecodable),
    ]
    for (token, expected) in rows { #expect(outcome(verifier, token) == expected, "\(token)") }
    let good = try token("{}", by: .shared(secret))
    for wrong in [good + "=", good + " ", " " + good, good + "\n", good.replacing("_", with: "/")]
    where wrong != good {
      #expect(outcome(verifier, wrong) != nil, "\(wrong)")
    }
    #expect(outcome(verifier, good + "=") == .undecodable)
  }

  /// Each byte counts: also the bits of the last letter that belong to no byte.
  @Test func everyChangedByteIsRefused() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("WebTokens tampering seed \(seed)")
    var random = SeededNumbers(state: seed)
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/= \0")
    let verifier = try verifier()
    for size in 0..<6 {
      let payload = #"{"role":"anon","x":"\#(String(repeating: "x", count: size))"}"#
      let good = Array(try token(payload, by: .shared(secret)))
      #expect(outcome(verifier, String(good)) == nil)
      for index in good.indices {
        var wrong = good
        repeat {
          wrong[index] = letters.randomElement(using: &random) ?? "A"
        } while wrong[index] == good[index]
        #expect(
          outcome(verifier, String(wrong)) != nil, "seed \(seed), size \(size), byte \(index)")
        var shorter = good
        shorter.remove(at: index)
        #expect(outcome(verifier, String(shorter)) != nil, "size \(size), without \(index)")
      }
      for bit in 0..<(8 * good.count) {
        var bytes = Array(String(good).utf8)
        bytes[bit / 8] ^= 1 << (bit % 8)
        #expect(throws: TokenError.self, "size \(size), bit \(bit)") {
          try verifier.verify(bytes, now: now)
        }
      }
    }
    #expect(verifier.rememberedTokens == 6, "nothing that was refused is remembered")
  }

  @Test func everyChangedByteOfAPublicKeysTokenIsRefused() throws {
    for (key, good) in [
      (Printed.curveKey, Printed.curveToken), (Printed.rsaKey, Printed.rsaToken),
    ] {
      let verifier = TokenVerifier(try TokenKeys(secret: nil, jwks: key))
      #expect(outcome(verifier, good, at: Printed.end) == nil)
      for (index, byte) in good.utf8.enumerated() {
        var bytes = Array(good.utf8)
        bytes[index] = byte == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        #expect(throws: TokenError.self, "byte \(index)") {
          try verifier.verify(bytes, now: Printed.end)
        }
      }
    }
  }

  /// Whatever comes, it is an answer and no crash.
  @Test func anyBytesHaveAnAnswer() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("WebTokens fuzz seed \(seed)")
    var random = SeededNumbers(state: seed)
    let verifier = try verifier()
    let pieces = [
      "{", "}", "[", "]", ":", ",", "\"alg\"", "\"HS256\"", "\"kid\"", "null", "1e999", "-", "\\u",
      "\"", "d800", " ", "\\", "0", "\u{e9}",
    ]
    func text() -> String {
      (0..<Int.random(in: 0..<12, using: &random))
        .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }
    for round in 0..<20_000 {
      let bytes: [UInt8]
      if round.isMultiple(of: 2) {
        bytes = (0..<Int.random(in: 0..<80, using: &random)).map { _ in
          Bool.random(using: &random)
            ? UInt8(ascii: ".") : UInt8.random(in: 0...255, using: &random)
        }
      } else {
        bytes = Array(try token(text(), header: text(), by: .shared(secret)).utf8)
      }
      do {
        _ = try verifier.verify(bytes, now: now)
      } catch {
        #expect(!error.message.isEmpty, "seed \(seed), round \(round)")
      }
    }
  }

  // MARK: - Keys of others

  @Test func anIssuersKeysAreForItsTokens() throws {
    let (own, other, third) = (
      try ES256.PrivateKey(), try ES256.PrivateKey(), try RS256.PrivateKey()
    )
    func key(_ key: ES256.PrivateKey) -> JSONWebKey {
      var made = JSONWebKey(kty: "EC")
      (made.crv, made.x, made.y) = ("P-256", key.publicKey.x, key.publicKey.y)
      return made
    }
    var rsa = JSONWebKey(kty: "RSA")
    (rsa.n, rsa.e, rsa.kid, rsa.alg) = (third.publicKey.n, third.publicKey.e, "r", "RS256")
    var published = JSONWebKey(kty: "oct")
    published.k = base64URL("known to all".utf8)
    let keys = TokenKeys(
      TokenKeysConfiguration(
        secret: secret, jwks: JSONWebKeySet(keys: [key(own)]),
        issuers: [
          .init(issuer: "https://a.example/", jwks: JSONWebKeySet(keys: [key(other), published])),
          .init(issuer: "https://b.example", jwks: JSONWebKeySet(keys: [rsa])),
        ]))
    #expect(keys.ignored == ["key without an id (oct): a secret cannot be published"])
    let verifier = TokenVerifier(keys)
    let es = #"{"alg":"ES256"}"#
    let rows: [(String, TokenError?)] = [
      (try token("{}", header: es, by: .curve(own)), nil),
      (try token(#"{"iss":"https://a.example"}"#, header: es, by: .curve(other)), nil),
      (try token(#"{"iss":"https://a.example/"}"#, header: es, by: .curve(other)), nil),
      (try token(#"{"iss":"https://b.example"}"#, header: es, by: .curve(other)), .noSuitableKey),
      (try token(#"{"iss":["https://a.example"]}"#, header: es, by: .curve(other)), .noSuitableKey),
      (try token("{}", header: es, by: .curve(other)), .noSuitableKey),
      (
        try token(
          #"{"iss":"https://b.example"}"#, header: #"{"alg":"RS256","kid":"r"}"#, by: .rsa(third)),
        nil
      ),
      (
        try token(
          #"{"iss":"https://a.example"}"#, header: #"{"alg":"RS256","kid":"r"}"#, by: .rsa(third)),
        .noSuitableKey
      ),
      (try token(#"{"iss":"https://a.example"}"#, by: .shared("known to all")), .badSignature),
    ]
    for (index, (token, expected)) in rows.enumerated() {
      #expect(outcome(verifier, token) == expected, "row \(index)")
    }
  }

  @Test func documentsMayHoldKeysOfOtherKinds() throws {
    let document = #"""
      {"keys":[
        {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        {"kty":"EC","crv":"P-384","x":"AA","y":"AA"}, {"kty":"RSA","n":"AQAB","e":"AQAB"},
        {"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"short"}, {"kty":"oct"},
        {"kty":"RSA","use":"enc"}, {"kty":7}, null, "x", {}, {"kty":"oct","k":"AA","alg":"A128KW"},
        \#(Printed.rsaKey)],"other":[1]}
      """#
    let keys = try TokenKeys(secret: nil, jwks: document)
    #expect(keys.ignored.count == 11)
    #expect(keys.ignored[3] == "key short (EC): this is no key for ES256: x has 1 bytes, not 32")
    #expect(outcome(TokenVerifier(keys), Printed.rsaToken, at: Printed.end) == nil)
    for wrong in ["", "x", "[]", "null", "{}", #"{"keys":7}"#, #"{"keys":{}}"#] {
      let error = #expect(throws: TokenConfigurationError.self, "\(wrong)") {
        try TokenKeys(secret: secret, jwks: wrong)
      }
      #expect(error == .malformedKeys(source: "the JWKS"))
    }
    // A secret may be any text, braces and all.
    for odd in [#"{"keys":7}"#, "{not JSON", "[]"] {
      let verifier = TokenVerifier(try TokenKeys(secret: odd))
      #expect(outcome(verifier, try token("{}", by: .shared(odd))) == nil)
    }
  }

  @Test func withoutKeysNothingPasses() throws {
    let none = TokenVerifier(try TokenKeys(secret: nil))
    #expect(outcome(none, try token("{}", by: .shared(secret))) == .noKeys)
    #expect(outcome(none, "") == .noKeys)
    let empty = TokenVerifier(try TokenKeys(secret: nil, jwks: #"{"keys":[]}"#))
    #expect(outcome(empty, "x") == .noKeys)
  }

  /// Logs and crash reports show what a value describes.
  @Test func noSecretIsDescribed() throws {
    let configuration = TokenKeysConfiguration(
      secret: secret, jwks: try JSONWebKeySet(Printed.sharedKey, source: ""))
    var shown = "\(configuration) \(configuration.jwks?.keys ?? [])"
    dump(configuration, to: &shown)
    dump(configuration.jwks, to: &shown)
    #expect(!shown.contains("super-secret") && !shown.contains("AyM1SysP"))
    let data = #"{"secret":"s","jwks":{"keys":[]},"issuers":[{"issuer":"i","jwks":{"keys":[]}}]}"#
    #expect(try decoded(data).issuers?.first?.issuer == "i")
    #expect(try decoded("{}") == TokenKeysConfiguration())
  }

  // MARK: - The header

  @Test func theTokenStandsBehindBearer() {
    let rows: [(String, String?)] = [
      ("Bearer a.b.c", "a.b.c"), ("bearer a.b.c", "a.b.c"), ("BEARER  a", "a"), ("Bearer ", ""),
      ("Bearer", ""), ("Bearer\ta b", "a b"), ("Basic x", nil), ("", nil), ("Bearerx", nil),
      (" Bearer x", nil), ("Bearer\u{a0}x", nil),
    ]
    for (header, expected) in rows {
      #expect(bearerToken(in: header).map(String.init) == expected, "\(header)")
    }
  }
}
