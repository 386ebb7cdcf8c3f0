import Testing

@testable import Cryptography

/// Digests and codes of published texts: the right ones, whatever computes them.
@Suite struct DigestTests {
  /// Source: FIPS 180-2, B, and the empty text.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func knownDigests(_ text: String, _ digest: String) {
    #expect(hexadecimal(SHA256.digest(of: text)) == digest)
  }

  /// Wherever a text is cut, and whoever looks at the digest in between.
  @Test func piecesMakeTheSameDigest() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = Seeded(state: seed)
    for _ in 0..<200 {
      let text = (0..<Int.random(in: 0...300, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let cut = Int.random(in: 0...text.count, using: &random)
      var hash = SHA256()
      hash.update(text[..<cut])
      let early = hash.digest()
      var copy = hash
      hash.update(text[cut...])
      copy.update("something else")
      #expect(early == SHA256.digest(of: text[..<cut]), "seed \(seed)")
      #expect(hash.digest() == SHA256.digest(of: text), "seed \(seed)")
      // A sequence that lies in many pieces is the same text.
      #expect(hash.digest() == SHA256.digest(of: text.lazy.map { $0 }), "seed \(seed)")
    }
  }

  /// Source: RFC 4231, 4.2 to 4.8 (the fifth cuts its code off).
  static let codes: [(key: [UInt8], text: [UInt8], [HMAC.Hash: String])] = [
    (
      [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
      [
        .sha256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        .sha384: "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
          + "faea9ea9076ede7f4af152e8b2fa9cb6",
        .sha512: "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
          + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
      ]
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      [
        .sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        .sha384: "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
          + "8e2240ca5e69e2c78b3239ecfab21649",
        .sha512: "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
          + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
      ]
    ),
    (
      [UInt8](repeating: 0xaa, count: 131),
      Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      [
        .sha256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        .sha384: "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
          + "0c2ef6ab4030fe8296248df163f44952",
        .sha512: "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
          + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
      ]
    ),
  ]

  @Test(arguments: codes.indices, HMAC.Hash.allCases)
  func knownCodes(_ index: Int, _ hash: HMAC.Hash) {
    let (key, text, expected) = Self.codes[index]
    let code = HMAC.code(for: text, key: key, hash: hash)
    #expect(hexadecimal(code) == expected[hash])
    #expect(HMAC.isValid(code, for: text, key: key, hash: hash))
    #expect(!HMAC.isValid(code.flipping(7), for: text, key: key, hash: hash))
    #expect(!HMAC.isValid(code.dropLast(), for: text, key: key, hash: hash))
    #expect(!HMAC.isValid([], for: text, key: key, hash: hash))
    #expect(!HMAC.isValid(code, for: text, key: key + [0x01], hash: hash))
  }

  /// Source: RFC 7914, 11; both have two blocks.
  @Test func knownStretchedPasswords() {
    #expect(
      hexadecimal(
        stretchedPassword("passwd", salt: Array("salt".utf8), iterations: 1, size: 64))
        == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783")
    #expect(
      hexadecimal(
        stretchedPassword("Password", salt: Array("NaCl".utf8), iterations: 80_000, size: 64))
        == "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
        + "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d")
  }

  @Test func equalityLooksAtEverything() {
    let text = Array("as long as a line".utf8)
    #expect(isEqualInConstantTime(text, text) && isEqualInConstantTime([], []))
    for bit in 0..<(8 * text.count) { #expect(!isEqualInConstantTime(text, text.flipping(bit))) }
    #expect(!isEqualInConstantTime(text, text.dropLast()) && !isEqualInConstantTime([], text))
  }

  @Test func randomBytesDiffer() {
    for count in [0, 1, 7, 8, 9, 32, 1000] { #expect(SecureRandom.bytes(count).count == count) }
    #expect(Set((0..<100).map { _ in SecureRandom.bytes(16) }).count == 100)
  }

  /// What is no base64url of RFC 7515 is refused: two texts of one token would be two tokens.
  @Test func base64URLComesBack() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = Seeded(state: seed)
    for count in 0..<70 {
      let text = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(bytes(base64URL: base64URL(text)) == text, "seed \(seed)")
    }
    for wrong in ["ab+c", "ab/c", "YQ==", "a", "a b", "ü"] {
      #expect(bytes(base64URL: wrong) == nil, "\(wrong)")
    }
  }
}

/// Numbers that a seed repeats; Source: SplitMix64.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
