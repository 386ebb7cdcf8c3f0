package import Diagnostics

/// What is wrong in a compose file, and where.
package struct ComposeError: Error, Hashable {
  /// What is wrong.
  package enum Problem: Sendable, Hashable {
    case unreadable(reason: String)
    case syntax(String)
    case wrongType(word: String, expected: String, found: String)
    case duplicateWord(String, firstLine: Int)
    case duplicateService(String, firstLine: Int)
    case badServiceName(String)
    case badValue(word: String, value: String, expected: String)
    case unknownDependency(service: String, dependency: String, nearest: String?)
    case disabledDependency(service: String, dependency: String, profiles: [String])
    case cycle([String])
    case missingVariable(name: String, message: String)
    case missingEnvironmentFile(String)
    case tooLarge
  }

  /// What is wrong.
  package var problem: Problem
  /// Where it stands.
  package var location: SourceLocation

  package init(_ problem: Problem, at location: SourceLocation) {
    self.problem = problem
    self.location = location
  }
}

extension ComposeError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    let (code, message, hint) = words
    return Diagnostic(code: code, message: message, hint: hint, location: location)
  }

  private var words: (code: String, message: String, hint: String) {
    switch problem {
    case .unreadable(let reason):
      ("compose_unreadable", "the compose file cannot be read: \(reason)", "check the path")
    case .syntax(let reason):
      (
        "compose_syntax", "this is not YAML: \(reason)",
        "look at the indentation and the quotes around here"
      )
    case .wrongType(let word, let expected, let found):
      ("compose_wrong_type", "\(word) is \(found)", "expected \(expected)")
    case .duplicateWord(let word, let line):
      ("compose_duplicate", "\(word) is written twice", "the first is in line \(line); keep one")
    case .duplicateService(let name, let line):
      (
        "compose_duplicate", "the service \(name) is written twice",
        "the first is in line \(line); rename or remove one"
      )
    case .badServiceName(let name):
      (
        "compose_bad_name", "\"\(name)\" is no name for a service",
        "use letters, digits, dot, dash and underscore, beginning with a letter or digit"
      )
    case .badValue(let word, let value, let expected):
      ("compose_bad_value", "\(word) cannot be \"\(value)\"", "expected \(expected)")
    case .unknownDependency(let service, let dependency, let nearest):
      (
        "compose_unknown_dependency",
        "\(service) depends on \(dependency), which is not in this file",
        nearest.map { "did you mean \($0)?" } ?? "add the service, or remove the dependency"
      )
    case .disabledDependency(let service, let dependency, let profiles):
      (
        "compose_disabled_dependency",
        "\(service) depends on \(dependency), whose profiles are not active",
        "activate \(profiles.joined(separator: " or ")), or write `required: false`"
      )
    case .cycle(let names):
      (
        "compose_cycle", "services wait for each other: \(names.joined(separator: " → "))",
        "remove one of these dependencies"
      )
    case .missingVariable(let name, let message):
      (
        "compose_missing_variable",
        "\(name) is not set" + (message.isEmpty ? "" : ": \(message)"),
        "set it in the environment or in .env, or give a default: ${\(name):-value}"
      )
    case .missingEnvironmentFile(let path):
      (
        "compose_missing_env_file", "the env_file \(path) cannot be read",
        "make the file, or write `required: false` beside its path"
      )
    case .tooLarge:
      (
        "compose_too_large", "the compose file nests or repeats too much",
        "look for an alias that contains itself many times"
      )
    }
  }
}
