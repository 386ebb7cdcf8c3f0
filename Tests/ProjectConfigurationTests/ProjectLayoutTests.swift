import Diagnostics
import Glibc
import Testing

@testable import ProjectConfiguration

@Suite struct ProjectLayoutTests {
  /// Commands run from anywhere inside a project.
  @Test func foundUpward() throws {
    let project = try TemporaryFolder("my app ✨")
    try project.write("supabase/config.toml")
    for inner in ["", "/supabase", "/supabase/functions/hello", "/src/deep/er"] {
      try makeFolder(project.path + inner)
      let layout = try ProjectLayout.discover(from: project.path + inner)
      #expect(layout.root == project.path)
      #expect(layout.style == .supabase)
      #expect(layout.configurationFile == "\(project.path)/supabase/config.toml")
      #expect(layout.name == "my_app_")
      #expect(layout.displayPath(layout.migrationsFolder) == "supabase/migrations")
    }
  }

  /// Five of 53 real projects have no config.toml: their migrations are enough.
  @Test func migrationsAreEnough() throws {
    let project = try TemporaryFolder()
    _ = try project.folder("supabase/migrations")
    let layout = try ProjectLayout.discover(from: project.path)
    #expect(layout.style == .supabase && layout.configurationFile == nil)
    #expect(
      try Configuration.load(layout: layout, environment: [:]).configuration.projectID == "project")
  }

  /// homebase's own layout has everything at the root.
  @Test func ownLayout() throws {
    let project = try TemporaryFolder()
    try project.write("homebase.toml")
    try project.write("compose/local.yaml")
    let layout = try ProjectLayout.discover(from: project.folder("migrations"))
    #expect(layout.style == .homebase)
    #expect(layout.migrationsFolder == "\(project.path)/migrations")
    #expect(layout.composeFile == "\(project.path)/compose/local.yaml")
    let (configuration, _) = try Configuration.load(layout: layout, environment: [:])
    #expect(configuration.database.seed.sqlPaths == ["./seeds/*.sql"])
  }

  /// With both, one wins by a rule, and the other is named.
  @Test func bothStyles() throws {
    let project = try TemporaryFolder()
    try project.write("homebase.toml")
    try project.write("supabase/config.toml", "broken")
    try project.write("supabase/compose/local.yaml")
    let layout = try ProjectLayout.discover(from: project.path)
    #expect(layout.style == .homebase)
    #expect(layout.composeFile == nil)
    let (_, warnings) = try Configuration.load(layout: layout, environment: [:])
    #expect(warnings.map(\.code) == ["config_two_files"])
    #expect(warnings.first?.location?.file == "supabase/config.toml")
    let other = ProjectLayout(root: project.path, style: .supabase)
    #expect(other.composeFile == "\(project.path)/supabase/compose/local.yaml")
  }

  /// `--workdir` names the root; nothing above it may be taken by surprise.
  @Test func exactly() throws {
    let project = try TemporaryFolder()
    try project.write("supabase/config.toml")
    #expect(try ProjectLayout.discover(from: project.path, exactly: true).root == project.path)
    #expect(
      try ProjectLayout.discover(from: "\(project.path)/supabase", exactly: true).root
        == project.path)
    let inner = try project.folder("src")
    #expect(throws: ProjectLayoutError.noProject(folder: inner, searchedUpward: false)) {
      try ProjectLayout.discover(from: inner, exactly: true)
    }
  }

  /// Two paths to one project must be one project, or it would run twice.
  @Test func linksAreFollowed() throws {
    let project = try TemporaryFolder()
    try project.write("supabase/config.toml")
    let other = try TemporaryFolder()
    let link = "\(other.path)/link"
    #expect(symlink(project.path, link) == 0)
    #expect(try ProjectLayout.discover(from: link).root == project.path)
    #expect(try ProjectLayout.discover(from: "\(link)/supabase/../supabase").root == project.path)
  }

  /// A project on a read-only disk still starts: its state lives elsewhere.
  @Test func readOnlyFolder() throws {
    let project = try TemporaryFolder()
    try project.write("supabase/config.toml", "[db]\nport = 1\n")
    #expect(chmod("\(project.path)/supabase", 0o555) == 0)
    #expect(chmod(project.path, 0o555) == 0)
    defer {
      chmod(project.path, 0o755)
      chmod("\(project.path)/supabase", 0o755)
    }
    let layout = try ProjectLayout.discover(from: project.path)
    #expect(
      try Configuration.load(layout: layout, environment: [:]).configuration.database.port == 1)
  }

  /// Without a project the answer is what to do.
  @Test func noProject() throws {
    let empty = try TemporaryFolder()
    let error = #expect(throws: ProjectLayoutError.self) {
      try ProjectLayout.discover(from: empty.path)
    }
    #expect(error?.diagnostic.message == "no project in \(empty.path) or any folder above it")
    #expect(error?.diagnostic.hint?.contains("homebase init") == true)
    #expect(throws: ProjectLayoutError.noSuchFolder("\(empty.path)/x")) {
      try ProjectLayout.discover(from: "\(empty.path)/x")
    }
  }

  /// Paths of the configuration are relative to its folder.
  @Test func pathsAreMadeAbsolute() {
    let layout = ProjectLayout(root: "/p", style: .supabase)
    #expect(layout.absolutePath("./seed.sql") == "/p/supabase/seed.sql")
    #expect(layout.absolutePath("../x") == "/p/supabase/../x")
    #expect(layout.absolutePath("/x") == "/x")
    #expect(layout.displayPath("/elsewhere") == "/elsewhere")
  }

  /// A configuration that cannot be opened is named as such.
  @Test func unreadableFile() throws {
    let project = try TemporaryFolder()
    try project.write("homebase.toml")
    let layout = try ProjectLayout.discover(from: project.path)
    unlink("\(project.path)/homebase.toml")
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration.load(layout: layout, environment: [:])
    }
    #expect(error?.diagnostic.location?.file == "homebase.toml")
  }
}

