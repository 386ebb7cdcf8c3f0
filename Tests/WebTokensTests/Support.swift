import Cryptography

@testable import WebTokens

/// The keys and tokens that RFC 7515 prints; all its tokens end at the same second.
enum Printed {
  static let end = 1_300_819_380.0
  static let payload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog"
    + "Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
  static let claims =
    "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"

  /// Source: RFC 7515, A.1.1.
  static let sharedKey =
    #"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75"#
    + #"aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#
  static let sharedToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(payload)."
    + "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

  /// Source: RFC 7515, A.2.1.
  static let modulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt"
    + "0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSX"
    + "ndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5"
    + "IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
  static let rsaKey = #"{"kty":"RSA","n":"\#(modulus)","e":"AQAB"}"#
  static let rsaToken =
    "eyJhbGciOiJSUzI1NiJ9.\(payload)."
    + "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W"
    + "2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkS"
    + "jtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnv"
    + "Wh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
  /// The same key and claims; made by the Python package cryptography.
  static let rs384Token =
    "eyJhbGciOiJSUzM4NCJ9.\(payload)."
    + "UqgNjrJOGhk4wfoSG6Uvrt9GcKu-TgPwInExALrMBadg1pol1uTw7mZADTddAWsC6ZzdFiTFUmIi7DuD38ftLAZo"
    + "W4qezdAO7RYf1yZDsbT20bt8DJJN1I4VovL2PLg80B6x6ug-kaW8k5LaM5ce0dk1zgWhjafKC3Mb4UNLL8f9fqVM"
    + "kHpdWYRjF6QjTz12Ap-gq-tPyUoWSdvzCIYOcZ9-08SQQdUTTgsNF1Qwu3TqeWPqzNJwmWHiHMmaV8I4ktMFEX-A"
    + "iEBa55KsfYTx0jSbTHP-odqmnLQJ4n-oQJ2RSXy0HQP6BkdiwDHdoMUk4z_wAeOsfDTs_mLxTgOInQ"
  static let rs512Token =
    "eyJhbGciOiJSUzUxMiJ9.\(payload)."
    + "ZatQfsb2gyCu3y9cDuz59a-IKm4bkqtT0HuT8BpNlPCmA3Y2eH91CVSI0TbkPqI9v2jaXuWvPcoJGNRtTpUXafTA"
    + "bqzxWSMjqx8SkJRTuUz6imaHBctra42j2AvJ1t7qJwf2NN49y9PZbkYn3ejhU-iCmKJ3J-_GLsYp5VlximYm-o3s"
    + "Mul0tyCMvHUdmuWvadnVEaio-jix3pXYWfyFC8tp19zZrTaofxTAzCqlqundx22tfsuqchto_zVnZk_ZBr1R5lr2"
    + "9Qle5JgLmRkfDNbVSQZFdwg6mSlODL8BrOiM_vreMaPCO8U_JGezKUob0ONv7DA7XDfpbaXaFsHipQ"

  /// Source: RFC 7515, A.3.1.
  static let curveKey =
    #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
    + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
  static let curveToken =
    "eyJhbGciOiJFUzI1NiJ9.\(payload)."
    + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

  /// Source: RFC 7515, A.5.
  static let unsignedToken = "eyJhbGciOiJub25lIn0.\(payload)."
}

/// What signs in a test.
enum Signer {
  case shared(String, HMAC.Hash = .sha256)
  case curve(ES256.PrivateKey)
  case rsa(RS256.PrivateKey)

  func signature(of text: String) throws -> [UInt8] {
    switch self {
    case .shared(let secret, let hash):
      HMAC.code(for: text.utf8, key: secret.utf8, hash: hash)
    case .curve(let key): try key.signature(for: text.utf8)
    case .rsa(let key): try key.signature(for: text.utf8)
    }
  }
}

/// A token whose parts a test says.
func token(
  _ payload: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#, by signer: Signer
) throws -> String {
  let text = "\(base64URL(header.utf8)).\(base64URL(payload.utf8))"
  return "\(text).\(base64URL(try signer.signature(of: text)))"
}

let secret = "super-secret-jwt-token-with-at-least-32-characters-long"
let now = 1_700_000_000.0

/// A verifier of tokens by `secret`.
func verifier(
  audience: String? = nil, roleClaim: RoleClaimPath = .role, mostTokens: Int = 1000,
  mostBytes: Int = 1 << 20
) throws -> TokenVerifier {
  TokenVerifier(
    try TokenKeys(secret: secret), audience: audience, roleClaim: roleClaim,
    mostTokens: mostTokens, mostBytes: mostBytes)
}

/// How a token fares: `ok`, or its error.
func outcome(
  _ verifier: TokenVerifier, _ token: String, at time: Double = now
) -> TokenError? {
  do throws(TokenError) {
    _ = try verifier.verify(token, now: time)
    return nil
  } catch {
    return error
  }
}

/// Numbers that a printed seed gives again; SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
