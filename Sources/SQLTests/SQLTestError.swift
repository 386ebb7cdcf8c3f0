package import Diagnostics

/// Why tests could not be run.
package enum SQLTestError: Error, Sendable, Hashable {
  /// A file cannot be read.
  case unreadable(String)
  /// A path of the command line is not there.
  case noSuchPath(String)
  /// There is no test file.
  case noTests(folder: String)
  /// A file holds a command that only psql understands, and there is no psql.
  case needsPsql(command: String, location: SourceLocation)
  /// No database to run a file in.
  case noDatabase(Diagnostic)
}

extension SQLTestError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .unreadable(let path):
      Diagnostic(
        code: "file_unreadable", message: "cannot read \(path)",
        hint: "check its rights: tests are read as you", location: SourceLocation(file: path))
    case .noSuchPath(let path):
      Diagnostic(
        code: "no_such_file", message: "there is no file or folder \(path)", category: .usage)
    case .noTests(let folder):
      Diagnostic(
        code: "no_tests", message: "no tests in \(folder)",
        hint: "`homebase test new NAME` makes one: a file that ends in .sql or .pg")
    case .needsPsql(let command, let location):
      Diagnostic(
        code: "test_needs_psql",
        message: "\(command) is a command that only psql understands, and it is not installed",
        hint: "sudo apt-get install postgresql-client, or take the line out", location: location)
    case .noDatabase(let diagnostic): diagnostic
    }
  }
}
