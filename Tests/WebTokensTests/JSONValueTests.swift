import Testing

@testable import WebTokens

/// JSON and nothing else.
@Suite struct JSONValueTests {
  @Test func valuesAreWhatTheySay() {
    let rows: [(String, JSONValue)] = [
      ("null", .null), (" true ", .boolean(true)), ("false", .boolean(false)),
      ("-0.10e+05", .number("-0.10e+05")),
      ("12345678901234567890", .number("12345678901234567890")),
      (#""a\"\\\/\b\f\n\r\té""#, .string("a\"\\/\u{8}\u{c}\n\r\té")),
      (#""\u00e9\uD83D\ude00\u0000""#, .string("é😀\0")), (#""\ud83d""#, .string("\u{fffd}")),
      (#""\ud83d\ud83dx""#, .string("\u{fffd}\u{fffd}x")), (#""\ud83dA""#, .string("\u{fffd}A")),
      ("[]", .array([])), ("[1, [null]]", .array([.number("1"), .array([.null])])),
      ("{ }", .object([:])),
      (#"{"a" : 1,"b":{}}"#, .object(["a": .number("1"), "b": .object([:])])),
      (#"{"\u0061":1}"#, .object(["a": .number("1")])),
    ]
    for (text, expected) in rows {
      #expect(JSONValue(Array(text.utf8)) == expected, "\(text)")
      #expect(JSONValue(Array(expected.text.utf8)) == expected, "\(expected.text)")
    }
  }

  @Test func whatIsNotJSONIsNothing() {
    for text in [
      "", " ", "nul", "nulll", "tru", "True", "01", "1.", ".5", "+1", "1e", "1e+", "-", "0x1",
      "NaN",
      "'a'", "\"", "\"\\\"", #""\x""#, #""\u12g4""#, #""\u12""#, "\"\n\"", "\"\u{1f}\"", "[1,]",
      "[",
      "[,1]", "[1 2]", "{,}", #"{"a":1,}"#, #"{"a"}"#, #"{"a":}"#, #"{a:1}"#, #"{1:1}"#, "{}{}",
      "[]]", "// x\n1", "\u{feff}{}", "\u{a0}1",
    ] {
      #expect(JSONValue(Array(text.utf8)) == nil, "\(text)")
    }
    #expect(JSONValue([0x22, 0xff, 0x22]) == nil)
    #expect(JSONValue([0x22, 0xc0, 0xaf, 0x22]) == nil, "an overlong slash")
    #expect(JSONValue([0x22, 0xed, 0xa0, 0x80, 0x22]) == nil, "half a surrogate")
    let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
    #expect(JSONValue(Array(deep.utf8)) != nil)
    #expect(JSONValue(Array("[\(deep)]".utf8)) == nil)
    #expect(JSONValue(Array(String(repeating: "[", count: 1_000_000).utf8)) == nil)
  }

  @Test func numbersLoseNothing() {
    let rows: [(String, Int64?)] = [
      ("0", 0), ("-0", 0), ("0.0e9", 0), ("7", 7), ("-7", -7), ("1e3", 1000), ("1.5E1", 15),
      ("150e-1", 15), ("15e-1", nil), ("0.5", nil), ("100e-2", 1), ("1000.00", 1000),
      ("9223372036854775807", .max), ("-9223372036854775808", .min),
      ("9223372036854775808", nil), ("1e18", 1_000_000_000_000_000_000), ("1e19", nil),
      ("0.000001e6", 1), ("1e10000", nil), ("1e99999999999999999999999", nil), ("1e-99999", nil),
      ("12345678901234567890123e-4", nil),
      ("1234567890123456789000e-3", 1_234_567_890_123_456_789),
    ]
    for (text, expected) in rows { #expect(wholeNumber(text) == expected, "\(text)") }
  }
}
