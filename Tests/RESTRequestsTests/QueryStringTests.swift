import Testing

@testable import RESTRequests

/// Splitting, decoding and the reserved keys.
@Suite struct QueryStringTests {
  @Test(arguments: [
    ("a=1&b=2", ["a:1", "b:2"]), ("b=2&a=1&b=3", ["b:2", "a:1", "b:3"]), ("?a=1", ["a:1"]),
    ("a=1;b=2", ["a:1", "b:2"]), ("a+b=c+d", ["a b:c d"]), ("a%20b=c%2Bd", ["a b:c+d"]),
    ("a=b=c", ["a:b=c"]), ("a=%", ["a:%"]), ("a=%4", ["a:%4"]), ("a=%zz%41", ["a:%zzA"]),
    ("a=%c3%bc", ["a:ü"]), ("a=ü", ["a:ü"]), ("a=%ff", ["a:\u{FFFD}"]), ("=1", [":1"]),
    ("a=", ["a:"]),
  ])
  func pairs(text: String, expected: [String]) throws {
    #expect(try QueryString(text).pairs.map { "\($0.key):\($0.value ?? "nil")" } == expected)
  }

  @Test func pairsWithoutValueAskForNothing() throws {
    #expect(try QueryString("a&&b=1").pairs.map(\.value) == [nil, nil, "1"])
    let parameters = try query("a&order&or&limit&columns&on_conflict")
    #expect(parameters.filters.isEmpty && parameters.order.isEmpty && parameters.trees.isEmpty)
    #expect(parameters.columns == nil && parameters.onConflict == nil)
  }

  /// PostgreSQL has no such character; let through, it would end the parameter early.
  @Test func nulIsRefused() {
    for text in ["a=eq.%00", "a%00=eq.1"] {
      #expect(failure { _ = try QueryString(text) }?.code == "22021")
    }
  }

  @Test(arguments: [
    ("a=1&c=3&b=2&d", "a=1&b=2&c=3&d="), ("b=2&a=1&b=3", "a=1&b=2,3"), ("", ""),
    ("a=x y&ü=é", "a=x%20y&%C3%BC=%C3%A9"), ("select=*,a(b)", "select=%2A%2Ca%28b%29"),
  ])
  func canonical(text: String, expected: String) throws {
    #expect(try QueryString(text).canonical == expected)
  }

  @Test func columnsAndConflict() throws {
    let parameters = try query("columns=%22a%22,b+,a&on_conflict=x,y")
    #expect(parameters.columns == ["a", "b"])
    #expect(parameters.onConflict == ["x", "y"])
    let error = failure { _ = try query("columns=") }
    #expect(error?.message == "\"failed to parse columns parameter ()\" (line 1, column 1)")
    #expect(
      error?.details == "unexpected end of input expecting field name (* or [a..z0..9_$])")
    #expect(
      failure { _ = try query("on_conflict=") }?.message
        == "\"failed to parse on_conflict parameter ()\" (line 1, column 1)")
  }

  /// Reserved words end a key; as a column they need quotes that the last dot does not see.
  @Test func reservedKeysAreNoFilters() throws {
    let parameters = try query(
      "select=a&columns=a&on_conflict=a&order=a&limit=1&offset=1&x.limit=2")
    #expect(parameters.filters.isEmpty)
    #expect(try query("x.select=eq.1").filters.first?.value.field.name == "select")
  }

  @Test func tooManyFiltersAreRefused() {
    let text = Array(repeating: "a=eq.1", count: 2001).joined(separator: "&")
    #expect(failure { _ = try query(text) }?.code == "PGRST100")
  }
}
