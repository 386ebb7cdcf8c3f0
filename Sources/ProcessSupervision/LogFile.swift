import CProcess
import Glibc

/// How much of what services print is kept.
package struct LogLimits: Sendable, Hashable {
  /// A file larger than this is put aside and a new one begun.
  package var fileSizeInBytes: Int
  /// The current file and those put aside.
  package var fileCount: Int
  /// A longer line is kept in pieces of this size.
  package var lineSizeInBytes: Int
  /// What is kept in memory of each service, to show why it ended.
  package var tailSizeInBytes: Int

  package init(
    fileSizeInBytes: Int = 10 * 1024 * 1024, fileCount: Int = 3, lineSizeInBytes: Int = 16 * 1024,
    tailSizeInBytes: Int = 32 * 1024
  ) {
    self.fileSizeInBytes = fileSizeInBytes
    self.fileCount = fileCount
    self.lineSizeInBytes = lineSizeInBytes
    self.tailSizeInBytes = tailSizeInBytes
  }
}

/// One service's log file and the tail of it in memory.
///
/// Lives on the log thread alone.
final class LogFile {
  let service: String
  private let path: String
  private let limits: LogLimits
  private var descriptor: Int32 = -1
  private var size = 0
  private var droppedBytes = 0
  private var tail: [UInt8] = []

  init(service: String, folder: String, limits: LogLimits) {
    self.service = service
    self.limits = limits
    path = "\(folder)/\(service).log"
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func openFile() {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    size = descriptor >= 0 ? Int(lseek(descriptor, 0, SEEK_END)) : 0
  }

  /// Writes whole lines with their time and stream; a full disk loses lines, never the service.
  ///
  /// - Parameters:
  ///   - lines: Each with its end.
  ///   - stream: Where they came from.
  ///   - scratch: Room for a batch.
  ///   - show: Gets each batch as it is in the file.
  func add(
    _ lines: UnsafeRawBufferPointer, _ stream: LogStream, scratch: UnsafeMutableRawBufferPointer,
    show: (UnsafeRawBufferPointer) -> Void
  ) {
    guard var next = lines.baseAddress, let out = scratch.baseAddress else { return }
    var left = lines.count
    var prefix = LogTime.bytes(of: LogTime.now)
    prefix += " \(stream.rawValue) ".utf8
    let longest = min(limits.lineSizeInBytes, scratch.count - prefix.count - 1)
    while left > 0 {
      var used = 0
      let count = prefix.withUnsafeBytes { prefix -> Int in
        guard let base = prefix.baseAddress else { return 0 }
        return homebase_frame_lines(
          next.assumingMemoryBound(to: CChar.self), left,
          base.assumingMemoryBound(to: CChar.self), prefix.count, longest,
          out.assumingMemoryBound(to: CChar.self), scratch.count, &used)
      }
      guard used > 0 else { return }
      let batch = UnsafeRawBufferPointer(start: out, count: count)
      show(batch)
      write(batch)
      keepTail(batch)
      next += used
      left -= used
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    // Made by the first line: a hundred quiet services are a hundred files less.
    if descriptor < 0 { openFile() }
    if size > 0, size + bytes.count > limits.fileSizeInBytes { rotate() }
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        droppedBytes += rest.count
        return
      }
      size += count
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    if droppedBytes > 0 {
      let note = "homebase: \(droppedBytes) bytes of this log could not be written before\n"
      droppedBytes = 0
      let line = LogTime.bytes(of: LogTime.now) + " sys ".utf8 + note.utf8
      size += max(0, line.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) })
    }
  }

  private func rotate() {
    for number in stride(from: limits.fileCount - 1, through: 1, by: -1) {
      rename(number == 1 ? path : "\(path).\(number - 1)", "\(path).\(number)")
    }
    if limits.fileCount < 2 { unlink(path) }
    if descriptor >= 0 { close(descriptor) }
    openFile()
  }

  private func keepTail(_ batch: UnsafeRawBufferPointer) {
    let limit = limits.tailSizeInBytes
    if batch.count >= limit {
      tail.removeAll(keepingCapacity: true)
      tail.append(contentsOf: batch[(batch.count - limit)...])
    } else {
      tail.append(contentsOf: batch)
      if tail.count > 2 * limit { tail.removeFirst(tail.count - limit) }
    }
  }

  /// The last lines, as the service wrote them: no times, nothing of ours.
  func lastLines(_ count: Int) -> [String] {
    var result: [String] = []
    tail.withUnsafeBytes { bytes in
      _ = forEachLine(bytes) { line in
        if let entry = LogEntry(line: line, service: service), entry.stream != .supervisor {
          result.append(entry.text)
        }
      }
    }
    return Array(result.suffix(count))
  }

  /// Forgets the tail: a new instance of the service begins.
  func forgetTail() { tail.removeAll() }
}
