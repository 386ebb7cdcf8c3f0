/// Which rows: how many are skipped, and how many are given at most.
package struct RowRange: Hashable, Sendable {
  /// Rows skipped; below zero only where an embed was asked so, which PostgreSQL then refuses.
  package var offset: Int
  /// Nil for all that are left; below zero as with `offset`.
  package var limit: Int?

  package init(offset: Int = 0, limit: Int? = nil) {
    self.offset = offset
    self.limit = limit
  }

  /// Every row.
  package static let all = RowRange()

  /// The rows of a `Range` header; one that is not `a-b` or `a-` asks for all of them.
  ///
  /// A limit below one means that the first is behind the last.
  package init(header: String) {
    self = .all
    let parts = header.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.allSatisfy(isDigit) }),
      let first = parts.first, !first.isEmpty, let last = parts.last
    else { return }
    offset = count(first)
    if !last.isEmpty { limit = count(last) - offset + 1 }
  }

  /// The rows of a request: its `limit` and `offset` within its `Range` header.
  ///
  /// - Parameters:
  ///   - query: What `limit` and `offset` say; an offset below zero is none.
  ///   - header: What the header says.
  /// - Throws: `RESTError` (416) when no row can be in both, unless none were asked for.
  package init(query: RowRange, within header: RowRange) throws(RESTError) {
    // With a limit of zero no rows are asked for, which is no error; behind an offset it is one.
    if let limit = query.limit, query.offset + limit == 0 {
      self.init(offset: 0, limit: 0)
      return
    }
    if let limit = header.limit, limit < 1 {
      throw .range(
        "The lower boundary must be lower than or equal to the upper boundary in the Range header."
      )
    }
    let lower = max(query.offset, header.offset, 0)
    let uppers = [query, header].compactMap { range in range.limit.map { range.offset + $0 - 1 } }
    guard let upper = uppers.min() else {
      self.init(offset: lower)
      return
    }
    guard upper >= lower else {
      throw .range("Limit should be greater than or equal to zero.")
    }
    self.init(offset: lower, limit: upper - lower + 1)
  }

  /// A whole number as a client writes it, spaces around allowed; nil for anything else.
  static func number(in text: String) -> Int? {
    var bytes = text.utf8[...]
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    bytes = bytes.drop(while: isSpace)
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { bytes.removeFirst() }
    guard !bytes.isEmpty, bytes.allSatisfy(isDigit) else { return nil }
    return isNegative ? -count(bytes) : count(bytes)
  }
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

/// The value of digits; beyond what a table can hold it stays at a bound that sums cannot overflow.
private func count(_ digits: some Sequence<UInt8>) -> Int {
  digits.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), 1 << 58) }
}
