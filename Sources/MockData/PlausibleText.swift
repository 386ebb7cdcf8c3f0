/// Invented texts that fit a column's name.
///
/// Addresses end in example.com (RFC 2606); telephone numbers are 555-0100 to 555-0199 of North
/// America, which are kept for fiction.
struct PlausibleText {
  var random: MockRandom
  /// Counted from 0.
  var row: Int
  /// Whether two rows must differ.
  var isUnique: Bool

  static let firstNames = [
    "Asha", "Ravi", "Meera", "Arjun", "Leela", "Kiran", "Noor", "Dev", "Tara", "Vikram", "Anika",
    "Rohan", "Sana", "Imran", "Priya", "Mina", "Omar", "Ines", "Jonas", "Amara", "Yuki", "Lina",
  ]
  static let lastNames = [
    "Rao", "Iyer", "Das", "Bose", "Nair", "Khan", "Menon", "Sethi", "Joshi", "Varma", "Silva",
    "Okafor", "Weber", "Tanaka", "Lopez", "Haddad", "Novak", "Berg", "Moreau", "Castro",
  ]
  private static let adjectives = [
    "quiet", "bright", "early", "green", "open", "small", "amber", "swift", "calm", "bold", "clear",
    "plain", "warm", "lucky", "northern", "silver",
  ]
  private static let nouns = [
    "river", "lamp", "garden", "signal", "harbour", "window", "field", "engine", "market", "bridge",
    "letter", "compass", "orchard", "anchor", "meadow", "workshop",
  ]
  private static let verbs = ["opens", "holds", "meets", "follows", "finds", "carries", "keeps"]
  private static let cities = [
    "Northford", "Lakeview", "Riverton", "Hillcrest", "Greenfield", "Stonebridge", "Eastport",
  ]

  mutating func text(for column: String) -> String {
    let words = Set(Self.words(column))
    func has(_ names: String...) -> Bool { names.contains { words.contains($0) } }
    func ends(_ names: String...) -> Bool { names.contains { column.lowercased().hasSuffix($0) } }

    if has("email", "mail") || ends("email") { return email() }
    if has("phone", "mobile", "tel", "telephone", "fax", "whatsapp") { return phone() }
    if has("url", "uri", "link", "website", "homepage", "href") || ends("url") { return url() }
    if has("avatar", "image", "photo", "picture", "logo", "icon", "cover", "thumbnail") {
      return "https://example.com/images/\(row + 1).png"
    }
    if has("slug", "handle", "permalink", "subdomain", "path") { return slug() }
    if has("username", "login", "nickname", "nick") { return username() }
    if has("first", "given", "forename") { return numbered(pick(Self.firstNames), " ") }
    if has("last", "family", "surname") { return numbered(pick(Self.lastNames), " ") }
    if has("full", "display", "author", "person", "customer", "contact", "owner"), !has("id") {
      return numbered(fullName(), " ")
    }
    if has("company", "organisation", "organization", "org", "vendor", "supplier", "brand") {
      return numbered("\(capitalized(pick(Self.adjectives))) \(capitalized(noun())) Ltd", " ")
    }
    if has("city", "town") { return numbered(pick(Self.cities), " ") }
    if has("country") { return numbered(pick(["IN", "DE", "JP", "BR", "CA", "KE"]), "") }
    if has("currency") { return numbered(pick(["INR", "EUR", "USD", "JPY"]), "") }
    if has("locale", "language", "lang") { return numbered(pick(["en", "hi", "ta", "de"]), "") }
    if has("timezone", "tz") { return numbered(pick(["Asia/Kolkata", "UTC"]), "-") }
    if has("zip", "postcode", "postal", "pincode") { return "00\(1000 + row)" }
    if has("street", "address", "line1", "line2") {
      return "\(row + 1) \(capitalized(noun())) Lane"
    }
    if has("color", "colour") { return "#\(random.hex(6))" }
    if has("hash", "token", "secret", "checksum", "digest", "fingerprint", "key") {
      return random.hex(32)
    }
    if has("code", "sku", "ref", "reference", "number", "no") { return code() }
    if has(
      "body", "content", "description", "bio", "summary", "notes", "note", "comment", "message",
      "text", "about", "reason", "details")
    {
      return numbered(sentence(), " ")
    }
    if has("mime", "mimetype") || ends("content_type") { return numbered("text/plain", "-") }
    if has("ip") { return "192.0.2.\(row % 254 + 1)" }
    if has("version") { return "1.\(row).0" }
    return numbered(title(), " ")
  }

  /// A style to try when a check refused the column's own: each attempt another one.
  mutating func variant(_ attempt: Int) -> String {
    switch attempt % 8 {
    case 1: slug()
    case 2: username()
    case 3: code()
    case 4: email()
    case 5: url()
    case 6: random.hex(8)
    default: String(1000 + row)
    }
  }

  mutating func email() -> String {
    "\(pick(Self.firstNames)).\(pick(Self.lastNames)).\(row + 1)@example.com".lowercased()
  }

  mutating func fullName() -> String {
    "\(pick(Self.firstNames)) \(pick(Self.lastNames))"
  }

  mutating func title() -> String {
    "\(capitalized(pick(Self.adjectives))) \(noun())"
  }

  mutating func sentence() -> String {
    "The \(pick(Self.adjectives)) \(noun()) \(pick(Self.verbs)) the \(noun())."
  }

  mutating func slug() -> String {
    numbered("\(pick(Self.adjectives))-\(noun())", "-")
  }

  private mutating func username() -> String {
    "\(pick(Self.firstNames).lowercased())\(row + 1)"
  }

  private mutating func url() -> String {
    "https://example.com/\(noun())/\(row + 1)"
  }

  /// 555-0100 to 555-0199, in as many area codes as rows need.
  private mutating func phone() -> String {
    let number = isUnique ? row : random.below(100)
    let line = String(100 + number % 100)
    return "+1\(201 + number / 100 % 700)5550\(line)"
  }

  private mutating func code() -> String {
    numbered("\(pick(["AB", "CX", "KM", "QT"]))-\(1000 + random.below(9000))", "-")
  }

  private mutating func numbered(_ text: String, _ separator: String) -> String {
    isUnique ? "\(text)\(separator)\(row + 1)" : text
  }

  private mutating func noun() -> String { pick(Self.nouns) }

  private mutating func pick(_ items: [String]) -> String {
    random.pick(items) ?? ""
  }

  private func capitalized(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }

  /// `phoneNumber2`, `phone_number` → phone, number.
  static func words(_ column: String) -> [String] {
    var words: [String] = [""]
    for character in column {
      if character == "_" || character == "-" || character == " " {
        words.append("")
      } else if character.isUppercase, words.last?.last?.isLowercase == true {
        words.append(character.lowercased())
      } else {
        words[words.count - 1] += character.lowercased()
      }
    }
    return words.filter { !$0.isEmpty }
  }
}
