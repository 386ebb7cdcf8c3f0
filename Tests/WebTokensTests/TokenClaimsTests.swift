import Diagnostics
import FoundationEssentials
import Testing

@testable import WebTokens

func decoded(_ text: String) throws -> TokenKeysConfiguration {
  try JSONDecoder().decode(TokenKeysConfiguration.self, from: Data(text.utf8))
}

/// When, for whom and as whom a token is good.
@Suite struct TokenClaimsTests {
  private func outcome(of payload: String, audience: String? = nil) throws -> TokenError? {
    WebTokensTests.outcome(
      try verifier(audience: audience), try token(payload, by: .shared(secret)))
  }

  /// Clocks differ: 30 seconds are let pass each way, and none more.
  @Test func timesHaveALeeway() throws {
    let second = Int(now)
    let rows: [(String, TokenError?)] = [
      (#"{"exp":\#(second)}"#, nil), (#"{"exp":\#(second - 30)}"#, nil),
      (#"{"exp":\#(second - 31)}"#, .expired), (#"{"exp":0}"#, .expired),
      (#"{"exp":-1}"#, .expired), (#"{"exp":9999999999}"#, nil),
      (#"{"nbf":\#(second + 30)}"#, nil), (#"{"nbf":\#(second + 31)}"#, .notYetValid),
      (#"{"nbf":0}"#, nil), (#"{"iat":\#(second + 30)}"#, nil),
      (#"{"iat":\#(second + 31)}"#, .issuedInFuture), (#"{"iat":-5}"#, nil),
      (#"{"exp":null,"nbf":null,"iat":null,"aud":null}"#, nil), ("{}", nil), (" {} ", nil),
      (#"{"exp":"invalid"}"#, .claimsUndecodable("exp")),
      (#"{"exp":"\#(second)"}"#, .claimsUndecodable("exp")),
      (#"{"nbf":true}"#, .claimsUndecodable("nbf")), (#"{"iat":[]}"#, .claimsUndecodable("iat")),
      // The first in the order exp, nbf, iat, aud is what is told.
      (#"{"aud":1,"iat":"x","nbf":"x","exp":1}"#, .expired),
      (#"{"aud":1,"iat":"x","nbf":9999999999}"#, .notYetValid),
      (#"{"aud":1,"iat":9999999999}"#, .issuedInFuture),
      // Numbers are what they are, however they are written.
      (#"{"exp":1.7e9}"#, nil), (#"{"exp":17E8}"#, nil), (#"{"exp":1700000000.000}"#, nil),
      (#"{"exp":1.699e9}"#, .expired), (#"{"nbf":17000000310e-1}"#, .notYetValid),
      (#"{"nbf":17000000300e-1}"#, nil),
      // No whole number of 64 bits counts as 1970.
      (#"{"exp":1700000000.5}"#, .expired), (#"{"exp":1e400}"#, .expired),
      (#"{"exp":9223372036854775807}"#, nil), (#"{"exp":9223372036854775808}"#, .expired),
      (#"{"nbf":1e99999999999999999999}"#, nil), (#"{"iat":1e-99999}"#, nil),
      ("[]", .claimsUndecodable(nil)), ("\"x\"", .claimsUndecodable(nil)),
      ("", .claimsUndecodable(nil)), ("{", .claimsUndecodable(nil)),
      ("{}x", .claimsUndecodable(nil)), ("{\"a\":\u{1}}", .claimsUndecodable(nil)),
    ]
    for (payload, expected) in rows {
      #expect(try outcome(of: payload) == expected, "\(payload)")
    }
    let odd = try verifier()
    let ended = try token(#"{"exp":1}"#, by: .shared(secret))
    for time in [Double.infinity, -.infinity, .nan, 1e300] {
      _ = WebTokensTests.outcome(odd, ended, at: time)
    }
  }

  @Test func theAudienceIsOneOfThem() throws {
    let rows: [(aud: String, with: TokenError?, without: TokenError?)] = [
      (#""us""#, nil, nil), (#""them""#, .audience, nil), (#""""#, .audience, nil),
      (#"["us"]"#, nil, nil), (#"["them","us","others"]"#, nil, nil),
      (#"["them"]"#, .audience, nil), ("[]", nil, nil), ("null", nil, nil),
      ("{}", .claimsUndecodable("aud"), .claimsUndecodable("aud")),
      ("7", .claimsUndecodable("aud"), .claimsUndecodable("aud")),
      (#"["us",7]"#, .claimsUndecodable("aud"), .claimsUndecodable("aud")),
      (#"[{"invalid":"value"},"test"]"#, .claimsUndecodable("aud"), .claimsUndecodable("aud")),
    ]
    for row in rows {
      let payload = #"{"aud":\#(row.aud)}"#
      #expect(try outcome(of: payload, audience: "us") == row.with, "\(row.aud)")
      #expect(try outcome(of: payload) == row.without, "\(row.aud)")
      #expect(try outcome(of: payload, audience: "") == row.without, "\(row.aud)")
    }
    #expect(try outcome(of: "{}", audience: "us") == nil)
  }

  // MARK: - Roles

  @Test func theRoleStandsWhereThePathSays() throws {
    let claims = #"""
      {"role":"author","other":{"role":"inner","x-y":"quoted"},"roles":["first","app_user",7,"last"],
       "https://app/role":"namespaced","$a@b":"odd","é":"accent","n":7,"o":{"b":[1,"x"],"a":null},
       "nothing":null}
      """#
    let rows: [(String, String?)] = [
      (".role", "author"), (".other.role", "inner"), (#".other."x-y""#, "quoted"),
      (".roles[0]", "first"), (".roles[3]", "last"), (".roles[4]", nil), (".roles[2]", "7"),
      (".roles.role", nil), (".role[0]", nil), (".missing", nil), (".missing.role", nil),
      (#"."https://app/role""#, "namespaced"), (".$a@b", "odd"), (".é", "accent"), (".n", "7"),
      (".nothing", "null"), (".o", #"{"a":null,"b":[1,"x"]}"#), (".o.b[1]", "x"),
      (#".roles[?(@ == "last")]"#, "last"), (#".roles[?(@=="nobody")]"#, nil),
      (#".roles[?(@ != "first")]"#, "app_user"), (#".roles[?(@ ^== "app_")]"#, "app_user"),
      (#".roles[?(@ ==^ "st")]"#, "first"), (#".roles[?(@ *== "p_u")]"#, "app_user"),
      (#".role[?(@ == "author")]"#, nil),
    ]
    let signed = try token(claims, by: .shared(secret))
    for (path, expected) in rows {
      let verified = try verifier(roleClaim: RoleClaimPath(path)).verify(signed, now: now)
      #expect(verified.role == expected, "\(path)")
    }
  }

  @Test func noPathIsGuessed() throws {
    for path in [
      "", "role", ".", ".role.", ".role ", ".a b", ".a-b", "..a", ".a[", ".a[]", ".a[x]", ".a[-1]",
      ".a[1", ".\"a", #".a[?(@ = "x")]"#, #".a[?(@ == x)]"#, #".a[?(@ == "x")].b"#,
      #".a[?(@ == "x")"#, #".a[?(# == "x")]"#, ".a[99999999999999999999]",
    ] {
      #expect(throws: TokenConfigurationError.malformedRolePath(path), "\(path)") {
        try RoleClaimPath(path)
      }
    }
  }

  /// The database sees the role that counts, also when the token says none or another one.
  @Test func claimsNameTheRoleThatCounts() throws {
    let rows: [(String, String, String)] = [
      (#"{"role":"anon"}"#, "anon", #"{"role":"anon"}"#),
      ("{}", "anon", #"{"role":"anon"}"#), ("{ \n}", "anon", "{ \n\"role\":\"anon\"}"),
      (#"{"a":1}"#, "anon", #"{"a":1,"role":"anon"}"#),
      (#"{"a":{}} "#, "anon", #"{"a":{},"role":"anon"}"#),
      (#"{"role":"a","x":1}"#, "b", #"{"role":"a","x":1,"role":"b"}"#),
      (#"{"role":7}"#, "7", #"{"role":7,"role":"7"}"#),
      ("{}", "a\"\\\n\u{1}é", "{\"role\":\"a\\\"\\\\\\u000a\\u0001é\"}"),
    ]
    for (payload, role, expected) in rows {
      let verified = try verifier().verify(try token(payload, by: .shared(secret)), now: now)
      #expect(verified.claims(withRole: role) == expected, "\(payload)")
      #expect(JSONValue(Array(expected.utf8)) != nil)
    }
  }

  /// The database takes the last of two members, and so do we: nobody is two people.
  @Test func theLastOfTwoMembersCounts() throws {
    let twice = try token(#"{"role":"a","role":"b","exp":1,"exp":9999999999}"#, by: .shared(secret))
    #expect(try verifier().verify(twice, now: now).role == "b")
  }

  // MARK: - Words

  /// Clients match these texts.
  @Test func errorsSpeakAsTheReferenceDoes() {
    let invalid = "Bearer error=\"invalid_token\", error_description="
    let rows: [(TokenError, Int, String, String, String?, String?)] = [
      (.noKeys, 500, "PGRST300", "Server lacks JWT secret", nil, nil),
      (.required, 401, "PGRST302", "Anonymous access is disabled", nil, "Bearer"),
      (
        .empty, 401, "PGRST301", "Empty JWT is sent in Authorization header", nil,
        invalid + "\"Empty JWT is sent in Authorization header\""
      ),
      (
        .parts(2), 401, "PGRST301", "Expected 3 parts in JWT; got 2", nil,
        invalid + "\"Expected 3 parts in JWT; got 2\""
      ),
      (
        .undecodable, 401, "PGRST301", "JWT cryptographic operation failed", nil,
        invalid + "\"JWT cryptographic operation failed\""
      ),
      (
        .noSuitableKey, 401, "PGRST301", "No suitable key or wrong key type",
        "No suitable key was found to decode the JWT",
        invalid + "\"No suitable key or wrong key type\""
      ),
      (
        .badSignature, 401, "PGRST301", "No suitable key or wrong key type",
        "None of the keys was able to decode the JWT",
        invalid + "\"No suitable key or wrong key type\""
      ),
      (
        .badAlgorithm, 401, "PGRST301", "Wrong or unsupported encoding algorithm",
        "JWT is unsecured but expected 'alg' was not 'none'",
        invalid + "\"Wrong or unsupported encoding algorithm\""
      ),
      (.expired, 401, "PGRST303", "JWT expired", nil, invalid + "\"JWT expired\""),
      (.notYetValid, 401, "PGRST303", "JWT not yet valid", nil, invalid + "\"JWT not yet valid\""),
      (
        .issuedInFuture, 401, "PGRST303", "JWT issued at future", nil,
        invalid + "\"JWT issued at future\""
      ),
      (.audience, 401, "PGRST303", "JWT not in audience", nil, invalid + "\"JWT not in audience\""),
      (
        .claimsUndecodable(nil), 401, "PGRST303", "Parsing claims failed", nil,
        invalid + "\"Parsing claims failed\""
      ),
      (
        .claimsUndecodable("exp"), 401, "PGRST303", "The JWT 'exp' claim must be a number", nil,
        invalid + "\"The JWT 'exp' claim must be a number\""
      ),
      (
        .claimsUndecodable("aud"), 401, "PGRST303",
        "The JWT 'aud' claim must be a string or an array of strings", nil,
        invalid + "\"The JWT 'aud' claim must be a string or an array of strings\""
      ),
    ]
    for (error, status, code, message, details, challenge) in rows {
      #expect(error.status == status, "\(error)")
      #expect(error.code == code, "\(error)")
      #expect(error.message == message, "\(error)")
      #expect(error.details == details, "\(error)")
      #expect(error.challenge == challenge, "\(error)")
      #expect(error.isClaimProblem == (code == "PGRST303"), "\(error)")
      #expect(error.hint == nil && error.diagnostic.hint != nil, "\(error)")
      #expect(error.diagnostic.message.hasPrefix(message), "\(error)")
    }
    for error in [
      TokenConfigurationError.malformedKeys(source: "x"), .malformedRolePath("role"),
      .malformedSecret,
    ] {
      #expect(error.diagnostic.hint != nil)
    }
  }
}
