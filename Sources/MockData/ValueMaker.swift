internal import SchemaCatalog

/// Makes one value for a type, within a column's rules.
struct ValueMaker {
  let types: TypeIndex
  var random: MockRandom
  /// Counted from 0.
  var row: Int
  /// How often this row was tried before.
  var attempt: Int
  /// Whether two rows must differ in this column alone.
  var isUnique: Bool

  /// Makes a value that the column's own checks accept, if one is found in some tries.
  ///
  /// - Returns: nil when the type is one we cannot write.
  mutating func value(of type: TypeReference, column: String, rules: ColumnRules) -> MockValue? {
    var last: MockValue?
    for style in 0..<24 {
      guard let value = candidate(type, column, rules, style) else { return last }
      if rules.accepts(value.scalar) { return value }
      last = value
    }
    return last
  }

  private mutating func candidate(
    _ type: TypeReference, _ column: String, _ rules: ColumnRules, _ style: Int
  ) -> MockValue? {
    if type.isArray { return array(type, column, rules) }
    if let allowed = rules.allowed, let chosen = choose(allowed) { return constant(chosen, type) }
    switch type.kind {
    case .domain: return domain(type, column, rules)
    case .enumeration: return label(type)
    case .composite: return composite(type)
    case .range: return range(type, column)
    case .multirange: return range(type, column).map { .opaque("{\($0.text ?? "")}") }
    case .pseudo: return nil
    case .base: return base(type, column, rules, style)
    }
  }

  private mutating func label(_ type: TypeReference) -> MockValue? {
    guard let labels = types.labels(type.name), let word = choose(labels) else { return nil }
    return MockValue(text: word, scalar: .label(word, of: labels))
  }

  /// One of a few: in turn where rows must differ, at random elsewhere.
  private mutating func choose<Element>(_ items: [Element]) -> Element? {
    guard isUnique, !items.isEmpty else { return random.pick(items) }
    return items[(row + attempt) % items.count]
  }

  private func constant(_ scalar: Scalar, _ type: TypeReference) -> MockValue? {
    switch scalar {
    case .text(let text): return .text(text)
    case .bool(let value): return .bool(value)
    case .time(let seconds): return time(seconds, type.name.name)
    case .number(let value):
      let isWhole = value == value.rounded() && abs(value) < 1e15
      return MockValue(
        text: isWhole ? String(Int(value)) : String(value), isBare: true, scalar: scalar)
    default: return nil
    }
  }

  // MARK: - Types made of types

  private mutating func domain(
    _ type: TypeReference, _ column: String, _ rules: ColumnRules
  ) -> MockValue? {
    guard let domain = types.domain(type.name) else { return nil }
    var merged = rules
    for check in domain.checks {
      merged.learn(check, column: "value")
      merged.checks.append(check)
    }
    return value(of: domain.base, column: column, rules: merged)
  }

  private mutating func array(
    _ type: TypeReference, _ column: String, _ rules: ColumnRules
  ) -> MockValue? {
    var element = type
    element.isArray = false
    let lower = rules.minimumLength
    let upper = max(lower, min(rules.maximumLength ?? 3, 3))
    var items: [MockValue] = []
    let wasUnique = isUnique
    isUnique = false
    for _ in 0..<random.number(in: lower...upper) {
      guard let item = value(of: element, column: singular(column), rules: ColumnRules()) else {
        return nil
      }
      if !items.contains(item) || items.count < lower { items.append(item) }
    }
    isUnique = wasUnique
    let body = items.map { Self.quotedElement($0.text ?? "", always: !$0.isBare) }
    return MockValue(
      text: "{\(body.joined(separator: ","))}", scalar: .array(items.map(\.scalar)))
  }

  private func singular(_ column: String) -> String {
    column.hasSuffix("s") ? String(column.dropLast()) : column
  }

  private mutating func composite(_ type: TypeReference) -> MockValue? {
    guard let attributes = types.attributes(type.name) else { return nil }
    var fields: [String] = []
    for attribute in attributes {
      let field = value(of: attribute.type, column: attribute.name, rules: ColumnRules())
      fields.append(field?.text.map { Self.quotedElement($0, always: true) } ?? "")
    }
    return .opaque("(\(fields.joined(separator: ",")))")
  }

