package import SchemaCatalog

/// A language that types can be generated in.
package enum TypeLanguage: String, Sendable, Hashable, CaseIterable {
  case typescript
  case swift
}

/// A file of types, and what somebody who uses it should know.
package struct GeneratedTypes: Sendable, Hashable {
  /// The file's text.
  package var text: String
  /// A line each, for a person.
  package var notes: [String]
}

/// How types are generated, in whichever language.
package struct TypeOptions: Sendable, Hashable {
  package var language: TypeLanguage
  package var typeScript: TypeScriptGenerator.Options
  package var swift: SwiftOptions

  package init(
    language: TypeLanguage = .typescript,
    typeScript: TypeScriptGenerator.Options = TypeScriptGenerator.Options(),
    swift: SwiftOptions = SwiftOptions()
  ) {
    self.language = language
    self.typeScript = typeScript
    self.swift = swift
  }

  /// Generates a file.
  ///
  /// - Parameter metadata: Of the selected schemas.
  /// - Returns: Equal metadata gives equal text.
  package func generate(_ metadata: TypeMetadata) -> GeneratedTypes {
    switch language {
    case .typescript:
      GeneratedTypes(text: TypeScriptGenerator.generate(metadata, typeScript), notes: [])
    case .swift: SwiftGenerator.generate(metadata, options: swift)
    }
  }
}
