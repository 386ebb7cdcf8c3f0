import FoundationEssentials
import SQLScript

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

  /// Puts the files that prepare a folder's tests before some of them.
  ///
  /// - Parameters:
  ///   - files: Those that were asked for.
  ///   - folder: The project's tests folder; it need not be there.
  ///   - display: How a path is shown.
  /// - Returns: The files at the folder's beginning that commit, then the others; each once.
  package static func prepared(
    _ files: [TestFile], from folder: String, display: (String) -> String
  ) -> [TestFile] {
    let all = (try? find(in: [folder], display: display)) ?? []
    let setup = Array(all.prefix { $0.preparesOthers })
    return setup + files.filter { !setup.contains($0) }
  }
}

extension TestFile {
  /// Whether the file changes something that stays, as far as its text tells.
  var commits: Bool {
    (try? readBytes(path)).map { Self.commits($0).changes } ?? false
  }

  /// Whether the file is meant to leave something: it commits.
  ///
  /// An extension that is only asked for (`if not exists`) is no reason, except in a file that is
  /// called a setup: many tests begin with a line of that kind.
  var preparesOthers: Bool {
    guard let bytes = try? readBytes(path) else { return false }
    let left = Self.commits(bytes)
    let stem = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
    let isCalledSetup =
      Self.isNumberedZero(stem) || ["setup", "helper", "hook"].contains { stem.contains($0) }
    return left.changes || (left.extensions && isCalledSetup)
  }

  /// Whether a name begins with zeros and no other digit: `000-setup.sql`, not `001_notes.sql`.
  private static func isNumberedZero(_ stem: String) -> Bool {
    let digits = stem.prefix { $0.isASCII && $0.isNumber }
    return digits.count > 1 && digits.allSatisfy { $0 == "0" }
  }

  /// Whether a script changes something outside of a transaction that it rolls back, as far as its
  /// text tells: extensions that may be there already are told apart from the rest.
  private static func commits(_ bytes: [UInt8]) -> (changes: Bool, extensions: Bool) {
    var scanner = PsqlScanner(bytes)
    var isInTransaction = false
    var hasChanged = false
    var left = (changes: false, extensions: false)
    while true {
      let piece = scanner.next { _ in nil }
      if case .end = piece { return left }
      guard case .statement(let statement) = piece else {
        // What `\i` brings cannot be told here, and prepares nobody by itself.
        _ = scanner.arguments { _ in nil }
        continue
      }
      let facts = Script(statement.text).statements
      if facts.first?.isCopyFromStdin == true { _ = scanner.takeCopyData() }
      for fact in facts {
        switch fact.transactionControl {
        case .begin: (isInTransaction, hasChanged) = (true, false)
        case .rollback: isInTransaction = false
        case .commit, .prepare:
          if hasChanged { left.changes = true }
          isInTransaction = false
        case .savepoint, .release, .rollbackToSavepoint: break
        case nil:
          if isInTransaction {
            hasChanged = true
          } else if Leftovers.isMaybeExtension(fact) {
            left.extensions = true
          } else if Leftovers.changesMore(thanSession: fact), !Self.isTAP(fact) {
            left.changes = true
          }
        }
      }
    }
  }

  /// `select plan(1)` and its like outside of a transaction: of a test, not of a setup.
  private static func isTAP(_ fact: SQLStatement) -> Bool {
    let words = fact.text.lowercased().split { !$0.isLetter && $0 != "_" }.prefix(2)
    return words.first == "select"
      && ["plan", "no_plan", "finish", "pass", "ok", "is", "skip", "diag"]
        .contains(words.last.map(String.init) ?? "")
  }
}
