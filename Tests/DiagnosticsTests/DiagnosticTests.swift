import Diagnostics
import FoundationEssentials
import Testing

@Suite struct DiagnosticTests {
  let full = Diagnostic(
    code: "migration_failed", message: "migration failed: no such table (42P01)",
    hint: "mend the line", location: SourceLocation(file: "a b.sql", line: 3, column: 7),
    sqlstate: "42P01", excerpt: ["3 | select"], category: .failure)

  /// A person reads what failed, where, and what to do, in that order.
  @Test func textNamesPlaceAndHint() {
    #expect(
      full.lines() == [
        "error: migration failed: no such table (42P01)", "  at a b.sql:3:7", "  3 | select",
        "hint: mend the line",
      ])
  }

  /// Errors cross the control socket: nothing of them may be lost on the way.
  @Test func codingKeepsEverything() throws {
    let data = try JSONEncoder().encode(full)
    #expect(try JSONDecoder().decode(Diagnostic.self, from: data) == full)
  }

  /// Scripts rely on flat keys.
  @Test func jsonIsFlat() throws {
    let data = try JSONEncoder().encode(full)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains(#""line":3"#) && text.contains(#""file":"a b.sql""#))
  }
}
