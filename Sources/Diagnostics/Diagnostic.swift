/// A place in a file that a person can open.
package struct SourceLocation: Sendable, Hashable, Codable {
  /// The path as the person knows it: relative to the project where it is inside it.
  package var file: String
  /// Counted from 1; nil when the whole file is meant.
  package var line: Int?
  /// Counted from 1, in characters; nil when the whole line is meant.
  package var column: Int?

  package init(file: String, line: Int? = nil, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension SourceLocation: CustomStringConvertible {
  /// `file:line:column`, as editors and terminals make clickable.
  package var description: String {
    guard let line else { return file }
    guard let column else { return "\(file):\(line)" }
    return "\(file):\(line):\(column)"
  }
}

/// What failed, where, what is safe, what to do: an error or a warning for people.
package struct Diagnostic: Sendable, Hashable {
  /// What a failed command's exit code says.
  package enum Category: Int32, Sendable, Hashable, Codable {
    /// The work failed.
    case failure = 1
    /// The command was used wrongly.
    case usage = 2
    /// The tool refuses by policy.
    case refused = 3
  }

  /// A stable word for scripts: `migration_failed`.
  package var code: String
  /// One sentence, lower case, without a full stop.
  package var message: String
  /// What to do next; nil when there is nothing useful to say.
  package var hint: String?
  /// Where in the user's files.
  package var location: SourceLocation?
  /// PostgreSQL's five characters, when the server said them.
  package var sqlstate: String?
  /// Lines of the user's file with a caret below, ready to print.
  package var excerpt: [String]
  /// Which exit code the command ends with.
  package var category: Category

  package init(
    code: String, message: String, hint: String? = nil, location: SourceLocation? = nil,
    sqlstate: String? = nil, excerpt: [String] = [], category: Category = .failure
  ) {
    self.code = code
    self.message = message
    self.hint = hint
    self.location = location
    self.sqlstate = sqlstate
    self.excerpt = excerpt
    self.category = category
  }
}

/// An error that knows how to say itself to a person.
package protocol DiagnosticConvertible: Error {
  /// The one shape in which text, JSON and HTTP show this error.
  var diagnostic: Diagnostic { get }
}

extension Diagnostic: DiagnosticConvertible {
  package var diagnostic: Diagnostic { self }

  /// The shape of any error: its own where it has one, a plain one otherwise.
  package init(describing error: any Error) {
    if let known = error as? any DiagnosticConvertible {
      self = known.diagnostic
    } else if error is CancellationError {
      self.init(code: "cancelled", message: "cancelled")
    } else {
      self.init(
        code: "unexpected", message: "unexpected error: \(error)",
        hint: "please report this, with what you did before it")
    }
  }
}
