import FoundationEssentials

/// A file with tests.
package struct TestFile: Sendable, Hashable {
  /// Absolute.
  package var path: String
  /// As people know it.
  package var name: String

  /// Finds the test files of some paths: what ends in `.sql` or `.pg`, sorted by name.
  ///
  /// Folders are searched to their bottom; a file that is named runs whatever its name is.
  ///
  /// - Parameters:
  ///   - paths: Absolute.
  ///   - display: How a path is shown.
  /// - Returns: Each file once.
  /// - Throws: `SQLTestError.noSuchPath`, and `.noTests` when nothing is found.
  package static func find(
    in paths: [String], display: (String) -> String
  ) throws(SQLTestError) -> [TestFile] {
    var found: Set<String> = []
    for path in paths {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw .noSuchPath(display(path))
      }
      guard isFolder else {
        found.insert(path)
        continue
      }
      let below = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
      for name in below where name.hasSuffix(".sql") || name.hasSuffix(".pg") {
        found.insert("\(path)/\(name)")
      }
    }
    guard !found.isEmpty else {
      throw .noTests(folder: paths.map(display).joined(separator: ", "))
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .map { TestFile(path: $0, name: display($0)) }
  }
}
