/// The candidate that is most like a name, for a hint; nil when none is like enough.
///
/// Only candidates that share some letters in a row with the name are looked at: three, or two
/// when that finds nothing. Of those the fifty with the most in common are compared letter by
/// letter. Clients see which name comes out, so it is the way of the reference (its package
/// `fuzzyset`, 0.2).
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
  let wanted = name.lowercased()
  let all = candidates.map { (name: $0, key: $0.lowercased()) }
  if let equal = all.first(where: { $0.key == wanted }) { return countsEqual ? equal.name : nil }
  let letters = Array(wanted.unicodeScalars)
  for size in [3, 2] {
    let grams = Grams(wanted, size: size)
    var near: [(likeness: Double, name: String, key: String)] = []
    for candidate in all {
      let likeness = grams.likeness(to: Grams(candidate.key, size: size))
      if likeness > 0 { near.append((likeness, candidate.name, candidate.key)) }
    }
    near.sort { ($1.likeness, $0.name) < ($0.likeness, $1.name) }
    var best: (score: Double, name: String)?
    for candidate in near.prefix(50) {
      let other = Array(candidate.key.unicodeScalars)
      let longest = max(letters.count, other.count)
      guard longest > 0 else { continue }
      let score = 1 - Double(editDistance(letters, other)) / Double(longest)
      if score >= least, score > best?.score ?? 0 { best = (score, candidate.name) }
    }
    if let best { return best.name }
  }
  return nil
}

/// The runs of letters in a word, each with how often it is there.
private struct Grams {
  private var counts: [String: Int] = [:]
  private let length: Double

  init(_ word: String, size: Int) {
    var text: [Unicode.Scalar] = ["-"]
    text += word.unicodeScalars.filter {
      $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == " " || $0 == ","
    }
    text.append("-")
    while text.count < size { text.append("-") }
    for start in 0...(text.count - size) {
      var gram = String.UnicodeScalarView()
      gram.append(contentsOf: text[start..<(start + size)])
      counts[String(gram), default: 0] += 1
    }
    length = counts.values.reduce(0) { $0 + Double($1 * $1) }.squareRoot()
  }

  /// The cosine of the angle between both, as vectors of counts.
  func likeness(to other: Grams) -> Double {
    let product = counts.reduce(0) { $0 + $1.value * (other.counts[$1.key] ?? 0) }
    return Double(product) / (length * other.length)
  }
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
