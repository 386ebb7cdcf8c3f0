import FoundationEssentials

/// Which port a project really used where it wished for another.
///
/// A small JSON file: `{"54322":54340}`. A file that cannot be read counts as empty: the worst that
/// happens is another free port.
package struct PortMemory: Sendable, Hashable {
  /// The file.
  package let file: String
  private var chosen: [Int: Int]

  /// Reads what was remembered.
  ///
  /// - Parameter file: `StateLocations.portsFile`; it may be missing.
  package init(file: String) {
    self.file = file
    chosen = [:]
    guard let bytes = try? readFile(file),
      let saved = try? JSONDecoder().decode([String: Int].self, from: Data(bytes))
    else { return }
    for (preferred, actual) in saved {
      guard let preferred = Int(preferred), (1...65_535).contains(actual) else { continue }
      chosen[preferred] = actual
    }
  }

  /// The port that was used for a wish; nil when nothing is remembered.
  ///
  /// - Parameter preferred: The port in the configuration.
  package subscript(preferred: Int) -> Int? { chosen[preferred] }

  /// Remembers a choice, in the file as well.
  ///
  /// - Parameters:
  ///   - actual: The port that is used.
  ///   - preferred: The port in the configuration; a wish that came true is forgotten.
  /// - Throws: `PortError.cannotRemember` when the file cannot be written.
  package mutating func remember(_ actual: Int, for preferred: Int) throws(PortError) {
    let entry = actual == preferred ? nil : actual
    guard chosen[preferred] != entry else { return }
    chosen[preferred] = entry
    let lines = chosen.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
    do {
      try replaceFile(file, with: "{\(lines.joined(separator: ","))}\n", mode: 0o600)
    } catch {
      throw .cannotRemember(file: file, reason: error.description)
    }
  }
}
