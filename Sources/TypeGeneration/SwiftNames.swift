/// From a name in the database to one in Swift.
///
/// Words are split at everything that is no letter, digit or accent; letters of every script stay.
enum SwiftNames {
  /// A type's name: `victory-road` becomes `VictoryRoad`; one leading underscore stays.
  static func type(_ name: String) -> String {
    let hasUnderscore = name.utf8.first == UInt8(ascii: "_")
    let joined = words(name).map(capitalized).joined()
    if joined.isEmpty { return "Unnamed" }
    return hasUnderscore ? "_" + joined : startable(joined)
  }

  /// A property's name: every word small, those after a separator with a capital.
  static func property(_ name: String) -> String {
    if let plain = plainProperty(name) { return plain }
    let startsApart = name.unicodeScalars.first.map { !isPart($0) } ?? false
    let joined = words(name).enumerated().map { place, word in
      place > 0 || startsApart ? capitalized(word.lowercased()) : word.lowercased()
    }.joined()
    return joined.isEmpty ? "unnamed" : startable(joined)
  }

  /// What nearly all names are: words of ASCII with one underscore between them.
  private static func plainProperty(_ name: String) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(name.utf8.count)
    var isStart = false
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): bytes.append(isStart ? byte & 0xDF : byte)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(isStart ? byte : byte | 0x20)
      case UInt8(ascii: "0")...UInt8(ascii: "9") where !bytes.isEmpty: bytes.append(byte)
      case UInt8(ascii: "_") where !bytes.isEmpty:
        isStart = true
        continue
      default: return nil
      }
      isStart = false
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// A property's name that keeps the capitals inside words: `createdAt` stays what it is.
  static func camelCase(_ name: String) -> String {
    let joined = words(name).enumerated().map { place, word in
      let plain = word == word.uppercased() ? word.lowercased() : word
      return place > 0 ? capitalized(plain) : initialSmall(plain)
    }.joined()
    return joined.isEmpty ? "unnamed" : startable(joined)
  }

  /// In backticks when the compiler would take it for something else.
  static func escaped(_ name: String) -> String {
    keywords.contains(name) ? "`\(name)`" : name
  }

  /// In backticks also when only an expression would be taken for something else.
  static func escapedInExpression(_ name: String) -> String {
    keywords.contains(name) || contextualKeywords.contains(name) ? "`\(name)`" : name
  }

  /// Whether a member of this name stands in the way of what the compiler adds or looks up.
  static func isReservedMember(_ name: String) -> Bool {
    name == "hashValue" || name == "self" || shadowing.contains(name)
  }

  /// Names of types that generated code uses, and that a type in a namespace would hide.
  static let shadowing: Set<String> = [
    "AllCases", "Any", "AnyJSON", "AnyObject", "Array", "Bool", "Codable", "CodingKey",
    "CodingKeys", "Column", "Columns", "Data", "Date", "Decimal", "Decodable", "Decoder", "Default",
    "Dictionary", "Double", "Draft", "Encodable", "Encoder", "Equatable", "Error", "Float",
    "Foundation", "Functions", "Generated", "Hashable", "Hasher", "ID", "Identifiable", "Insert",
    "Int", "Int16", "Int32", "Int64", "JSONArray", "JSONObject", "JSONValue", "Never", "Optional",
    "PostgREST", "PostgrestMacros", "PostgrestSchema", "PrimaryKey", "Protocol", "RawRepresentable",
    "RawValue", "Relationship", "Self", "Sendable", "Set", "String", "Supabase", "Swift", "Table",
    "Type", "UUID", "Update", "Void",
  ]

  /// Source: The Swift Programming Language, "Keywords and Punctuation".
  static let keywords: Set<String> = [
    "Any", "Protocol", "Self", "Type", "as", "associatedtype", "break", "case", "catch", "class",
    "continue", "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough",
    "false", "fileprivate", "for", "func", "guard", "if", "import", "in", "init", "inout",
    "internal", "is", "let", "nil", "operator", "precedencegroup", "private", "protocol", "public",
    "repeat", "rethrows", "return", "self", "static", "struct", "subscript", "super", "switch",
    "throw", "throws", "true", "try", "typealias", "var", "where", "while",
  ]

  /// Words that begin an expression where something follows, or stand at the head of an accessor.
  static let contextualKeywords: Set<String> = [
    "any", "async", "await", "borrow", "borrowing", "consume", "consuming", "copy", "didSet",
    "discard", "each", "get", "modify", "mutate", "mutating", "nonmutating", "read", "set", "some",
    "then", "unsafe", "unsafeAddress", "willSet", "yield", "yielding",
  ]

  private static func words(_ name: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    for scalar in name.unicodeScalars {
      if isPart(scalar) {
        word.append(scalar)
      } else if !word.isEmpty {
        words.append(String(word))
        word = String.UnicodeScalarView()
      }
    }
    if !word.isEmpty { words.append(String(word)) }
    return words
  }

  private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9": return true
    default:
      guard !scalar.isASCII, isAllowed(scalar) else { return false }
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        .nonspacingMark, .spacingMark, .decimalNumber, .letterNumber:
        return true
      default: return false
      }
    }
  }

  /// What an identifier may hold beyond ASCII, as far as it is a letter, mark or digit.
  ///
  /// Source: The Swift Programming Language, "Grammar of an identifier".
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAA, 0xB5, 0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x167F, 0x1681...0x180D,
      0x180F...0x1FFF, 0x2060...0x218F, 0x2C00...0x2DFF, 0x2E80...0x2FFF, 0x3004...0x3007,
      0x3021...0x302F, 0x3031...0xD7FF, 0xF900...0xFD3D, 0xFD40...0xFDCF, 0xFDF0...0xFE1F,
      0xFE30...0xFE44, 0xFE47...0xFFFD:
      true
    case 0x1_0000...0xE_FFFD: scalar.value & 0xFFFF <= 0xFFFD
    default: false
    }
  }

  /// With an underscore before what may not be the first.
  private static func startable(_ name: String) -> String {
    guard let first = name.unicodeScalars.first else { return name }
    switch first.value {
    case 0x30...0x39, 0x300...0x36F, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0xFE20...0xFE2F:
      return "_" + name
    default: return name
    }
  }

  private static func capitalized(_ word: String) -> String {
    guard let first = word.unicodeScalars.first else { return word }
    return first.properties.uppercaseMapping
      + String(String.UnicodeScalarView(word.unicodeScalars.dropFirst()))
  }

  private static func initialSmall(_ word: String) -> String {
    guard let first = word.unicodeScalars.first else { return word }
    return first.properties.lowercaseMapping
      + String(String.UnicodeScalarView(word.unicodeScalars.dropFirst()))
  }
}

