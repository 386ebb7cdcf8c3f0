import ArgumentParser
import Console

/// Prints a shell's completion script.
struct Completions: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print the completion script of a shell.",
    usage: "homebase completions bash|zsh|fish",
    discussion: """
      bash: homebase completions bash > ~/.local/share/bash-completion/completions/homebase
      zsh:  homebase completions zsh > "${fpath[1]}/_homebase"
      fish: homebase completions fish > ~/.config/fish/completions/homebase.fish
      """)

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @Argument(help: "bash, zsh or fish.") var shell: Shell

  /// A shell that completion scripts are made for.
  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash
    case zsh
    case fish
  }

  func run(in session: Session) throws {
    let script =
      switch shell {
      case .bash: Homebase.completionScript(for: .bash)
      case .zsh: Homebase.completionScript(for: .zsh)
      case .fish: Homebase.completionScript(for: .fish)
      }
    session.output.show(lines: [script])
  }
}