@Suite struct SeedFilesTests {
  func project(_ files: [String]) throws -> (TemporaryFolder, ProjectLayout) {
    let project = try TemporaryFolder("a [b] *")
    try project.write("supabase/config.toml")
    for file in files { try project.write("supabase/\(file)") }
    return (project, try ProjectLayout.discover(from: project.path))
  }

  func names(_ files: SeedFiles, _ layout: ProjectLayout) -> [String] {
    files.files.map { String($0.dropFirst(layout.configurationFolder.count + 1)) }
  }

  /// The order is Supabase's: patterns as written, files sorted inside each, each file once.
  @Test func globs() throws {
    let (project, layout) = try project([
      "seed.sql", "seeds/b.sql", "seeds/a.sql", "seeds/B.sql", "seeds/deep/c.sql", "seeds/x.txt",
      "seeds/dir.sql/inner.txt",
    ])
    let found = layout.seedFiles(
      matching: ["./seeds/b.sql", "./seeds/*.sql", "seed.sql", "./seeds/[ab].sql", "no/*.sql"])
    #expect(names(found, layout) == ["seeds/b.sql", "seeds/B.sql", "seeds/a.sql", "seed.sql"])
    #expect(found.unmatched == ["no/*.sql"])
    #expect(found.warnings.map(\.message) == ["no seed file matches no/*.sql"])
    #expect(
      names(layout.seedFiles(matching: ["seeds/**/*.sql"]), layout) == [
        "seeds/B.sql", "seeds/a.sql", "seeds/b.sql", "seeds/deep/c.sql",
      ])
    #expect(layout.seedFiles(matching: ["../supabase/seed.sql"]).files.count == 1)
    _ = project
  }

  /// A link to a folder above must not make the search endless.
  @Test func linkLoops() throws {
    let (project, layout) = try project(["seeds/a.sql"])
    #expect(symlink(project.path, "\(project.path)/supabase/seeds/loop") == 0)
    #expect(layout.seedFiles(matching: ["**/a.sql"]).files.count == 1)
  }

  /// A profile is a file, a folder, or both.
  @Test func profiles() throws {
    let (project, layout) = try project([
      "seeds/demo.sql", "seeds/load/2.sql", "seeds/load/1.sql", "seeds/load/readme.md",
      "seeds/demo/x.sql",
      "seeds/empty/readme.md",
    ])
    #expect(layout.seedProfiles() == ["demo", "load"])
    #expect(
      names(try layout.seedFiles(profile: "load"), layout) == [
        "seeds/load/1.sql", "seeds/load/2.sql",
      ])
    #expect(
      names(try layout.seedFiles(profile: "demo"), layout) == [
        "seeds/demo.sql", "seeds/demo/x.sql",
      ])
    let error = #expect(throws: SeedProfileError.self) { try layout.seedFiles(profile: "dmeo") }
    #expect(error?.diagnostic.hint == "did you mean demo?")
    #expect(throws: SeedProfileError.self) { try layout.seedFiles(profile: "../x") }
    _ = project
  }
}
