package import SchemaCatalog

/// Who may use generated types.
package enum SwiftAccess: String, Sendable, Hashable, CaseIterable {
  /// The module that the file is part of.
  case `internal`
  /// Everybody who imports it.
  case `public`
  /// The modules of its package.
  case package
}

/// What generated types look like.
package enum SwiftStyle: String, Sendable, Hashable, CaseIterable {
  /// A structure each for reading, adding and changing rows, in an enum for each schema.
  case structs
  /// A structure with `@Table` for each relation, at the top of the file.
  case table
}

/// How Swift types are generated.
package struct SwiftOptions: Sendable, Hashable {
  package var access: SwiftAccess
  package var style: SwiftStyle
  /// Whether names, keys, relationships, functions, initialisers and comments are written too.
  ///
  /// Without them the text is the original's wherever that compiles.
  package var hasAdditions: Bool
  /// Whether a nullable column of an `Update` is optional twice: nil leaves it as it is,
  /// `.some(nil)` sets it to NULL.
  package var updatesCanSayNull: Bool

  package init(
    access: SwiftAccess = .internal, style: SwiftStyle = .structs, hasAdditions: Bool = true,
    updatesCanSayNull: Bool = true
  ) {
    self.access = access
    self.style = style
    self.hasAdditions = hasAdditions
    self.updatesCanSayNull = updatesCanSayNull
  }
}

/// Makes Swift types that compile, whatever the names in the database are.
///
/// Equal metadata gives equal text, and the time taken grows with its size only.
package enum SwiftGenerator {
  /// Generates a file.
  ///
  /// - Parameters:
  ///   - metadata: Of the schemas that are wanted.
  ///   - options: What it looks like.
  /// - Returns: The file and notes for a person.
  package static func generate(
    _ metadata: TypeMetadata, options: SwiftOptions = SwiftOptions()
  ) -> GeneratedTypes {
    switch options.style {
    case .structs: SwiftStructFile(metadata, options).generate()
    case .table: SwiftTableFile(metadata, options).generate()
    }
  }
}
