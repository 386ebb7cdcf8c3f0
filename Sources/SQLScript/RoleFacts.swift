/// What a statement does to roles that are there already.
package struct RoleChange: Sendable, Hashable {
  /// Roles whose attributes, name or existence change.
  package var altered: [String] = []
  /// Roles whose settings change, and nothing else.
  package var configured: [String] = []
  /// Roles that somebody becomes a member of.
  package var granted: [String] = []
}

extension SQLStatement {
  /// What the statement does to roles that are there already; nil when it is about something else.
  ///
  /// `ALTER` and `DROP ROLE|USER|GROUP`, `GRANT role TO …`, and the memberships that `CREATE ROLE …
  /// IN ROLE` gives. Names are as the catalog spells them.
  package var roleChange: RoleChange? {
    withHead { head in
      if head.take("grant") {
        let names = head.takeNames(identifier)
        // A grant of privileges goes on otherwise: with ON, or with a list of columns.
        return head.take("to") ? RoleChange(granted: names) : nil
      }
      let creates = head.take("create")
      let drops = !creates && head.take("drop")
      guard creates || drops || head.take("alter") else { return nil }
      let isGroup = head.take("group")
      guard isGroup || head.take("role") || head.take("user"), !head.take("mapping") else {
        return nil
      }
      if drops {
        if head.take("if") { _ = head.take("exists") }
        return RoleChange(altered: head.takeNames(identifier))
      }
      guard let name = head.takeNames(identifier).first else { return nil }
      if creates { return RoleChange(granted: memberships(&head)) }
      if isGroup, head.take("add") { return RoleChange(granted: [name]) }
      if head.take("in"), head.take("database") { head.skipName() }
      let isSetting = head.take("set") || head.take("reset")
      return isSetting ? RoleChange(configured: [name]) : RoleChange(altered: [name])
    }
  }

  /// The setting with a dot in its name that `ALTER DATABASE|ROLE|USER … SET` gives a value:
  /// `app.tenant`; nil for every other statement.
  package var customSetting: String? {
    withHead { head in
      guard head.take("alter") else { return nil }
      if head.take("database") {
        head.skipName()
      } else if head.take("role") || head.take("user") {
        head.skipName()
        if head.take("in"), head.take("database") { head.skipName() }
      } else {
        return nil
      }
      guard head.take("set") else { return nil }
      let name = head.takeNames(identifier, separator: .dot).joined(separator: ".")
      return name.contains(".") ? name : nil
    }
  }

  /// The roles after `IN ROLE` and `IN GROUP` in the options of `CREATE ROLE`.
  private func memberships(_ head: inout Head) -> [String] {
    var names: [String] = []
    while head.peek != nil {
      if head.take("in") {
        if head.take("role") || head.take("group") { names += head.takeNames(identifier) }
      } else {
        head.advance()
      }
    }
    return names
  }
}
