package import Diagnostics
import SQLScript

/// Knows which statement of which file made an object of a database.
///
/// Statements are looked at by their first words, so what code makes (`execute format(…)` in a DO
/// block) is not found. The last statement that makes an object is the one that counts.
package struct ObjectOrigins: Sendable {
  private struct Entry: Sendable {
    /// Lower case, without quotes, blanks folded.
    var words: [String]
    var location: SourceLocation
  }

  private var entries: [Entry] = []

  /// Knows nothing yet.
  package init() {}

  /// Takes the statements of a file.
  ///
  /// - Parameters:
  ///   - sql: The file's text.
  ///   - file: As people know it.
  package mutating func read(_ sql: String, file: String) {
    for statement in Script(sql).statements {
      let words = Self.words(of: statement)
      guard let first = words.first, first == "create" || first == "alter" else { continue }
      entries.append(
        Entry(words: words, location: SourceLocation(file: file, line: statement.line)))
    }
  }

  /// Finds what made an object, or a part of it.
  ///
  /// - Parameters:
  ///   - type: `table`, `view`, `function`, `extension`, …
  ///   - schema: Of the object.
  ///   - name: Of the object.
  ///   - part: A policy, an index or a constraint of it.
  /// - Returns: Nil when no statement is found.
  package func find(
    type: String, schema: String, name: String, part: String? = nil
  ) -> SourceLocation? {
    if let part {
      let found = entries.last { entry in
        guard let kind = Self.kind(entry.words) else { return false }
        switch kind {
        case "policy", "index": return Self.names(entry.words, after: kind, part, schema)
        default: return entry.words.contains(part.lowercased())
        }
      }
      if let found { return found.location }
    }
    return entries.last { entry in
      guard let kind = Self.kind(entry.words), entry.words.first == "create" else { return false }
      return kind == type.split(separator: " ").last.map(String.init)
        && Self.names(entry.words, after: kind, name, schema)
    }?.location
  }

  private static let kinds: Set<String> = [
    "table", "view", "function", "procedure", "extension", "policy", "index", "sequence", "type",
    "trigger",
  ]

  private static func kind(_ words: [String]) -> String? {
    words.prefix(5).first { kinds.contains($0) }
  }

  /// Whether the name that follows a word is this one, with its schema or without.
  private static func names(
    _ words: [String], after kind: String, _ name: String, _ schema: String
  ) -> Bool {
    guard let place = words.firstIndex(of: kind) else { return false }
    let rest = words[(place + 1)...].drop {
      ["if", "not", "exists", "concurrently", "only"].contains($0)
    }
    // A policy's name may have blanks in it, which are words here.
    let wanted = name.lowercased().split { $0.isWhitespace }.map(String.init)
    if wanted.count > 1 { return rest.starts(with: wanted) }
    guard let first = rest.first else { return false }
    return first == name.lowercased() || first == "\(schema).\(name)".lowercased()
  }

  /// The first words of a statement, as names are compared.
  private static func words(of statement: SQLStatement) -> [String] {
    let start = statement.firstTokenOffset - statement.textRange.lowerBound
    let text = statement.text.utf8.dropFirst(max(0, start)).prefix(4_000)
    let plain = String(decoding: text.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    return plain.lowercased().split { $0.isWhitespace || "(),;".contains($0) }.prefix(400)
      .map(String.init)
  }
}
