import Console
import Diagnostics
import FoundationEssentials
import Testing

@testable import homebase

@Suite struct UsageTests {
  /// Every message of wrong usage that a person may see; each ends with exit code 2.
  @Test(arguments: [
    ("bd reset", "homebase has no command \"bd\"", "did you mean `homebase db`?"),
    ("stat", "homebase has no command \"stat\"", "did you mean `homebase status`?"),
    ("reset", "homebase has no command \"reset\"", "did you mean `homebase db reset`?"),
    ("start -x web,postgres", "postgres cannot be left out", "--help"),
    ("stop --backup --no-backup", "give --backup or --no-backup, not both", "--help"),
    ("frobnicate", "homebase has no command \"frobnicate\"", "see them with `homebase --help`"),
    ("db rest", "homebase db has no command \"rest\"", "did you mean `homebase db reset`?"),
    (
      "db snapshot lst", "homebase db snapshot has no command \"lst\"",
      "did you mean `homebase db snapshot list`?"
    ),
    ("seed lnt", "homebase seed has no command \"lnt\"", "did you mean `homebase seed lint`?"),
    (
      "--yes migraton up", "homebase has no command \"migraton\"",
      "did you mean `homebase migration`?"
    ),
    ("db reset --foo", "unknown option '--foo'", "homebase db reset [--no-seed]"),
    ("db reset --no-sed", "unknown option '--no-sed'", "did you mean --no-seed?"),
    ("db reset extra", "unexpected argument 'extra'", "more with `homebase db reset --help`"),
    ("db reset --version", "missing value for '--version <version>'", "--help"),
    ("db reset --version 5 --last 3", "give --version or --last, not both", "--help"),
    ("db reset --version five", "--version takes a migration's number", "--help"),
    ("db reset --last x", "the value 'x' is invalid for '--last <n>'", "--help"),
    ("db reset --last=-1", "--last takes a number from 0 on", "--help"),
    ("db reset --no-seed --sql-paths a.sql", "give --no-seed or --sql-paths, not both", "--help"),
    ("db reset --linked", "this command works on the local stack only", "--help"),
    ("migration up --db-url postgres://x", "this command works on the local stack only", "--help"),
    ("status --output-format xml", "the value 'xml' is invalid for '--output-format <format>'", ""),
    ("status -o xml", "the value 'xml' is invalid for '-o <notation>'", "--help"),
    ("status --override-name a", "--override-name takes NAME=NEW", "--help"),
    ("migration new", "missing expected argument '<name>'", "homebase migration new NAME"),
    ("migration new ///", "a migration's name needs a letter or a digit", "--help"),
    ("migration repair 1", "missing expected argument '--status <status>'", "--help"),
    ("migration repair 1_a --status applied", "\"1_a\" is no version", "--help"),
    ("db snapshot save", "missing expected argument '<name>'", "--help"),
    ("db snapshot save a/b", "a snapshot's name has 1 to 63", "--help"),
    ("db snapshot restore -- -x", "a snapshot's name has 1 to 63", "--help"),
    ("logs --since tomorrow", "the value 'tomorrow' is invalid for '--since <when>'", "--help"),
    ("logs -n -5", "missing value for '-n <lines>'", "--help"),
    ("seed --rows 0", "--rows takes a number from 1 on", "--help"),
    ("seed generate --seed -1", "missing value for '--seed <number>'", "--help"),
    ("completions tcsh", "the value 'tcsh' is invalid for '<shell>'", "--help"),
    ("start --linked", "unknown option '--linked'", "homebase start [-x SERVICE,...]"),
    ("db query a -f b", "give SQL or --file, not both", "--help"),
    ("version extra", "unexpected argument 'extra'", "homebase version"),
    ("status --stack other", "there is no stack \"other\"", "leave out --stack"),
  ])
  func wrongUsage(line: String, message: String, hint: String) async throws {
    try await withWorld(running: false) { world async throws in
      let arguments = line.split(separator: " ").map(String.init)
      let text = try await world.run(arguments)
      #expect(text.code == 2)
      #expect(text.output == "")
      #expect(text.errors.hasPrefix("error: \(message)"), "\(text.errors)")
      #expect(text.errors.contains(hint), "\(text.errors)")

      // The same for a script, wherever it says that it wants JSON.
      guard !line.contains("--output-format") else { return }
      let json = try await world.run(["--output-format", "json"] + arguments)
      #expect(json.code == 2)
      #expect(json.errors == "")
      let failure = try JSONDecoder().decode(
        [String: Diagnostic].self, from: Data(json.output.utf8))
      #expect(failure["error"]?.message.hasPrefix(message) == true, "\(json.output)")
      #expect(failure["error"]?.category == .usage)
    }
  }

  /// Help is what was asked for: standard output, exit code 0.
  @Test(arguments: [
    "", "--help", "db", "db --help", "help", "help db reset", "db reset --help", "migration",
    "db snapshot", "seed --help", "status -h",
  ])
  func helpIsNoFailure(line: String) async throws {
    try await withWorld(running: false) { world async throws in
      let ran = try await world.run(line.split(separator: " ").map(String.init))
      #expect(ran.code == 0)
      #expect(ran.errors == "")
      #expect(ran.output.contains("USAGE: homebase"))
    }
  }

  /// `--version` belongs to the program only before a command: `db reset` has its own.
  @Test(arguments: [
    (["--version"], true), (["--workdir", "/x y", "--version"], true),
    (["--output-format=json", "--version"], true), (["db", "reset", "--version", "1"], false),
    (["version"], false), ([], false), (["--workdir", "--version"], false),
    (["--", "--version"], false),
  ])
  func versionIsAskedForBeforeACommand(arguments: [String], asks: Bool) {
    #expect(asksForVersion(arguments) == asks)
  }

  @Test func versionIsAResult() async throws {
    try await withWorld(running: false) { world async throws in
      let text = try await world.run(["version"])
      #expect(text.output == "\(homebaseVersion)\n")
      let json = try await world.run(["version", "--output-format", "json"])
      #expect(json.output == "{\"version\":\"\(homebaseVersion)\"}\n")
    }
  }

  /// Each shell gets its script, by our command and by the usual option.
  @Test(arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) async throws {
    try await withWorld(running: false) { world async throws in
      let ours = try await world.run(["completions", shell])
      let usual = try await world.run(["--generate-completion-script", shell])
      #expect(ours.code == 0 && usual.code == 0)
      #expect(ours.output.contains("snapshot") && ours.output == usual.output)
    }
  }

  /// A typo's nearest word is offered only when it is near.
  @Test(arguments: [
    ("rest", "reset"), ("stauts", "status"), ("lits", "list"), ("x", nil), ("frobnicate", nil),
  ])
  func nearestWords(word: String, meant: String?) {
    #expect(nearest(word, of: ["start", "status", "reset", "list", "stop"]) == meant)
  }
}
