/// Reads libpq's text about a connection that did not come to be.
enum ConnectionFailure {
  /// Takes the SQLSTATE out of a text in libpq's verbose form.
  ///
  /// The text is all there is: libpq keeps no result of a refused connection.
  /// `connection to server on socket "…" failed: FATAL:  3D000: database "x" does not exist`
  /// and a second line, `LOCATION: …`, about PostgreSQL's own source.
  ///
  /// - Parameter message: From `PQerrorMessage`.
  /// - Returns: Always `.connectionFailed`.
  static func error(from message: String) -> PostgresError {
    var sqlstate: String?
    var lines: [String] = []
    for line in message.split(separator: "\n") {
      if line.hasPrefix("LOCATION:") { continue }
      let (text, code) = split(String(line))
      sqlstate = sqlstate ?? code
      lines.append(trimmed(text))
    }
    let reason = lines.joined(separator: " ").split(separator: "\t").joined(separator: " ")
    return .connectionFailed(reason.isEmpty ? "unknown reason" : reason, sqlstate: sqlstate)
  }

  /// Finds `:  28P01: ` in a line; the word before it is in the server's language.
  private static func split(_ line: String) -> (text: String, sqlstate: String?) {
    let bytes = Array(line.utf8)
    func isCode(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
    }
    for start in bytes.indices.dropLast(9)
    where bytes[start...].starts(with: ":  ".utf8)
      && bytes[start + 3..<start + 8].allSatisfy(isCode)
      && bytes[start + 8] == UInt8(ascii: ":")
    {
      let before = String(decoding: bytes[...(start + 1)], as: UTF8.self)
      let after = String(decoding: bytes[(start + 10)...], as: UTF8.self)
      return (before + after, String(decoding: bytes[start + 3..<start + 8], as: UTF8.self))
    }
    return (line, nil)
  }
}
