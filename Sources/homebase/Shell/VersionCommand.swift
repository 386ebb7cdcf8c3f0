import ArgumentParser
import Console

/// Prints the version.
struct Version: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version.", usage: "homebase version")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  func run(in session: Session) throws {
    try session.output.show(Document(version: homebaseVersion))
  }

  private struct Document: Encodable, TextPresentable {
    var version: String

    func lines(for terminal: Terminal) -> [String] { [version] }
  }
}
