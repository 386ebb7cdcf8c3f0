import Testing

@testable import SQLTests

@Suite struct TAPReaderTests {
  private func read(_ lines: String...) -> TAPReader {
    var reader = TAPReader()
    for (index, line) in lines.enumerated() { reader.read(line, line: index + 1) }
    return reader
  }

  /// A file is good when it ran as many tests as it planned.
  @Test func aPlanThatIsKept() {
    let reader = read("1..2", "ok 1 - one", "ok 2")
    #expect(reader.flaws.isEmpty)
    #expect(reader.tests.map(\.description) == ["one", ""])
    #expect(read("ok 1", "1..1").flaws.isEmpty)
  }

  /// Every way in which a file's count can be wrong is said.
  @Test func flaws() {
    #expect(read("1..3", "ok 1").flaws == ["planned 3 tests but ran 1"])
    #expect(read("ok 1").flaws == ["no plan found"])
    #expect(read().flaws == ["no plan and no tests found"])
    #expect(
      read("1..2", "ok 1", "ok 3").flaws == ["tests out of sequence: found 3 but expected 2"])
    #expect(read("1..1", "1..1", "ok 1").flaws == ["more than one plan"])
    #expect(read("1..1", "ok 1", "Bail out! no more").flaws == ["bailed out: no more"])
  }

  /// What is expected to fail does not fail the file; what was left out passes.
  @Test func directives() {
    let reader = read(
      "1..3", "not ok 1 - later # TODO not yet", "ok 2 - left # SKIP no server",
      "not ok 3 - a \\# in it")
    #expect(reader.tests.map(\.hasFailed) == [false, false, true])
    #expect(reader.tests.map(\.directive) == [.todo, .skip, nil])
    #expect(reader.tests.map(\.reason) == ["not yet", "no server", nil])
    #expect(reader.tests[0].description == "later")
    let skipped = read("1..0 # SKIP not here")
    #expect(skipped.flaws.isEmpty && skipped.skipReason == "not here")
  }

  /// The lines behind a test are its own.
  @Test func diagnosticsBelongToTheirTest() {
    let reader = read(
      "# before", "1..1", "not ok 1 - one", "# Failed test 1: \"one\"", "#   have: 1",
      "# Looks like you failed 1 test of 1")
    #expect(reader.tests[0].diagnostics == [" Failed test 1: \"one\"", "   have: 1"])
    #expect(reader.remarks == ["before", "Looks like you failed 1 test of 1"])
    #expect(reader.tests[0].line == 3)
  }
}
