import PostgresClient
import Synchronization

/// A random generator with a seed that a failure can be repeated with (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A text of quotes, backslashes, signs of many scripts, and combining marks.
  mutating func nastyText(longest: Int) -> String {
    let alphabet: [Unicode.Scalar] = [
      "\"", "'", "\\", "$", "%", "?", ":", ";", "-", "/", "*", "\n", "\r", "\t", " ", "a", "E", "é",
      "\u{301}", "\u{200D}", "ß", "漢", "👩", "\u{FEFF}", "\u{7F}", "\u{1}",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...longest, using: &self) {
      text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &self)])
    }
    return String(text)
  }
}

/// Something to append to from anywhere.
final class Recorder<Value: Sendable>: Sendable {
  private let values = Mutex<[Value]>([])

  func append(_ value: Value) {
    values.withLock { $0.append(value) }
  }

  var all: [Value] { values.withLock { $0 } }
}

extension PostgresConnection {
  /// Asks again and again until the server says yes.
  ///
  /// - Parameters:
  ///   - condition: An SQL expression.
  ///   - values: For its parameters.
  /// - Throws: `PostgresError`.
  func waitUntil(_ condition: String, _ values: [String?] = []) async throws {
    while try await query("select \(condition)", values).firstValue != "t" {
      await Task.yield()
    }
  }

  /// Waits until another session runs something.
  ///
  /// - Parameter processID: Its backend.
  /// - Throws: `PostgresError`.
  func waitUntilActive(_ processID: Int32) async throws {
    try await waitUntil(
      "exists (select from pg_stat_activity where pid = $1::int and state = 'active')",
      [String(processID)])
  }
}
