/// One stack of a project.
package struct StackSummary: Sendable, Hashable, Codable {
  /// Its name.
  package var name: String
  /// What it does.
  package var state: StackStatus.State
  /// When it was made.
  package var createdAt: Timestamp
  /// When it ends by itself; nil when it does not.
  package var expiresAt: Timestamp?
  /// The process that keeps it alive; nil when it has no lease.
  package var ownerPID: Int32?
  /// Its database's address.
  package var databaseURL: String?
  /// Its API's address.
  package var apiURL: String?

  package init(
    name: String, state: StackStatus.State, createdAt: Timestamp, expiresAt: Timestamp? = nil,
    ownerPID: Int32? = nil, databaseURL: String? = nil, apiURL: String? = nil
  ) {
    self.name = name
    self.state = state
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.ownerPID = ownerPID
    self.databaseURL = databaseURL
    self.apiURL = apiURL
  }

  private enum CodingKeys: String, CodingKey {
    case name, state
    case createdAt = "created_at"
    case expiresAt = "expires_at"
    case ownerPID = "owner_pid"
    case databaseURL = "DB_URL"
    case apiURL = "API_URL"
  }
}

/// The stacks of a project.
package struct StackList: Sendable, Hashable, Codable {
  /// The stacks, oldest first.
  package var stacks: [StackSummary]

  package init(stacks: [StackSummary]) {
    self.stacks = stacks
  }
}
