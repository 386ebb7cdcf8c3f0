/// What differs between two texts, line by line.
struct LineDifference {
  /// A line that is in one of the two only.
  struct Change: Hashable {
    var isAdded: Bool
    /// Counted from 1, in the text that has it.
    var number: Int
    var line: Substring
  }

  /// In the order of the lines; nothing when the texts are equal.
  private(set) var changes: [Change] = []

  /// How many lines only the second text has.
  var added: Int { changes.count { $0.isAdded } }
  /// How many lines only the first text has.
  var removed: Int { changes.count { !$0.isAdded } }

  /// Compares two texts; how their lines end is no difference.
  ///
  /// - Parameters:
  ///   - first: What is there.
  ///   - second: What should be.
  init(from first: String, to second: String) {
    // A CR before the LF is no difference; for Swift the two are one character.
    func lines(_ text: String) -> ArraySlice<Substring> {
      text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }[...]
    }
    var old = lines(first)
    var new = lines(second)
    while let line = old.first, line == new.first {
      old.removeFirst()
      new.removeFirst()
    }
    while let line = old.last, line == new.last {
      old.removeLast()
      new.removeLast()
    }
    // The best difference of two long texts takes minutes; beyond this one is as good as the other.
    guard old.count * new.count < 4_000_000 else {
      changes =
        old.indices.map { Change(isAdded: false, number: $0 + 1, line: old[$0]) }
        + new.indices.map { Change(isAdded: true, number: $0 + 1, line: new[$0]) }
      return
    }
    let difference = Array(new).difference(from: Array(old))
    for change in difference {
      switch change {
      case .remove(let place, let line, _):
        changes.append(Change(isAdded: false, number: old.startIndex + place + 1, line: line))
      case .insert(let place, let line, _):
        changes.append(Change(isAdded: true, number: new.startIndex + place + 1, line: line))
      }
    }
    changes.sort { ($0.number, $0.isAdded ? 1 : 0) < ($1.number, $1.isAdded ? 1 : 0) }
  }

  /// The first changes as lines for a person.
  ///
  /// - Parameter count: How many at most.
  /// - Returns: `- 12: what is there`, `+ 12: what should be`, and how many more there are.
  func excerpt(lines count: Int) -> [String] {
    let shown = changes.prefix(count).map { "\($0.isAdded ? "+" : "-") \($0.number): \($0.line)" }
    let rest = changes.count - shown.count
    return rest > 0 ? shown + ["… and \(rest) more"] : shown
  }
}
