/// The candidate that is most like a name, for a hint; nil when none is like enough.
///
/// - Parameters:
///   - name: What was asked for.
///   - candidates: What there is.
///   - least: Which part of the longer name has to be the same, from 0 to 1.
///   - countsEqual: Whether a candidate that is the name itself counts.
/// - Returns: The first of those that are equally like it.
func mostSimilar(
  to name: String, among candidates: some Sequence<String>, atLeast least: Double,
  countsEqual: Bool = true
) -> String? {
  let wanted = Array(name.lowercased().unicodeScalars)
  var best: (score: Double, candidate: String)?
  for candidate in candidates {
    let other = Array(candidate.lowercased().unicodeScalars)
    let longest = max(wanted.count, other.count)
    guard longest > 0 else { continue }
    // Lengths alone can rule it out.
    let bound = max(least, best?.score ?? 0)
    if 1 - Double(abs(wanted.count - other.count)) / Double(longest) < bound { continue }
    let score = 1 - Double(editDistance(wanted, other)) / Double(longest)
    guard score >= least, countsEqual || score < 1 else { continue }
    if let known = best,
      score < known.score || (score == known.score && known.candidate <= candidate)
    {
      continue
    }
    best = (score, candidate)
  }
  return best?.candidate
}

/// How many letters have to be put in, taken out or changed (Levenshtein).
private func editDistance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
  if one.isEmpty || other.isEmpty { return max(one.count, other.count) }
  var previous = Array(0...other.count)
  var current = previous
  for (row, letter) in one.enumerated() {
    current[0] = row + 1
    for (column, compared) in other.enumerated() {
      current[column + 1] = min(
        previous[column + 1] + 1, current[column] + 1,
        previous[column] + (letter == compared ? 0 : 1)
      )
    }
    swap(&previous, &current)
  }
  return previous[other.count]
}
