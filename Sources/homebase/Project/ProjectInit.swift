import ArgumentParser
import Console
import Diagnostics
import FoundationEssentials
import Glibc
import ProjectConfiguration

/// Makes a new project.
struct ProjectInit: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a new project here: configuration, an example migration, seed, function, test.",
    usage: "homebase init [--style supabase|homebase] [--force]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Option(help: ArgumentHelp("Files in supabase/, or at the root.", valueName: "style"))
  var style = ProjectPlace.Style.supabase

  @Flag(help: "Write over files that are there.")
  var force = false

  func run(in session: Session) throws {
    let root = try session.newProjectFolder()
    let name = root.split(separator: "/").last.map(String.init) ?? "project"
    let files = projectFiles(
      style: style, configuration: session.process.rooms.configurationTemplate(style, name))
    let taken = files.filter { access("\(root)/\($0.path)", F_OK) == 0 }.map(\.path)
    guard taken.isEmpty || force else {
      throw Diagnostic(
        code: "project_exists",
        message: "there is a project already: \(taken.joined(separator: ", "))",
        hint:
          "start it with `homebase start`, or write over these files with `homebase init --force`",
        category: .refused)
    }
    if !force { try session.refuseProject(around: root) }
    for file in files { try write(file, below: root) }
    try session.output.show(Report(project: name, root: root, files: files.map(\.path)))
  }

  private func write(_ file: ProjectFile, below root: String) throws {
    let path = "\(root)/\(file.path)"
    let folder = path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(file.contents.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw Diagnostic(
        code: "unwritable_file", message: "cannot write \(path)",
        hint: "the project's folder must be writable for you")
    }
  }

  private struct Report: Encodable, TextPresentable {
    var project: String
    var root: String
    var files: [String]

    func lines(for terminal: Terminal) -> [String] {
      ["made the project \(terminal.output.bold(project)) in \(root)"]
        + files.map { "  \($0)" } + ["start it with: homebase start"]
    }
  }
}

extension ProjectPlace.Style: ExpressibleByArgument {}

extension Session {
  /// Refuses a folder that belongs to a project: its own, or one above it.
  ///
  /// - Parameter root: Of the new project, without links; with `--workdir`, what is above does not
  ///   count.
  /// - Throws: A diagnostic with the file that marks the project.
  fileprivate func refuseProject(around root: String) throws {
    let found = try? process.rooms.findProject(root, chosenFolder != nil, process.environment)
    guard let found else { return }
    let file = found.layout.configurationFile
    // Migrations without a configuration are what `init` completes.
    guard let mark = file ?? (found.root == root ? nil : found.migrationsFolder) else { return }
    throw Diagnostic(
      code: "project_exists", message: "this folder belongs to a project already: \(mark)",
      hint: "start it with `homebase start`, or make another one here with `homebase init --force`",
      category: .refused)
  }

  /// The folder in which a project is to be made: there, not above it.
  ///
  /// - Returns: Absolute, without links.
  /// - Throws: A diagnostic when it does not exist.
  func newProjectFolder() throws -> String {
    let folder = chosenFolder ?? process.workingDirectory
    guard let path = realpath(folder, nil) else {
      throw Diagnostic(
        code: "no_such_folder", message: "there is no folder \(folder)",
        hint: "make it with `mkdir`", category: .usage)
    }
    defer { free(path) }
    return String(cString: path)
  }
}
