import CTOML

/// One value of a TOML file, with the place where it stands.
struct TOMLNode: Sendable {
  indirect enum Value: Sendable {
    case string(String)
    case integer(Int)
    case floating(Double)
    case boolean(Bool)
    case dateTime
    case array([TOMLNode])
    case table([TOMLNode])
  }

  /// Empty for an element of an array and for the document itself.
  var key: String
  var value: Value
  /// Of the key where there is one, counted from 1.
  var line: Int
  var column: Int
  var valueLine: Int
  var valueColumn: Int

  /// The children of a table, in the order of the file; nil for anything else.
  var children: [TOMLNode]? {
    guard case .table(let children) = value else { return nil }
    return children
  }

  subscript(name: String) -> TOMLNode? { children?.first { $0.key == name } }

  /// What a person calls this type of value.
  var typeName: String {
    switch value {
    case .string: "a string"
    case .integer: "an integer"
    case .floating: "a number with a fraction"
    case .boolean: "a boolean"
    case .dateTime: "a date"
    case .array: "a list"
    case .table: "a table"
    }
  }
}

/// A TOML text that could not be read.
struct TOMLSyntaxError: Error, Sendable {
  var line: Int
  var column: Int
  var message: String
  /// The key that is there twice, when that is what is wrong.
  var repeatedKey: String?
}

/// Reads a TOML 1.0 text into a tree that knows lines and columns.
///
/// - Parameter text: The bytes of the file; a byte order mark and CRLF are fine.
/// - Returns: The root table.
/// - Throws: The first thing that is not TOML, with its place.
func parseTOML(_ text: [UInt8]) throws(TOMLSyntaxError) -> TOMLNode {
  // toml++ wants an address even for no bytes at all.
  let document = (text.isEmpty ? [0x0A] : text).withUnsafeBytes { bytes in
    ctoml_parse(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count)
  }
  guard let document else {
    throw TOMLSyntaxError(line: 1, column: 1, message: "out of memory", repeatedKey: nil)
  }
  defer { ctoml_free(document) }

  var line: UInt32 = 0
  var column: UInt32 = 0
  if let message = ctoml_error(document, &line, &column) {
    throw syntaxError(String(cString: message), line: Int(line), column: Int(column))
  }

  var count = 0
  let events = UnsafeBufferPointer(start: ctoml_events(document, &count), count: count)
  var open: [TOMLNode] = []
  for event in events {
    switch event.kind {
    case CTOML_TABLE_BEGIN: open.append(TOMLNode(event, .table([])))
    case CTOML_ARRAY_BEGIN: open.append(TOMLNode(event, .array([])))
    case CTOML_TABLE_END, CTOML_ARRAY_END:
      guard let closed = open.popLast() else { break }
      guard !open.isEmpty else { return closed }
      open[open.count - 1].append(closed)
    default:
      guard !open.isEmpty else { break }
      open[open.count - 1].append(TOMLNode(event, scalar(event)))
    }
  }
  throw TOMLSyntaxError(line: 1, column: 1, message: "out of memory", repeatedKey: nil)
}

private func scalar(_ event: ctoml_event) -> TOMLNode.Value {
  switch event.kind {
  case CTOML_STRING: .string(text(event.text, event.text_length))
  case CTOML_INTEGER: .integer(Int(event.integer))
  case CTOML_FLOAT: .floating(event.floating)
  case CTOML_BOOLEAN: .boolean(event.boolean)
  default: .dateTime
  }
}

private func text(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
  guard let start else { return "" }
  return String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
}

private func syntaxError(_ message: String, line: Int, column: Int) -> TOMLSyntaxError {
  // toml++ says "Error while parsing <what>: <why>".
  var detail = Substring(message)
  if detail.hasPrefix("Error while parsing "), let colon = detail.range(of: ": ") {
    let what = detail[..<colon.lowerBound].dropFirst("Error while parsing ".count)
    detail = "in a \(what): \(detail[colon.upperBound...])"[...]
  }
  var repeated: String?
  if message.contains("cannot redefine existing") {
    repeated = message.split(separator: "'", omittingEmptySubsequences: false).dropFirst().first
      .map(String.init)
  }
  return TOMLSyntaxError(
    line: line, column: column, message: String(detail), repeatedKey: repeated)
}

extension Substring {
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}

extension TOMLNode {
  fileprivate init(_ event: ctoml_event, _ value: Value) {
    self.init(
      key: text(event.key, event.key_length), value: value, line: Int(event.line),
      column: Int(event.column), valueLine: Int(event.value_line),
      valueColumn: Int(event.value_column))
  }

  fileprivate mutating func append(_ child: TOMLNode) {
    switch value {
    case .table(var children):
      value = .boolean(false)
      children.append(child)
      value = .table(children)
    case .array(var children):
      value = .boolean(false)
      children.append(child)
      value = .array(children)
    default: break
    }
  }
}
