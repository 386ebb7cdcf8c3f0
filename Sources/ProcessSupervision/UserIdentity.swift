import Glibc

/// A user of this machine, resolved whole: what a child needs to run as somebody else.
package struct UserIdentity: Sendable, Hashable {
  /// The name in the password database, or the number when it has none.
  package var name: String
  /// The numeric user id.
  package var userID: UInt32
  /// The primary group.
  package var groupID: UInt32
  /// All supplementary groups, the primary one included.
  package var groups: [UInt32]
  /// The home folder.
  package var home: String

  package init(name: String, userID: UInt32, groupID: UInt32, groups: [UInt32], home: String) {
    self.name = name
    self.userID = userID
    self.groupID = groupID
    self.groups = groups
    self.home = home
  }

  /// Looks a user up in the password and group databases.
  ///
  /// Done in the parent, before a spawn: nothing of it is safe between clone and exec.
  ///
  /// - Parameter name: The login name.
  /// - Returns: The user with all of its groups.
  /// - Throws: `ProcessError.unknownUser`.
  package static func named(_ name: String) throws -> UserIdentity {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16 * 1024)
    let status = getpwnam_r(name, &entry, &buffer, buffer.count, &found)
    guard status == 0, found != nil else { throw ProcessError.unknownUser(name) }
    return UserIdentity(entry, fallback: name)
  }

  /// The user that this process runs as.
  package static var current: UserIdentity {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16 * 1024)
    let userID = geteuid()
    if getpwuid_r(userID, &entry, &buffer, buffer.count, &found) == 0, found != nil {
      return UserIdentity(entry, fallback: String(userID))
    }
    let groupID = getegid()
    return UserIdentity(
      name: String(userID), userID: userID, groupID: groupID, groups: [groupID], home: "/")
  }

  private init(_ entry: passwd, fallback: String) {
    let name = entry.pw_name.map { String(cString: $0) } ?? fallback
    var count: Int32 = 64
    var groups = [gid_t](repeating: 0, count: Int(count))
    if getgrouplist(name, entry.pw_gid, &groups, &count) < 0 {
      groups = [gid_t](repeating: 0, count: Int(count))
      if getgrouplist(name, entry.pw_gid, &groups, &count) < 0 { count = 0 }
    }
    self.init(
      name: name, userID: entry.pw_uid, groupID: entry.pw_gid,
      groups: Array(groups.prefix(Int(count))),
      home: entry.pw_dir.map { String(cString: $0) } ?? "/")
  }
}
