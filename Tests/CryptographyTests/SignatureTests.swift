import Diagnostics
import Testing

@testable import Cryptography

/// Signatures that others check, and those of others that we check.
@Suite struct SignatureTests {
  private let text = Array("what is signed".utf8)

  // MARK: - ES256

  @Test func es256KnowsThePrintedSignature() throws {
    let signature = try #require(bytes(base64URL: Printed.es256Signature))
    let key = try ES256.PublicKey(x: Printed.x, y: Printed.y)
    #expect(key.isValid(signature, for: Printed.es256Text))
    #expect(!key.isValid(signature, for: Printed.es256Text.flipping(3)))
    for bit in stride(from: 0, to: 512, by: 13) {
      #expect(!key.isValid(signature.flipping(bit), for: Printed.es256Text), "bit \(bit)")
    }
  }

  @Test func es256SignsWithThePrintedKey() throws {
    let key = try ES256.PrivateKey(x: Printed.x, y: Printed.y, d: Printed.d)
    let signature = try key.signature(for: text)
    #expect(signature.count == 64)
    let publicKey = try ES256.PublicKey(x: Printed.x, y: Printed.y)
    #expect(publicKey.isValid(signature, for: text))
    #expect(try key.signature(for: text) != signature, "a nonce that repeats gives the key away")
  }

  /// r and s begin with zeros once in 256 signatures each: they have 32 bytes even so.
  @Test func es256KeysComeBack() throws {
    for _ in 0..<40 {
      let made = try ES256.PrivateKey()
      let (x, y) = (made.publicKey.x, made.publicKey.y)
      let read = try ES256.PrivateKey(x: x, y: y, d: made.d)
      for _ in 0..<20 {
        let signature = try read.signature(for: text)
        #expect(made.publicKey.isValid(signature, for: text))
      }
      #expect(!read.publicKey.isValid(try ES256.PrivateKey().signature(for: text), for: text))
    }
    #expect(try ES256.PrivateKey().d != ES256.PrivateKey().d)
  }

  /// The forms of other tools, and forgeries that are known to have passed elsewhere.
  @Test func es256RefusesWhatIsNoSignature() throws {
    let key = try ES256.PrivateKey()
    let signature = try key.signature(for: text)
    let zero = [UInt8](repeating: 0, count: 64)
    let wrongs: [[UInt8]] = [
      [], [0], zero, [UInt8](repeating: 0xff, count: 64), signature.dropLast(),
      signature + [0], Array(signature[..<32] + zero[..<32]),
      Array(zero[..<32] + signature[32...]), [0x30, 0x06, 2, 1, 1, 2, 1, 1],
    ]
    for wrong in wrongs {
      #expect(!key.publicKey.isValid(wrong, for: text), "\(wrong)")
    }
    #expect(key.publicKey.isValid(signature, for: text), "and it goes on as before")
  }

  @Test func es256RefusesWhatIsNoKey() throws {
    let other = try ES256.PrivateKey()
    let zero = base64URL([UInt8](repeating: 0, count: 32))
    // The order of the curve; Source: FIPS 186-4, D.1.2.3.
    let order = base64URL(
      bytes(hexadecimal: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"))
    for (x, y, d, reason) in [
      (Printed.y, Printed.x, Printed.d, "wrong"), (Printed.x, Printed.y, other.d, "together"),
      (Printed.x, Printed.y, zero, "wrong"), (Printed.x, Printed.y, order, "wrong"),
      (zero, zero, Printed.d, "wrong"), ("", Printed.y, Printed.d, "x is no base64url"),
      (Printed.x, "*", Printed.d, "y is no base64url"),
      (Printed.x, Printed.y, "AQAB", "d has 3 bytes, not 32"),
      (Printed.x, Printed.y, Printed.d + "AAAA", "d has 35 bytes"),
    ] {
      let error = #expect(throws: CryptographyError.self) {
        try ES256.PrivateKey(x: x, y: y, d: d)
      }
      #expect(error?.diagnostic.message.contains(reason) == true, "\(x) \(y)")
      #expect(error?.diagnostic.message.contains(d) != true, "a secret is in no message")
    }
    for (x, y) in [(Printed.y, Printed.x), (zero, zero), (Printed.x, "AQAB")] {
      #expect(throws: CryptographyError.self) { try ES256.PublicKey(x: x, y: y) }
    }
  }

  // MARK: - RS256

  /// The same text and key give the same signature: this is the printed one.
  @Test func rs256MakesThePrintedSignature() throws {
    let key = try RS256.PrivateKey(Printed.rsa)
    let signature = try key.signature(for: Printed.rs256Text)
    #expect(base64URL(signature) == Printed.rs256Signature)
    let publicKey = try RS256.PublicKey(n: Printed.rsa.n, e: Printed.rsa.e)
    #expect(publicKey.isValid(signature, for: Printed.rs256Text))
    #expect(!publicKey.isValid(signature, for: Printed.rs256Text.flipping(3)))
    for bit in stride(from: 0, to: 2048, by: 41) {
      #expect(!publicKey.isValid(signature.flipping(bit), for: Printed.rs256Text), "bit \(bit)")
    }
    let wrongs: [[UInt8]] = [[], [0], signature.dropLast(), [0] + signature]
    for wrong in wrongs {
      #expect(!publicKey.isValid(wrong, for: Printed.rs256Text))
    }
  }

  @Test func rs256KeysComeBack() throws {
    let made = try RS256.PrivateKey()
    #expect(made.parts.e == "AQAB" && made.parts.n.count == 342)
    let read = try RS256.PrivateKey(made.parts)
    let signature = try read.signature(for: text)
    #expect(try made.signature(for: text) == signature)
    #expect(try RS256.PublicKey(n: made.parts.n, e: "AQAB").isValid(signature, for: text))
    #expect(
      !(try RS256.PublicKey(n: Printed.rsa.n, e: "AQAB").isValid(signature, for: text)))
    // Bytes of zero before a number change nothing.
    var padded = made.parts
    padded.d = base64URL([0, 0] + (bytes(base64URL: padded.d) ?? []))
    #expect(try RS256.PrivateKey(padded).signature(for: text) == signature)
  }

