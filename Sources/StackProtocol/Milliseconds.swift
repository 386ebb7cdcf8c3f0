/// A duration that JSON shows as a number of milliseconds.
package struct Milliseconds: Sendable, Hashable, Comparable {
  /// The duration.
  package var duration: Duration

  package init(_ duration: Duration) {
    self.duration = duration
  }

  package static func < (left: Milliseconds, right: Milliseconds) -> Bool {
    left.duration < right.duration
  }
}

extension Milliseconds: Codable {
  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer().decode(Double.self)
    guard value.isFinite, abs(value) < 1e15 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no number of milliseconds"))
    }
    duration = .microseconds(Int64((value * 1000).rounded()))
  }

  /// Writes a whole number from ten seconds on, two places before it: enough for people and plots.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    let (seconds, attoseconds) = duration.components
    let value = Double(seconds) * 1000 + Double(attoseconds) / 1e15
    if abs(value) >= 10_000 {
      try container.encode(Int64(value.rounded()))
    } else {
      try container.encode((value * 100).rounded() / 100)
    }
  }
}
