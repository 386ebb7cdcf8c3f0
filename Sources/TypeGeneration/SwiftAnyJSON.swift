/// A stand-in for supabase-swift's type of any JSON, where that is not imported.
enum SwiftAnyJSON {
  /// Writes it at the end of a file.
  static func write(access: String, _ text: inout SwiftText) {
    text.line("#if !canImport(Supabase)")
    text.documentation("Any JSON value.")
    text.block("\(access) enum AnyJSON: Codable, Hashable, Sendable") { text in
      for line in [
        "case null", "case bool(Bool)", "case integer(Int)", "case double(Double)",
        "case string(String)", "case object([String: AnyJSON])", "case array([AnyJSON])",
      ] {
        text.line(line)
      }
      text.block("\(access) init(from decoder: any Decoder) throws") { text in
        text.line("let container = try decoder.singleValueContainer()")
        text.line("if container.decodeNil() {")
        text.indented { $0.line("self = .null") }
        for (name, type) in [
          ("bool", "Bool"), ("integer", "Int"), ("double", "Double"), ("string", "String"),
          ("object", "[String: AnyJSON]"),
        ] {
          text.line("} else if let value = try? container.decode(\(type).self) {")
          text.indented { $0.line("self = .\(name)(value)") }
        }
        text.line("} else {")
        text.indented { $0.line("self = .array(try container.decode([AnyJSON].self))") }
        text.line("}")
      }
      text.block("\(access) func encode(to encoder: any Encoder) throws") { text in
        text.line("var container = encoder.singleValueContainer()")
        text.line("switch self {")
        text.line("case .null: try container.encodeNil()")
        for name in ["bool", "integer", "double", "string", "object", "array"] {
          text.line("case .\(name)(let value): try container.encode(value)")
        }
        text.line("}")
      }
    }
    text.line("#endif")
  }
}
