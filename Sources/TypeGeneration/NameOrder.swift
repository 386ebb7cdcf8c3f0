/// The order of names in generated types: that of JavaScript's `localeCompare`.
///
/// Letters by their base first, then by accents, then lower before upper case; punctuation before
/// symbols, these before digits, these before letters. Exact for Latin letters and ASCII; other
/// scripts follow the numbers of their letters, as ICU's root order mostly does.
/// Source: Unicode CLDR 42, root collation, as PostgreSQL's `en-US-x-icu` shows it.
package enum NameOrder {
  /// Whether one name stands before another.
  ///
  /// - Parameters:
  ///   - first: A name.
  ///   - second: Another.
  /// - Returns: False when they are equal too.
  package static func isBefore(_ first: String, _ second: String) -> Bool {
    compare(first, second) < 0
  }

  /// Compares two names.
  ///
  /// - Parameters:
  ///   - first: A name.
  ///   - second: Another.
  /// - Returns: Below zero when the first stands before the second, zero when nothing tells them
  ///   apart.
  package static func compare(_ first: String, _ second: String) -> Int {
    if first == second { return 0 }
    return Weights(first).compare(Weights(second))
  }

  /// Sorts by names, keeping the order of equal ones; each name is weighed once.
  ///
  /// - Parameters:
  ///   - elements: What to sort.
  ///   - names: The names of an element, the first counting most.
  /// - Returns: The same elements.
  package static func sorted<Element>(
    _ elements: [Element], by names: (Element) -> [String]
  ) -> [Element] {
    if elements.count < 2 { return elements }
    let weighed = elements.map { names($0).map(Weights.init) }
    return elements.indices.sorted { one, other in
      for (first, second) in zip(weighed[one], weighed[other]) {
        let order = first.compare(second)
        if order != 0 { return order < 0 }
      }
      return one < other
    }.map { elements[$0] }
  }
}

extension Sequence {
  /// Sorts by a name, keeping the order of equal ones.
  ///
  /// - Parameter name: The name of an element.
  /// - Returns: The same elements.
  package func sortedByName(_ name: (Element) -> String) -> [Element] {
    NameOrder.sorted(Array(self)) { [name($0)] }
  }
}

/// The places of many names, each weighed once: for lists that are sorted again and again.
package struct NameRanks {
  private var ranks: [String: Int] = [:]

  /// Ranks names.
  ///
  /// - Parameter names: All that will be asked for; twice is no harm.
  package init(_ names: [String]) {
    let weighed = Set(names).map { ($0, Weights($0)) }.sorted { one, other in
      let order = one.1.compare(other.1)
      return order == 0 ? one.0 < other.0 : order < 0
    }
    ranks.reserveCapacity(weighed.count)
    var rank = 0
    for (place, entry) in weighed.enumerated() {
      if place > 0, weighed[place - 1].1.compare(entry.1) != 0 { rank += 1 }
      ranks[entry.0] = rank
    }
  }

  /// A name's rank; names that nothing tells apart have the same.
  package subscript(name: String) -> Int { ranks[name] ?? .max }

  /// Sorts by a name, keeping the order of equal ones.
  ///
  /// - Parameters:
  ///   - elements: What to sort.
  ///   - name: The name of an element, one of those that are ranked.
  /// - Returns: The same elements.
  package func sorted<Element>(
    _ elements: [Element], by name: (Element) -> String
  ) -> [Element] {
    let keys = elements.enumerated().map { (rank: self[name($0.element)], place: $0.offset) }
    return keys.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.map { elements[$0.place] }
  }
}

/// What a name weighs on each level; a level counts when the ones before are equal.
private struct Weights {
  var letters: [UInt32] = []
  var accents: [UInt32] = []
  var cases: [UInt32] = []

  init(_ name: String) {
    letters.reserveCapacity(name.utf8.count)
    for scalar in name.unicodeScalars {
      if scalar.isASCII {
        add(Self.ascii[Int(scalar.value)])
      } else {
        for weight in Self.weights(of: scalar) { add(weight) }
      }
    }
  }

  func compare(_ other: Weights) -> Int {
    if letters != other.letters {
      return letters.lexicographicallyPrecedes(other.letters) ? -1 : 1
    }
    if accents != other.accents {
      return accents.lexicographicallyPrecedes(other.accents) ? -1 : 1
    }
    if cases != other.cases { return cases.lexicographicallyPrecedes(other.cases) ? -1 : 1 }
    return 0
  }

  private mutating func add(_ weight: Weight) {
    // Control characters weigh nothing.
    if weight.letter == 0, weight.accent == 0 { return }
    if weight.letter != 0 { letters.append(weight.letter) }
    accents.append(weight.accent)
    cases.append(weight.case)
  }

  private struct Weight {
    var letter: UInt32
    var accent: UInt32 = 0
    var `case`: UInt32 = 0
  }

