import Diagnostics
import FoundationEssentials
import Glibc
import StackProtocol

// What these functions do belongs to ProjectConfiguration and DatabaseLifecycle; `Rooms.connected`
// takes theirs where they are part of the build.

/// Finds the project of a folder by its two layouts.
///
/// - Parameters:
///   - folder: Where to begin.
///   - exactly: Whether nothing above it counts.
///   - environment: The process's variables.
/// - Returns: The project.
/// - Throws: `no_project`.
func findProjectPlace(
  _ folder: String, exactly: Bool, environment: [String: String]
) throws -> ProjectPlace {
  guard let start = realpath(folder, nil) else {
    throw Diagnostic(
      code: "no_such_folder", message: "there is no folder \(folder)",
      hint: "check the path; `--workdir` names the project's root", category: .usage)
  }
  defer { free(start) }
  let begin = String(cString: start)
  var root = begin
  while true {
    let style: ProjectPlace.Style? =
      access("\(root)/homebase.toml", F_OK) == 0
      ? .homebase
      : access("\(root)/supabase/config.toml", F_OK) == 0
        || access("\(root)/supabase/migrations", F_OK) == 0 ? .supabase : nil
    if let style {
      let name = root.split(separator: "/").last.map(String.init) ?? "project"
      let state = "/tmp/homebase-\(getuid())/\(name)"
      return ProjectPlace(
        name: name, root: root, style: style, dataFolder: "\(state)/data",
        runtimeFolder: "\(state)/run")
    }
    guard !exactly, root != "/" else { break }
    root = root.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    if root.isEmpty { root = "/" }
  }
  throw Diagnostic(
    code: "no_project",
    message: "no project in \(begin)\(exactly ? "" : " or any folder above it")",
    hint: "run `homebase init` there, or name a project's root with `--workdir`")
}

/// Makes the folders of a project's state.
///
/// - Parameter place: The project.
/// - Throws: A file system's error.
func makeStateFolders(of place: ProjectPlace) throws {
  for folder in [place.runtimeFolder, "\(place.dataFolder)/logs"] {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }
}

/// Lists the migration files, without asking a database.
///
/// - Parameter place: The project.
/// - Returns: In the order of their names.
/// - Throws: A file system's error.
func listMigrationFiles(in place: ProjectPlace) throws -> MigrationList {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: place.migrationsFolder)) ?? []
  let entries = names.sorted().compactMap { name -> MigrationEntry? in
    let version = name.prefix { $0.isASCII && $0.isNumber }
    guard !version.isEmpty, name.hasSuffix(".sql"), name.dropFirst(version.count).first == "_"
    else { return nil }
    return MigrationEntry(
      version: String(version), name: String(name.dropFirst(version.count + 1).dropLast(4)),
      file: place.displayPath("\(place.migrationsFolder)/\(name)"), isLocal: true, isApplied: nil)
  }
  return MigrationList(migrations: entries)
}
