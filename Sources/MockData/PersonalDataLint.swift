package import Diagnostics

/// Finds what looks like a real person's data in a file of seeds.
///
/// E-mail addresses outside the domains kept for examples (RFC 2606, 6761), Indian telephone
/// numbers, Aadhaar and PAN numbers, payment card numbers. A line with the comment
/// `-- homebase: allow CODE` (or `allow all`) is left alone for that code.
///
/// - Parameters:
///   - text: The file.
///   - file: Its path, for the diagnostics.
/// - Returns: One refusal for each find, in order; the value itself is masked.
package func lint(_ text: String, file: String) -> [Diagnostic] {
  var finds: [Diagnostic] = []
  var context = PhoneContext()
  for (index, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    .enumerated()
  {
    let scanner = LineScanner(bytes: Array(line))
    context.read(scanner)
    let allowed = scanner.allowedCodes
    for find in scanner.finds(inPhoneContext: context.mentionsPhone)
    where !allowed.contains(find.kind.rawValue) && !allowed.contains("all") {
      finds.append(find.diagnostic(file: file, line: index + 1))
    }
  }
  return finds
}

/// What kind of personal data; the raw value is the diagnostic's code.
enum PersonalData: String {
  case email = "personal_email"
  case phone = "personal_phone"
  case aadhaar = "personal_aadhaar"
  case pan = "personal_pan"
  case card = "personal_card"

  var message: String {
    switch self {
    case .email: "an e-mail address that may be somebody's"
    case .phone: "an Indian telephone number"
    case .aadhaar: "an Aadhaar number"
    case .pan: "a PAN"
    case .card: "a payment card number"
    }
  }

  var advice: String {
    switch self {
    case .email: "use example.com, or a name ending in .test"
    case .phone: "use a number kept for fiction, like +1 202 555 0123"
    case .aadhaar: "use a number that cannot be valid, like 0000 0000 0000"
    case .pan: "use a value that cannot be valid, like AAAAA0000A"
    case .card: "use a number that cannot be valid, like 0000 0000 0000 0000"
    }
  }
}

struct PersonalFind {
  var kind: PersonalData
  /// Counted from 1, in characters.
  var column: Int
  var masked: String

  func diagnostic(file: String, line: Int) -> Diagnostic {
    Diagnostic(
      code: kind.rawValue, message: "\(masked) looks like \(kind.message)",
      hint: "\(kind.advice); if it is nobody's, end the line with "
        + "`-- homebase: allow \(kind.rawValue)`",
      location: SourceLocation(file: file, line: line, column: column), category: .refused)
  }
}

/// Whether bare digits may be telephone numbers: the INSERT's column list says so.
private struct PhoneContext {
  private(set) var mentionsPhone = false
  private var isInStatement = false

  private static let words = ["phone", "mobile", "whatsapp", "telephone", "contact_no", "cell_no"]

  mutating func read(_ line: LineScanner) {
    let text = String(decoding: line.bytes, as: UTF8.self).lowercased()
    let mentions = Self.words.contains { text.contains($0) }
    let starts = text.contains("insert into") || text.contains("copy ") || text.contains("update ")
    if starts || !isInStatement { mentionsPhone = mentions }
    if mentions { mentionsPhone = true }
    isInStatement = (isInStatement || starts) && !line.endsStatement
  }
}

/// Looks through one line, byte by byte.
struct LineScanner {
  let bytes: [UInt8]

  var endsStatement: Bool {
    bytes.last { !Self.isBlank($0) } == UInt8(ascii: ";")
  }

  /// The codes of `-- homebase: allow a, b`.
  var allowedCodes: Set<String> {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let comment = text.range(ofText: "homebase: allow ") else { return [] }
    let words = text[comment...].split { " ,*/\r".contains($0) }
    return Set(words.dropFirst(2).map(String.init))
  }

  func finds(inPhoneContext isPhone: Bool) -> [PersonalFind] {
    var finds = emails() + pans()
    let uuids = uuidRanges()
    var index = 0
    while index < bytes.count {
      guard let run = digitRun(from: index) else {
        index += 1
        continue
      }
      if !uuids.contains(where: { $0.overlaps(run.range) }), let kind = kind(of: run, isPhone) {
        finds.append(find(kind, run.range, masked: Self.maskedNumber(run.digits)))
      }
      index = run.range.upperBound
    }
    return finds.sorted { $0.column < $1.column }
  }

  private func find(_ kind: PersonalData, _ range: Range<Int>, masked: String) -> PersonalFind {
    let column = 1 + bytes[..<range.lowerBound].count { $0 & 0xC0 != 0x80 }
    return PersonalFind(kind: kind, column: column, masked: masked)
  }

  // MARK: - E-mail

  private func emails() -> [PersonalFind] {
    var finds: [PersonalFind] = []
    for at in bytes.indices where bytes[at] == UInt8(ascii: "@") {
      var start = at
      while start > 0, Self.isLocalPart(bytes[start - 1]) { start -= 1 }
      var end = at + 1
      while end < bytes.count, Self.isDomain(bytes[end]) { end += 1 }
      while end > at, [UInt8(ascii: "."), UInt8(ascii: "-")].contains(bytes[end - 1]) { end -= 1 }
      guard start < at, end > at + 1 else { continue }
      let domain = String(decoding: bytes[(at + 1)..<end], as: UTF8.self).lowercased()
      let labels = domain.split(separator: ".")
      guard labels.count > 1, let top = labels.last, top.utf8.count > 1,
        top.utf8.allSatisfy(Self.isLetter) || top.hasPrefix("xn--"), !Self.isReserved(labels)
      else { continue }
      let first = String(decoding: bytes[start...start], as: UTF8.self)
      finds.append(find(.email, start..<end, masked: "\(first)…@\(domain)"))
    }
    return finds
  }

  /// RFC 2606 and 6761: names that belong to nobody.
  private static func isReserved(_ labels: [Substring]) -> Bool {
    guard let top = labels.last else { return false }
    if ["example", "test", "invalid", "localhost"].contains(top) { return true }
    return labels.count > 1 && labels[labels.count - 2] == "example"
      && ["com", "org", "net"].contains(top)
  }

  // MARK: - PAN

  /// Five letters (the fourth says who holds it), four digits, a letter.
  private func pans() -> [PersonalFind] {
    var finds: [PersonalFind] = []
    var index = 0
    while index + 10 <= bytes.count {
      defer { index += 1 }
      guard index == 0 || !Self.isWord(bytes[index - 1]) else { continue }
      let end = index + 10
      guard end == bytes.count || !Self.isWord(bytes[end]) else { continue }
      let letters = bytes[index..<index + 5] + [bytes[index + 9]]
      guard letters.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }),
        bytes[(index + 5)..<(index + 9)].allSatisfy(Self.isDigit),
        "ABCFGHJKLPTE".utf8.contains(bytes[index + 3]),
        // Numbers run from 0001.
        bytes[(index + 5)..<(index + 9)].contains(where: { $0 != UInt8(ascii: "0") })
      else { continue }
      let first = String(decoding: bytes[index..<index + 2], as: UTF8.self)
      finds.append(find(.pan, index..<end, masked: "\(first)…"))
    }
    return finds
  }

  // MARK: - Numbers

  struct DigitRun {
    var range: Range<Int>
    var digits: [UInt8]
    /// The sizes of the groups that single blanks or dashes part.
    var groups: [Int]
    var hasPlus: Bool
    /// Whether it is a whole string: `'9…'`.
    var isQuoted: Bool
  }

  /// Digits in groups, parted by single blanks or dashes, with nothing like a word beside them.
  private func digitRun(from start: Int) -> DigitRun? {
    guard Self.isDigit(bytes[start]), start == 0 || !isPartOfWord(before: start) else { return nil }
    var digits: [UInt8] = []
    var groups = [0]
    var index = start
    var separator: UInt8?
    while index < bytes.count {
      let byte = bytes[index]
      if Self.isDigit(byte) {
        digits.append(byte - 0x30)
        groups[groups.count - 1] += 1
        index += 1
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-"),
        separator == nil || separator == byte, index + 1 < bytes.count,
        Self.isDigit(bytes[index + 1])
      {
        separator = separator ?? byte
        groups.append(0)
        index += 1
      } else {
        break
      }
    }
    if index < bytes.count, Self.isWord(bytes[index]) || bytes[index] == UInt8(ascii: ".") {
      if bytes[index] != UInt8(ascii: ".")
        || (index + 1 < bytes.count && Self.isDigit(bytes[index + 1]))
      {
        return DigitRun(
          range: start..<index, digits: [], groups: [], hasPlus: false, isQuoted: false)
      }
    }
    var lower = start
    let hasPlus = start > 0 && bytes[start - 1] == UInt8(ascii: "+")
    if hasPlus { lower -= 1 }
    let isQuoted =
      lower > 0 && index < bytes.count && bytes[lower - 1] == bytes[index]
      && (bytes[index] == UInt8(ascii: "'") || bytes[index] == UInt8(ascii: "\""))
    return DigitRun(
      range: lower..<index, digits: digits, groups: groups, hasPlus: hasPlus, isQuoted: isQuoted)
  }

  private func isPartOfWord(before start: Int) -> Bool {
    let byte = bytes[start - 1]
    if Self.isWord(byte) || byte == UInt8(ascii: ".") { return true }
    return byte == UInt8(ascii: "-") && start > 1 && Self.isWord(bytes[start - 2])
  }

  private func kind(of run: DigitRun, _ isPhone: Bool) -> PersonalData? {
    if isIndianPhone(run, isPhone) { return .phone }
    if isCard(run) { return .card }
    if isAadhaar(run) { return .aadhaar }
    return nil
  }

  private func isIndianPhone(_ run: DigitRun, _ isPhone: Bool) -> Bool {
    let digits = run.digits
    let subscriber = digits.suffix(10)
    guard subscriber.count == 10, let first = subscriber.first, (6...9).contains(first) else {
      return false
    }
    let prefix = Array(digits.dropLast(10))
    if run.hasPlus { return prefix == [9, 1] }
    if prefix == [0, 0, 9, 1] { return true }
    if prefix == [9, 1] || prefix == [0] {
      return isPhone || (prefix == [9, 1] && run.groups[0] == 2)
    }
    guard prefix.isEmpty else { return false }
    if run.groups == [5, 5] { return isPhone || run.isQuoted }
    return run.groups == [10] && (isPhone || run.isQuoted)
  }

  /// Twelve digits from 2…, the last one a check digit after Verhoeff.
  private func isAadhaar(_ run: DigitRun) -> Bool {
    guard run.digits.count == 12, !run.hasPlus, run.groups == [12] || run.groups == [4, 4, 4],
      let first = run.digits.first, first >= 2, !Self.isTimestamp(run.digits)
    else { return false }
    return Verhoeff.isValid(run.digits)
  }

  /// 13 to 19 digits that an issuer's prefix starts and Luhn's check digit ends.
  private func isCard(_ run: DigitRun) -> Bool {
    guard (13...19).contains(run.digits.count), !run.hasPlus, !Self.isTimestamp(run.digits),
      run.groups.count == 1 || run.groups.dropLast().allSatisfy({ $0 >= 4 && $0 <= 6 }),
      hasIssuerPrefix(run.digits)
    else { return false }
    return Self.passesLuhn(run.digits)
  }

  private func hasIssuerPrefix(_ digits: [UInt8]) -> Bool {
    let six = digits.prefix(6).reduce(0) { $0 * 10 + Int($1) }
    let count = digits.count
    switch six {
    case 400_000...499_999: return [13, 16, 19].contains(count)
    case 510_000...559_999, 222_100...272_099: return count == 16
    case 340_000...349_999, 370_000...379_999: return count == 15
    case 300_000...305_999, 360_000...369_999, 380_000...399_999: return count == 14 || count == 16
    case 352_800...358_999: return count == 16
    case 500_000...509_999, 560_000...589_999: return (13...19).contains(count)
    case 600_000...699_999: return (16...19).contains(count)
    case 810_000...829_999: return count == 16
    default: return false
    }
  }

  static func passesLuhn(_ digits: [UInt8]) -> Bool {
    var sum = 0
    for (place, digit) in digits.reversed().enumerated() {
      let value = Int(digit) * (place % 2 == 1 ? 2 : 1)
      sum += value > 9 ? value - 9 : value
    }
    return sum % 10 == 0
  }

  /// `20240131…`: hours, minutes and seconds may follow.
  private static func isTimestamp(_ digits: [UInt8]) -> Bool {
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + Int($1) } }
    guard digits.count == 12 || digits.count == 14 || digits.count == 17 else { return false }
    return (1900...2099).contains(number(0..<4)) && (1...12).contains(number(4..<6))
      && (1...31).contains(number(6..<8)) && number(8..<10) < 24 && number(10..<12) < 60
  }

  private static func maskedNumber(_ digits: [UInt8]) -> String {
    "…" + digits.suffix(2).map { String($0) }.joined()
  }

  // MARK: - UUIDs

  /// Their groups may be digits by chance.
  private func uuidRanges() -> [Range<Int>] {
    let groups = [8, 4, 4, 4, 12]
    var ranges: [Range<Int>] = []
    var index = 0
    while index + 36 <= bytes.count {
      var place = index
      let isUUID = groups.enumerated().allSatisfy { number, length in
        let end = place + length
        guard bytes[place..<end].allSatisfy(Self.isHex) else { return false }
        place = end + 1
        return number == 4 || bytes[end] == UInt8(ascii: "-")
      }
      if isUUID {
        ranges.append(index..<index + 36)
        index += 36
      } else {
        index += 1
      }
    }
    return ranges
  }

  // MARK: - Bytes

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  private static func isLocalPart(_ byte: UInt8) -> Bool {
    isWord(byte) || ".%+-".utf8.contains(byte)
  }

  private static func isDomain(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
      || byte >= 0x80
  }
}

/// The check digit of Aadhaar numbers.
///
/// Source: J. Verhoeff, "Error Detecting Decimal Codes" (1969): the dihedral group of ten.
enum Verhoeff {
  private static let permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

  static func isValid(_ digits: [UInt8]) -> Bool {
    var check = 0
    for (place, digit) in digits.reversed().enumerated() {
      var value = Int(digit)
      for _ in 0..<(place % 8) { value = permutation[value] }
      check = product(check, value)
    }
    return check == 0
  }

  /// The digit that makes a number valid.
  static func checkDigit(_ digits: [UInt8]) -> UInt8? {
    (0...9).first { isValid(digits + [$0]) }
  }

  /// Multiplication in D5: 0…4 turn, 5…9 mirror.
  private static func product(_ left: Int, _ right: Int) -> Int {
    switch (left < 5, right < 5) {
    case (true, true): (left + right) % 5
    case (true, false): (left + right - 5) % 5 + 5
    case (false, true): (left - 5 - right + 5) % 5 + 5
    case (false, false): (left - right + 5) % 5
    }
  }
}

extension String {
  /// Where a text first occurs.
  fileprivate func range(ofText needle: String) -> String.Index? {
    indices.first { self[$0...].hasPrefix(needle) }
  }
}
