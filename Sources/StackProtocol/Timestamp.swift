package import FoundationEssentials

/// A moment that JSON shows in ISO 8601, in UTC, with milliseconds.
package struct Timestamp: Sendable, Hashable, Comparable {
  /// The moment.
  package var date: Date

  package init(_ date: Date) {
    self.date = date
  }

  /// Reads `2026-11-24T23:17:28Z`, with or without a fraction of the second.
  ///
  /// - Parameter text: ISO 8601 with a time zone.
  package init?(_ text: String) {
    let styles = [
      Date.ISO8601FormatStyle(includingFractionalSeconds: true), Date.ISO8601FormatStyle(),
    ]
    guard let date = styles.lazy.compactMap({ try? $0.parse(text) }).first else { return nil }
    self.date = date
  }

  /// The present moment.
  package static var now: Timestamp { Timestamp(Date()) }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.date < right.date }
}

extension Timestamp: CustomStringConvertible {
  package var description: String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}

extension Timestamp: Codable {
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let read = Timestamp(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no ISO 8601 time"))
    }
    self = read
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
