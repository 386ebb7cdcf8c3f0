package import Diagnostics

/// Why a project's configuration cannot be used.
package enum ConfigurationError: Error, Sendable {
  /// The file is there but cannot be opened.
  case unreadable(file: String, reason: String)
  /// The file is not TOML.
  case syntax(Diagnostic)
  /// Keys with values that cannot be; never empty, in the order of the file.
  case invalid([Diagnostic])
  /// A `.env` file that cannot be read.
  case environmentFile(file: String, line: Int, reason: String)
}

extension ConfigurationError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .unreadable(let file, let reason):
      Diagnostic(
        code: "config_unreadable", message: "cannot read \(file): \(reason)",
        hint: "make the file readable for you", location: SourceLocation(file: file))
    case .syntax(let diagnostic): diagnostic
    case .invalid(let problems): summary(of: problems)
    case .environmentFile(let file, let line, let reason):
      Diagnostic(
        code: "dotenv_invalid", message: "\(file) cannot be read: \(reason)",
        hint: "write NAME=value, a line each; values with spaces or line ends in quotes",
        location: SourceLocation(file: file, line: line))
    }
  }

  private func summary(of problems: [Diagnostic]) -> Diagnostic {
    guard var first = problems.first else {
      return Diagnostic(code: "config_invalid", message: "the configuration is not valid")
    }
    let others = problems.dropFirst().map { problem in
      "also \(problem.location.map { "\($0): " } ?? "")\(problem.message)"
    }
    first.excerpt += others
    return first
  }
}
