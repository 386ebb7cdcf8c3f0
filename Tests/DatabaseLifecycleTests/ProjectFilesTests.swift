import Diagnostics
import FoundationEssentials
import Glibc
import ProjectConfiguration
import Synchronization
import Testing

@testable import DatabaseLifecycle

@Suite struct ProjectFilesTests {
  /// Whole teams rely on which of their files are migrations and which are not.
  @Test(arguments: [
    ("20260101000000_a.sql", "20260101000000", "a"),
    ("1_two_words.sql", "1", "two_words"),
    ("20260101000000_.sql", "20260101000000", ""),
  ])
  func namesOfMigrations(file: String, version: String, name: String) throws {
    let parts = try #require(Migration.parse(fileName: file))
    #expect(parts.version == version && parts.name == name)
  }

  /// Notes, drafts and down files lie beside migrations in real projects.
  @Test(arguments: [
    "readme.md", "a.sql", "_a.sql", "2026a_x.sql", "20260101000000.sql", "20260101_x.sql.bak",
    "٣_arabic_digit.sql",
  ])
  func namesThatArePassedOver(file: String) {
    #expect(Migration.parse(fileName: file) == nil)
  }

  /// Order is the order of names, byte by byte, whatever the folder's own order.
  @Test func filesComeInOrderOfNames() throws {
    let folder = try TemporaryFolder()
    for name in ["2_b.sql", "10_c.sql", "1_a.sql", "notes.txt", "x.sql"] {
      try folder.write("migrations/\(name)", "select 1;")
    }
    let files = try ProjectFiles.list(folder.inputs, fingerprints: FileFingerprints())
    #expect(files.migrations.map(\.version) == ["10", "1", "2"])
    #expect(files.warnings.compactMap(\.location?.file) == ["migrations/x.sql"])
  }

  /// Two branches that made a migration in one second must hear of it, with both names.
  @Test func oneVersionTwiceIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write("migrations/1_a.sql", "")
    try folder.write("migrations/1_b.sql", "")
    let error = #expect(throws: LifecycleError.self) {
      try ProjectFiles.list(folder.inputs, fingerprints: FileFingerprints())
    }
    #expect(error?.diagnostic.message.contains("migrations/1_a.sql") == true)
    #expect(error?.diagnostic.location?.file == "migrations/1_b.sql")
    #expect(error?.diagnostic.sqlstate == "23505")
  }

  /// Seeds keep the order of patterns, are sorted within one, and run once.
  @Test func seedsFollowTheirPatterns() throws {
    let folder = try TemporaryFolder()
    for name in ["b.sql", "a.sql", "c.sql"] { try folder.write("seeds/\(name)", "select 1;") }
    var inputs = folder.inputs
    inputs.seedPatterns = ["./seeds/c.sql", "seeds/*.sql", "nothing/*.sql"]
    let files = try ProjectFiles.list(inputs, fingerprints: FileFingerprints())
    #expect(files.seeds.map(\.name) == ["seeds/c.sql", "seeds/a.sql", "seeds/b.sql"])
    #expect(files.warnings.map(\.code) == ["seed_pattern_unmatched"])
  }

  /// An edit in place, of the same length and within one tick of the clock, is an edit.
  @Test func aFastEditOfTheSameLengthIsSeen() throws {
    let folder = try TemporaryFolder()
    let fingerprints = FileFingerprints()
    try folder.write("migrations/1_a.sql", "select 1;")
    let first = try fingerprints.hash(of: folder.path + "/migrations/1_a.sql")
    try folder.write("migrations/1_a.sql", "select 2;")
    #expect(try fingerprints.hash(of: folder.path + "/migrations/1_a.sql") != first)
  }

  /// Only what follows an edit is built anew.
  @Test func anEditChangesItsOwnKeyAndThoseAfterIt() throws {
    let folder = try TemporaryFolder()
    for number in 1...4 { try folder.write("migrations/\(number)_m.sql", "select \(number);") }
    func chain() throws -> LayerChain {
      LayerChain(
        inputs: folder.inputs,
        files: try ProjectFiles.list(folder.inputs, fingerprints: FileFingerprints()))
    }
    let before = try chain()
    try folder.write("migrations/3_m.sql", "select 33;")
    let after = try chain()
    #expect(before.base == after.base)
    #expect(before.afterMigration.prefix(2) == after.afterMigration.prefix(2))
    #expect(Set(before.afterMigration.suffix(2)).isDisjoint(with: after.afterMigration.suffix(2)))
    #expect(before.final != after.final)
  }

  /// A database built with another secret or other grants is another database.
  @Test func settingsAreInTheKey() throws {
    let folder = try TemporaryFolder()
    let files = try ProjectFiles.list(folder.inputs, fingerprints: FileFingerprints())
    var other = folder.inputs
    other.exposesNewTables = false
    #expect(
      LayerChain(inputs: folder.inputs, files: files).base
        != LayerChain(inputs: other, files: files).base)
  }

  /// Paths in messages are those that people type.
  @Test func pathsAreRelativeToTheProject() throws {
    let folder = try TemporaryFolder()
    #expect(folder.inputs.displayPath(folder.path + "/migrations/1.sql") == "migrations/1.sql")
    #expect(folder.inputs.displayPath("/elsewhere/1.sql") == "/elsewhere/1.sql")
  }
}

@Suite struct RoleOptionsTests {
  /// A role of an earlier replay gets what its CREATE says, memberships included.
  @Test func optionsBecomeAlterAndGrants() {
    let options = RoleOptions("WITH LOGIN PASSWORD 'x' IN ROLE a, b ADMIN c")
    #expect(
      options.statements(for: "app").suffix(3) == [
        "alter role app LOGIN PASSWORD 'x'", "grant a, b to app",
        "grant app to c with admin option",
      ])
  }

  /// Arrays of statements hold quotes and backslashes as they are.
  @Test func arraysAreEscaped() {
    #expect(arrayLiteral(["a\"b", "c\\d", ""]) == #"{"a\"b","c\\d",""}"#)
  }
}

/// A project's folder that is gone when the test is.
final class TemporaryFolder: Sendable {
  let path: String
  /// `[storage.buckets]`, which a test may change at any time.
  let buckets = Mutex<[Bucket]>([])
  /// `[db.vault]`, likewise.
  let secrets = Mutex<[VaultSecret]>([])

  init() throws {
    var template = Array("/tmp/homebase-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw LifecycleError.nothingToUndo }
    path = String(cString: made)
    chmod(path, 0o755)
    for name in ["migrations", "seeds"] { mkdir(path + "/" + name, 0o755) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path + "/" + name)
  }

  var inputs: LifecycleInputs {
    let layout = ProjectLayout(root: path, style: .homebase)
    var inputs = LifecycleInputs(
      layout: layout, configuration: Configuration(defaultsFor: layout),
      jwtSecret: "a-secret-of-at-least-32-characters", platformHash: "test")
    inputs.buckets = buckets.withLock { $0 }
    inputs.vaultSecrets = secrets.withLock { $0 }
    return inputs
  }
}
