import SchemaCatalog
import Testing

@testable import TypeGeneration

/// The layout that supabase-swift's macros read.
@Suite struct SwiftTableTests {
  private typealias Column = MetadataSketch.Column

  private func file(_ sketch: MetadataSketch) -> GeneratedTypes {
    SwiftGenerator.generate(sketch.metadata, options: SwiftOptions(style: .table))
  }

  /// The macro asks for these words in this order.
  @Test func tablesHaveMarkers() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    sketch.schema("private")
    let mood = sketch.enumeration("public", "mood", ["sad", "so so"])
    _ = sketch.table(
      "public", "to_dos",
      [
        Column("id", sketch["int8"], isIdentity: true), Column("task", sketch["text"]),
        Column("is_done", sketch["bool"], defaultValue: "false"),
        Column("createdAt", sketch["timestamptz"], isNullable: true),
        Column("class", sketch.array(of: mood)),
        Column("total", sketch["numeric"], isGenerated: true),
      ], key: ["id"])
    _ = sketch.view("private", "some-thing", [Column("x", sketch["json"], isNullable: true)])
    _ = sketch.view("public", "open", [Column("x", sketch["uuid"])], isWritable: true)
    let types = file(sketch)
    #expect(
      types.text == """
        import Foundation
        import PostgrestMacros

        enum PrivateSchema: PostgrestSchema {
          static let name = "private"
        }

        @Table("some-thing", schema: PrivateSchema.self, readOnly: true)
        struct PrivateSomeThing {
          var x: JSONValue?
        }

        struct Mood: RawRepresentable, Codable, Hashable, Sendable {
          let rawValue: String
          init(rawValue: String) {
            self.rawValue = rawValue
          }
          static let sad = Mood(rawValue: "sad")
          static let soSo = Mood(rawValue: "so so")
        }

        @Table("to_dos")
        struct ToDos {
          @PrimaryKey @Generated var id: Int
          var task: String
          @Default var isDone: Bool
          @Column("createdAt") var createdAt: Date?
          @Column("class") var `class`: [Mood]
          @Generated var total: Decimal
        }

        @Table("open")
        struct Open {
          var x: UUID?
        }

        """)
    #expect(types.notes.isEmpty)
  }

  /// The macro finds a column by the property's name alone where nobody could read it otherwise.
  @Test(arguments: [
    ("user_id", false), ("a", false), ("x2_day", false), ("createdAt", true), ("User", true),
    ("a_b_c", true), ("line_2", true), ("_id", true), ("user__id", true), ("naïve", true),
    ("class", true), ("id", false), ("url_x", true),
  ])
  func columnsAreNamedWhereNeeded(name: String, isNeeded: Bool) {
    #expect(SwiftTableFile.needsColumn(name, SwiftNames.camelCase(name)) == isNeeded)
  }

  /// What has no type is any JSON, and somebody is told.
  @Test func unmappedTypesAreTold() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    let pair = sketch.composite("public", "pair", [("a", sketch["int4"])])
    _ = sketch.table(
      "public", "t", [Column("a", sketch["bytea"]), Column("b", sketch.array(of: pair))])
    let types = file(sketch)
    #expect(types.text.contains("var a: JSONValue\n  var b: [JSONValue]\n"))
    let place = #"of table "t" of "public""#
    #expect(
      types.notes == [
        #"column "a" \#(place): bytea has no type here: JSONValue"#,
        #"column "b" \#(place): pair[] has no type here: [JSONValue]"#,
      ])
    #expect(!types.text.contains("import Foundation"))
  }

  /// Names that would hide what the file uses step aside.
  @Test func usedNamesAreNotHidden() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    _ = sketch.enumeration("public", "date", ["x", "hash_value", "raw_value"])
    _ = sketch.table("public", "string", [Column("schema", sketch["text"])])
    _ = sketch.table("public", "🦊", [Column("🦊", sketch["text"]), Column("1", sketch["text"])])
    let text = file(sketch).text
    for line in [
      "struct DateEnum: ", "struct StringTable {", "var schemaColumn: String",
      "static let hashValueCase", "static let rawValueCase", "struct Unnamed {",
      "@Column(\"🦊\") var unnamed", "@Column(\"1\") var _1",
    ] {
      #expect(text.contains(line), "\(line)")
    }
  }
}
