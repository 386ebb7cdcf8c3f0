import FoundationEssentials
import SchemaCatalog
import Testing

@testable import TypeGeneration

/// Whatever a database holds, its types compile.
@Suite struct SwiftCompileTests {
  /// Names that no compiler takes as they are; no two have the same bytes.
  static let awkwardNames: [String] = {
    var seen: Set<[UInt8]> = []
    return listed.filter { seen.insert(Array($0.utf8)).inserted }
  }()

  private static let listed: [String] =
    ["", " ", "1", "123", "2fa", "_", "__", "_1", "-", "a-b", "a_b", "a b", "A_B", "AB", "ab"]
    + ["quote\"", "back\\slash", "\\(x)", "new\nline", "return\r", "tab\t", "nul\u{1}", "'", "`"]
    + ["🦊", "🦊fox", "fox🦊", "naïve", "née", "ne\u{301}e", "ß", "İ", "ǆ", "漢字", "かな", "ω", "٣"]
    + ["\u{301}x", "\u{202E}rtl", "\u{FEFF}bom", "zero\u{200D}width", "$0", "$", "#if", "//", "/*"]
    + ["hash_value", "hashValue", "raw_value", "string_value", "int_value", "coding_keys", "hash"]
    + ["encode", "_type", "_self", "_string", "_any", "id", "_id", "ID", "String", "Int", "int"]
    + ["Type", "Protocol", "Codable", "AnyJSON", "Optional", "Functions", "Relationship", "Swift"]
    + ["users", "users_select", "UsersSelect", "users_insert", "users_table", "public_schema"]
    + ["function_name", "schema_name", "some", "none", "_CodingKeys", "description", "a2", "a_2"]
    + [String(repeating: "x", count: 63), String(repeating: "x", count: 62) + "é"]
    + SwiftNames.keywords.sorted() + SwiftNames.contextualKeywords.sorted()
    + ["actor", "macro", "package", "open", "left", "right", "nonisolated", "_read", "_modify"]

  /// Every awkward name in every place that a name can have.
  static func awkward(_ schema: String) -> TypeMetadata {
    var sketch = MetadataSketch()
    sketch.schema(schema)
    sketch.schema(schema + "_")
    let names = awkwardNames
    let label = sketch.enumeration(schema, "labels", names)
    let attributes = sketch.composite(schema, "attributes", names.map { ($0, sketch["numeric"]) })
    let twin = sketch.enumeration(schema + "_", "labels", ["other"])
    var types = [label, attributes, twin, sketch["jsonb"], sketch["uuid"], sketch["int8"]]
    for name in names.filter({ !$0.isEmpty }) {
      types.append(sketch.enumeration(schema, name, ["x"]))
      types.append(sketch.composite(schema, name + "_", [("x", sketch["text"]), ("y", label)]))
    }
    types += types.map { sketch.array(of: $0) }
    let columns = names.enumerated().map { place, name in
      MetadataSketch.Column(
        name, types[place % types.count], isNullable: place % 2 == 0, comment: "*/ \n \(name)")
    }
    for (place, name) in names.enumerated() {
      let own = [columns[place], MetadataSketch.Column("row", types[place % types.count])]
      // A view is one structure, a table three: the compiler's time is what this test costs.
      let row =
        place % 6 == 0
        ? sketch.table(schema, name, own, key: [name], comment: name)
        : sketch.view(schema, name, own)
      types.append(row)
      sketch.function(
        schema, name, [(.in, name, types[place], false)], returns: row, isSet: place % 2 == 0)
      sketch.relationship(schema, name, [name], to: names[0], in: schema, [name])
    }
    _ = sketch.table(schema, "all", columns)
    _ = sketch.view(
      schema, "types",
      types.enumerated().map { MetadataSketch.Column("c\($0)", $1, isNullable: true) })
    sketch.function(
      schema, "all", names.filter { !$0.isEmpty }.map { (.in, $0, label, true) },
      returns: sketch["void"])
    sketch.function(
      schema, "outputs", names.map { (.table, $0, label, false) }, returns: sketch["record"],
      isSet: true)
    return sketch.metadata
  }

  /// 861 errors were in the original's output for a schema like this.
  @Test func awkwardNamesCompile() async throws {
    let file = SwiftGenerator.generate(
      Self.awkward("public"), options: SwiftOptions(access: .public))
    let complaints = try await SwiftCompiler.complaints(about: [file.text], clients: .supabase)
    #expect(complaints == "", "\(complaints)")
  }

  /// Without additions, and without supabase-swift in sight, they compile as well.
  @Test func awkwardNamesCompileAlone() async throws {
    let file = SwiftGenerator.generate(
      Self.awkward("public"), options: SwiftOptions(hasAdditions: false, updatesCanSayNull: false))
    let complaints = try await SwiftCompiler.complaints(about: [file.text], clients: .none)
    #expect(complaints == "", "\(complaints)")
  }

  @Test func awkwardNamesCompileAsTables() async throws {
    let files = [
      SwiftGenerator.generate(
        Self.awkward("public"), options: SwiftOptions(access: .public, style: .table)),
      SwiftGenerator.generate(
        Self.awkward("other"), options: SwiftOptions(style: .table, hasAdditions: false)),
    ].map { SwiftCompiler.withoutMacros($0.text) }
    let complaints = try await SwiftCompiler.complaints(about: files, clients: .macros)
    #expect(complaints == "", "\(complaints)")
  }

  /// The limits of PostgreSQL, and more labels than anybody has.
  @Test func largeTablesAndEnumsCompile() async throws {
    var sketch = MetadataSketch()
    sketch.schema("public")
    let label = sketch.enumeration("public", "label", (1...5000).map { "label \($0)" })
    _ = sketch.enumeration("public", "empty", [])
    _ = sketch.view(
      "public", "wide",
      (1...1600).map { MetadataSketch.Column("column_\($0)", label, isNullable: $0 % 2 == 0) })
    let empty = sketch.table("public", "none", [])
    _ = sketch.view("public", "of_none", [MetadataSketch.Column("row", empty)])
    let file = SwiftGenerator.generate(sketch.metadata).text
    let complaints = try await SwiftCompiler.complaints(about: [file], clients: .none)
    #expect(complaints == "", "\(complaints)")
  }

  /// No database makes them, a document can; a structure cannot hold itself.
  @Test func recursiveTypesCompile() async throws {
    var sketch = MetadataSketch()
    sketch.schema("public")
    let text = sketch["text"]
    let one = sketch.composite("public", "one", [("a", text), ("b", text), ("c", text)])
    let two = sketch.composite("public", "two", [("one", one)])
    sketch.change(one, attribute: 0, to: two)
    sketch.change(one, attribute: 1, to: sketch.array(of: one))
    sketch.change(one, attribute: 2, to: sketch.domain("public", "self", over: one))
    let circle = sketch.domain("public", "circle", over: text)
    for place in sketch.metadata.types.indices where sketch.metadata.types[place].id == circle {
      sketch.metadata.types[place].baseTypeID = circle
    }
    let row = sketch.table("public", "t", [MetadataSketch.Column("circle", circle)])
    sketch.metadata.columns[0].declaredTypeID = row
    let file = SwiftGenerator.generate(sketch.metadata).text
    let complaints = try await SwiftCompiler.complaints(about: [file], clients: .none)
    #expect(complaints == "", "\(complaints)")
    #expect(file.contains("let b: [One]?"))
    #expect(file.contains("let circle: AnyJSON"))
  }
}
