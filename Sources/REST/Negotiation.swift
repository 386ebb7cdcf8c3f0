internal import RESTRequests

/// Which of the accepted types the body is.
struct Negotiation {
  var shape: BodyShape
  /// What the response says it is.
  var type: MediaType
  /// What stands before the statement, when its plan is wanted.
  var explanation: String?

  /// Takes the first accepted type that can be made.
  ///
  /// Types of the interface itself come first and cannot be replaced; then what the database has
  /// for the relation or the function, as long as its rows are whole; then what it has for
  /// everything; then JSON, CSV and GeoJSON.
  ///
  /// - Parameters:
  ///   - types: The most wanted first.
  ///   - target: What the rows are of.
  ///   - isPlain: Whether they are as they are there.
  ///   - cache: What there is.
  ///   - rules: Whether plans may be seen.
  /// - Throws: `RESTError` (406 PGRST107).
  init(
    _ types: [MediaType], of target: QualifiedName, isPlain: Bool, in cache: SchemaCache,
    _ rules: PlanRules
  ) throws(RESTError) {
    for type in types {
      switch type {
      case .strippedArray, .object:
        (shape, self.type) = (Self.own(type), type)
        return
      case .plan(let planned, let format, let options):
        guard rules.allowsPlans else { continue }
        self.type = type
        explanation = Self.explain(format, options)
        switch planned {
        case .strippedArray, .object:
          shape = Self.own(planned)
          return
        default:
          guard let found = Self.find(planned, target, isPlain, cache) else { continue }
          shape = found.shape
          return
        }
      default:
        guard let found = Self.find(type, target, isPlain, cache) else { continue }
        (shape, self.type) = found
        return
      }
    }
    throw .notAcceptable(types)
  }

  private static func own(_ type: MediaType) -> BodyShape {
    switch type {
    case .object(let isStripped): .object(isStripped: isStripped)
    default: .array(isStripped: true)
    }
  }

  private static func find(
    _ type: MediaType, _ target: QualifiedName, _ isPlain: Bool, _ cache: SchemaCache
  ) -> (shape: BodyShape, type: MediaType)? {
    if !cache.mediaHandlers.isEmpty {
      let ofTarget = isPlain ? cache.mediaHandlers[.named(target)] : nil
      var key = type
      if case .other(let name) = type { key = .other(name.lowercased()) }
      if let handler = ofTarget?[.any] ?? ofTarget?[key] ?? cache.mediaHandlers[.anything]?[key] {
        return (.custom(handler), handler.resolvedType)
      }
    }
    switch type {
    case .json, .any: return (.array(isStripped: false), .json)
    case .csv: return (.csv, .csv)
    case .geoJSON: return (.geoJSON, .geoJSON)
    default: return nil
    }
  }

  private static func explain(
    _ format: MediaType.PlanFormat, _ options: MediaType.PlanOptions
  ) -> String {
    let names = ["FORMAT \(format.rawValue.uppercased())"] + options.names.map { $0.uppercased() }
    return "EXPLAIN (\(names.joined(separator: ", "))) "
  }
}
