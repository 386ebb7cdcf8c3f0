import Testing

@testable import TypeGeneration

/// Where lines break, without a database.
@Suite struct LayoutTests {
  private func lines(_ member: TypeScriptMember, at indentation: Int = 0) -> [String] {
    var layout = TypeScriptLayout()
    layout.write(member, at: indentation)
    return layout.take().split(separator: "\n").map(String.init)
  }

  private func text(_ count: Int) -> TypeScriptType { .text(String(repeating: "x", count: count)) }

  /// Eighty columns are the last that fit.
  @Test func aUnionBreaksWhenItDoesNotFit() {
    #expect(lines(.init("a", .union([text(70), text(4)]))).count == 1)
    #expect(
      lines(.init("a", .union([text(70), text(5)])), at: 2) == [
        "  a:", "    | " + String(repeating: "x", count: 70), "    | xxxxx",
      ])
  }

  /// Strings and indexed accesses have nowhere to break.
  @Test func wordsNeverBreak() {
    #expect(lines(.init("a", text(200))).count == 1)
    #expect(lines(.init("a", .array(text(200)))).count == 1)
    #expect(lines(.init("a", .union([.reference("Json"), .text("null")])), at: 78).count == 1)
  }

  /// What was open in the template stays open, and opens what holds it.
  @Test func openObjectsStayOpen() {
    let row = TypeScriptType.object([.init("id", .text("number"))], isOpen: true)
    #expect(lines(.init("a", row)) == ["a: {", "  id: number", "}"])
    #expect(lines(.init("a", .array(row))) == ["a: {", "  id: number", "}[]"])
    #expect(lines(.init("a", row.orNull)) == ["a: {", "  id: number", "} | null"])
    #expect(lines(.init("a", .object([], isOpen: true))) == ["a: {}"])
    let call = TypeScriptType.object(
      [.init("Args", .never), .init("Returns", .array(row))], isOpen: false)
    #expect(
      lines(.init("a", call)) == [
        "a: {", "  Args: never", "  Returns: {", "    id: number", "  }[]", "}",
      ])
    #expect(
      lines(.init("a", .union([.object([], isOpen: false), row]))) == [
        "a:", "  | {}", "  | {", "      id: number", "    }",
      ])
  }

  /// Two of a generic type's arguments break, one that is a name does not.
  @Test func genericsBreakBetweenTheirArguments() {
    #expect(
      lines(.init("a", .generic("Omit", [text(40), text(40)]))) == [
        "a: Omit<", "  " + String(repeating: "x", count: 40) + ",",
        "  " + String(repeating: "x", count: 40), ">",
      ])
    #expect(lines(.init("a", .generic("NonNullable", [.reference("Json")])), at: 70).count == 1)
  }

  /// A list of an enum that has no name here.
  @Test func arraysOfUnionsHaveParentheses() {
    let labels = TypeScriptType.union([text(40), text(40)])
    #expect(lines(.init("a", .array(.union([text(1), text(2)])))) == ["a: (x | xx)[]"])
    let long = String(repeating: "x", count: 40)
    #expect(
      lines(.init("a", .array(labels))) == ["a: (", "  | \(long)", "  | \(long)", ")[]"])
  }

  /// Constants are read by programs too: commas at every end.
  @Test func tuplesHaveTrailingCommas() {
    #expect(lines(.init("a", .tuple([text(38), text(35)]))).count == 1)
    let long = String(repeating: "x", count: 38)
    #expect(
      lines(.init("a", .tuple([text(38), text(38)]))) == [
        "a: [", "  \(long),", "  \(long),", "]",
      ])
  }

  @Test(arguments: [
    ("plain", #""plain""#), ("it's", #""it's""#), (#"a "b""#, #"'a "b"'"#),
    (#"'"'"#, #""'\"'""#), (#"""'"#, #"'""\''"#), ("a\\b", #""a\\b""#),
    ("\u{0}\u{8}\t\n\u{C}\r\u{1F}", #""\u0000\b\t\n\f\r\u001f""#), ("é😀", "\"é😀\""),
    ("\u{7F}\u{2028}", "\"\u{7F}\u{2028}\""),
  ])
  func stringsAreQuoted(_ text: String, _ literal: String) {
    #expect(TypeScriptText.string(text) == literal)
  }

  @Test(arguments: [
    ("a", true), ("_a1", true), ("$", true), ("class", true), ("naïve", true), ("имя", true),
    ("名前", true), ("", false), ("1a", false), ("10", false), ("a-b", false), ("a b", false),
    ("😀", false), ("𝒳", false), ("a\u{301}", true), ("\u{301}a", false), ("a\u{200D}", true),
  ])
  func identifiersNeedNoQuotes(_ name: String, _ isIdentifier: Bool) {
    #expect(TypeScriptText.isIdentifier(name) == isIdentifier)
  }
}
