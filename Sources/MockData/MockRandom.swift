/// Random numbers that a seed and a place decide: the same on every machine, with every Swift.
///
/// SplitMix64, started from an FNV-1a hash of the place, so that a new column or table changes
/// no other value. The standard library's own shuffling may change between versions.
struct MockRandom {
  private var state: UInt64

  init(seed: UInt64, _ place: String...) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for part in place {
      for byte in part.utf8 {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
      }
      hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    }
    state = seed ^ hash
    _ = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 up to, without, the limit.
  mutating func below(_ limit: Int) -> Int {
    limit > 1 ? Int(next() % UInt64(limit)) : 0
  }

  /// A number of the range, its ends included.
  mutating func number(in range: ClosedRange<Int>) -> Int {
    let span = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
    let offset = span == .max ? next() : next() % (span + 1)
    return Int(truncatingIfNeeded: Int64(range.lowerBound) &+ Int64(bitPattern: offset))
  }

  mutating func chance(_ percent: Int) -> Bool {
    below(100) < percent
  }

  mutating func pick<Element>(_ items: [Element]) -> Element? {
    items.isEmpty ? nil : items[below(items.count)]
  }

  /// Lower-case hexadecimal digits.
  mutating func hex(_ count: Int) -> String {
    var text = ""
    while text.utf8.count < count {
      let digits = String(next(), radix: 16)
      text += String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
    return String(text.prefix(count))
  }

  /// A version 4 UUID.
  mutating func uuid() -> String {
    let digits = Array(hex(32))
    let variant = ["8", "9", "a", "b"][below(4)]
    return String(digits[0..<8]) + "-" + String(digits[8..<12]) + "-4" + String(digits[13..<16])
      + "-" + variant + String(digits[17..<20]) + "-" + String(digits[20..<32])
  }
}
