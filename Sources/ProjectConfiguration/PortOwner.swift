import Glibc

/// Who listens on a port.
package struct PortOwner: Sendable, Hashable {
  /// Nil when the process is another user's.
  package var pid: Int32?
  /// The program's name, as `ps` shows it.
  package var name: String?
  /// Whose process it is.
  package var userID: UInt32

  /// Looks for the process that listens on a port of this machine.
  ///
  /// Source: proc(5), `/proc/net/tcp`: local address, state `0A` for listening, uid, inode.
  ///
  /// - Parameter port: Of any address.
  /// - Returns: Nil when nobody listens.
  package static func find(port: Int) -> PortOwner? {
    guard let socket = listeningSocket(port: port) else { return nil }
    let link = "socket:[\(socket.inode)]"
    for entry in folderEntries("/proc") {
      guard let pid = Int32(entry), hasDescriptor(pid, link) else { continue }
      let name = (try? readFile("/proc/\(pid)/comm")).map {
        String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      }
      return PortOwner(pid: pid, name: name, userID: socket.userID)
    }
    return PortOwner(pid: nil, name: nil, userID: socket.userID)
  }

  private static func listeningSocket(port: Int) -> (inode: Substring, userID: UInt32)? {
    let digits = String(port, radix: 16, uppercase: true)
    let suffix = ":" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    for file in ["/proc/net/tcp", "/proc/net/tcp6"] {
      guard let bytes = try? readFile(file) else { continue }
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst() {
        let fields = line.split(separator: " ")
        guard fields.count > 9, fields[3] == "0A", fields[1].hasSuffix(suffix) else { continue }
        return (fields[9], UInt32(fields[7]) ?? 0)
      }
    }
    return nil
  }

  private static func hasDescriptor(_ pid: Int32, _ link: String) -> Bool {
    let folder = "/proc/\(pid)/fd"
    var buffer = [CChar](repeating: 0, count: 64)
    return folderEntries(folder).contains { name in
      let count = readlink("\(folder)/\(name)", &buffer, buffer.count)
      guard count > 0 else { return false }
      return buffer[..<count].elementsEqual(link.utf8.map { CChar(bitPattern: $0) })
    }
  }
}

extension PortOwner: CustomStringConvertible {
  package var description: String {
    guard let pid else { return "a process of user \(userID)" }
    return "\(name ?? "a process") (pid \(pid))"
  }
}