/// Makes names distinct where two would be one.
///
/// The first of equal names keeps it, and so does every name that nothing else wants: a clash
/// changes no other name.
struct SwiftNameClaims {
  private var taken: Set<String>
  private var nextNumbers: [String: Int] = [:]
  /// What was numbered: its place among the wishes, the wish and the name.
  private var clashes: [(place: Int, wish: String, name: String)] = []

  /// - Parameter reserved: Names that nothing may have.
  init(reserved: Set<String> = []) {
    taken = reserved
  }

  /// Names all of a list.
  ///
  /// - Parameters:
  ///   - wishes: In the order that decides who comes first.
  ///   - suffixes: What a name is used with; all of it must be free.
  /// - Returns: A name for each wish.
  mutating func claim(_ wishes: [String], suffixes: [String] = [""]) -> [String] {
    claim(wishes.map { ($0, suffixes) })
  }

  /// Names all of a list, each with suffixes of its own.
  ///
  /// - Parameter wishes: In the order that decides who comes first.
  /// - Returns: A name for each wish.
  mutating func claim(_ wishes: [(name: String, suffixes: [String])]) -> [String] {
    clashes = []
    var names = wishes.map { take($0.name, $0.suffixes) ? $0.name : "" }
    for place in names.indices where names[place].isEmpty {
      let (wish, suffixes) = wishes[place]
      var number = nextNumbers[wish] ?? 2
      // A name that ends in a digit is set apart from its number.
      let isNumbered = wish.unicodeScalars.last.map { $0.properties.numericType != nil } ?? false
      let stem = isNumbered ? wish + "_" : wish
      while !take("\(stem)\(number)", suffixes) { number += 1 }
      nextNumbers[wish] = number + 1
      names[place] = "\(stem)\(number)"
      clashes.append((place, wish, names[place]))
    }
    return names
  }

  /// Tells what was numbered in the last list.
  ///
  /// - Parameter subjects: What each wish was for, as a person knows it.
  /// - Returns: A line each.
  func notes(_ subjects: [String]) -> [String] {
    clashes.map { "\(subjects[$0.place]) is called \($0.name): \($0.wish) is taken" }
  }

  private mutating func take(_ name: String, _ suffixes: [String]) -> Bool {
    if suffixes == [""] { return taken.insert(name).inserted }
    let all = suffixes.map { name + $0 }
    guard all.allSatisfy({ !taken.contains($0) }) else { return false }
    taken.formUnion(all)
    return true
  }
}
