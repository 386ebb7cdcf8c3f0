import Testing

@testable import ProjectConfiguration

@Suite struct DotenvTests {
  func values(_ text: String, _ outer: [String: String] = [:]) throws -> [String: String] {
    let entries = try parseDotenv(Array(text.utf8)) { outer[$0] }
    return Dictionary(entries.map { ($0.name, $0.value) }) { $1 }
  }

  /// Every spelling that the dialect of godotenv has; apps have all of them.
  @Test(
    arguments: [
      ("A=1", "1"), ("A=", ""), ("A= spaced value  ", "spaced value"), ("export A=1", "1"),
      ("A = 1", "1"), ("A: 1", "1"), ("A=1 # comment", "1"), ("A=1#2", "1#2"), ("A=# empty", ""),
      ("A=\"a # b\" # c", "a # b"), ("A='a \\n $B'", "a \\n $B"), ("A=\"a\\nb\"", "a\nb"),
      ("A=\"say \\\"hi\\\"\"", "say \"hi\""), ("A=\"one\ntwo\"", "one\ntwo"),
      ("A='one\ntwo'", "one\ntwo"),
      ("B=x\nA=${B}y", "xy"), ("B=x\nA=\"$B-y\"", "x-y"), ("A=${OUTER}", "out"),
      ("A=${NONE}!", "!"),
      ("A=\\$B", "$B"), ("A=pa$word", "pa$word"), ("A=$5", "$5"), ("A=a$", "a$"), ("A=${", "${"),
      ("A=1\r\nB=2\r\n", "1"), ("\u{FEFF}A=1", "1"), ("\n\n# c\n  A=1", "1"), ("A=1\nA=2", "2"),
      ("A=\"\"", ""), ("A=postgres://u:p@h/d?x=y", "postgres://u:p@h/d?x=y"), ("A=\"ü\"", "ü"),
      ("export=1\nA=2", "2"),
    ]) func readsEverySpelling(_ text: String, _ expected: String) throws
  {
    #expect(try values(text, ["OUTER": "out", "word": "no"])["A"] == expected)
  }

  /// A broken file is found by its line, and its values stay unsaid.
  @Test(
    arguments: [
      ("A=1\n=2", 2), ("A=1\n\nhunter2", 3), ("A=\"hunter2\nB=1\n", 1), ("A='hunter2", 1),
      ("A=\"a\nb\" hunter2", 2), ("1A=x", 1), ("A=1\n-B=hunter2", 2), ("export", 1),
    ]) func saysTheLine(_ text: String, _ line: Int)
  {
    let error = #expect(throws: DotenvError.self) { try values(text) }
    #expect(error?.line == line)
    #expect(error?.reason.contains("hunter2") == false)
  }

  /// The line of an entry is where its name stands, also after values of several lines.
  @Test func linesAreCounted() throws {
    let entries = try parseDotenv(Array("A=\"1\n2\n3\"\n# c\nB=1\r\nC=2".utf8))
    #expect(entries.map(\.line) == [1, 5, 6])
  }

  /// Whatever a value holds, writing it in quotes and reading it gives it back.
  @Test func quotedValuesReadBack() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(state: seed)
    let letters = Array("ab \n\r\t\"'\\$#={}()üé✨AB_1.:-")
    for _ in 0..<1000 {
      let value = String(
        (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
          letters.randomElement(using: &random)
        })
      var quoted = ""
      for letter in value {
        if letter == "\"" || letter == "\\" || letter == "$" { quoted.append("\\") }
        quoted.append(letter)
      }
      let read = try values("BEFORE=1\nA=\"\(quoted)\"\nAFTER=2\n")
      #expect(read["A"]?.utf8.elementsEqual(value.utf8) == true, "seed \(seed)")
      #expect(read["AFTER"] == "2", "seed \(seed)")
      if !value.contains("'") {
        #expect(
          try values("A='\(value)'")["A"]?.utf8.elementsEqual(value.utf8) == true, "seed \(seed)")
      }
    }
  }

  /// No bytes may crash the parser or hang it.
  @Test func anyBytesAreSurvived() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(state: seed)
    let pieces = Array("A=\"'\\$#{}\n\r \texportZ:.-\u{0}".utf8) + [0xFF, 0xC3]
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...30, using: &random)).compactMap { _ in
        pieces.randomElement(using: &random)
      }
      do {
        _ = try parseDotenv(bytes)
      } catch {
        #expect(error.line > 0, "seed \(seed)")
      }
    }
  }
}

