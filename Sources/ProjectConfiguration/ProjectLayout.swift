package import Diagnostics

/// Where a project's files are.
///
/// Two styles: `.supabase` (`supabase/config.toml`, `supabase/migrations`, …), as the Supabase CLI
/// has it, and `.homebase` (`homebase.toml`, `migrations`, `seeds`, … at the root). In a folder that
/// has both, `homebase.toml` wins: nobody writes one except to use homebase, while `supabase/` may be
/// left from before. `load` of the configuration says so in a warning.
package struct ProjectLayout: Sendable, Hashable {
  /// How the files are laid out.
  package enum Style: String, Sendable, Hashable, CaseIterable {
    /// `supabase/config.toml` and everything else in `supabase/`.
    case supabase
    /// `homebase.toml` at the root and everything else beside it.
    case homebase
  }

  /// The project's folder: absolute, without links.
  package let root: String
  /// How the files are laid out.
  package let style: Style
  /// `supabase/config.toml` or `homebase.toml`; nil when the project has none.
  package let configurationFile: String?
  /// `compose/local.yaml` of the root or of `supabase/`; nil means homebase's own default.
  package let composeFile: String?
  /// A configuration of the other style that is there but not used.
  package let unusedConfigurationFile: String?

  /// A short, safe name: the folder's, at most 40 characters of `A-Z a-z 0-9 _ . -`.
  package var name: String { Self.name(ofRoot: root) }

  /// The base of relative paths in the configuration: `supabase/`, or the root.
  package var configurationFolder: String { style == .supabase ? "\(root)/supabase" : root }
  /// The folder of migrations; it may be missing.
  package var migrationsFolder: String { "\(configurationFolder)/migrations" }
  /// The folder of seed files and profiles; it may be missing.
  package var seedsFolder: String { "\(configurationFolder)/seeds" }
  /// SQL that makes roles before the migrations; it may be missing.
  package var rolesFile: String { "\(configurationFolder)/roles.sql" }
  /// The folder of edge functions; it may be missing.
  package var functionsFolder: String { "\(configurationFolder)/functions" }
  /// The variables of edge functions; it may be missing.
  package var functionsEnvironmentFile: String { "\(functionsFolder)/.env" }
  /// The folder of pgTAP tests; it may be missing.
  package var testsFolder: String { "\(configurationFolder)/tests" }

  /// Finds the project that a folder belongs to.
  ///
  /// - Parameters:
  ///   - workingDirectory: Where to begin.
  ///   - exactly: True for `--workdir`: this folder is the root, nothing above it counts. Its
  ///     `supabase/` folder is understood as well.
  /// - Returns: The nearest project upward.
  /// - Throws: `ProjectLayoutError` when there is none.
  package static func discover(
    from workingDirectory: String, exactly: Bool = false
  ) throws(ProjectLayoutError) -> ProjectLayout {
    guard let start = canonicalPath(workingDirectory), fileKind(start) == .folder else {
      throw .noSuchFolder(workingDirectory)
    }
    if let layout = at(start) { return layout }
    if exactly {
      let parent = parentFolder(of: start)
      if start == "\(parent == "/" ? "" : parent)/supabase", let layout = at(parent) {
        return layout
      }
      throw .noProject(folder: start, searchedUpward: false)
    }
    var folder = start
    while folder != "/" {
      folder = parentFolder(of: folder)
      if let layout = at(folder) { return layout }
    }
    throw .noProject(folder: start, searchedUpward: true)
  }

  /// The layout that `homebase init` creates in a folder.
  ///
  /// - Parameters:
  ///   - root: An existing folder, absolute and without links.
  ///   - style: Which layout.
  package init(root: String, style: Style) {
    let base = root
    let supabaseFile = "\(base)/supabase/config.toml"
    let homebaseFile = "\(base)/homebase.toml"
    // Whatever has the name is meant to be it: a folder is an error when it is read.
    let hasSupabaseFile = fileKind(supabaseFile) != nil
    let hasHomebaseFile = fileKind(homebaseFile) != nil
    self.root = base
    self.style = style
    switch style {
    case .supabase:
      configurationFile = hasSupabaseFile ? supabaseFile : nil
      unusedConfigurationFile = hasHomebaseFile ? homebaseFile : nil
    case .homebase:
      configurationFile = hasHomebaseFile ? homebaseFile : nil
      unusedConfigurationFile = hasSupabaseFile ? supabaseFile : nil
    }
    let composeFolders = style == .supabase ? [base, "\(base)/supabase"] : [base]
    composeFile = composeFolders.map { "\($0)/compose/local.yaml" }
      .first { fileKind($0) == .file }
  }

  private static func at(_ folder: String) -> ProjectLayout? {
    let base = folder
    if fileKind("\(base)/homebase.toml") != nil {
      return ProjectLayout(root: folder, style: .homebase)
    }
    if fileKind("\(base)/supabase/config.toml") != nil
      || fileKind("\(base)/supabase/migrations") == .folder
    {
      return ProjectLayout(root: folder, style: .supabase)
    }
    return nil
  }

  /// A path as a person of this project knows it.
  ///
  /// - Parameter path: An absolute path.
  /// - Returns: Relative to the root where it is inside it.
  package func displayPath(_ path: String) -> String {
    guard path.hasPrefix("\(root)/") else { return path }
    return String(Substring(path.utf8.dropFirst(root.utf8.count + 1)))
  }

  /// Makes a path of the configuration absolute.
  ///
  /// - Parameter path: Relative to `configurationFolder`, or absolute.
  /// - Returns: An absolute path; `./` is taken off.
  package func absolutePath(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return "\(configurationFolder)/\(path.hasPrefix("./") ? String(path.dropFirst(2)) : path)"
  }

  static func name(ofRoot root: String) -> String {
    let name = sanitizedProjectName(String(root.split(separator: "/").last ?? ""))
    return name.isEmpty ? "project" : name
  }
}

private func parentFolder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
  return String(path[..<slash])
}

/// Makes a name safe for folders, containers and databases, as the Supabase CLI does.
///
/// Runs of other characters than `A-Z a-z 0-9 _ . -` become one `_`; `_`, `.` and `-` at the
/// beginning go; at most 40 characters stay.
///
/// - Parameter name: Any text.
/// - Returns: A safe name; empty when nothing of it was.
package func sanitizedProjectName(_ name: String) -> String {
  var result: [UInt8] = []
  var replaced = false
  for byte in name.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "-"):
      result.append(byte)
      replaced = false
    default:
      if !replaced { result.append(UInt8(ascii: "_")) }
      replaced = true
    }
  }
  let edges = [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")]
  return String(decoding: result.drop { edges.contains($0) }.prefix(40), as: UTF8.self)
}

/// Why no project was found.
package enum ProjectLayoutError: Error, Sendable, Hashable {
  /// The folder does not exist, or is not a folder.
  case noSuchFolder(String)
  /// Neither `homebase.toml` nor `supabase/config.toml` nor `supabase/migrations`.
  case noProject(folder: String, searchedUpward: Bool)
}

extension ProjectLayoutError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .noSuchFolder(let folder):
      Diagnostic(
        code: "no_such_folder", message: "there is no folder \(folder)",
        hint: "check the path; `--workdir` names the project's root", category: .usage)
    case .noProject(let folder, let searchedUpward):
      Diagnostic(
        code: "no_project",
        message: "no project in \(folder)\(searchedUpward ? " or any folder above it" : "")",
        hint: "run `homebase init` there, or name a project's root with `--workdir`: "
          + "a folder with homebase.toml or supabase/config.toml")
    }
  }
}
