/// What a look at the machine found.
package struct DoctorReport: Sendable, Hashable, Codable {
  /// One thing that was looked at.
  package struct Check: Sendable, Hashable, Codable {
    /// What was looked at.
    package var name: String
    /// Whether it is as it should be.
    package var isOK: Bool
    /// What was found.
    package var detail: String
    /// The command that mends it; nil when nothing has to be.
    package var fix: String?

    package init(name: String, isOK: Bool, detail: String, fix: String? = nil) {
      self.name = name
      self.isOK = isOK
      self.detail = detail
      self.fix = fix
    }

    private enum CodingKeys: String, CodingKey {
      case name, detail, fix
      case isOK = "ok"
    }
  }

  /// In the order in which they matter.
  package var checks: [Check]

  package init(checks: [Check]) {
    self.checks = checks
  }

  /// Whether nothing has to be mended.
  package var isOK: Bool { checks.allSatisfy(\.isOK) }
}
