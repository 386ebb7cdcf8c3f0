package import Diagnostics
import Glibc
import ProjectConfiguration

/// A migration on disk.
package struct Migration: Sendable, Hashable {
  /// The digits before the first underscore, as the history stores them.
  package var version: String
  /// What stands between the first underscore and `.sql`.
  package var name: String
  /// The absolute path.
  package var path: String
  /// SHA-256 of its bytes.
  package var hash: String
}

/// A project's files that make a database, as they are on disk at one moment.
package struct ProjectFiles: Sendable, Hashable {
  /// In the order in which they are applied.
  package var migrations: [Migration]
  /// In the order in which they are applied.
  package var seeds: [Seed]
  /// SHA-256 of `roles.sql`; nil when there is none.
  package var rolesHash: String?
  /// Files and patterns that were passed over, each with the reason.
  package var warnings: [Diagnostic]
  /// Seed patterns without a file.
  package var unmatchedSeeds: [String] = []

  /// The code of a file whose name is no migration's.
  package static let skippedCode = "migration_skipped"

  /// A seed file on disk.
  package struct Seed: Sendable, Hashable {
    /// Relative to the folder that globs are relative to, as the seed table stores it.
    package var name: String
    /// The absolute path.
    package var path: String
    /// SHA-256 of its bytes.
    package var hash: String
  }

  /// Lists a project's files, without reading those that have not changed.
  ///
  /// A file name is digits, an underscore, a name and `.sql`; anything else is passed over with a
  /// warning. Files are ordered by name. Source: supabase-local.md, 3.3.
  ///
  /// - Parameters:
  ///   - inputs: Where the files are.
  ///   - fingerprints: Knows the hashes of files seen before.
  ///   - seedPatterns: Globs to use in place of those of the inputs.
  /// - Returns: Migrations and seeds in the order in which they apply.
  /// - Throws: `LifecycleError.duplicateVersion` when two migrations bear one version, and
  ///   `LifecycleError.unreadable`.
  package static func list(
    _ inputs: LifecycleInputs, fingerprints: FileFingerprints, seedPatterns: [String]? = nil
  ) throws(LifecycleError) -> ProjectFiles {
    var files = ProjectFiles(migrations: [], seeds: [], rolesHash: nil, warnings: [])
    if inputs.appliesMigrations {
      try files.listMigrations(inputs, fingerprints)
    }
    if inputs.appliesSeeds || seedPatterns != nil {
      try files.listSeeds(inputs, patterns: seedPatterns ?? inputs.seedPatterns, fingerprints)
    }
    if fileExists(inputs.layout.rolesFile) {
      files.rolesHash = try fingerprints.hash(of: inputs.layout.rolesFile)
    }
    return files
  }

  /// Takes the seeds out, and what is to be said of them.
  mutating func leaveOutSeeds() {
    seeds = []
    unmatchedSeeds = []
    warnings.removeAll { $0.code == SeedFiles.unmatchedCode }
  }

  /// The files whose statements come before a file's in a database's history.
  ///
  /// - Parameters:
  ///   - path: The file's; `roles.sql` comes first, seeds come after all migrations.
  ///   - inputs: Where the files are.
  /// - Returns: Paths in the order in which they ran.
  func before(_ path: String, _ inputs: LifecycleInputs) -> [String] {
    let roles = inputs.layout.rolesFile
    if path == roles { return [] }
    return (rolesHash == nil ? [] : [roles])
      + migrations.prefix { $0.path != path }.map { $0.path }
  }

  private mutating func listMigrations(
    _ inputs: LifecycleInputs, _ fingerprints: FileFingerprints
  ) throws(LifecycleError) {
    let names: [String]
    do {
      names = try entries(of: inputs.layout.migrationsFolder).sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
    } catch {
      guard case .unreadable(_, let reason) = error, reason == String(cString: strerror(ENOENT))
      else { throw error }
      return
    }
    for name in names where name.lowercased().hasSuffix(".sql") {
      let path = inputs.layout.migrationsFolder + "/" + name
      guard let (version, title) = Migration.parse(fileName: name) else {
        warnings.append(
          Diagnostic(
            code: Self.skippedCode,
            message: "passed over: a migration's name is <digits>_<name>.sql",
            location: SourceLocation(file: inputs.displayPath(path))))
        continue
      }
      if let twin = migrations.first(where: { $0.version == version }) {
        throw .duplicateVersion(
          version: version, first: inputs.displayPath(twin.path), second: inputs.displayPath(path))
      }
      migrations.append(
        Migration(
          version: version, name: title, path: path, hash: try fingerprints.hash(of: path)))
    }
  }

  private mutating func listSeeds(
    _ inputs: LifecycleInputs, patterns: [String], _ fingerprints: FileFingerprints
  ) throws(LifecycleError) {
    let found = inputs.layout.seedFiles(matching: patterns)
    warnings += found.warnings
    unmatchedSeeds = found.unmatched
    let prefix = inputs.layout.configurationFolder + "/"
    for path in found.files {
      seeds.append(
        Seed(
          name: path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path, path: path,
          hash: try fingerprints.hash(of: path)))
    }
  }
}

extension Migration {
  /// Takes a migration's file name apart.
  ///
  /// - Parameter fileName: The last part of the path.
  /// - Returns: The version and the name; nil when the name is not a migration's.
  package static func parse(fileName: String) -> (version: String, name: String)? {
    guard fileName.hasSuffix(".sql") else { return nil }
    let stem = fileName.dropLast(4)
    guard let underscore = stem.firstIndex(of: "_"), underscore != stem.startIndex else {
      return nil
    }
    let version = stem[..<underscore]
    guard version.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return (String(version), String(stem[stem.index(after: underscore)...]))
  }
}

/// The names in a folder, in no order.
func entries(of folder: String) throws(LifecycleError) -> [String] {
  guard let directory = opendir(folder) else {
    throw .unreadable(path: folder, reason: systemReason())
  }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names
}
