import Diagnostics
import Synchronization
import Testing

@testable import DatabaseLifecycle

@Suite struct SwapGateTests {
  /// What was asked of a gate, in order.
  private final class Record: Sendable {
    private let words = Mutex<[String]>([])

    func note(_ word: String) { words.withLock { $0.append(word) } }

    func take() -> [String] {
      words.withLock { words in
        defer { words = [] }
        return words
      }
    }

    var gate: SwapGate {
      SwapGate(close: { self.note("closed") }, open: { self.note("open") })
    }
  }

  private struct Refusal: Error {}

  private func refuse() throws { throw Refusal() }

  /// A gate that stays closed is an app that hangs: it opens after every way out, and last.
  @Test func itIsOpenAfterwards() async throws {
    let record = Record()
    for _ in 0..<200 {
      try await record.gate.whileClosed { record.note("work") }
      #expect(record.take() == ["closed", "work", "open"])
      await #expect(throws: Refusal.self) {
        try await record.gate.whileClosed(preparing: refuse, {})
      }
      #expect(record.take() == ["closed", "open"])
      await #expect(throws: Refusal.self) {
        try await record.gate.whileClosed { throw Refusal() }
      }
      #expect(record.take() == ["closed", "open"])
    }
  }

  /// Everything that ends the live database's sessions is behind the gate; what fails before it
  /// touches the database leaves the gate alone.
  @Test func whatEndsSessionsIsBehindIt() async throws {
    let record = Record()
    try await withDatabase(gate: record.gate) { folder, database in
      #expect(record.take() == ["closed", "open"])
      _ = try await database.reset()
      #expect(record.take() == ["closed", "open"])
      _ = try await database.saveSnapshot("one")
      #expect(record.take() == ["closed", "open"])
      _ = try await database.restoreSnapshot("one")
      #expect(record.take() == ["closed", "open"])
      _ = try await database.undo()
      #expect(record.take() == ["closed", "open"])
      let lease = try await database.lease(.live)
      #expect(record.take() == ["closed", "open"])
      await lease.end()

      try folder.write("migrations/3_broken.sql", "create tabel oops;")
      await #expect(throws: LifecycleError.self) { try await database.reset() }
      #expect(record.take().isEmpty)
    }
  }
}
