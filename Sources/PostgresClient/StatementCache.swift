/// Which texts a connection has seen often enough to prepare, and under which names; a pure value.
///
/// A text is prepared at its third use and forgotten least recently used first. It knows no
/// server: `Request` does what a `Plan` says and reports what came of it.
struct StatementCache {
  /// How a text is to be sent.
  enum Plan: Equatable {
    /// Parse it anew: it is seldom used, or not of a kind that gains.
    case unnamed
    /// Prepare it under this name, then use it.
    case prepare(String)
    /// It is prepared under this name.
    case use(String)
  }

  private struct Entry {
    var text: String
    var uses = 0
    var name: String?
    // Neighbours in the order of use, as positions in `entries`.
    var newer: Int?
    var older: Int?
  }

  private let capacity: Int
  private let usesBeforePreparing: Int
  private var entries: [Entry] = []
  private var positions: [String: Int] = [:]
  private var newest: Int?
  private var oldest: Int?
  private var lastNumber = 0

  /// Names that the server still holds and nobody will use: to be deallocated on occasion.
  private(set) var garbage: [String] = []

  /// Longer texts are migrations and the like, sent once.
  private static let longestText = 8_192

  init(capacity: Int = 128, usesBeforePreparing: Int = 2) {
    self.capacity = capacity
    self.usesBeforePreparing = usesBeforePreparing
  }

  /// Counts a use of a text.
  ///
  /// - Parameter text: The statement as it would be sent.
  /// - Returns: How to send it; after `.prepare` the cache takes it as prepared.
  mutating func plan(for text: String) -> Plan {
    guard text.utf8.count <= Self.longestText, Self.gains(text) else { return .unnamed }
    let position = positions[text] ?? insert(text)
    makeNewest(position)
    if let name = entries[position].name { return .use(name) }
    entries[position].uses += 1
    guard entries[position].uses > usesBeforePreparing else { return .unnamed }
    lastNumber += 1
    let name = "homebase_\(lastNumber)"
    entries[position].name = name
    return .prepare(name)
  }

  /// The server holds no statement under the text's name: it starts over.
  ///
  /// - Parameters:
  ///   - text: The text that was planned.
  ///   - mayExist: Whether the server could hold it nevertheless; then it becomes garbage.
  mutating func forget(_ text: String, mayExist: Bool) {
    guard let position = positions[text], let name = entries[position].name else { return }
    if mayExist { garbage.append(name) }
    entries[position].name = nil
    entries[position].uses = 0
  }

  mutating func deallocated(_ name: String) {
    garbage.removeAll { $0 == name }
  }

  /// Some plan went stale, and probably others with it: all start over.
  mutating func retireAll() {
    let names = garbage + entries.compactMap(\.name)
    reset()
    garbage = names
  }

  /// After DISCARD ALL or DEALLOCATE ALL: the server holds nothing any more.
  mutating func reset() {
    self = StatementCache(
      capacity: capacity, usesBeforePreparing: usesBeforePreparing, after: lastNumber)
  }

  private init(capacity: Int, usesBeforePreparing: Int, after number: Int) {
    self.init(capacity: capacity, usesBeforePreparing: usesBeforePreparing)
    lastNumber = number
  }

  private static let wordsThatGain = ["select", "insert", "update", "delete", "with", "values"]

  /// Only what has a plan is worth a name; a comment in front hides it, which costs nothing but
  /// the gain.
  private static func gains(_ text: String) -> Bool {
    let start = text.utf8.drop { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
    return wordsThatGain.contains { word in
      var rest = start.makeIterator()
      for letter in word.utf8 {
        guard let next = rest.next(), next | 0x20 == letter else { return false }
      }
      return true
    }
  }

  private mutating func insert(_ text: String) -> Int {
    let position: Int
    if entries.count < capacity {
      position = entries.count
      entries.append(Entry(text: text))
    } else {
      // Full, so there is an oldest; its place is taken.
      position = oldest ?? 0
      unlink(position)
      positions[entries[position].text] = nil
      if let name = entries[position].name { garbage.append(name) }
      entries[position] = Entry(text: text)
    }
    positions[text] = position
    link(position)
    return position
  }

  private mutating func makeNewest(_ position: Int) {
    guard newest != position else { return }
    unlink(position)
    link(position)
  }

  private mutating func link(_ position: Int) {
    entries[position].older = newest
    entries[position].newer = nil
    if let newest { entries[newest].newer = position }
    newest = position
    if oldest == nil { oldest = position }
  }

  private mutating func unlink(_ position: Int) {
    let newer = entries[position].newer
    let older = entries[position].older
    if let newer { entries[newer].older = older } else { newest = older }
    if let older { entries[older].newer = newer } else { oldest = newer }
  }
}
