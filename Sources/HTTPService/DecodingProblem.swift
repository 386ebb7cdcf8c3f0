import FoundationEssentials

/// What is wrong with a service's file.
extension DecodingError {
  /// The place and the fault, without the values: some of them are keys.
  package var problem: String {
    func place(_ context: Context, _ more: (any CodingKey)? = nil) -> String {
      (context.codingPath + (more.map { [$0] } ?? [])).map {
        $0.intValue.map { "[\($0)]" } ?? $0.stringValue
      }.joined(separator: ".")
    }
    return switch self {
    case .keyNotFound(let key, let context): "\(place(context, key)) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(place(context)) has the wrong type"
    default: "it is not JSON, or a value is of no use"
    }
  }
}
