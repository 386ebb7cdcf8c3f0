import Glibc

/// The folders in which a cluster keeps its databases, named by their OIDs.
struct DatabaseFolders: Sendable {
  let dataFolder: String

  /// The folders that last changed before a moment.
  ///
  /// - Parameter moment: In seconds since 1970.
  /// - Returns: Absolute paths; none when the folder cannot be read.
  func list(changedBefore moment: Int) -> [String] {
    let base = dataFolder + "/base"
    guard let names = try? entries(of: base) else { return [] }
    return names.filter { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
      .map { "\(base)/\($0)" }
      .filter { path in
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
          && status.st_mtim.tv_sec < moment && status.st_ctim.tv_sec < moment
      }
  }
}
