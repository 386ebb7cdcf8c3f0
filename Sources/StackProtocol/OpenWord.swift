/// A word of a set that may grow: one that this version does not know is kept, not refused.
package protocol OpenWord: RawRepresentable, Codable, Sendable, Hashable,
  CustomStringConvertible, ExpressibleByStringLiteral
where RawValue == String {
  init(rawValue: String)
}

extension OpenWord {
  package init(stringLiteral word: String) { self.init(rawValue: word) }

  package var description: String { rawValue }
}
