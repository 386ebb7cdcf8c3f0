/// A kind of body that a client sends or accepts.
package indirect enum MediaType: Hashable, Sendable {
  case json
  case geoJSON
  case csv
  case plainText
  case xml
  case openAPI
  case urlEncoded
  case octetStream
  case any
  /// An array without the members that are null.
  case strippedArray
  /// One object, perhaps without the members that are null.
  case object(isStripped: Bool)
  /// How the database would do it, for a request that accepts another type.
  case plan(for: MediaType, PlanFormat, PlanOptions)
  /// For a handler of the database; without parameters.
  case other(String)

  /// How a plan is written.
  package enum PlanFormat: String, Hashable, Sendable, CaseIterable {
    case json, text
  }

  /// What a plan shows besides; the options of EXPLAIN.
  package struct PlanOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let analyze = PlanOptions(rawValue: 1)
    package static let verbose = PlanOptions(rawValue: 2)
    package static let settings = PlanOptions(rawValue: 4)
    package static let buffers = PlanOptions(rawValue: 8)
    package static let wal = PlanOptions(rawValue: 16)

    static let named: [(name: String, option: PlanOptions)] = [
      ("analyze", .analyze), ("verbose", .verbose), ("settings", .settings),
      ("buffers", .buffers), ("wal", .wal),
    ]

    /// Those that are asked for, in the order of EXPLAIN.
    package var names: [String] {
      Self.named.filter { contains($0.option) }.map(\.name)
    }
  }

  /// Reads one type with its parameters, spaces in it left out.
  package init(_ text: String) {
    let compact = String(text.filter { $0 != " " })
    let parts = compact.split(separator: ";", omittingEmptySubsequences: false)
    let parameters = parts.dropFirst()
    let name = String(parts.first ?? "")
    switch name.lowercased() {
    case "application/json": self = .json
    case "application/geo+json": self = .geoJSON
    case "text/csv": self = .csv
    case "text/plain": self = .plainText
    case "text/xml": self = .xml
    case "application/openapi+json": self = .openAPI
    case "application/x-www-form-urlencoded": self = .urlEncoded
    case "application/octet-stream": self = .octetStream
    case "application/vnd.pgrst.plan", "application/vnd.pgrst.plan+text":
      self = .plan(.text, parameters)
    case "application/vnd.pgrst.plan+json":
      self = .plan(.json, parameters)
    case "application/vnd.pgrst.object+json", "application/vnd.pgrst.object":
      self = .object(isStripped: parameters.elementsEqual(["nulls=stripped"]))
    case "application/vnd.pgrst.array+json", "application/vnd.pgrst.array":
      self = parameters.elementsEqual(["nulls=stripped"]) ? .strippedArray : .json
    case "*/*", "": self = .any
    default: self = .other(name)
    }
  }

  private static func plan(
    _ format: PlanFormat, _ parameters: ArraySlice<Substring>
  ) -> MediaType {
    func value(of key: String) -> Substring? {
      parameters.first { $0.hasPrefix(key) }?.dropFirst(key.count)
    }
    var options: PlanOptions = []
    for name in (value(of: "options=") ?? "").split(separator: "|") {
      for named in PlanOptions.named where named.name == name { options.insert(named.option) }
    }
    let target = value(of: "for=").map { $0.filter { $0 != "\"" } } ?? "application/json"
    // A plan of a plan is one of nothing; it also could nest without end.
    let type = target.hasPrefix("application/vnd.pgrst.plan") ? .json : MediaType(target)
    return .plan(for: type, format, options)
  }

  /// The types of an `Accept` header, the most wanted first.
  ///
  /// By `q`, then by how much a type says: parameters count for, stars against it.
  package static func accepted(_ header: String?) -> [MediaType] {
    guard let header, !header.isEmpty else { return [.any] }
    if let single = common[header] { return [single] }
    var weighted: [(type: MediaType, quality: Double, detail: Int)] = []
    for part in header.split(separator: ",", omittingEmptySubsequences: false) {
      var text = part.filter { $0 != " " }
      var quality = 1.0
      if let place = text.firstRange(of: ";q=") {
        let digits = text[place.upperBound...].prefix { $0 != ";" }
        quality = Double(digits) ?? 1
        text = String(text[..<place.lowerBound])
      }
      let detail = text.utf8.reduce(0) {
        $1 == UInt8(ascii: ";") ? $0 + 1 : $1 == UInt8(ascii: "*") ? $0 - 1 : $0
      }
      weighted.append((MediaType(text), quality, detail))
    }
    let order = weighted.indices.sorted { first, second in
      let (a, b) = (weighted[first], weighted[second])
      if a.quality != b.quality { return a.quality > b.quality }
      return a.detail == b.detail ? first < second : a.detail > b.detail
    }
    return order.map { weighted[$0].type }
  }

  /// Headers that nearly every request has, so that those need no reading.
  private static let common: [String: MediaType] = [
    "*/*": .any, "application/json": .json, "text/csv": .csv,
    "application/vnd.pgrst.object+json": .object(isStripped: false),
  ]

  /// The type as text, with the parameters that belong to it.
  package var name: String {
    switch self {
    case .json: return "application/json"
    case .geoJSON: return "application/geo+json"
    case .csv: return "text/csv"
    case .plainText: return "text/plain"
    case .xml: return "text/xml"
    case .openAPI: return "application/openapi+json"
    case .urlEncoded: return "application/x-www-form-urlencoded"
    case .octetStream: return "application/octet-stream"
    case .any: return "*/*"
    case .strippedArray: return "application/vnd.pgrst.array+json;nulls=stripped"
    case .object(let isStripped):
      return "application/vnd.pgrst.object+json\(isStripped ? ";nulls=stripped" : "")"
    case .plan(let type, let format, let options):
      let names = options.names
      let suffix = names.isEmpty ? "" : "; options=\(names.joined(separator: "|"))"
      return "application/vnd.pgrst.plan+\(format.rawValue); for=\"\(type.name)\"\(suffix)"
    case .other(let name): return name
    }
  }

  /// The value of `Content-Type` in a response.
  package var contentType: String {
    switch self {
    case .octetStream, .other: name
    default: "\(name); charset=utf-8"
    }
  }
}
