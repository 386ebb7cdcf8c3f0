/// A structure with coding keys.
struct SwiftStruct {
  /// A stored property.
  struct Property {
    /// Without backticks.
    var name: String
    /// In JSON.
    var key: String
    var type: String
    /// Whether nil leaves it out.
    var isOptional: Bool
    var comment: String?
  }

  var name: String
  var properties: [Property]
  /// What tells rows apart, unless a property is called `id`.
  var identity: Property?
  /// Whether it has an initialiser and documentation.
  var hasAdditions: Bool
  var access: String
  /// Lines before the properties.
  var head: [String] = []

  func write(_ text: inout SwiftText) {
    let conformances = "Codable, Hashable, Sendable" + (identity == nil ? "" : ", Identifiable")
    text.block("\(access) struct \(name): \(conformances)") { text in
      for line in head { text.line(line) }
      if let identity, !properties.contains(where: { $0.name == "id" }) {
        let value = SwiftNames.escapedInExpression(identity.name)
        text.line("\(access) var id: \(identity.type) { \(value) }")
      }
      for property in properties {
        if hasAdditions { text.documentation(property.comment) }
        text.line("\(access) let ", SwiftNames.escaped(property.name), ": ", property.type)
        if property.type.contains("AnyJSON") { text.usesAnyJSON = true }
      }
      if !properties.isEmpty {
        Self.writeEnum(
          "CodingKeys", conformances: "String, CodingKey",
          cases: properties.map { ($0.name, $0.key) }, access: access, &text)
      }
      if hasAdditions { writeInitialiser(&text) }
    }
  }

  private func writeInitialiser(_ text: inout SwiftText) {
    guard !properties.isEmpty else {
      text.line("\(access) init() {}")
      return
    }
    text.line("\(access) init(")
    text.indented { text in
      for (place, property) in properties.enumerated() {
        text.line(
          SwiftNames.escapedInExpression(property.name), ": ", property.type,
          property.isOptional ? " = nil" : "", place < properties.count - 1 ? "," : "")
      }
    }
    text.block(")") { text in
      for property in properties {
        text.line(
          "self.", SwiftNames.escaped(property.name), " = ",
          SwiftNames.escapedInExpression(property.name))
      }
    }
  }

  /// Writes an enum over strings.
  static func writeEnum(
    _ name: String, conformances: String, cases: [(name: String, value: String)],
    access: String, _ text: inout SwiftText
  ) {
    text.block("\(access) enum \(name): \(conformances)") { text in
      for item in cases {
        text.line("case ", SwiftNames.escaped(item.name), " = ", swiftLiteral(item.value))
      }
    }
  }
}
