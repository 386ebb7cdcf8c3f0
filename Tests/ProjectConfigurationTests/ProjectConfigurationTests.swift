// Tests of ProjectConfiguration. Helpers here; a file for each part of the room.
import Diagnostics
import FoundationEssentials
import Glibc

@testable import ProjectConfiguration

/// A folder of its own for one test, removed when the value goes.
final class TemporaryFolder: Sendable {
  let path: String

  init(_ name: String = "project") throws {
    var template = Array("/tmp/homebase-config-test.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError.last }
    let parent = template.withUnsafeBufferPointer { buffer in
      String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    path = "\(parent)/\(name)"
    try makeFolder(path)
  }

  deinit {
    try? FileManager.default.removeItem(
      atPath: String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
  }

  func write(_ name: String, _ text: String = "") throws {
    let file = "\(path)/\(name)"
    try makeFolder(String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]))
    try Data(text.utf8).write(to: URL(filePath: file))
  }

  func folder(_ name: String) throws -> String {
    try makeFolder("\(path)/\(name)")
    return "\(path)/\(name)"
  }
}

func makeFolder(_ path: String) throws {
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
}

/// Reads a text as `supabase/config.toml`.
func read(
  _ text: String, _ environment: [String: String] = [:]
) throws(ConfigurationError) -> (configuration: Configuration, warnings: [Diagnostic]) {
  try Configuration.parse(
    Array(text.utf8), file: "supabase/config.toml",
    environment: ProjectEnvironment(process: environment))
}

/// Numbers that are the same for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    // SplitMix64.
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