  /// Room between two letters of ASCII for those that follow them.
  private static let step: UInt32 = 64
  /// Symbols beyond ASCII stand between its symbols and the digits, other letters after z.
  private static let symbols: UInt32 = 10_000
  private static let digits: UInt32 = 3_000_000
  private static let firstLetter: UInt32 = 3_100_000
  private static let otherLetters: UInt32 = 4_000_000

  private static let punctuation = "\t\n\u{B}\u{C}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~"

  private static let ascii: [Weight] = (0..<128).map { value in
    guard let scalar = Unicode.Scalar(UInt32(value)) else { return Weight(letter: 0) }
    switch scalar {
    case "0"..."9": return Weight(letter: digits + scalar.value)
    case "a"..."z": return Weight(letter: firstLetter + (scalar.value - 97) * step)
    case "A"..."Z": return Weight(letter: firstLetter + (scalar.value - 65) * step, case: 1)
    // Money stands after all other symbols.
    case "$": return Weight(letter: digits - 100)
    default:
      let place = Array(punctuation.unicodeScalars).firstIndex(of: scalar)
      return Weight(letter: place.map { UInt32($0) + 1 } ?? 0)
    }
  }

  /// Letters that differ from these by an accent only, in their order; a capital follows its small
  /// letter.
  private static let accented = [
    "a": "ªáÁàÀăĂâÂǎǍåÅǻǺäÄǟǞãÃȧȦǡǠąĄāĀȁȀȃȂ", "ae": "æÆǽǼǣǢ", "c": "ćĆĉĈčČċĊçÇ", "d": "ďĎđĐðÐ",
    "e": "éÉèÈĕĔêÊěĚëËėĖȩȨęĘēĒȅȄȇȆ", "g": "ǵǴğĞĝĜǧǦġĠģĢ", "h": "ĥĤȟȞħĦ",
    "i": "íÍìÌĭĬîÎǐǏïÏĩĨİįĮīĪȉȈȋȊ", "ij": "ĳĲ", "j": "ĵĴǰ", "k": "ǩǨķĶ", "l": "ĺĹľĽļĻłŁŀĿ",
    "lj": "ǉǈǇ", "n": "ńŃǹǸňŇñÑņŅ", "nj": "ǌǋǊ", "dz": "ǳǲǱǆǅǄ",
    "o": "ºóÓòÒŏŎôÔǒǑöÖȫȪőŐõÕȭȬȯȮȱȰøØǿǾǫǪǭǬōŌȍȌȏȎơƠ", "oe": "œŒ", "r": "ŕŔřŘŗŖȑȐȓȒ",
    "s": "śŚŝŜšŠşŞșȘſ", "ss": "ßẞ", "t": "ťŤţŢțȚ", "u": "úÚùÙŭŬûÛǔǓůŮüÜǘǗǜǛǚǙǖǕűŰũŨųŲūŪȕȔȗȖưƯ",
    "w": "ŵŴ", "y": "ýÝŷŶÿŸȳȲ", "z": "źŹžŽżŻ",
  ]
  /// Letters of their own after these.
  private static let following = ["i": "ı", "n": "ŋŊ", "q": "ĸ", "t": "ŧŦ", "z": "þÞ"]

  private static let latin: [Unicode.Scalar: [Weight]] = {
    var table: [Unicode.Scalar: [Weight]] = [:]
    for (base, list) in accented {
      var accent: UInt32 = 0
      var previous: Unicode.Scalar?
      for scalar in list.unicodeScalars {
        let isCapital = previous.map { $0.properties.uppercaseMapping == String(scalar) } ?? false
        if !isCapital { accent += 1 }
        previous = scalar
        table[scalar] = base.unicodeScalars.enumerated().map { place, letter in
          Weight(
            letter: ascii[Int(letter.value)].letter, accent: place == 0 ? accent : 0,
            case: isCapital ? 1 : 0)
        }
      }
    }
    for (base, list) in following {
      guard let letter = base.unicodeScalars.first else { continue }
      for scalar in list.unicodeScalars {
        let isCapital = scalar.properties.isUppercase
        let own = String(scalar).lowercased().unicodeScalars.first == list.unicodeScalars.first
        table[scalar] = [
          Weight(
            letter: ascii[Int(letter.value)].letter + (own ? 1 : 2), case: isCapital ? 1 : 0)
        ]
      }
    }
    return table
  }()

  private static func weights(of scalar: Unicode.Scalar) -> [Weight] {
    if let known = latin[scalar] { return known }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark:
      return [Weight(letter: 0, accent: 0x1_0000 + scalar.value)]
    case .control, .format, .surrogate: return [Weight(letter: 0)]
    case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .letterNumber, .decimalNumber, .otherNumber:
      let small = properties.lowercaseMapping.unicodeScalars.first ?? scalar
      return [Weight(letter: otherLetters + small.value, case: small == scalar ? 0 : 1)]
    default: return [Weight(letter: symbols + scalar.value)]
    }
  }
}
