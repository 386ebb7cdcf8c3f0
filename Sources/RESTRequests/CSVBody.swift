/// A body of comma-separated values (RFC 4180) whose first record names the columns.
struct CSVBody {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  /// Makes JSON rows of it: every value a text, an exact `NULL` the null.
  ///
  /// Fields beyond those of the header are left out; what is missing has to be so in every record.
  mutating func rows() throws(RESTError) -> RequestBody.Rows {
    guard let header = try record() else {
      throw .body("Empty or invalid csv")
    }
    var json: [UInt8] = [UInt8(ascii: "[")]
    var width: Int?
    while let fields = try record() {
      let count = min(fields.count, header.count)
      if let width, width != count {
        throw .body("All lines must have same number of fields")
      }
      if width != nil { json.append(UInt8(ascii: ",")) }
      width = count
      json.appendJSONObject(zip(header, fields).map { ($0, $1 == "NULL" ? nil : $1) })
    }
    json.append(UInt8(ascii: "]"))
    var keys: [String] = []
    for name in header.prefix(width ?? 0) where !keys.contains(name) { keys.append(name) }
    return RequestBody.Rows(
      .rewritten(json), keys: keys, isObject: false, isEmpty: width == nil)
  }

  /// The next record that is no blank line; nil at the end.
  private mutating func record() throws(RESTError) -> [String]? {
    while position < bytes.count, isLineEnd(bytes[position]) { position += 1 }
    guard position < bytes.count else { return nil }
    var fields: [String] = []
    while true {
      fields.append(try field())
      guard position < bytes.count else { return fields }
      let byte = bytes[position]
      position += 1
      if isLineEnd(byte) { return fields }
    }
  }

  /// A field up to the comma or line end behind it.
  private mutating func field() throws(RESTError) -> String {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      let start = position
      while position < bytes.count, bytes[position] != UInt8(ascii: ","),
        !isLineEnd(bytes[position])
      {
        if bytes[position] == UInt8(ascii: "\"") { throw invalid }
        position += 1
      }
      return try text(bytes[start..<position])
    }
    position += 1
    var field: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < bytes.count, bytes[position] == byte else {
          let isEnd =
            position == bytes.count || bytes[position] == UInt8(ascii: ",")
            || isLineEnd(bytes[position])
          guard isEnd else { throw invalid }
          return try text(field)
        }
        position += 1
      }
      field.append(byte)
    }
    throw invalid
  }

  private func text(_ bytes: some Collection<UInt8>) throws(RESTError) -> String {
    if bytes.contains(0) { throw .nul }
    return String(decoding: bytes, as: UTF8.self)
  }

  private var invalid: RESTError {
    .body("Empty or invalid csv: a quote is out of place before byte \(position)")
  }

  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == 0x0A || byte == 0x0D
  }
}
