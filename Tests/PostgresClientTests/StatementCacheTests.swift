import Testing

@testable import PostgresClient

@Suite struct StatementCacheTests {
  /// Preparing what is used once costs more than it gives.
  @Test func thirdUsePrepares() {
    var cache = StatementCache()
    #expect(cache.plan(for: "select 1") == .unnamed)
    #expect(cache.plan(for: "select 1") == .unnamed)
    #expect(cache.plan(for: "select 1") == .prepare("homebase_1"))
    #expect(cache.plan(for: "select 1") == .use("homebase_1"))
  }

  /// A name for `create table` gains nothing; a name for `begin` is a riddle in a log.
  @Test(arguments: ["begin", "create table t ()", "", "sel", "-- note\nselect 1"])
  func othersAreNeverPrepared(text: String) {
    var cache = StatementCache()
    for _ in 0..<5 { #expect(cache.plan(for: text) == .unnamed) }
  }

  /// Letters and blanks in front do not hide a statement.
  @Test func wordIsFoundInAnyCase() {
    var cache = StatementCache(usesBeforePreparing: 0)
    #expect(cache.plan(for: " \n\tSeLeCt 1") == .prepare("homebase_1"))
  }

  /// A server holds what we forget: it must be told, or it grows.
  @Test func leastRecentlyUsedBecomesGarbage() {
    var cache = StatementCache(capacity: 2, usesBeforePreparing: 0)
    _ = cache.plan(for: "select 1")
    _ = cache.plan(for: "select 2")
    _ = cache.plan(for: "select 1")
    _ = cache.plan(for: "select 3")
    #expect(cache.garbage == ["homebase_2"])
    #expect(cache.plan(for: "select 1") == .use("homebase_1"))
    cache.deallocated("homebase_2")
    #expect(cache.garbage.isEmpty)
    // A name is never used twice: the old one may still be there.
    #expect(cache.plan(for: "select 2") == .prepare("homebase_4"))
    cache.retireAll()
    #expect(Set(cache.garbage) == ["homebase_1", "homebase_3", "homebase_4"])
    cache.reset()
    #expect(cache.garbage.isEmpty)
    #expect(cache.plan(for: "select 1") == .prepare("homebase_5"))
  }

  /// The linked list is easy to get wrong: a slow, plain model must agree with it.
  @Test func agreesWithAPlainModel() {
    let seed = UInt64.random(in: .min ... .max)
    print("agreesWithAPlainModel: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let capacity = 5
    var cache = StatementCache(capacity: capacity, usesBeforePreparing: 1)
    var model: [(text: String, uses: Int)] = []
    for _ in 0..<5_000 {
      let text = "select \(Int.random(in: 0..<8, using: &generator))"
      let position = model.firstIndex { $0.text == text }
      var entry = position.map { model.remove(at: $0) } ?? (text: text, uses: 0)
      if position == nil && model.count == capacity { model.removeFirst() }
      entry.uses += 1
      model.append(entry)
      let isPrepared =
        switch cache.plan(for: text) {
        case .unnamed: 0
        case .prepare: 1
        case .use: 2
        }
      #expect(isPrepared == min(entry.uses - 1, 2), "seed \(seed)")
    }
  }
}
