package import SchemaCatalog

/// Writes types for supabase-js, equal to the original's output byte for byte.
package struct TypeScriptGenerator {
  /// Whose output it is equal to.
  package enum Compatibility: String, Sendable, CaseIterable {
    /// What `supabase gen types` wrote until August 2026.
    case august2026 = "2026-08"
    /// What it writes since: generated columns are never written, computed fields have a list.
    case latest
  }

  /// What can be chosen.
  package struct Options: Sendable, Hashable {
    package var compatibility: Compatibility
    /// Whether relationships say `isOneToOne`, which PostgREST 9 does not know.
    package var saysOneToOne: Bool
    /// Written for hosted projects, so that a client knows what it talks to.
    package var postgrestVersion: String?

    package init(
      compatibility: Compatibility = .august2026, saysOneToOne: Bool = true,
      postgrestVersion: String? = nil
    ) {
      self.compatibility = compatibility
      self.saysOneToOne = saysOneToOne
      self.postgrestVersion = postgrestVersion
    }
  }

  let options: Options
  let index: TypeScriptIndex
  var resolver: TypeScriptResolver
  var layout = TypeScriptLayout()

  var isLatest: Bool { options.compatibility == .latest }

  /// Writes the types.
  ///
  /// - Parameters:
  ///   - metadata: Of the selected schemas.
  ///   - options: What can be chosen.
  /// - Returns: The file's text.
  package static func generate(_ metadata: TypeMetadata, _ options: Options = Options()) -> String {
    var generator = TypeScriptGenerator(
      options: options, index: TypeScriptIndex(metadata, options.compatibility),
      resolver: TypeScriptResolver(metadata, compatibility: options.compatibility))
    generator.writeFile()
    return generator.layout.take()
  }

  private mutating func writeFile() {
    layout.write(line: "export type Json =")
    for type in [
      "string", "number", "boolean", "null", "{ [key: string]: Json | undefined }", "Json[]",
    ] { layout.write(line: "| " + type, at: 2) }
    layout.write(line: "")
    if index.schemas.isEmpty, options.postgrestVersion == nil {
      layout.write(line: "export type Database = {}")
    } else {
      layout.write(line: "export type Database = {")
      writeInternals()
      for schema in index.schemas { write(schema) }
      layout.write(line: "}")
    }
    layout.write(line: "")
    for line in TypeScriptHelpers.lines(options.compatibility) { layout.write(line: line) }
    layout.write(line: "")
    writeConstants()
    // The original printed its text with a line end that it had already.
    if !isLatest { layout.write(line: "") }
  }

  private mutating func writeInternals() {
    guard let version = options.postgrestVersion else { return }
    layout.write(
      line: "// Allows to automatically instantiate createClient with right options", at: 2)
    layout.write(
      line: "// instead of createClient<Database, { PostgrestVersion: 'XX' }>(URL, KEY)", at: 2)
    layout.write(line: "__InternalSupabase: {", at: 2)
    layout.write(line: "PostgrestVersion: \(TypeScriptText.string(version))", at: 4)
    layout.write(line: "}", at: 2)
  }

  private mutating func write(_ schema: TypeScriptIndex.Schema) {
    layout.write(line: "\(TypeScriptText.key(schema.name)): {", at: 2)
    section("Tables", isEmpty: schema.tables.isEmpty) { generator in
      for table in schema.tables { generator.write(table, in: schema) }
    }
    section("Views", isEmpty: schema.views.isEmpty) { generator in
      for view in schema.views { generator.write(view, in: schema) }
    }
    let functions = schema.functionGroups
    section("Functions", isEmpty: functions.isEmpty) { generator in
      for group in functions {
        generator.layout.write(generator.member(for: group, in: schema), at: 6)
      }
    }
    section("Enums", isEmpty: schema.enums.isEmpty) { generator in
      for type in schema.enums {
        let labels = type.enums.map { TypeScriptType.text(TypeScriptText.string($0)) }
        let member = TypeScriptMember(type.name, labels.count == 1 ? labels[0] : .union(labels))
        generator.layout.write(member, at: 6)
      }
    }
    section("CompositeTypes", isEmpty: schema.composites.isEmpty) { generator in
      for type in schema.composites { generator.write(type, in: schema) }
    }
    layout.write(line: "}", at: 2)
  }

  private mutating func section(
    _ name: String, isEmpty: Bool, _ body: (inout TypeScriptGenerator) -> Void
  ) {
    layout.write(line: "\(name): {", at: 4)
    if isEmpty { layout.write(line: "[_ in never]: never", at: 6) } else { body(&self) }
    layout.write(line: "}", at: 4)
  }

  private mutating func write(
    _ type: TypeMetadata.TypeEntry, in schema: TypeScriptIndex.Schema
  ) {
    let members = type.attributes.map { attribute in
      TypeScriptMember(attribute.name, self.type(attribute.typeID, in: schema).orNull)
    }
    layout.write(TypeScriptMember(type.name, .object(members, isOpen: true)), at: 6)
  }

  /// A type by its number.
  mutating func type(_ id: Int, in schema: TypeScriptIndex.Schema) -> TypeScriptType {
    guard let type = index.types[id] else { return .unknown }
    return resolver.type(type.name, in: schema.name, of: type.schema)
  }

  private mutating func writeConstants() {
    if index.schemas.isEmpty {
      layout.write(line: "export const Constants = {} as const")
      return
    }
    layout.write(line: "export const Constants = {")
    for schema in index.schemas {
      layout.write(line: "\(TypeScriptText.key(schema.name)): {", at: 2)
      if schema.enums.isEmpty {
        layout.write(line: "Enums: {},", at: 4)
      } else {
        layout.write(line: "Enums: {", at: 4)
        for type in schema.enums {
          let labels = type.enums.map { TypeScriptType.text(TypeScriptText.string($0)) }
          layout.write(TypeScriptMember(type.name, .tuple(labels)), at: 6, end: ",")
        }
        layout.write(line: "},", at: 4)
      }
      layout.write(line: "},", at: 2)
    }
    layout.write(line: "} as const")
  }
}
