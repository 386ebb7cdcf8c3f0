/// What a request brings: which columns or arguments, and the text in which their values are.
package enum RequestBody: Hashable, Sendable {
  /// None is expected, or what came does not count.
  case none
  /// Rows or named arguments as JSON.
  case json(Rows)
  /// Arguments of a function, each a text; a name may repeat.
  case arguments([QueryParameters.Argument])
  /// The one unnamed argument of a function: the body as it came.
  case whole
  /// The same when the body is no text.
  case binary([UInt8])

  /// JSON with known keys.
  package struct Rows: Hashable, Sendable {
    /// Where the JSON text is.
    package enum Text: Hashable, Sendable {
      /// The body itself.
      case asSent
      /// Made from a body of another kind, or in place of one that holds no rows.
      case rewritten([UInt8])
    }

    package var text: Text
    /// The columns to set, each once: those of `columns`, else the keys of the first object.
    package var keys: [String]
    /// Whether the text is one object; otherwise it is an array of them.
    ///
    /// A body that `columns` goes with is not read: then this is what its first character says.
    package var isObject: Bool
    /// Whether there are no rows at all in the text.
    package var isEmpty: Bool

    package init(_ text: Text = .asSent, keys: [String], isObject: Bool, isEmpty: Bool = false) {
      self.text = text
      self.keys = keys
      self.isObject = isObject
      self.isEmpty = isEmpty
    }
  }

  /// Finds out what a body is.
  ///
  /// - Parameters:
  ///   - bytes: All of it.
  ///   - type: Its `Content-Type`.
  ///   - columns: The query's `columns`.
  ///   - isFunction: Whether it goes to a function, not to a table.
  ///   - limits: How deep JSON may nest.
  /// - Throws: `RESTError` (400 PGRST102).
  package init(
    _ bytes: UnsafeBufferPointer<UInt8>, type: MediaType, columns: [String]?, isFunction: Bool,
    limits: RequestLimits
  ) throws(RESTError) {
    switch type {
    case .json:
      self = .json(try Self.rows(bytes, columns: columns, isFunction: isFunction, limits: limits))
    case .csv:
      var csv = CSVBody(bytes)
      self = .json(try csv.rows())
    case .urlEncoded:
      let pairs = try QueryString(bytes).pairs
      self = isFunction ? .arguments(Self.arguments(pairs)) : .json(Self.row(pairs))
    case .plainText where isFunction, .xml where isFunction: self = .whole
    case .octetStream where isFunction: self = .binary(Array(bytes))
    default:
      throw .body("Content-Type not acceptable: \(type.name)")
    }
  }

  private static func rows(
    _ bytes: UnsafeBufferPointer<UInt8>, columns: [String]?, isFunction: Bool,
    limits: RequestLimits
  ) throws(RESTError) -> Rows {
    if let columns {
      let first = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
      return Rows(keys: columns, isObject: first == UInt8(ascii: "{"))
    }
    if bytes.isEmpty, isFunction {
      return Rows(.rewritten(Array("{}".utf8)), keys: [], isObject: true)
    }
    let found: JSONKeys
    do throws(JSONKeys.Failure) {
      found = try JSONKeys(bytes, nesting: limits.jsonNesting)
    } catch {
      switch error {
      case .invalid: throw .invalidJSON
      case .differing: throw .body("All object keys must match")
      }
    }
    switch found.shape {
    case .object: return Rows(keys: found.keys, isObject: true)
    case .array(let count):
      return Rows(keys: found.keys, isObject: false, isEmpty: count == 0)
    case .scalar:
      return Rows(.rewritten(Array("[]".utf8)), keys: [], isObject: false, isEmpty: true)
    }
  }

  private static func arguments(_ pairs: [QueryString.Pair]) -> [QueryParameters.Argument] {
    pairs.map { QueryParameters.Argument(name: $0.key, value: $0.value ?? "") }
  }

  /// One row of texts; of a repeated key the last counts.
  private static func row(_ pairs: [QueryString.Pair]) -> Rows {
    var keys: [String] = []
    var values: [String: String] = [:]
    for pair in pairs {
      if values.updateValue(pair.value ?? "", forKey: pair.key) == nil { keys.append(pair.key) }
    }
    var json: [UInt8] = []
    json.appendJSONObject(keys.map { ($0, values[$0]) })
    return Rows(.rewritten(json), keys: keys, isObject: true)
  }
}

extension [UInt8] {
  /// Appends an object of texts and nulls.
  mutating func appendJSONObject(_ members: [(key: String, value: String?)]) {
    append(UInt8(ascii: "{"))
    for (index, member) in members.enumerated() {
      if index > 0 { append(UInt8(ascii: ",")) }
      appendJSONString(member.key)
      append(UInt8(ascii: ":"))
      if let value = member.value {
        appendJSONString(value)
      } else {
        append(contentsOf: "null".utf8)
      }
    }
    append(UInt8(ascii: "}"))
  }
}
