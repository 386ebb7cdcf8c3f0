/// A type as TypeScript writes it, before lines are broken.
indirect enum TypeScriptType: Sendable, Hashable {
  /// A word, a literal or an indexed access, which never break: `string`, `"a"`, `Json`.
  case text(String)
  /// A name that an editor knows as a type reference: alone with `null` it does not break.
  case reference(String)
  case generic(String, [TypeScriptType])
  case array(TypeScriptType)
  case union([TypeScriptType])
  /// Members; open ones stay on lines of their own even when they would fit on one.
  case object([TypeScriptMember], isOpen: Bool)
  /// An object that is a text as well, as errors are told.
  case intersection(TypeScriptType, String)
  case tuple([TypeScriptType])

  static let unknown = TypeScriptType.text("unknown")
  static let never = TypeScriptType.text("never")

  /// The type, or null; `unknown` holds null already.
  var orNull: TypeScriptType {
    switch self {
    case .text("unknown"): self
    case .union(let members): .union(members + [.text("null")])
    default: .union([self, .text("null")])
    }
  }
}

/// A key and the type of its value.
struct TypeScriptMember: Sendable, Hashable {
  var name: String
  var isOptional = false
  var type: TypeScriptType

  init(_ name: String, isOptional: Bool = false, _ type: TypeScriptType) {
    self.name = name
    self.isOptional = isOptional
    self.type = type
  }

  /// What stands before the type: `name?: `.
  var head: String { TypeScriptText.key(name) + (isOptional ? "?: " : ": ") }
}
