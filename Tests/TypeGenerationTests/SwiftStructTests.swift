import SchemaCatalog
import Testing

@testable import TypeGeneration

/// The original's structures, and where ours differ from them.
@Suite struct SwiftStructTests {
  private typealias Column = MetadataSketch.Column

  private static let plain = SwiftOptions(hasAdditions: false, updatesCanSayNull: false)

  private func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Types that are committed somewhere do not change where they were right.
  @Test func simpleTablesAreTheOriginals() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    let status = sketch.enumeration("public", "user_status", ["ACTIVE", "in", "victory-road"])
    let int8 = sketch["int8"]
    _ = sketch.table(
      "public", "user_things",
      [
        Column("user_id", int8, isIdentity: true), Column("createdAt", sketch["timestamptz"]),
        Column("in", sketch["numeric"], isNullable: true),
        Column("_status", status, defaultValue: "'ACTIVE'"),
      ])
    _ = sketch.view("public", "_v", [Column("tags", sketch.array(of: sketch["text"]))])
    #expect(
      SwiftGenerator.generate(sketch.metadata, options: Self.plain).text == """
        import Foundation
        #if canImport(Supabase)
        import Supabase
        #endif

        internal enum PublicSchema {
          internal enum UserStatus: String, Codable, Hashable, Sendable {
            case active = "ACTIVE"
            case `in` = "in"
            case victoryRoad = "victory-road"
          }
          internal struct UserThingsSelect: Codable, Hashable, Sendable, Identifiable {
            internal var id: Int64 { userId }
            internal let Status: UserStatus
            internal let createdat: String
            internal let `in`: Decimal?
            internal let userId: Int64
            internal enum CodingKeys: String, CodingKey {
              case Status = "_status"
              case createdat = "createdAt"
              case `in` = "in"
              case userId = "user_id"
            }
          }
          internal struct UserThingsInsert: Codable, Hashable, Sendable, Identifiable {
            internal var id: Int64? { userId }
            internal let Status: UserStatus?
            internal let createdat: String
            internal let `in`: Decimal?
            internal let userId: Int64?
            internal enum CodingKeys: String, CodingKey {
              case Status = "_status"
              case createdat = "createdAt"
              case `in` = "in"
              case userId = "user_id"
            }
          }
          internal struct UserThingsUpdate: Codable, Hashable, Sendable, Identifiable {
            internal var id: Int64? { userId }
            internal let Status: UserStatus?
            internal let createdat: String?
            internal let `in`: Decimal?
            internal let userId: Int64?
            internal enum CodingKeys: String, CodingKey {
              case Status = "_status"
              case createdat = "createdAt"
              case `in` = "in"
              case userId = "user_id"
            }
          }
          internal struct _VSelect: Codable, Hashable, Sendable {
            internal let tags: [String]?
            internal enum CodingKeys: String, CodingKey {
              case tags = "tags"
            }
          }
        }

        """)
  }

  /// Who turns additions off has the original's lines and no others.
  @Test func additionsOnlyAdd() {
    for metadata in [SwiftCompileTests.awkward("public"), RandomMetadata.make(seed: 7)] {
      let plain = lines(SwiftGenerator.generate(metadata, options: Self.plain).text)
      let full = lines(
        SwiftGenerator.generate(
          metadata, options: SwiftOptions(hasAdditions: true, updatesCanSayNull: false)
        ).text)
      var rest = full[...]
      for line in plain where !line.contains("AnyJSON") && !line.contains(", Identifiable") {
        guard let place = rest.firstIndex(where: { $0 == line || $0 == line + ", Identifiable" })
        else {
          // A structure that a key made identifiable.
          let isHead = line.hasSuffix("Sendable {")
          #expect(isHead, "lost: \(line)")
          continue
        }
        rest = rest[(place + 1)...]
      }
    }
  }

  /// A column is set to NULL, or left alone: two wishes, two values.
  @Test func updatesTellNullFromNothing() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    _ = sketch.table(
      "public", "t",
      [
        Column("a", sketch["text"], isNullable: true), Column("b", sketch["text"]),
        Column("c", sketch["jsonb"], isNullable: true),
      ])
    let text = SwiftGenerator.generate(sketch.metadata).text
    #expect(text.contains("let a: String??"))
    #expect(text.contains("a: String?? = nil,"))
    // Any JSON has a null of its own.
    #expect(!text.contains("AnyJSON??"))
    #expect(!text.contains("let b: String??"))
  }

  /// What PostgreSQL refuses cannot be written.
  @Test func generatedColumnsAreOnlyRead() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    _ = sketch.table(
      "public", "t",
      [Column("a", sketch["text"]), Column("sum", sketch["int4"], isGenerated: true)])
    let text = SwiftGenerator.generate(sketch.metadata, options: Self.plain).text
    #expect(text.ranges(of: "let sum:").count == 1)
    #expect(text.ranges(of: "let a:").count == 3)
  }

  /// Two properties of one name do not compile, and the column is what is asked for.
  @Test func idStaysTheColumn() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    _ = sketch.table(
      "public", "t", [Column("id", sketch["text"]), Column("n", sketch["int8"], isIdentity: true)])
    let text = SwiftGenerator.generate(sketch.metadata, options: Self.plain).text
    #expect(!text.contains("var id"))
    #expect(text.contains("struct TSelect: Codable, Hashable, Sendable, Identifiable"))
  }

  /// A primary key tells rows apart as well as an identity does.
  @Test func primaryKeysIdentify() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    _ = sketch.table(
      "public", "t", [Column("code", sketch["text"]), Column("x", sketch["text"])], key: ["code"])
    let full = SwiftGenerator.generate(sketch.metadata).text
    #expect(full.contains("internal var id: String { code }"))
    #expect(full.contains("static let primaryKey: [String] = [\"code\"]"))
    #expect(
      !SwiftGenerator.generate(sketch.metadata, options: Self.plain).text.contains("Identifiable"))
  }

  /// A type is what it is by its number, not by a name that another schema has too.
  @Test func otherSchemasAreQualified() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    sketch.schema("other")
    let here = sketch.enumeration("public", "mood", ["a"])
    let there = sketch.enumeration("other", "mood", ["b"])
    let pair = sketch.composite("other", "pair", [("mood", there), ("back", here)])
    let row = sketch.table("other", "rows", [Column("x", sketch["text"])])
    let unseen = sketch.enumeration("hidden", "secret", ["c"])
    _ = sketch.enumeration("hidden", "unused", ["d"])
    _ = sketch.table(
      "public", "t",
      [
        Column("a", here), Column("b", there), Column("c", pair), Column("d", row),
        Column("e", sketch.array(of: unseen)),
      ])
    let text = SwiftGenerator.generate(sketch.metadata, options: Self.plain).text
    for line in [
      "let a: Mood", "let b: OtherSchema.Mood", "let c: OtherSchema.Pair",
      "let d: OtherSchema.RowsSelect", "let e: [HiddenSchema.Secret]", "let mood: Mood?",
      "let back: PublicSchema.Mood?", "enum HiddenSchema {", "enum Secret: String",
    ] {
      #expect(text.contains(line), "\(line)")
    }
    #expect(!text.contains("Unused"))
  }

  /// What the client's JSON holds is what the type can read.
  ///
  /// A view's column may be NULL whatever its type says: a join leaves it empty.
  @Test func everyTypeIsDeclared() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    let expected = [
      "bool": "Bool", "int2": "Int16", "int4": "Int32", "int8": "Int64", "float4": "Float",
      "float8": "Double", "numeric": "Decimal", "text": "String", "uuid": "UUID", "date": "String",
      "interval": "String", "bytea": "String", "json": "AnyJSON", "jsonb": "AnyJSON",
      "inet": "String", "int4range": "String", "tsvector": "String", "money": "String",
      "xml": "String", "point": "String", "bit": "String", "oid": "String",
    ]
    for (name, _) in expected {
      _ = sketch.view("public", name, [Column(name, sketch[name])])
    }
    let inner = sketch.domain("public", "inner", over: sketch["int8"])
    let outer = sketch.domain("public", "outer", over: inner)
    _ = sketch.view(
      "public", "own",
      [
        Column("domain", outer), Column("domains", sketch.array(of: outer)),
        Column("nolabels", sketch.enumeration("public", "nolabels", [])),
        Column("nothing", sketch.composite("public", "nothing", [])), Column("gone", 1),
      ])
    let text = SwiftGenerator.generate(sketch.metadata, options: Self.plain).text
    for (name, type) in expected {
      #expect(text.contains("let \(name): \(type)?\n"), "\(name)")
    }
    for line in [
      "let domain: Int64?\n", "let domains: [Int64]?\n", "let nolabels: String?\n",
      "let nothing: AnyJSON?\n", "let gone: AnyJSON?\n",
    ] {
      #expect(text.contains(line), "\(line)")
    }
  }

  /// Composite columns come as objects, whose parts may all be missing.
  @Test func compositesAreDeclared() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    let pair = sketch.composite(
      "public", "pair", [("zip_code", sketch["int4"]), ("class", sketch["text"])])
    _ = sketch.table("public", "t", [Column("p", sketch.array(of: pair))])
    let text = SwiftGenerator.generate(sketch.metadata, options: Self.plain).text
    #expect(text.contains("let p: [Pair]\n"))
    #expect(text.contains("let zipCode: Int32?\n    internal let `class`: String?\n"))
  }

  /// A name that clashes changes itself, none of the others, and a person hears of it.
  @Test func clashesAreNumberedAndTold() {
    func names(_ tables: [String]) -> (GeneratedTypes, [Substring]) {
      var sketch = MetadataSketch()
      sketch.schema("public")
      for table in tables {
        _ = sketch.view("public", table, [Column("a-b", sketch["text"]), Column("a_b", 1)])
      }
      let types = SwiftGenerator.generate(sketch.metadata, options: Self.plain)
      return (types, lines(types.text).filter { $0.contains("struct") })
    }
    let (types, structures) = names(["a_b", "a-b", "a b2", "x"])
    #expect(Set(structures.map { $0.split(separator: " ")[2] }).count == 4)
    #expect(structures.contains { $0.contains("AB2Select") })
    #expect(types.notes.count == 1)
    #expect(types.notes == [#"view "a-b" of "public" is called AB3: AB is taken"#])
    #expect(types.text.contains("let aB: "))
    #expect(types.text.contains("let aB2: "))
    let (_, without) = names(["a_b", "a b2", "x"])
    #expect(without.contains { $0.contains("ABSelect") })
  }

  /// Functions are called by name with named values, or with one body.
  @Test func functionsHaveArgumentsAndResults() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    let row = sketch.table("public", "users", [Column("id", sketch["int8"])])
    let int4 = sketch["int4"]
    sketch.function(
      "public", "add_up", [(.in, "a", int4, false), (.in, "b", int4, true)], returns: int4)
    sketch.function("public", "body", [(.in, "", sketch["jsonb"], false)], returns: sketch["void"])
    sketch.function("public", "full_name", [(.in, "", row, false)], returns: sketch["text"])
    sketch.function("public", "find", [], returns: row, isSet: true)
    sketch.function(
      "public", "find", [(.in, "id", int4, false), (.table, "n", int4, false)], returns: int4,
      isSet: true)
    sketch.function("public", "split", [(.out, "", int4, false)], returns: int4)
    sketch.function("public", "any", [(.in, "x", sketch["anyelement"], false)], returns: 1)
    let text = SwiftGenerator.generate(sketch.metadata).text
    for line in [
      "struct AddUpArguments: Codable", "static let functionName = \"add_up\"",
      "let a: Int32\n", "let b: Int32?\n", "typealias AddUpResult = Int32?",
      "typealias BodyArguments = AnyJSON", "typealias BodyResult = Void",
      "typealias FindResult = [PublicSchema.UsersSelect]", "typealias Find2Result = [Find2Row]",
      "struct Find2Row: Codable", "struct SplitRow", "let split: Int32?", "let x: AnyJSON",
    ] {
      #expect(text.contains(line), "\(line)")
    }
    // It is read with the rows, never called.
    #expect(!text.contains("FullName"))
  }

  /// One request stays in one schema.
  @Test func relationshipsStayInTheirSchema() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    _ = sketch.table("public", "orders", [Column("user_id", sketch["int8"])])
    sketch.relationship("public", "orders", ["user_id"], to: "users", in: "public", ["id"])
    sketch.relationship("public", "orders", ["org"], to: "orgs", in: "other", ["id"])
    let text = SwiftGenerator.generate(sketch.metadata).text
    #expect(text.ranges(of: "Relationship(\n").count == 1)
    #expect(text.contains("name: \"orders_fkey\""))
    #expect(text.contains("static let name = \"orders\""))
    #expect(text.contains("static let schemaName = \"public\""))
  }

  /// Comments help where types are used, and cannot end themselves.
  @Test func commentsAreDocumentation() {
    var sketch = MetadataSketch()
    sketch.schema("public")
    _ = sketch.table(
      "public", "t", [Column("a", sketch["text"], comment: "one\r\n\ntwo\u{1} ")],
      comment: "*/ }")
    let text = SwiftGenerator.generate(sketch.metadata).text
    #expect(text.contains("  /// */ }\n  internal struct TSelect"))
    #expect(text.contains("    /// one\n    ///\n    /// two\n    internal let a"))
    #expect(!SwiftGenerator.generate(sketch.metadata, options: Self.plain).text.contains("///"))
  }

  @Test(arguments: SwiftAccess.allCases)
  func accessIsWhatWasAskedFor(access: SwiftAccess) {
    let options = SwiftOptions(access: access)
    let text = SwiftGenerator.generate(RandomMetadata.make(seed: 1), options: options).text
    #expect(text.contains("\(access) import Foundation\n") == (access != .internal))
    for other in SwiftAccess.allCases where other != access {
      #expect(!text.contains("\(other) enum"))
      #expect(!text.contains("\(other) struct"))
      #expect(!text.contains("\(other) let"))
    }
    #expect(text.contains("\(access) enum"))
  }
}
