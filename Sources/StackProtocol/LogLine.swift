/// A line that a service printed.
package struct LogLine: Sendable, Hashable, Codable {
  /// When it was read.
  package var time: Timestamp
  /// Who printed it.
  package var service: String
  /// `stdout`, `stderr`, or `supervisor` for what is said about the service.
  package var stream: String?
  /// The line, without its end.
  package var message: String

  package init(time: Timestamp, service: String, stream: String? = nil, message: String) {
    self.time = time
    self.service = service
    self.stream = stream
    self.message = message
  }
}

/// The end of a log that is not followed.
package struct LogsEnd: Sendable, Hashable, Codable {
  /// How many lines were sent.
  package var lines: Int

  package init(lines: Int) {
    self.lines = lines
  }
}
