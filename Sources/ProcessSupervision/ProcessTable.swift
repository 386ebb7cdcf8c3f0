import Glibc

/// Reads `/proc`: who is whose child, since when, in which session, how large.
package enum ProcessTable {
  /// One line of the table.
  package struct Entry: Sendable, Hashable {
    package var pid: Int32
    package var parent: Int32
    package var group: Int32
    package var session: Int32
    /// The kernel's letter: `Z` is a zombie.
    package var state: Character
    /// Clock ticks since the machine's start.
    package var startTime: UInt64
    /// The short name, as the kernel keeps it.
    package var name: String
  }

  /// Reads a process's line.
  ///
  /// - Parameter pid: Whose.
  /// - Returns: nil when there is no such process.
  package static func entry(of pid: Int32) -> Entry? {
    guard let bytes = readWhole("/proc/\(pid)/stat") else { return nil }
    // The name stands in parentheses and may hold any byte: count from the last one.
    guard let opening = bytes.firstIndex(of: UInt8(ascii: "(")),
      let closing = bytes.lastIndex(of: UInt8(ascii: ")")), opening < closing
    else { return nil }
    let rest = String(decoding: bytes[(closing + 1)...], as: UTF8.self)
    let fields = rest.split(separator: " ")
    guard fields.count > 19, let state = fields[0].first, let parent = Int32(fields[1]),
      let group = Int32(fields[2]), let session = Int32(fields[3]),
      let startTime = UInt64(fields[19])
    else { return nil }
    return Entry(
      pid: pid, parent: parent, group: group, session: session, state: state,
      startTime: startTime,
      name: String(decoding: bytes[(opening + 1)..<closing], as: UTF8.self))
  }

  /// When a process began, in clock ticks since the machine's start.
  ///
  /// - Parameter pid: Whose.
  /// - Returns: nil when there is no such process.
  package static func startTime(of pid: Int32) -> UInt64? { entry(of: pid)?.startTime }

  /// All process ids of the machine.
  package static func allPIDs() -> [Int32] { numericNames(in: "/proc") }

  /// The children of a process, of all its threads.
  ///
  /// - Parameters:
  ///   - pid: The parent.
  ///   - skipping: A thread of it whose children are left out.
  /// - Returns: Their pids.
  package static func children(of pid: Int32, skippingThread skipping: Int32? = nil) -> [Int32] {
    var result: [Int32] = []
    for thread in threads(of: pid) where thread != skipping {
      guard let bytes = readWhole("/proc/\(pid)/task/\(thread)/children") else { continue }
      result += String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap {
        Int32($0)
      }
    }
    return result
  }

  /// All descendants of some processes, these not included.
  ///
  /// - Parameter roots: Where to begin.
  /// - Returns: Each once, parents before children.
  package static func descendants(of roots: [Int32]) -> [Int32] {
    var seen = Set(roots)
    var queue = roots
    var result: [Int32] = []
    while let next = queue.popLast() {
      for child in children(of: next) where seen.insert(child).inserted {
        result.append(child)
        queue.append(child)
      }
    }
    return result
  }

  /// A variable of the environment that a process was started with.
  ///
  /// - Parameters:
  ///   - name: Of the variable.
  ///   - pid: Whose; it must be ours, or we root.
  /// - Returns: nil when it is not set, or not to be read.
  package static func environmentValue(_ name: String, of pid: Int32) -> String? {
    guard let bytes = readWhole("/proc/\(pid)/environ") else { return nil }
    let prefix = Array("\(name)=".utf8)
    for part in bytes.split(separator: 0) where part.starts(with: prefix) {
      return String(decoding: part.dropFirst(prefix.count), as: UTF8.self)
    }
    return nil
  }

  /// The file that a process executes, or executed when it was replaced meanwhile.
  ///
  /// Source: proc(5): the link of a file that is gone ends with " (deleted)".
  ///
  /// - Parameter pid: Whose.
  /// - Returns: nil when it is not to be read.
  package static func executable(of pid: Int32) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/\(pid)/exe", &buffer, buffer.count)
    guard length > 0 else { return nil }
    let path = String(
      decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let mark = " (deleted)"
    return path.hasSuffix(mark) ? String(path.dropLast(mark.count)) : path
  }

  /// The memory that some processes have resident, shared pages counted in each.
  ///
  /// - Parameter pids: Whose.
  /// - Returns: The sum in bytes.
  package static func residentBytes(of pids: [Int32]) -> Int {
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    return pids.reduce(0) { sum, pid in
      guard let bytes = readWhole("/proc/\(pid)/statm") else { return sum }
      let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
      return sum + (fields.count > 1 ? (Int(fields[1]) ?? 0) * pageSize : 0)
    }
  }

  /// The memory of some processes, each shared page divided among those that have it (PSS).
  ///
  /// - Parameter pids: Whose.
  /// - Returns: The sum in bytes; nil when none could be read.
  package static func proportionalBytes(of pids: [Int32]) -> Int? {
    var sum: Int?
    for pid in pids {
      guard let bytes = readWhole("/proc/\(pid)/smaps_rollup") else { continue }
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      where line.hasPrefix("Pss:") {
        let fields = line.split(separator: " ")
        if fields.count > 1, let kilobytes = Int(fields[1]) {
          sum = (sum ?? 0) + kilobytes * 1024
        }
        break
      }
    }
    return sum
  }

  /// The machine's current run: another one after each boot.
  package static var bootIdentifier: String {
    guard let bytes = readWhole("/proc/sys/kernel/random/boot_id") else { return "" }
    return String(decoding: bytes.filter { $0 > 32 }, as: UTF8.self)
  }

  /// The threads of a process; mostly there is one, and its folder need not be listed.
  ///
  /// Source: proc(5): the link count of `/proc/PID/task` is two and the number of threads.
  private static func threads(of pid: Int32) -> [Int32] {
    let folder = "/proc/\(pid)/task"
    var facts = stat()
    guard stat(folder, &facts) == 0 else { return [] }
    return facts.st_nlink == 3 ? [pid] : numericNames(in: folder)
  }

  private static func numericNames(in folder: String) -> [Int32] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var result: [Int32] = []
    while let entry = readdir(stream) {
      let number = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { atoi($0) }
      }
      if number > 0 { result.append(number) }
    }
    return result
  }
}

/// Reads a file to its end.
///
/// - Parameter path: Of the file.
/// - Returns: nil when it cannot be read.
func readWhole(_ path: String) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var result: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 8192)
  while true {
    let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count < 0 {
      if errno == EINTR { continue }
      return nil
    }
    if count == 0 { return result }
    result += buffer.prefix(count)
  }
}
