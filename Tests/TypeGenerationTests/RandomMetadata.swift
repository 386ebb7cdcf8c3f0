import SchemaCatalog

/// A generator of numbers that a seed repeats.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  // SplitMix64: G. Steele et al., "Fast splittable pseudorandom number generators", 2014.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Makes schemas of few and awkward names, so that many of them meet.
struct RandomMetadata {
  private var random: SeededGenerator
  private var sketch = MetadataSketch()
  private var types: [Int] = []
  private var taken: Set<String> = []
  private let prefix: String

  /// Makes schemas.
  ///
  /// - Parameters:
  ///   - seed: Equal seeds make equal schemas.
  ///   - prefix: Of every schema's name, so that several fit in one module.
  /// - Returns: What a database could say of itself.
  static func make(seed: UInt64, prefix: String = "") -> TypeMetadata {
    var maker = RandomMetadata(seed: seed, prefix: prefix)
    return maker.make()
  }

  private init(seed: UInt64, prefix: String) {
    random = SeededGenerator(seed: seed)
    self.prefix = prefix
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  private mutating func name() -> String {
    if chance(60) {
      return ["a", "b", "user", "mood"].randomElement(using: &random).map { word in
        ["", "_", "_id", "-b", " a", "2", "_2"].randomElement(using: &random).map { word + $0 }
          ?? word
      } ?? "a"
    }
    let name = SwiftCompileTests.awkwardNames.randomElement(using: &random) ?? "x"
    return name.isEmpty ? "x" : name
  }

  /// Names that differ, as those of one table do.
  private mutating func names(_ most: Int) -> [String] {
    var seen: Set<[UInt8]> = []
    return (0..<Int.random(in: 0...most, using: &random)).map { _ in name() }
      .filter { seen.insert(Array($0.utf8)).inserted }
  }

  /// A name that no type or relation of the schema has.
  private mutating func newName(_ schema: String) -> String {
    var wish = name()
    while !taken.insert(schema + "\u{0}" + wish).inserted {
      wish = name() + "\(Int.random(in: 0..<100, using: &random))"
    }
    return wish
  }

  private mutating func type() -> Int {
    types.randomElement(using: &random) ?? 0
  }

  private mutating func make() -> TypeMetadata {
    let schemas = ["a", "a_", "b"].prefix(Int.random(in: 1...3, using: &random)).map { prefix + $0 }
    for schema in schemas where chance(80) { sketch.schema(schema) }
    types = MetadataSketch.system.dropLast(3).map { sketch[$0] }
    for schema in schemas {
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        types.append(sketch.enumeration(schema, newName(schema), names(5)))
      }
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let attributes = names(4).map { ($0, type()) }
        types.append(sketch.composite(schema, newName(schema), attributes))
        if chance(50) { types.append(sketch.array(of: type())) }
        if chance(50) { types.append(sketch.domain(schema, newName(schema), over: type())) }
      }
      for _ in 0..<Int.random(in: 0...4, using: &random) { relation(schema) }
      for _ in 0..<Int.random(in: 0...4, using: &random) { function(schema) }
    }
    return sketch.metadata
  }

  private mutating func relation(_ schema: String) {
    let names = names(6)
    let columns = names.map { name in
      MetadataSketch.Column(
        name, type(), isNullable: chance(50), isIdentity: chance(10), isGenerated: chance(10),
        defaultValue: chance(20) ? "x" : nil, comment: chance(20) ? name : nil)
    }
    let table = newName(schema)
    if chance(60) {
      types.append(sketch.table(schema, table, columns, key: Array(names.prefix(1))))
    } else {
      types.append(sketch.view(schema, table, columns, isWritable: chance(50)))
    }
    if let first = names.first {
      sketch.relationship(schema, table, [first], to: name(), in: schema, [first])
    }
  }

  private mutating func function(_ schema: String) {
    let modes: [TypeMetadata.Argument.Mode] = [.in, .in, .in, .out, .inout, .variadic, .table]
    var arguments: [(mode: TypeMetadata.Argument.Mode, name: String, type: Int, isOptional: Bool)]
    arguments = []
    for name in names(4) {
      let mode = modes.randomElement(using: &random) ?? .in
      arguments.append((mode, chance(10) ? "" : name, type(), chance(30)))
    }
    let results = types + ["record", "void", "anyelement"].map { sketch[$0] }
    sketch.function(
      schema, name(), arguments, returns: results.randomElement(using: &random) ?? 0,
      isSet: chance(40))
  }
}
