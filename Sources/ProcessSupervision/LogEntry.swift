import CProcess
import Glibc

/// Where a line of a log came from.
package enum LogStream: String, Sendable, Hashable, Codable {
  case output = "out"
  case error = "err"
  /// What homebase itself says about the service: started, ended, waits.
  case supervisor = "sys"
}

/// One line that a service printed, or that was said about it.
package struct LogEntry: Sendable, Hashable, Codable {
  /// The service's name.
  package var service: String
  /// When the line was read, in milliseconds since 1970, UTC.
  package var milliseconds: Int64
  /// Where the line came from.
  package var stream: LogStream
  /// The line without its end; a line longer than the limit comes in pieces.
  package var text: String

  package init(service: String, milliseconds: Int64, stream: LogStream, text: String) {
    self.service = service
    self.milliseconds = milliseconds
    self.stream = stream
    self.text = text
  }

  /// The time as ISO 8601 in UTC: `2026-11-24T23:06:39.123Z`.
  package var time: String { LogTime.text(of: milliseconds) }

  /// Reads a line of a log file: `TIME STREAM TEXT`.
  init?(line: UnsafeRawBufferPointer, service: String) {
    guard line.count >= LogTime.prefixLength, let milliseconds = LogTime.parse(line) else {
      return nil
    }
    let name = String(decoding: line[25..<28], as: UTF8.self)
    guard let stream = LogStream(rawValue: name) else { return nil }
    self.init(
      service: service, milliseconds: milliseconds, stream: stream,
      text: String(decoding: line[LogTime.prefixLength...], as: UTF8.self))
  }
}

/// Times as the log files and the status show them: ISO 8601, UTC, milliseconds.
package enum LogTime {
  /// The length of `TIME STREAM ` before the text.
  static let prefixLength = 29

  /// The machine's clock, in milliseconds since 1970.
  package static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// A moment as text.
  ///
  /// - Parameter milliseconds: Since 1970, UTC.
  /// - Returns: `2026-11-24T23:06:39.123Z`.
  package static func text(of milliseconds: Int64) -> String {
    String(decoding: bytes(of: milliseconds), as: UTF8.self)
  }

  static func bytes(of milliseconds: Int64) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: 24)
    homebase_format_time(milliseconds, &buffer)
    return buffer.map { UInt8(bitPattern: $0) }
  }

  static func parse(_ line: UnsafeRawBufferPointer) -> Int64? {
    guard line.count >= 24, let base = line.baseAddress else { return nil }
    let value = homebase_parse_time(base.assumingMemoryBound(to: CChar.self))
    return value == Int64.min ? nil : value
  }
}
