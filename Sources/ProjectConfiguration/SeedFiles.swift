package import Diagnostics
import Glibc

/// Seed files in the order in which they run, and patterns that found none.
package struct SeedFiles: Sendable, Hashable {
  /// Absolute paths, each once.
  package var files: [String]
  /// Patterns without a file.
  package var unmatched: [String]

  /// The code of a pattern without a file.
  package static let unmatchedCode = "seed_pattern_unmatched"

  /// The warnings that the Supabase CLI prints as well: a pattern without a file is no error.
  package var warnings: [Diagnostic] {
    unmatched.map { pattern in
      Diagnostic(
        code: Self.unmatchedCode, message: "no seed file matches \(pattern)",
        hint: "make the file, or mend db.seed.sql_paths")
    }
  }
}

extension ProjectLayout {
  /// Finds the files of glob patterns.
  ///
  /// Patterns are relative to `configurationFolder`; the order of patterns is kept, files of one
  /// pattern are sorted by their bytes, a file counts once. `*`, `?` and `[…]` stay in one folder,
  /// `**` passes through folders.
  ///
  /// - Parameter patterns: As in `db.seed.sql_paths`.
  /// - Returns: What is there.
  package func seedFiles(matching patterns: [String]) -> SeedFiles {
    var result = SeedFiles(files: [], unmatched: [])
    var seen: Set<String> = []
    for pattern in patterns {
      let files = filesMatching(absolutePath(pattern))
      if files.isEmpty { result.unmatched.append(pattern) }
      for file in files where seen.insert(file).inserted { result.files.append(file) }
    }
    return result
  }

  /// Finds the files of a seed profile: `seeds/<profile>.sql`, then those of `seeds/<profile>/`.
  ///
  /// - Parameter profile: A plain name.
  /// - Returns: What is there.
  /// - Throws: `SeedProfileError.unknown` with the profiles that there are.
  package func seedFiles(profile: String) throws(SeedProfileError) -> SeedFiles {
    guard !profile.isEmpty, !profile.contains("/"), profile != ".", profile != "..",
      !profile.contains("\0")
    else { throw .unknown(profile, known: seedProfiles()) }
    var files: [String] = []
    let single = "\(seedsFolder)/\(profile).sql"
    if fileKind(single) == .file { files.append(single) }
    files += sqlFiles(in: "\(seedsFolder)/\(profile)")
    guard !files.isEmpty else { throw .unknown(profile, known: seedProfiles()) }
    return SeedFiles(files: files, unmatched: [])
  }

  /// The names that `--profile` may have, sorted.
  ///
  /// - Returns: One for each SQL file and each folder with SQL files in `seeds/`.
  package func seedProfiles() -> [String] {
    var names: Set<String> = []
    for entry in folderEntries(seedsFolder) {
      if entry.hasSuffix(".sql"), fileKind("\(seedsFolder)/\(entry)") == .file {
        names.insert(String(entry.dropLast(4)))
      } else if !sqlFiles(in: "\(seedsFolder)/\(entry)").isEmpty {
        names.insert(entry)
      }
    }
    return names.sorted()
  }

  private func sqlFiles(in folder: String) -> [String] {
    folderEntries(folder).filter { $0.hasSuffix(".sql") }.map { "\(folder)/\($0)" }
      .filter { fileKind($0) == .file }
  }
}

/// The files, not folders, that an absolute glob pattern matches, sorted by their bytes.
private func filesMatching(_ pattern: String) -> [String] {
  let parts = pattern.split(separator: "/").map(String.init).filter { $0 != "." }
  var found: [String] = []
  search(parts[...], below: "", into: &found)
  return Set(found).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

private func search(_ parts: ArraySlice<String>, below folder: String, into found: inout [String]) {
  guard let part = parts.first else {
    if fileKind(folder) == .file { found.append(folder) }
    return
  }
  let rest = parts.dropFirst()
  if part == "**" {
    search(rest, below: folder, into: &found)
    for entry in folderEntries(folder) {
      let path = "\(folder)/\(entry)"
      // A link may lead back up: only real folders are passed through.
      if isRealFolder(path) { search(parts, below: path, into: &found) }
    }
  } else if fileKind("\(folder)/\(part)") != nil {
    search(rest, below: "\(folder)/\(part)", into: &found)
  } else if part.contains(where: { "*?[".contains($0) }) {
    for entry in folderEntries(folder) where fnmatch(part, entry, 0) == 0 {
      search(rest, below: "\(folder)/\(entry)", into: &found)
    }
  }
}

private func isRealFolder(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Why a seed profile cannot be used.
package enum SeedProfileError: Error, Sendable, Hashable {
  /// No file and no folder of that name.
  case unknown(String, known: [String])
}

extension SeedProfileError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .unknown(let name, let known):
      Diagnostic(
        code: "seed_profile_unknown", message: "there is no seed profile \(name)",
        hint: nearestName(to: name, among: known).map { "did you mean \($0)?" }
          ?? (known.isEmpty
            ? "make seeds/\(name).sql" : "there are: \(known.joined(separator: ", "))"),
        category: .usage)
    }
  }
}
