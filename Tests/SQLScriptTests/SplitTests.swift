import Diagnostics
import SQLScript
import Testing

@Suite struct SplitTests {
  /// Each of these broke some splitter of a migration tool once.
  @Test(arguments: [
    ("select 1; select 2", ["select 1", "select 2"]),
    ("select 1;;\n;select 2;\n", ["select 1", "select 2"]),
    ("select 'a;b'; select 'it''s; so'", ["select 'a;b'", "select 'it''s; so'"]),
    (
      #"select e'\'; '; select E'\\'; select 'a\'; select 1"#,
      [#"select e'\'; '"#, #"select E'\\'"#, #"select 'a\'"#, "select 1"]
    ),
    (
      "select e'a'\n  -- between; them\n'\\'; b'; select 2",
      ["select e'a'\n  -- between; them\n'\\'; b'", "select 2"]
    ),
    (
      #"select U&'\0041;' uescape '!'; select U&"a;b"; select fooe'\'; select 2"#,
      [#"select U&'\0041;' uescape '!'"#, #"select U&"a;b""#, #"select fooe'\'"#, "select 2"]
    ),
    (#"select ";" as "a"";b"; select 2"#, [#"select ";" as "a"";b""#, "select 2"]),
    ("do $$ begin; end $$; select 2", ["do $$ begin; end $$", "select 2"]),
    (
      "select $a$ $$;$$ $b$;$b$ $a; $a$; select 2",
      ["select $a$ $$;$$ $b$;$b$ $a; $a$", "select 2"]
    ),
    (
      "select $a$ ;$A$; $a$; select $é1$;$é1$; select 3",
      ["select $a$ ;$A$; $a$", "select $é1$;$é1$", "select 3"]
    ),
    ("select a$b$;c$b$ from t", ["select a$b$", "c$b$ from t"]),
    ("prepare p as select $1; select $1$a$;$a$", ["prepare p as select $1", "select $1$a$;$a$"]),
    ("select 1 /* ; /* ; */ ; */; select 2", ["select 1 /* ; /* ; */ ; */", "select 2"]),
    ("select 1 -- ; '\n; select 2", ["select 1 -- ; '", "select 2"]),
    ("select 1 -- mac; line\rfrom t; select 2", ["select 1 -- mac; line\rfrom t", "select 2"]),
    ("-- lead; ing\nselect 1; /* tail; */", ["-- lead; ing\nselect 1"]),
    (
      "create rule r as on insert to t do (select 1; select (2)); select 3",
      ["create rule r as on insert to t do (select 1; select (2))", "select 3"]
    ),
    ("select ) ; select 2", ["select )", "select 2"]),
    (
      """
      create or replace function f(a int) returns int language sql begin atomic
        select case when a > 1 then 1 else 2 end; select x.end, 1 as end, 2 as case from x;
      end; select 2
      """,
      [
        """
        create or replace function f(a int) returns int language sql begin atomic
          select case when a > 1 then 1 else 2 end; select x.end, 1 as end, 2 as case from x;
        end
        """, "select 2",
      ]
    ),
    (
      "CREATE PROCEDURE p() BEGIN ATOMIC; INSERT INTO t VALUES (1); END; select 2",
      ["CREATE PROCEDURE p() BEGIN ATOMIC; INSERT INTO t VALUES (1); END", "select 2"]
    ),
    (
      "begin; select case when true then 1 end; end; begin atomic; select 1",
      ["begin", "select case when true then 1 end", "end", "begin atomic", "select 1"]
    ),
    (
      "set standard_conforming_strings = off; select 'a\\'; b'; reset all",
      ["set standard_conforming_strings = off", "select 'a\\'; b'", "reset all"]
    ),
    ("create tabel oops; select 1", ["create tabel oops", "select 1"]),
    ("select 1;\r\nselect 2;\r\n", ["select 1", "select 2"]),
    ("\u{FEFF}select 1; select '\u{FEFF};'", ["select 1", "select '\u{FEFF};'"]),
    ("", []), (" \n\t", []), ("-- only", []),
    (
      "select 1 - -1; select 1-- x",
      ["select 1 - -1", "select 1-- x"]
    ),
  ])
  func endsAtTheRightSemicolon(text: String, expected: [String]) {
    #expect(Script(text).statements.map(\.text) == expected)
    #expect(joined(split(text)) == Array(text.utf8))
  }

  /// A developer clicks on the line: it is where the statement's first word is.
  @Test func linesAreThoseOfTheFirstToken() {
    let text = "\u{FEFF}-- one\r\n\r\n/* two\r\n */ select 1;\r\n\r\n  select\r\n 2; select 3\r\n"
    #expect(Script(text).statements.map(\.line) == [4, 6, 7])
  }

  /// The whole rest becomes one piece, and the person learns where it began.
  @Test(arguments: [
    ("select 1;\n select 'abc; select 2;\n", OpenConstruct.string, 2, 9),
    ("select 1;\n\nselect \"abc; select 2", .quotedIdentifier, 3, 8),
    ("do $x$ begin; $$; $X$;", .dollarQuote("$x$"), 1, 4),
    ("select 1; /* a /* b */ ; select", .comment, 1, 11),
    ("select 1; select (1; select 2", .parenthesis, 1, 18),
    ("create function f() returns int begin atomic select 1; ", .atomicBody, 1, 33),
    ("copy t from stdin;\n1\n2\n", .copyData, 2, 1),
    ("select '\u{1F600}é' || e'\\'", .string, 1, 16),
  ])
  func whatIsNeverClosedSaysWhereItOpened(
    text: String, construct: OpenConstruct, line: Int, column: Int
  ) throws {
    let pieces = split(text)
    #expect(joined(pieces) == Array(text.utf8))
    let last = try #require(pieces.last)
    let unterminated = try #require(last.unterminated)
    #expect(unterminated.construct == construct)
    #expect(unterminated.line == line)
    #expect(unterminated.column == column)
    #expect(pieces.dropLast().allSatisfy { $0.unterminated == nil })
    #expect(last.unterminatedDiagnostic(file: "a.sql")?.location?.line == line)
  }

  /// Seeds written by pg_dump carry their rows inside the script.
  @Test func copyDataIsNotSQL() throws {
    let text = "copy t (a, b) from stdin;\n1\tit's; $$\n\\\\.\n\\.\nselect 1;"
    let statements = Script(text).statements
    try #require(statements.count == 2)
    #expect(statements[0].text == "copy t (a, b) from stdin")
    #expect(statements[0].isCopyFromStdin)
    #expect(statements[0].copyBytes.map(Array.init) == Array("1\tit's; $$\n\\\\.\n".utf8))
    #expect(statements[0].copyDataLine == 2)
    #expect(statements[1].text == "select 1")
    #expect(statements[1].line == 5)
    #expect(joined(split(text)) == Array(text.utf8))
  }

  /// Windows line ends, a comment behind the semicolon, no rows, and copies that bring no data.
  @Test(arguments: [
    ("copy t from stdin; -- rows\r\n1\r\n\\.\r\nselect 1", "1\r\n" as String?),
    ("COPY t FROM STDIN WITH (FORMAT csv);\n\\.\n", ""),
    ("copy t from stdin; select 1;\n", nil),
    ("copy t from '/tmp/stdin';\nselect 1;", nil),
    ("copy (select * from stdin) to stdout;\n1\n", nil),
    ("copy t from program 'x';\n", nil),
  ])
  func copyDataStartsOnTheNextLine(text: String, data: String?) throws {
    let first = try #require(Script(text).statements.first)
    #expect(first.copyBytes.map { String(decoding: $0, as: UTF8.self) } == data)
    #expect(joined(split(text)) == Array(text.utf8))
  }

  /// The runner says "this is for psql" and not "syntax error at or near \".
  @Test func psqlCommandsAreLines() {
    let text = "\\restrict abc'def\nselect 1;\n  \\connect other; still psql\nselect 2;\\i x.sql"
    let statements = Script(text).statements
    #expect(statements.map(\.metaCommand) == ["restrict", nil, "connect", nil, "i"])
    #expect(statements.map(\.isSkippableMetaCommand) == [true, false, false, false, false])
    #expect(statements.filter { !$0.isMetaCommand }.map(\.text) == ["select 1", "select 2"])
    #expect(joined(split(text)) == Array(text.utf8))
  }

  /// A file from the wrong editor is refused with a place to look at.
  @Test func bytesThatAreNoTextNameTheLine() {
    func error(_ bytes: [UInt8]) -> ScriptError? {
      do throws(ScriptError) {
        _ = try Script(bytes: bytes, file: "a.sql")
        return nil
      } catch {
        return error
      }
    }
    let head = Array("select 1;\n-- é ".utf8)
    #expect(error(head) == nil)
    #expect(error(head + [0xE9, 0x0A]) == .invalidUTF8(file: "a.sql", line: 2, column: 6))
    #expect(error(head + [0xC0, 0x80]) == .invalidUTF8(file: "a.sql", line: 2, column: 6))
    #expect(error(head + [0xED, 0xA0, 0x80]) == .invalidUTF8(file: "a.sql", line: 2, column: 6))
    #expect(error(head + [0xF0, 0x9F, 0x98]) == .invalidUTF8(file: "a.sql", line: 2, column: 6))
    #expect(error(head + [0xF0, 0x9F, 0x98, 0x80]) == nil)
    #expect(error([0x61, 0]) == .zeroByte(file: "a.sql", line: 1, column: 2))
    #expect(error([0xFF, 0xFE, 0x61, 0]) == .notUTF8(file: "a.sql", encoding: "UTF-16"))
  }

  /// A file may say that it must not be wrapped, in our words or in the Supabase CLI's.
  @Test(arguments: [
    ("-- homebase: no-transaction\nselect 1", true),
    ("\u{FEFF}-- pg-delta: transaction=false\r\nselect 1", true),
    ("-- about\n--   homebase:  no-transaction\n\nselect 1", true),
    ("-- homebase: no-transaction", true),
    ("select 1;\n-- homebase: no-transaction\n", false),
    ("select '\n-- homebase: no-transaction\n'", false),
    ("-- not homebase: no-transaction\nselect 1", false),
  ])
  func aCommentTurnsTheTransactionOff(text: String, expected: Bool) {
    #expect(Script(text).turnsTransactionOff == expected)
  }
}

func joined(_ pieces: [SQLStatement]) -> [UInt8] {
  pieces.flatMap(\.piece)
}
