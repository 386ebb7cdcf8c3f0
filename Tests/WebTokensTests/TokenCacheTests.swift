import Cryptography
import Testing

@testable import WebTokens

/// What is remembered is bounded, and never believed for its age.
@Suite struct TokenCacheTests {
  private func made(_ number: Int, _ more: String = "") throws -> String {
    try token(#"{"n":\#(number)\#(more)}"#, by: .shared(secret))
  }

  @Test func aRememberedTokenEndsInTime() throws {
    let verifier = try verifier()
    let text = try made(1, #","exp":1700000000,"nbf":1600000000,"iat":1500000000"#)
    for (time, expected) in [
      (1_700_000_030.9, nil), (1_700_000_031.0, TokenError.expired), (1_700_000_000.0, nil),
      (1_599_999_970.0, nil), (1_599_999_969.9, .notYetValid), (1_499_999_969.0, .notYetValid),
      (1_700_000_031.0, .expired),
    ] {
      #expect(outcome(verifier, text, at: time) == expected, "\(time)")
      #expect(verifier.rememberedTokens == 1)
    }
  }

  /// Half a million sign-ins must not fill the memory.
  @Test func memoryIsBounded() throws {
    let few = try verifier(mostTokens: 3)
    for number in 0..<50 { #expect(outcome(few, try made(number)) == nil) }
    #expect(few.rememberedTokens == 3)
    let size = try made(10).utf8.count + #"{"n":10}"#.utf8.count
    let small = try verifier(mostBytes: 2 * size)
    for number in 10..<60 { #expect(outcome(small, try made(number)) == nil) }
    #expect(small.rememberedTokens == 2)
    // One that is larger than all the room passes, and is not kept.
    let long = try made(1, #","x":"\#(String(repeating: "x", count: 1000))""#)
    #expect(outcome(small, long) == nil)
    #expect(small.rememberedTokens == 2)
    let none = try verifier(mostTokens: 0)
    #expect(outcome(none, try made(1)) == nil)
    #expect(none.rememberedTokens == 0)
  }

  /// Against a list that does the same slowly.
  @Test func theLongestUnusedGoesFirst() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("WebTokens cache seed \(seed)")
    var random = SeededNumbers(state: seed)
    let tokens = try (0..<12).map { Array(try made($0).utf8) }
    let payloads = (0..<12).map { Array(#"{"n":\#($0)}"#.utf8) }
    for mostTokens in 1...8 {
      var cache = TokenCache(mostTokens: mostTokens, mostBytes: 1 << 20)
      var model: [Int] = []
      for round in 0..<2000 {
        let number = Int.random(in: 0..<12, using: &random)
        try tokens[number].withUnsafeBufferPointer { token in
          let found = cache.claims(of: token)?.token.claims
          let comment = Comment(rawValue: "seed \(seed), \(mostTokens) tokens, round \(round)")
          #expect((found != nil) == model.contains(number), comment)
          if let found { #expect(Array(found.utf8) == payloads[number], comment) }
          // As a verifier does; now and then the same twice, as two requests at once do.
          if found == nil || Int.random(in: 0..<8, using: &random) == 0 {
            let claims = try TokenClaims(payloads[number], audience: nil, rolePath: .role)
            cache.keep(claims, of: token)
          }
        }
        model.removeAll { $0 == number }
        model.insert(number, at: 0)
        model = Array(model.prefix(mostTokens))
        #expect(cache.count == model.count)
      }
      #expect(cache.bytes == model.reduce(0) { $0 + tokens[$1].count + payloads[$1].count })
    }
  }

  /// Requests come from many threads; what one sees is what it asked for.
  @Test func manyAskAtOnce() async throws {
    let verifier = try verifier(mostTokens: 5)
    let tokens = try (0..<16).map { try made($0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for round in 0..<500 {
            let number = (task * 7 + round * 3) % 16
            let verified = try verifier.verify(tokens[number], now: now)
            #expect(verified.claims == #"{"n":\#(number)}"#)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(verifier.rememberedTokens == 5)
  }
}