  private static func quotedElement(_ text: String, always: Bool) -> String {
    guard always else { return text }
    var quoted = "\""
    for character in text.unicodeScalars {
      if character == "\"" || character == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }

  /// Rows that must differ get ranges that do not overlap, for exclusion constraints too.
  private mutating func range(_ type: TypeReference, _ column: String) -> MockValue? {
    guard let bound = type.rangeOf else { return nil }
    let step = row * 10 + attempt
    switch bound.name {
    case "int4", "int8", "numeric":
      return MockValue(
        text: "[\(step),\(step + 5))",
        scalar: .range([.number(Double(step)), .number(Double(step + 5))]))
    case "date", "timestamp", "timestamptz":
      let start = Self.epoch + Double(step) * 86400
      let lower = time(start, bound.name)
      let upper = time(start + 5 * 86400, bound.name)
      return MockValue(
        text: "[\"\(lower.text ?? "")\",\"\(upper.text ?? "")\")",
        scalar: .range([lower.scalar, upper.scalar]))
    default: return .opaque("empty")
    }
  }

  // MARK: - Types of their own

  private mutating func base(
    _ type: TypeReference, _ column: String, _ rules: ColumnRules, _ style: Int
  ) -> MockValue? {
    switch type.name.name {
    case "text", "varchar", "bpchar", "citext", "name", "char", "ltree", "lquery":
      return text(type, column, rules, style)
    case "int2": return integer(column, rules, -32768...32767)
    case "int4": return integer(column, rules, -2_147_483_648...2_147_483_647)
    case "int8": return integer(column, rules, -9_007_199_254_740_992...9_007_199_254_740_992)
    case "oid": return integer(column, rules, 0...2_147_483_647)
    case "numeric", "float4", "float8", "money": return decimal(type, column, rules)
    case "bool": return .bool(isUnique ? (row + attempt) % 2 == 0 : random.chance(50))
    case "uuid": return .text(random.uuid())
    case "date", "timestamp", "timestamptz": return moment(type, column, rules, style)
    case "time", "timetz": return .opaque(CalendarTime.clock(Double(random.below(86400))))
    case "interval": return .opaque("\(random.below(72) + 1) hours")
    case "json", "jsonb":
      return MockValue(text: json(column, rules), scalar: .json(rules.jsonType ?? "object"))
    case "bytea":
      let size = max(rules.minimumLength, min(8, rules.maximumLength ?? 8))
      return MockValue(text: "\\x\(random.hex(size * 2))", scalar: .bytes(size))
    default: return rare(type)
    }
  }

  private mutating func rare(_ type: TypeReference) -> MockValue? {
    switch type.name.name {
    case "inet": return .opaque("192.0.2.\(row % 254 + 1)")
    case "cidr": return .opaque("198.51.100.\(row % 256)/32")
    case "macaddr": return .opaque("02:00:00:" + hexPairs(3))
    case "macaddr8": return .opaque("02:00:00:ff:fe:" + hexPairs(3))
    case "point": return .opaque("(\(random.below(100)),\(random.below(100)))")
    case "box": return .opaque("(\(random.below(9) + 1),\(random.below(9) + 1)),(0,0)")
    case "circle": return .opaque("<(0,0),\(random.below(9) + 1)>")
    case "line": return .opaque("{1,-1,\(random.below(9))}")
    case "lseg", "path": return .opaque("[(0,0),(\(random.below(9)),1)]")
    case "polygon": return .opaque("((0,0),(1,0),(\(random.below(9)),1))")
    case "tsvector", "tsquery": return .opaque("word\(row + 1)")
    case "xml": return .opaque("<row n=\"\(row + 1)\"/>")
    case "bit", "varbit":
      let length = max(1, type.modifier)
      return .opaque((0..<length).map { _ in String(random.below(2)) }.joined())
    case "hstore": return .opaque("n=>\(row + 1)")
    case "vector" where type.modifier > 0:
      let numbers = (0..<type.modifier).map { _ in "0.\(random.below(1000))" }
      return .opaque("[\(numbers.joined(separator: ","))]")
    case "geometry", "geography":
      return .opaque("SRID=4326;POINT(\(random.below(90)) \(random.below(90)))")
    default: return nil
    }
  }

  private mutating func hexPairs(_ count: Int) -> String {
    (0..<count).map { _ in random.hex(2) }.joined(separator: ":")
  }

  private mutating func plausible() -> PlausibleText {
    PlausibleText(random: MockRandom(seed: random.next()), row: row, isUnique: isUnique)
  }

  // MARK: - Text

  private mutating func text(
    _ type: TypeReference, _ column: String, _ rules: ColumnRules, _ style: Int
  ) -> MockValue {
    let limit = type.modifier > 4 && type.name.schema == "pg_catalog" ? type.modifier - 4 : nil
    let most = [limit, rules.maximumLength, type.name.name == "char" ? 1 : nil].compactMap { $0 }
      .min()
    var words = plausible()
    var text = style == 0 ? words.text(for: column) : words.variant(style)
    if style >= 8, let pattern = rules.patterns.first {
      var writer = PatternText(pattern, random: MockRandom(seed: random.next()))
      text = writer.text()
    }
    if type.name.name == "ltree" {
      text = words.slug().split(separator: "-").joined(separator: ".")
    }
    while text.unicodeScalars.count < rules.minimumLength {
      text +=
        text.isEmpty ? "a" : " \(text)".prefix(rules.minimumLength - text.unicodeScalars.count)
    }
    if let most { text = shortened(text, to: most) }
    return .text(text)
  }

  private func shortened(_ text: String, to most: Int) -> String {
    guard text.unicodeScalars.count > most else { return text }
    guard isUnique else {
      var short = String(String.UnicodeScalarView(text.unicodeScalars.prefix(most)))
      if short.last == " " { short = short.dropLast() + "." }
      return short
    }
    let number = String(row + attempt * 1000, radix: 36)
    let head = text.unicodeScalars.prefix(max(0, most - number.utf8.count))
    return String((String(String.UnicodeScalarView(head)) + number).suffix(most))
  }

  // MARK: - Numbers

  private mutating func integer(
    _ column: String, _ rules: ColumnRules, _ type: ClosedRange<Int>
  ) -> MockValue {
    let usual = PlausibleNumbers.integers(column)
    let range = bounded(usual, rules, type, unit: 1)
    if isUnique {
      let span = range.upperBound - range.lowerBound + 1
      let start =
        rules.maximum == nil && rules.minimum == nil && rules.intervals.isEmpty
        ? max(type.lowerBound, 1) : range.lowerBound
      let room = rules.maximum == nil && rules.intervals.isEmpty ? Int.max : span
      return .number(start + (row + attempt) % room)
    }
    return .number(random.number(in: range))
  }

  /// The usual range within what checks, partitions and the type allow.
  private mutating func bounded(
    _ usual: ClosedRange<Int>, _ rules: ColumnRules, _ type: ClosedRange<Int>, unit: Double
  ) -> ClosedRange<Int> {
    var lower = rules.minimum
    var upper = rules.maximum
    if let interval = random.pick(rules.intervals) {
      lower = max(lower ?? -.infinity, interval.lower ?? -.infinity)
      upper = min(upper ?? .infinity, (interval.upper ?? .infinity) - 1 / unit)
    }
    func whole(_ value: Double?, up: Bool, strict: Bool) -> Int? {
      guard let value, value.isFinite, abs(value * unit) < 9e15 else { return nil }
      let scaled = (value * unit).rounded(up ? .up : .down)
      let isExact = abs(scaled - value * unit) < 1e-9
      return Int(scaled) + (strict && isExact ? (up ? 1 : -1) : 0)
    }
    let low = max(whole(lower, up: true, strict: rules.minimumIsStrict) ?? .min, type.lowerBound)
    let high = min(whole(upper, up: false, strict: rules.maximumIsStrict) ?? .max, type.upperBound)
    guard low <= high else { return low...low }
    let start = max(low, min(usual.lowerBound, high))
    let end = min(high, max(usual.upperBound, low))
    if start <= end { return start...end }
    return low...min(high, low.addingReportingOverflow(1000).partialValue)
  }

  private mutating func decimal(
    _ type: TypeReference, _ column: String, _ rules: ColumnRules
  ) -> MockValue {
    var scale = 2
    var most = 9_007_199_254_740_992
    if type.name.name == "numeric", type.modifier >= 4 {
      let precision = ((type.modifier - 4) >> 16) & 0xFFFF
      scale = (type.modifier - 4) & 0x7FF
      most = Self.power(min(precision, 15)) - 1
    }
    scale = min(scale, 8)
    let unit = Self.power(scale)
    let usual = PlausibleNumbers.decimals(column)
    let range = bounded(
      usual.lowerBound * unit...usual.upperBound * unit, rules, -most...most, unit: Double(unit))
    var number = random.number(in: range)
    if isUnique {
      number = range.lowerBound + (row + attempt) % (range.upperBound - range.lowerBound + 1)
    }
    return MockValue(
      text: Self.decimalText(number, scale), isBare: true,
      scalar: .number(Double(number) / Double(unit)))
  }

  private static func power(_ exponent: Int) -> Int {
    (0..<exponent).reduce(1) { result, _ in result * 10 }
  }

  private static func decimalText(_ number: Int, _ scale: Int) -> String {
    guard scale > 0 else { return String(number) }
    let digits = String(number.magnitude)
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    return (number < 0 ? "-" : "") + padded.dropLast(scale) + "." + padded.suffix(scale)
  }

  // MARK: - Time

  /// 2024-01-01: every moment is counted from here, so that a file stays the same tomorrow.
  static let epoch = Double(CalendarTime.days(2024, 1, 1)) * 86400

  private mutating func moment(
    _ type: TypeReference, _ column: String, _ rules: ColumnRules, _ style: Int
  ) -> MockValue {
    let usual = PlausibleNumbers.days(column)
    let minutes = { (days: Int) in Int(Self.epoch) / 60 + days * 1440 }
    let isDate = type.name.name == "date"
    let step = isDate ? 86400.0 : 60
    let range = bounded(
      isDate
        ? Int(Self.epoch) / 86400 + usual.lowerBound...Int(Self.epoch) / 86400 + usual.upperBound
        : minutes(usual.lowerBound)...minutes(usual.upperBound),
      rules, -9_000_000_000...9_000_000_000, unit: 1 / step)
    var number = random.number(in: range)
    if isUnique {
      number = range.lowerBound + (row + attempt) % (range.upperBound - range.lowerBound + 1)
    }
    var seconds = Double(number) * step
    // A check may want the first of a month or of a year, or midnight.
    if style > 0 {
      let field = ["month", "day", "year", "hour"][style % 4]
      seconds = CalendarTime.truncate(seconds, to: field) ?? seconds
    }
    return time(seconds, type.name.name)
  }

  private func time(_ seconds: Double, _ type: String) -> MockValue {
    let date = CalendarTime.date(seconds)
    switch type {
    case "date": return MockValue(text: date, scalar: .time(seconds))
    case "timestamptz":
      return MockValue(text: "\(date) \(CalendarTime.clock(seconds))+00", scalar: .time(seconds))
    default:
      return MockValue(text: "\(date) \(CalendarTime.clock(seconds))", scalar: .time(seconds))
    }
  }

  // MARK: - JSON

  private mutating func json(_ column: String, _ rules: ColumnRules) -> String {
    var words = plausible()
    switch rules.jsonType {
    case "array": return "[\"\(words.slug())\"]"
    case "string": return "\"\(words.title())\""
    case "number": return String(row + 1)
    case "boolean": return "true"
    default: break
    }
    let names = Set(PlausibleText.words(column))
    if !names.isDisjoint(with: ["settings", "preferences", "config", "options"]) {
      let theme = random.chance(50) ? "dark" : "light"
      return "{\"theme\": \"\(theme)\", \"notifications\": \(random.chance(50))}"
    }
    return "{\"label\": \"\(words.title())\", \"count\": \(random.below(100))}"
  }
}

/// Ranges that fit a column's name.
enum PlausibleNumbers {
  static func integers(_ column: String) -> ClosedRange<Int> {
    let words = Set(PlausibleText.words(column))
    func has(_ names: String...) -> Bool { names.contains { words.contains($0) } }
    if has("age") { return 18...80 }
    if has("year") { return 2000...2025 }
    if has("month") { return 1...12 }
    if has("day") { return 1...28 }
    if has("hour") { return 0...23 }
    if has("rating", "stars", "priority", "level", "rank") { return 1...5 }
    if has("percent", "percentage", "progress") { return 0...100 }
    if has("quantity", "qty", "seats", "guests") { return 1...10 }
    if has("position", "order", "sort", "index", "attempts", "retries") { return 0...20 }
    return 1...1000
  }

