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
  private var pending: [UInt8] = []
  private var tail: [UInt8] = []
  private var prefix: [UInt8] = []

  init(service: String, folder: String, limits: LogLimits) {
    self.service = service
    self.limits = limits
    path = "\(folder)/\(service).log"
    openFile()
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func openFile() {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    size = descriptor >= 0 ? Int(lseek(descriptor, 0, SEEK_END)) : 0
  }

  /// Sets the time and the stream of the lines that follow.
  func begin(_ stream: LogStream, at milliseconds: Int64) {
    prefix = LogTime.bytes(of: milliseconds)
    prefix += " \(stream.rawValue) ".utf8
  }

  /// Adds a line to the batch, in pieces when it is too long.
  func add(_ line: UnsafeRawBufferPointer) {
    var line = line
    if let last = line.last, last == 13 { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
    repeat {
      let piece = UnsafeRawBufferPointer(rebasing: line.prefix(limits.lineSizeInBytes))
      pending.append(contentsOf: prefix)
      pending.append(contentsOf: piece)
      pending.append(10)
      line = UnsafeRawBufferPointer(rebasing: line.dropFirst(piece.count))
    } while !line.isEmpty
  }

  /// Writes the batch; a full disk loses lines, never the service.
  ///
  /// - Parameter show: Gets the batch as it is in the file.
  func flush(_ show: (UnsafeRawBufferPointer) -> Void) {
    guard !pending.isEmpty else { return }
    pending.withUnsafeBytes { bytes in
      show(bytes)
      write(bytes)
    }
    keepTail()
    // A burst must not keep its memory for ever.
    pending.removeAll(keepingCapacity: pending.capacity < 1024 * 1024)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
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

  private func keepTail() {
    let limit = limits.tailSizeInBytes
    if pending.count >= limit {
      tail = Array(pending.suffix(limit))
    } else {
      tail += pending
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
