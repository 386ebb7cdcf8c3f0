/// What a client would like: its `Prefer` headers.
package struct Preferences: Hashable, Sendable {
  /// What becomes of a row that is there already.
  package enum Resolution: String, Hashable, Sendable, CaseIterable {
    case mergeDuplicates = "resolution=merge-duplicates"
    case ignoreDuplicates = "resolution=ignore-duplicates"
  }

  /// What a write answers with.
  package enum Representation: String, Hashable, Sendable, CaseIterable {
    case full = "return=representation"
    case minimal = "return=minimal"
    case headersOnly = "return=headers-only"
  }

  /// How the rows without the limit are counted.
  package enum Count: String, Hashable, Sendable, CaseIterable {
    case exact = "count=exact"
    case planned = "count=planned"
    case estimated = "count=estimated"
  }

  /// How the transaction ends.
  package enum TransactionEnd: String, Hashable, Sendable, CaseIterable {
    case commit = "tx=commit"
    case rollback = "tx=rollback"
  }

  /// What a column becomes that the body does not name.
  package enum Missing: String, Hashable, Sendable, CaseIterable {
    case defaults = "missing=default"
    case nulls = "missing=null"
  }

  /// What becomes of preferences that nobody knows.
  package enum Handling: String, Hashable, Sendable, CaseIterable {
    case strict = "handling=strict"
    case lenient = "handling=lenient"
  }

  package var resolution: Resolution?
  package var representation: Representation?
  package var count: Count?
  /// Only where the configuration lets clients choose.
  package var transactionEnd: TransactionEnd?
  package var missing: Missing?
  package var handling: Handling?
  /// As given; whether there is such a zone only the server knows.
  package var timeZone: String?
  package var maximumAffected: Int?
  /// Preferences that are none of these, in their order; `timezone=…` too, until somebody has looked.
  private var unknown: [String] = []
  private var hasMaximumAffected = false

  package init() {}

  /// Reads the values of all `Prefer` headers, in their order; the first of a kind counts.
  package init(headers: [String], allowsTransactionEnd: Bool) {
    for header in headers {
      for part in header.utf8.split(separator: UInt8(ascii: ",")) {
        guard let text = String(Self.trimmed(part)), !text.isEmpty else { continue }
        read(text, allowsTransactionEnd: allowsTransactionEnd)
      }
    }
  }

  private mutating func read(_ text: String, allowsTransactionEnd: Bool) {
    if let value = Resolution(rawValue: text) {
      resolution = resolution ?? value
    } else if let value = Representation(rawValue: text) {
      representation = representation ?? value
    } else if let value = Count(rawValue: text) {
      count = count ?? value
    } else if let value = TransactionEnd(rawValue: text) {
      if allowsTransactionEnd { transactionEnd = transactionEnd ?? value }
    } else if let value = Missing(rawValue: text) {
      missing = missing ?? value
    } else if let value = Handling(rawValue: text) {
      handling = handling ?? value
    } else if text.utf8.starts(with: "timezone=".utf8) {
      timeZone = timeZone ?? String(text.dropFirst("timezone=".count))
      unknown.append(text)
    } else if text.utf8.starts(with: "max-affected=".utf8) {
      // The first one counts also when it is no number.
      guard !hasMaximumAffected else { return }
      hasMaximumAffected = true
      maximumAffected = RowRange.number(in: String(text.dropFirst("max-affected=".count)))
    } else {
      unknown.append(text)
    }
  }

  /// The preferences that a strict client has to hear about, in their order.
  ///
  /// - Parameter isTimeZone: Whether the server has a zone of that name.
  /// - Returns: The preferences as the client wrote them.
  package func invalid(isTimeZone: (String) -> Bool) -> [String] {
    unknown.filter { text in
      guard text.utf8.starts(with: "timezone=".utf8) else { return true }
      return !isTimeZone(String(text.dropFirst("timezone=".count)))
    }
  }

  /// Fails a strict request with preferences that nobody knows.
  package func check(isTimeZone: (String) -> Bool) throws(RESTError) {
    guard handling == .strict else { return }
    let invalid = invalid(isTimeZone: isTimeZone)
    if !invalid.isEmpty { throw .preferences(invalid) }
  }

  /// A kind of preference, for telling which were honoured.
  package struct Kinds: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let resolution = Kinds(rawValue: 1)
    package static let missing = Kinds(rawValue: 2)
    package static let representation = Kinds(rawValue: 4)
    package static let count = Kinds(rawValue: 8)
    package static let transactionEnd = Kinds(rawValue: 16)
    package static let handling = Kinds(rawValue: 32)
    package static let timeZone = Kinds(rawValue: 64)
    package static let maximumAffected = Kinds(rawValue: 128)

    package static let read: Kinds = [.count, .transactionEnd, .handling, .timeZone]
    package static let insert: Kinds = read.union([.resolution, .missing, .representation])
    package static let update: Kinds = read.union([.missing, .representation, .maximumAffected])
    package static let delete: Kinds = read.union([.representation, .maximumAffected])
    package static let put: Kinds = read.union([.representation])
    package static let call: Kinds = read.union([.maximumAffected])
  }

  /// The value of `Preference-Applied`.
  ///
  /// - Parameter kinds: What the request honoured.
  /// - Returns: Preferences in the order of the reference; nil when there is nothing to say.
  package func applied(_ kinds: Kinds) -> String? {
    var parts: [String] = []
    func add(_ kind: Kinds, _ text: String?) {
      if kinds.contains(kind), let text { parts.append(text) }
    }
    add(.resolution, resolution?.rawValue)
    add(.missing, missing?.rawValue)
    add(.representation, representation?.rawValue)
    add(.count, count?.rawValue)
    add(.transactionEnd, transactionEnd?.rawValue)
    add(.handling, handling?.rawValue)
    add(.timeZone, timeZone.map { "timezone=\($0)" })
    if handling == .strict {
      add(.maximumAffected, maximumAffected.map { "max-affected=\($0)" })
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
    var bytes = bytes
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return bytes
  }
}
