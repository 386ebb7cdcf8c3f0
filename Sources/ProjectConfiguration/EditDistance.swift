/// Counts the single changes (insert, remove, replace, swap neighbours) from one word to another.
///
/// - Parameters:
///   - first: A word.
///   - second: Another.
/// - Returns: 0 for equal words; at most the length of the longer one.
func editDistance(_ first: String, _ second: String) -> Int {
  let a = Array(first.utf8)
  let b = Array(second.utf8)
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i]
    row.reserveCapacity(b.count + 1)
    for j in 1...b.count {
      let replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      var best = min(replaced, last[j] + 1, row[j - 1] + 1)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        best = min(best, beforeLast[j - 2] + 1)
      }
      row.append(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}

/// Finds the known name that a misspelt one most likely means.
///
/// - Parameters:
///   - name: The name that nobody knows.
///   - known: The names that are there.
/// - Returns: Nil when nothing is near: more than a third of the letters would have to change.
func nearestName(to name: String, among known: [String]) -> String? {
  let name = name.lowercased()
  let scored = known.map { (name: $0, distance: editDistance(name, $0.lowercased())) }
  guard let best = scored.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else {
    return nil
  }
  return best.distance <= max(1, min(name.utf8.count, best.name.utf8.count) / 3) ? best.name : nil
}
