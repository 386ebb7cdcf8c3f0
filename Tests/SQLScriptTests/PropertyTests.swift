import SQLScript
import Testing

/// A small generator with a seed that a failure prints (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct PropertyTests {
  private static let nasty = [
    "'", "''", "\"", "$$", "$a$", "$b$", "$1", "$", "/*", "*/", "--", "\n", "\r\n", "\r", ";", "(",
    ")",
    "\\", "\\.", "\n\\.\n", "e'", "E'\\'", "U&'", "U&\"", "begin", " atomic ", "end", "case",
    "create function ", "copy t from stdin;\n", "\u{FEFF}", "é", "\u{1F600}", "\0", "select ", "a",
    "1",
    ".", " as ", "set standard_conforming_strings = off;", "x'", ":", "::", "->>", "\t", " ",
  ]

  /// No byte of a migration may get lost, whatever is in the file.
  @Test func joiningThePiecesGivesTheBytesBack() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(state: seed)
    for round in 0..<3000 {
      let count = Int.random(in: 0...30, using: &random)
      let text = (0..<count).map { _ in Self.nasty.randomElement(using: &random) ?? "" }.joined()
      let pieces = split(text)
      guard joined(pieces) == Array(text.utf8) else {
        Issue.record("seed \(seed), round \(round): \(text.debugDescription)")
        return
      }
      for piece in pieces {
        _ = (
          piece.transactionControl, piece.refusesTransaction, piece.createdRole, piece.metaCommand,
          piece.roleChange, piece.customSetting
        )
        _ = (piece.excerpt(serverPosition: 3), piece.unterminatedDiagnostic(file: "x"))
      }
    }
  }

  private static let valid = [
    "select 1", "select 'a;''b'", "select e'\\';\\\\'", "select $$;'$$", "select $a$ $b$; $a$",
    "select \"a;\"\"b\" from \"t;\"", "select 1 /* ; /* ' */ \" */", "select 1 -- ; '\n+ 2",
    "create rule r as on insert to t do also (select 1; select 2)", "begin", "commit", "end",
    "create function f() returns int begin atomic select case when true then 1 end; select 2; end",
    "create function f() returns int return 1", "do $do$ begin perform 1; end; $do$",
    "create procedure p(a int) language sql begin atomic insert into t values (a); end",
    "select U&'\\0041;'", "select n'x;'", "select b'01', x'1F'", "select 'a'\n';b'",
    "select e'\\'a'\n'\\';b'", "select a$1, $1 from t", "select 1e5, .5, 1.5e-3", "select 1 as end",
    "create or replace function g(x text default ';') returns void language plpgsql as 'begin; end'",
    "table \"case\"", "select -1 - -1", "select '{\"a\":\";\"}'::jsonb -> 'a' #>> '{;}'",
    "create schema s create table a (b int) create view v as select 1", "values (1, ';'), (2, '(')",
  ]
  private static let between = [
    ";", ";\n", "; -- x\n", ";/* ; */", ";\r\n\r\n", " ;\n-- ' \n", ";;",
  ]

  /// On scripts that parse, PostgreSQL's own parser must count one statement in each piece.
  @Test func eachPieceIsOneStatementForThePostgresParser() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(state: seed)
    for round in 0..<400 {
      let chosen = (0..<Int.random(in: 1...8, using: &random)).map { _ in
        Self.valid.randomElement(using: &random) ?? ""
      }
      let text = chosen.reduce(into: "") { text, statement in
        text += statement + (Self.between.randomElement(using: &random) ?? ";")
      }
      let statements = Script(text).statements
      guard statements.count == chosen.count,
        SyntaxCheck(text) == .valid(statements: chosen.count),
        statements.allSatisfy({ SyntaxCheck($0.text) == .valid(statements: 1) })
      else {
        Issue.record("seed \(seed), round \(round): \(text.debugDescription)")
        return
      }
    }
  }

  /// A dump of many small rows is walked without keeping its statements.
  @Test func manyStatementsAreWalkedOnce() {
    let row = "insert into public.notes (id, body) values (1, 'it''s; fine');\n"
    let script = Script(String(repeating: row, count: 20000))
    var count = 0
    var lastLine = 0
    for statement in script where !statement.isEmpty {
      count += 1
      lastLine = statement.line
    }
    #expect(count == 20000)
    #expect(lastLine == 20000)
  }
}
