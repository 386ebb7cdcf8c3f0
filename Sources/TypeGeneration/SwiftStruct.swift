/// A structure with coding keys.
struct SwiftStruct {
  /// A stored property.
  struct Property {
    /// Without backticks.
    let name: String
    /// With backticks where they are needed, in declarations and as a member.
    let escapedName: String
    /// The same where an expression stands.
    let expression: String
    /// In JSON.
    let key: String
    /// The key as a literal.
    let literal: String
    var type: String
    /// Whether nil leaves it out.
    var isOptional: Bool
    var comment: String?

    init(name: String, key: String, type: String, isOptional: Bool, comment: String? = nil) {
      self.name = name
      escapedName = SwiftNames.escaped(name)
      expression = SwiftNames.escapedInExpression(name)
      self.key = key
      literal = swiftLiteral(key)
      self.type = type
      self.isOptional = isOptional
      self.comment = comment
    }
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
        text.line("\(access) var id: \(identity.type) { \(identity.expression) }")
      }
      for property in properties {
        if hasAdditions { text.documentation(property.comment) }
        text.line(access, " let ", property.escapedName, ": ", property.type)
        text.note(type: property.type)
      }
      if !properties.isEmpty {
        Self.writeEnum(
          "CodingKeys", conformances: "String, CodingKey",
          cases: properties.map { ($0.escapedName, $0.literal) }, access: access, &text)
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
          property.expression, ": ", property.type,
          property.isOptional ? " = nil" : "", place < properties.count - 1 ? "," : "")
      }
    }
    text.block(")") { text in
      for property in properties {
        text.line("self.", property.escapedName, " = ", property.expression)
      }
    }
  }

  /// Writes an enum over strings, its cases and their literals escaped.
  static func writeEnum(
    _ name: String, conformances: String, cases: [(name: String, literal: String)],
    access: String, _ text: inout SwiftText
  ) {
    text.block("\(access) enum \(name): \(conformances)") { text in
      for item in cases {
        text.line("case ", item.name, " = ", item.literal)
      }
    }
  }
}
