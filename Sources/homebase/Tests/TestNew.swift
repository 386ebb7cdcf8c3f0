import ArgumentParser
import Console
import Diagnostics
import FoundationEssentials
import SQLTests

/// Makes a test file.
struct TestNew: HomebaseCommand {
  /// What the file begins with.
  enum Template: String, ExpressibleByArgument, CaseIterable {
    case pgtap
  }

  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a test file that runs as it is.",
    usage: "homebase test new NAME [--template pgtap]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Option(name: [.short, .long], help: ArgumentHelp("What it begins with.", valueName: "template"))
  var template = Template.pgtap

  @Argument(help: "What it tests, such as invoices.") var name: String

  func validate() throws {
    if MigrationFile.safeName(name).isEmpty {
      throw ValidationError("a test's name needs a letter or a digit")
    }
  }

  func run(in session: Session) throws {
    let place = try session.project()
    let safe = MigrationFile.safeName(name)
    // As the Supabase CLI names them: `_test.sql` in `tests/`.
    let path = "\(place.testsFolder)/\(safe)_test.sql"
    guard !FileManager.default.fileExists(atPath: path) else {
      throw Diagnostic(
        code: "file_exists", message: "there is a file \(place.displayPath(path)) already",
        hint: "take another name, or remove it", category: .usage)
    }
    do {
      try FileManager.default.createDirectory(
        atPath: place.testsFolder, withIntermediateDirectories: true)
      try Data(testTemplate(named: safe).utf8).write(
        to: URL(filePath: path), options: .withoutOverwriting)
    } catch {
      throw Diagnostic(
        code: "unwritable_file", message: "cannot write \(path)",
        hint: "the project's folder must be writable for you")
    }
    try session.output.show(Made(file: place.displayPath(path)))
  }

  private struct Made: Encodable, TextPresentable {
    var file: String

    func lines(for terminal: Terminal) -> [String] {
      ["made \(terminal.output.bold(file))", "run it with: homebase test db"]
    }
  }
}
