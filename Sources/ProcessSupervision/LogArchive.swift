import Glibc

/// Reads log files that a supervisor wrote, whether it runs or not.
package struct LogArchive: Sendable {
  /// The folder with a file a service: `NAME.log`, `NAME.log.1`, `NAME.log.2`.
  package let folder: String

  package init(folder: String) { self.folder = folder }

  /// The services that have a log.
  package var services: [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var result: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".log"), name.count > 4 { result.append(String(name.dropLast(4))) }
    }
    return result.sorted()
  }

  /// The last lines of some services, merged by time.
  ///
  /// Lines of one service keep their order, also when the machine's clock was set back.
  ///
  /// - Parameters:
  ///   - services: Whose; nil: all that have a log.
  ///   - since: Milliseconds since 1970; older lines are left out.
  ///   - lines: How many at most, counted from the end.
  /// - Returns: Oldest first.
  package func tail(
    services: [String]? = nil, since: Int64? = nil, lines: Int = 1000
  ) -> [LogEntry] {
    let perService = (services ?? self.services).map {
      lastEntries(of: $0, since: since, lines: lines)
    }
    return Array(merge(perService).suffix(lines))
  }

  private func merge(_ lists: [[LogEntry]]) -> [LogEntry] {
    var positions = [Int](repeating: 0, count: lists.count)
    var result: [LogEntry] = []
    result.reserveCapacity(lists.reduce(0) { $0 + $1.count })
    while true {
      var best: Int?
      for (index, list) in lists.enumerated() where positions[index] < list.count {
        guard let current = best else {
          best = index
          continue
        }
        let candidate = list[positions[index]].milliseconds
        if candidate < lists[current][positions[current]].milliseconds { best = index }
      }
      guard let best else { return result }
      result.append(lists[best][positions[best]])
      positions[best] += 1
    }
  }

  private func lastEntries(of service: String, since: Int64?, lines: Int) -> [LogEntry] {
    var result: [LogEntry] = []
    for suffix in ["", ".1", ".2", ".3", ".4"] {
      let path = "\(folder)/\(service).log\(suffix)"
      guard
        let part = lastEntries(
          in: path, service: service, since: since, lines: lines - result.count)
      else { break }
      result = part.entries + result
      if part.isComplete || result.count >= lines { break }
    }
    guard let since else { return result }
    return result.filter { $0.milliseconds >= since }
  }

  /// Reads a file from its end; `isComplete` says that no older file is of interest.
  private func lastEntries(
    in path: String, service: String, since: Int64?, lines: Int
  ) -> (entries: [LogEntry], isComplete: Bool)? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var position = Int(lseek(descriptor, 0, SEEK_END))
    let chunkSize = 128 * 1024
    var bytes: [UInt8] = []
    var isComplete = false
    var newlines = 0
    while position > 0, !isComplete, newlines <= lines {
      let count = min(chunkSize, position)
      position -= count
      var chunk = [UInt8](repeating: 0, count: count)
      let got = chunk.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, count, off_t(position))
      }
      guard got == count else { break }
      newlines += chunk.withUnsafeBytes { countNewlines($0) }
      bytes = chunk + bytes
      if let since, let oldest = firstTime(in: bytes, atStart: position == 0), oldest < since {
        isComplete = true
      }
    }
    let entries = bytes.withUnsafeBytes { parse($0, atStart: position == 0, service: service) }
    return (Array(entries.suffix(max(0, lines))), isComplete)
  }

  private func countNewlines(_ bytes: UnsafeRawBufferPointer) -> Int {
    var count = 0
    forEachLine(bytes) { _ in count += 1 }
    return count
  }

  private func firstTime(in bytes: [UInt8], atStart: Bool) -> Int64? {
    bytes.withUnsafeBytes { all in
      var start = 0
      if !atStart {
        guard let newline = all.firstIndex(of: 10) else { return nil }
        start = newline + 1
      }
      return LogTime.parse(UnsafeRawBufferPointer(rebasing: all[start...]))
    }
  }

  private func parse(
    _ bytes: UnsafeRawBufferPointer, atStart: Bool, service: String
  ) -> [LogEntry] {
    var result: [LogEntry] = []
    var isFirst = !atStart
    forEachLine(bytes) { line in
      if isFirst {
        isFirst = false
      } else if let entry = LogEntry(line: line, service: service) {
        result.append(entry)
      }
    }
    return result
  }
}

/// Calls a closure for each line that has its end, without that end.
///
/// - Parameters:
///   - bytes: Any text; what follows the last newline is left out.
///   - body: Gets the bytes of one line, valid during the call.
/// - Returns: How many bytes the lines and their ends took.
@discardableResult
func forEachLine(
  _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
) -> Int {
  guard let base = bytes.baseAddress else { return 0 }
  var start = 0
  while start < bytes.count, let newline = memchr(base + start, 10, bytes.count - start) {
    let end = UnsafeRawPointer(newline) - base
    body(UnsafeRawBufferPointer(start: base + start, count: end - start))
    start = end + 1
  }
  return start
}
