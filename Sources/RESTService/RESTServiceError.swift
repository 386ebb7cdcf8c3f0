package import Diagnostics

/// Why the REST service cannot begin, or cannot take a new configuration.
package enum RESTServiceError: Error, Sendable, Hashable {
  case unreadableConfiguration(file: String, reason: String)
}

extension RESTServiceError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .unreadableConfiguration(let file, let reason):
      Diagnostic(
        code: "rest_configuration_invalid",
        message: "the REST service cannot use \(file): \(reason)",
        hint: "`homebase start` writes this file; by hand, see docs/rest.md")
    }
  }
}
