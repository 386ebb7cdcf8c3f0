import PostgresClient
import RESTRequests
import TestCluster
import Testing

@testable import REST

/// Nothing that a client or a catalog says becomes SQL.
@Suite struct EscapingTests {
  private static let pieces = [
    "'", "\"", "\\", ";", "--", "/*", "*/", "$1", "$$", "::", "%", "*", ",", ".", "(", ")", "{",
    "}", "a", "Z", "0", " ", "é", "\u{301}", "名", "\n", "select", "drop table api.clients",
    "E'", "\u{200B}",
  ]

  private func text(_ random: inout some RandomNumberGenerator) -> String {
    (0..<Int.random(in: 1...6, using: &random))
      .map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
  }

  private func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return byte < 16 ? "%0\(digits)" : "%\(digits)"
    }.joined()
  }

  private func quoted(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { scalars.append("\\") }
      scalars.append(scalar)
    }
    return "\"\(String(scalars))\""
  }

  /// A value finds the row that holds it, whatever is in it, and stays out of the text of SQL.
  @Test func valuesAreCompared() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let fixtures = try await Fixtures.shared()
    for _ in 0..<60 {
      let value = text(&random)
      let operation = ["eq.\(value)", "in.(\(quoted(value)))"].randomElement(using: &random) ?? ""
      let body = "{\"note\":\(jsonString(value))}"
      let line = "POST /bare?select=note"
      let (answer, _) = try await fixtures.answer(
        line, headers: [(name: "prefer", value: "return=representation")], body: body)
      #expect(answer.body == "[{\"note\":\(jsonString(value))}]", "seed \(seed)")
      let read = "GET /bare?note=\(encoded(operation))&select=note"
      let request = try fixtures.request(read)
      let statement = try RESTStatement(request, body: "", cache: fixtures.cache)
      let plain = try RESTStatement(
        fixtures.request("GET /bare?note=eq.x&select=note"), body: "", cache: fixtures.cache)
      if operation.hasPrefix("eq") { #expect(statement.query.sql == plain.query.sql) }
      #expect(try await fixtures.body(read) == "[]", "seed \(seed)")
    }
  }

  /// A name that is no column is the server's 42703, never a syntax error and never another column.
  @Test func namesAreQuoted() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let fixtures = try await Fixtures.shared()
    for _ in 0..<60 {
      let name = "~" + text(&random)
      let place =
        ["select=", "order=", "select=x:", ""].randomElement(using: &random) ?? ""
      let query = encoded(quoted(name)) + (place.isEmpty ? "=eq.1" : "")
      let error = await #expect(throws: RESTError.self, "seed \(seed)") {
        try await fixtures.answer("GET /clients?\(place)\(query)")
      }
      #expect(error?.code == "42703", "seed \(seed): \(place)\(name)")
    }
  }

  /// Tables and columns of any name are read, written and embedded.
  @Test func namesOfTheCatalogAreQuoted() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let cluster = try await TemporaryCluster.shared()
    // Names are cut off at 63 bytes.
    let names = (0..<4).map { String("\($0)\(text(&random))".unicodeScalars.prefix(20)) }
    let (one, many) = (quoteIdentifier(names[0]), quoteIdentifier(names[1]))
    let (column, key) = (quoteIdentifier(names[2]), quoteIdentifier(names[3]))
    try await cluster.withDatabase { database in
      try await cluster.withConnection(to: database) { connection in
        _ = try await connection.execute(
          """
          create table \(one) (id int primary key, \(column) text default \(quoteLiteral(names[2])));
          create table \(many) (id int primary key, \(key) int references \(one));
          """)
        let cache = try await SchemaCache.read(from: connection, schemas: ["public"])
        var fixtures = Fixtures(
          parameters: cluster.parameters(database: database), cache: cache)
        fixtures.schemas = ["public"]
        let written = try await fixtures.body(
          "POST /\(encoded(names[0]))?columns=id,\(encoded(quoted(names[2])))",
          headers: [(name: "prefer", value: "return=representation,missing=default")],
          body: #"{"id":1}"#)
        #expect(
          written == "[{\"id\":1,\(jsonString(names[2])):\(jsonString(names[2]))}]",
          "seed \(seed)")
        let embedded = try await fixtures.body(
          "GET /\(encoded(names[1]))?select=\(encoded(quoted(names[0])))(*)&order="
            + encoded(quoted(names[3])))
        #expect(embedded == "[]", "seed \(seed)")
      }
    }
  }

  private func jsonString(_ text: String) -> String {
    var json: [UInt8] = []
    json.appendJSONString(text)
    return String(decoding: json, as: UTF8.self)
  }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
