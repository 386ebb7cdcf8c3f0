import CPlatformSQL

/// The files of `Sources/CPlatformSQL`, which are part of the executable.
enum PlatformFiles {
  /// Path to text, such as `platform/auth.sql`.
  static let texts: [String: String] = {
    var count = 0
    guard let first = homebase_platform_files(&count) else { return [:] }
    var texts: [String: String] = [:]
    for file in UnsafeBufferPointer(start: first, count: count) {
      let bytes = UnsafeRawBufferPointer(start: file.bytes, count: file.size)
      texts[String(cString: file.path)] = String(decoding: bytes, as: UTF8.self)
    }
    return texts
  }()

  /// One script of the platform.
  ///
  /// - Parameter name: Without ending, seen from `platform/`: `auth`.
  /// - Returns: The text of the file.
  static func script(_ name: String) -> String {
    guard let text = texts["platform/\(name).sql"] else {
      preconditionFailure("CPlatformSQL.c embeds no platform/\(name).sql")
    }
    return text
  }
}