  /// One part of another key would sign wrongly, and may give the rest away.
  @Test(arguments: 0..<8) func rs256RefusesMixedParts(_ index: Int) throws {
    let paths: [WritableKeyPath<RS256.Parts, String>] = [
      \.n, \.e, \.d, \.p, \.q, \.dp, \.dq, \.qi,
    ]
    let part = try #require(bytes(base64URL: Printed.rsa[keyPath: paths[index]]))
    let wrongs: [[UInt8]] = [
      part.flipping(8 * part.count - 7), part + part, [0], [1], [2], [],
      [UInt8](repeating: 0xff, count: 3000),
    ]
    for wrong in wrongs {
      var parts = Printed.rsa
      parts[keyPath: paths[index]] = base64URL(wrong)
      let error = #expect(throws: CryptographyError.self) { try RS256.PrivateKey(parts) }
      #expect(error?.diagnostic.code == "key_malformed")
    }
    var parts = Printed.rsa
    parts[keyPath: paths[index]] = "no number"
    let error = #expect(throws: CryptographyError.self) { try RS256.PrivateKey(parts) }
    #expect(error?.diagnostic.message.contains("is no base64url") == true)
  }

  /// Source: RFC 7518, 3.3.
  @Test func rs256RefusesShortKeys() throws {
    let error = #expect(throws: CryptographyError.self) { try RS256.PrivateKey(bits: 1024) }
    #expect(error?.diagnostic.message.contains("1024 bits") == true)
    let short = base64URL([UInt8](repeating: 0xff, count: 64))
    #expect(throws: CryptographyError.self) { try RS256.PublicKey(n: short, e: "AQAB") }
    for (n, e) in [(Printed.rsa.n, "AQ"), (Printed.rsa.n, "Ag"), ("", "AQAB")] {
      #expect(throws: CryptographyError.self) { try RS256.PublicKey(n: n, e: e) }
    }
  }

  // MARK: - Both

  /// One key signs for many requests at a time.
  @Test func manyTasksShareAKey() async throws {
    let (curve, rsa) = (try ES256.PrivateKey(), try RS256.PrivateKey(Printed.rsa))
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<64 {
        group.addTask {
          let text = Array("number \(number)".utf8)
          let first = try curve.publicKey.isValid(curve.signature(for: text), for: text)
          return try first && rsa.publicKey.isValid(rsa.signature(for: text), for: text)
        }
      }
      for try await isValid in group { #expect(isValid) }
    }
  }

  @Test func nothingSecretIsShown() throws {
    let (curve, rsa) = (try ES256.PrivateKey(), try RS256.PrivateKey(Printed.rsa))
    for value: Any in [curve, rsa, rsa.parts] {
      var text = "\(value) \(String(reflecting: value))"
      dump(value, to: &text)
      for secret in [curve.d, Printed.rsa.d, Printed.rsa.p, Printed.rsa.dq] {
        #expect(!text.contains(secret))
      }
    }
  }
}
