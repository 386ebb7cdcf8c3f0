package import Diagnostics

/// What can go wrong with a graph of services.
package enum SupervisionError: Error, Hashable {
  case unknownService(String, nearest: String?)
  case duplicateService(String)
  case cycle([String])
  case notHealthy(service: String, reason: String, lastLines: [String])
}

extension SupervisionError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .unknownService(let name, let nearest):
      Diagnostic(
        code: "unknown_service", message: "there is no service named \(name)",
        hint: nearest.map { "did you mean \($0)?" } ?? "see `homebase status` for the names",
        category: .usage)
    case .duplicateService(let name):
      Diagnostic(
        code: "duplicate_service", message: "two services are named \(name)",
        hint: "rename one of them")
    case .cycle(let names):
      Diagnostic(
        code: "service_cycle",
        message: "services wait for each other: \(names.joined(separator: " → "))",
        hint: "remove one of these dependencies")
    case .notHealthy(let service, let reason, let lastLines):
      Diagnostic(
        code: "service_not_healthy", message: "\(service) is not healthy: \(reason)",
        hint: "see `homebase logs \(service)`, then `homebase restart \(service)`",
        excerpt: lastLines.suffix(10).map { "\(service) | \($0)" })
    }
  }
}