@Suite struct EditDistanceTests {
  /// Suggestions are only as good as the count of changes.
  @Test(
    arguments: [
      ("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("prot", "port", 1),
      ("max_row", "max_rows", 1),
      ("kitten", "sitting", 3), ("a", "b", 1),
    ]) func counts(_ first: String, _ second: String, _ expected: Int)
  {
    #expect(editDistance(first, second) == expected)
  }

  /// It behaves as a distance: zero only for equals, the same both ways, at most the longer word.
  @Test func isADistance() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(state: seed)
    func word() -> String {
      String(
        (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
          "abc_".randomElement(using: &random)
        })
    }
    for _ in 0..<1000 {
      let (a, b) = (word(), word())
      let distance = editDistance(a, b)
      #expect((distance == 0) == (a == b), "seed \(seed)")
      #expect(distance == editDistance(b, a), "seed \(seed)")
      #expect(distance <= max(a.count, b.count), "seed \(seed)")
      #expect(distance >= abs(a.count - b.count), "seed \(seed)")
      let changed = a + "z"
      #expect(editDistance(a, changed) == 1, "seed \(seed)")
    }
  }

  /// A far-fetched suggestion is worse than none.
  @Test func farNamesAreNotSuggested() {
    #expect(nearestName(to: "prot", among: ["port", "enabled"]) == "port")
    #expect(nearestName(to: "brand_new", among: ["port", "enabled"]) == nil)
    #expect(nearestName(to: "Enabled", among: ["enabled"]) == "enabled")
    #expect(nearestName(to: "x", among: []) == nil)
  }
}

@Suite struct ValueTests {
  /// Go's words for durations, since that is what the files have.
  @Test(
    arguments: [
      ("1s", Duration.seconds(1)), ("2m", .seconds(120)), ("1h30m", .seconds(5400)),
      ("100ms", .milliseconds(100)), ("1.5s", .milliseconds(1500)), ("0", .zero),
      ("24h", .seconds(86_400)),
      ("5us", .microseconds(5)), ("5µs", .microseconds(5)),
    ]) func durations(_ text: String, _ expected: Duration)
  {
    #expect(parseDuration(text) == expected)
  }

  /// What is no duration is said, not guessed.
  @Test(arguments: ["", "1", "s", "1x", "-1s", "1 s", "1s1", "1..5s", "nan", "99999999999h"])
  func noDurations(_ text: String) {
    #expect(parseDuration(text) == nil)
  }

  /// Units count by 1024, as in Docker, whatever their spelling.
  @Test(
    arguments: [
      ("50MiB", 52_428_800), ("50MB", 52_428_800), ("1k", 1024), ("1.5KiB", 1536), ("10", 10),
      ("1 GB", 1 << 30), ("3b", 3), ("0", 0),
    ]) func sizes(_ text: String, _ expected: Int)
  {
    #expect(ByteSize(text)?.bytes == expected)
  }

  /// What is no size is said, not guessed.
  @Test(arguments: ["", "MB", "-1MB", "1XB", "1MBB", "1iB", "9999999PB", "1 2"])
  func noSizes(_ text: String) {
    #expect(ByteSize(text) == nil)
  }

  /// Texts of the template must be TOML whatever they hold.
  @Test func tomlStringsReadBack() throws {
    let text = "a\"b\\c\nd\te\u{1}\u{7F}é✨\r"
    let root = try parseTOML(Array("x = \(tomlString(text))".utf8))
    guard case .string(let value) = root["x"]?.value else {
      Issue.record("not a string")
      return
    }
    #expect(value.utf8.elementsEqual(text.utf8))
  }
}
