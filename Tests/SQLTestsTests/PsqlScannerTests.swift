import SQLScript
import Testing

@testable import SQLTests

@Suite struct PsqlScannerTests {
  /// What psql would send, and its commands, as text.
  private func pieces(_ script: String, _ variables: [String: String] = [:]) -> [String] {
    var scanner = PsqlScanner(Array(script.utf8))
    var pieces: [String] = []
    while true {
      switch scanner.next({ variables[$0] }) {
      case .end: return pieces
      case .statement(let statement): pieces.append("\(statement.line): \(statement.text)")
      case .command(let name, let line):
        let arguments = scanner.arguments { variables[$0] }
        let text = arguments.map { "[\($0 ?? "`")]" }.joined()
        pieces.append("\(line): \\\(name)\(text)")
      }
    }
  }

  /// Statements end where psql ends them; the place of each is that of its first token.
  @Test(arguments: [
    ("select 1; select 2", ["1: select 1", "1: select 2"]),
    ("-- a\n\nselect 'x;y';", ["3: select 'x;y'"]),
    ("select $$;$$, $t$ $$;$t$;", ["1: select $$;$$, $t$ $$;$t$"]),
    ("select E'\\';', \";\";", ["1: select E'\\';', \";\""]),
    ("/* ; /* ; */ */ select (1;2);", ["1: select (1;2)"]),
    ("select 1 \\; select 2;", ["1: select 1 ; select 2"]),
    (
      "create function f() returns int begin atomic select 1; select case when true then 1 end; end;",
      [
        "1: create function f() returns int begin atomic select 1; select case when true then 1 end; end"
      ]
    ),
    ("begin;commit", ["1: begin", "1: commit"]),
    ("\u{FEFF}select 1;", ["1: select 1"]),
    ("-- only this", []),
  ])
  func statementsEnd(script: String, expected: [String]) {
    #expect(pieces(script) == expected)
  }

  /// Commands take their arguments as psql does.
  @Test(arguments: [
    ("\\set x 1 2\nselect 1;", ["1: \\set[x][1][2]", "2: select 1"]),
    ("\\set q 'a ''b'' \\'c\\' \\n'", ["1: \\set[q][a 'b' 'c' \n]"]),
    ("\\echo \"two words\" three", ["1: \\echo[\"two words\"][three]"]),
    ("\\set a `date`", ["1: \\set[a][`]"]),
    ("\\t \\a\\x", ["1: \\t", "1: \\a", "1: \\x"]),
    ("\\echo a \\\\ select 1;", ["1: \\echo[a]", "1: select 1"]),
    ("\\q", ["1: \\q"]),
  ])
  func commandsTakeArguments(script: String, expected: [String]) {
    #expect(pieces(script) == expected)
  }

  /// Variables stand where psql puts them, quoted as they are asked for.
  @Test(arguments: [
    ("select :n;", "1: select 42"),
    ("select :'n', :\"n\", :{?n}, :{?no};", "1: select '42', \"42\", TRUE, FALSE"),
    ("select ':n', 1::n, a[1:2], :no;", "1: select ':n', 1::n, a[1:2], :no"),
    ("select :'s';", "1: select  E'it''s \\\\'"),
    ("x := :n;", "1: x := 42"),
  ])
  func variablesArePutIn(script: String, expected: String) {
    #expect(pieces(script, ["n": "42", "s": "it's \\"]) == [expected])
  }

  /// COPY's data is not read as SQL.
  @Test func copyDataIsTaken() {
    var scanner = PsqlScanner(Array("copy t from stdin;\n1\tit's\n\\.\nselect 1;".utf8))
    #expect(
      scanner.next { _ in nil }
        == .statement(PsqlStatement(text: "copy t from stdin", line: 1)))
    #expect(scanner.takeCopyData() == Array("1\tit's\n".utf8))
    #expect(scanner.next { _ in nil } == .statement(PsqlStatement(text: "select 1", line: 4)))
  }

  /// Without commands and variables the scanner and the splitter of scripts are of one mind.
  @Test(arguments: 0..<200)
  func agreesWithTheSplitter(seed: UInt64) {
    var random = Numbers(seed: seed)
    let tokens = [
      "select", " ", "\n", "'a;b'", "\"c;\"", "$$;$$", "$x$ $$ ; $x$", "E'\\';'", ";", "(", ")",
      "1",
      "-- c;\n", "/* ; */", "/* /* ; */ */", "+", "::text", "a.b", "$1", ",", "é", "create table",
      "e", "values",
    ]
    let script = (0..<random.next(below: 40)).map { _ in tokens[random.next(below: tokens.count)] }
      .joined(separator: random.next(below: 2) == 0 ? " " : "")
    var scanner = PsqlScanner(Array(script.utf8))
    var ours: [String] = []
    reading: while true {
      switch scanner.next({ _ in nil }) {
      case .statement(let statement): ours.append("\(statement.line): \(statement.text)")
      // Amid a statement a backslash is a command for psql alone.
      case .command: return
      case .end: break reading
      }
    }
    let theirs = Script(script).statements.map { statement in
      let text = Array(statement.text.utf8)
      let start = statement.firstTokenOffset - statement.textRange.lowerBound
      return "\(statement.line): \(String(decoding: text[max(0, start)...], as: UTF8.self))"
    }
    #expect(ours == theirs, "seed \(seed): \(script)")
  }

  /// Whatever the bytes, the scanner comes to the end.
  @Test(arguments: 0..<200)
  func everyScriptEnds(seed: UInt64) {
    var random = Numbers(seed: seed)
    let alphabet = Array("ab1 \n\\;:'\"$`{}?()[]-/*e_\u{e9}".utf8)
    let bytes = (0..<random.next(below: 200)).map { _ in
      alphabet[random.next(below: alphabet.count)]
    }
    var scanner = PsqlScanner(bytes)
    for _ in 0...bytes.count {
      switch scanner.next({ $0 == "a" ? "'x'" : nil }) {
      case .end: return
      case .statement: continue
      case .command: _ = scanner.arguments { _ in nil }
      }
    }
    Issue.record("seed \(seed): no end")
  }
}

/// Numbers that are the same in every run (SplitMix64).
private struct Numbers {
  var state: UInt64

  init(seed: UInt64) { state = seed &* 0xD1B5_4A32_D192_ED03 }

  mutating func next(below limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(max(1, limit)))
  }
}
