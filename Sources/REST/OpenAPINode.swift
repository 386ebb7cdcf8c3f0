internal import RESTRequests

/// A part of a JSON document, in the order in which it is written.
indirect enum OpenAPINode {
  case text(String)
  case flag(Bool)
  /// JSON as it is.
  case raw(String)
  case list([OpenAPINode])
  case members([(key: String, value: OpenAPINode?)])

  /// A reference to another part of the document.
  static func reference(_ path: String) -> OpenAPINode {
    .members([("$ref", .text("#/\(path)"))])
  }

  /// A text that may not be there.
  static func optional(_ text: String?) -> OpenAPINode? { text.map { .text($0) } }

  /// Texts; nothing when there are none.
  static func texts(_ texts: [String]) -> OpenAPINode? {
    texts.isEmpty ? nil : .list(texts.map { .text($0) })
  }

  func write(to json: inout [UInt8]) {
    switch self {
    case .text(let text): json.appendJSONString(text)
    case .flag(let flag): json.append(contentsOf: (flag ? "true" : "false").utf8)
    case .raw(let text): json.append(contentsOf: text.utf8)
    case .list(let items):
      json.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { json.append(UInt8(ascii: ",")) }
        item.write(to: &json)
      }
      json.append(UInt8(ascii: "]"))
    case .members(let members):
      json.append(UInt8(ascii: "{"))
      var isFirst = true
      for (key, value) in members {
        guard let value else { continue }
        if !isFirst { json.append(UInt8(ascii: ",")) }
        isFirst = false
        json.appendJSONString(key)
        json.append(UInt8(ascii: ":"))
        value.write(to: &json)
      }
      json.append(UInt8(ascii: "}"))
    }
  }
}