  static func decimals(_ column: String) -> ClosedRange<Int> {
    let words = Set(PlausibleText.words(column))
    func has(_ names: String...) -> Bool { names.contains { words.contains($0) } }
    if has("latitude", "lat") { return -60...60 }
    if has("longitude", "lng", "lon") { return -170...170 }
    if has("rate", "ratio", "probability", "confidence", "weight") { return 0...1 }
    if has("rating", "score") { return 1...5 }
    if has("percent", "percentage", "pct", "discount", "tax") { return 0...100 }
    return 1...500
  }

  /// Days from 2024-01-01, so that what starts, starts before it ends.
  static func days(_ column: String) -> ClosedRange<Int> {
    let words = Set(PlausibleText.words(column))
    func has(_ names: String...) -> Bool { names.contains { words.contains($0) } }
    if has("birth", "birthday", "dob", "birthdate", "born") { return -20000 ... -8000 }
    if has("created", "inserted", "joined", "registered") { return 0...180 }
    if has(
      "start", "starts", "started", "begin", "begins", "from", "opened", "invited", "requested")
    {
      return 181...360
    }
    if has("updated", "modified", "changed", "last") { return 361...500 }
    if has("end", "ends", "ended", "until", "to", "finished", "closed", "completed", "resolved") {
      return 501...600
    }
    if has("due", "expires", "expiry", "expired", "deadline", "valid") { return 601...900 }
    return 181...600
  }

  /// How many rows in a hundred leave a nullable column empty.
  static func emptyPercent(_ column: String) -> Int {
    let words = Set(PlausibleText.words(column))
    let rare: Set = [
      "deleted", "archived", "banned", "revoked", "cancelled", "canceled", "blocked",
    ]
    return words.isDisjoint(with: rare) ? 12 : 92
  }
}
