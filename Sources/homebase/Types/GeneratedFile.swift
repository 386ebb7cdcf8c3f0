import Console
import Diagnostics
import FoundationEssentials
import Glibc

/// A file that a command makes: complete or as it was, and untouched when nothing changed.
struct GeneratedFile: Sendable {
  /// As it was typed.
  let name: String
  private let path: String

  /// Names a file.
  ///
  /// - Parameters:
  ///   - name: As it was typed.
  ///   - folder: Where it was typed.
  init(_ name: String, in folder: String) {
    self.name = name
    let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
    // A link stays a link: what it leads to is replaced.
    if let real = realpath(path, nil) {
      self.path = String(cString: real)
      free(real)
    } else {
      self.path = path
    }
  }

  /// Whether the file is this text already.
  ///
  /// - Parameter text: All of it.
  /// - Returns: False when there is no file.
  func holds(_ text: String) -> Bool { read() == text }

  /// Writes the file, if its text differs.
  ///
  /// - Parameters:
  ///   - text: All of it.
  ///   - session: Says what was done.
  /// - Returns: Whether it was written.
  /// - Throws: A diagnostic; the file is as it was.
  @discardableResult
  func write(_ text: String, in session: Session) throws -> Bool {
    if holds(text) {
      session.output.note("\(name) fits already")
      return false
    }
    let folder = path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    try? FileManager.default.createDirectory(
      atPath: folder.isEmpty ? "/" : folder, withIntermediateDirectories: true)
    var facts = stat()
    let mode = stat(path, &facts) == 0 ? facts.st_mode & 0o777 : 0o666
    try replaceFile(path, with: text, mode: mode, shownAs: name)
    session.output.note("written to \(name)")
    return true
  }

  /// Compares the file with what it should be.
  ///
  /// - Parameters:
  ///   - text: What it should be.
  ///   - session: Shows the first lines that differ.
  /// - Throws: A diagnostic when it is not that.
  func check(_ text: String, in session: Session) throws {
    guard let present = read() else {
      throw Diagnostic(
        code: "types_missing", message: "there is no file \(name)",
        hint: "the same command without --check writes it")
    }
    if present == text {
      session.output.note("\(name) fits")
      return
    }
    let difference = LineDifference(from: present, to: text)
    for line in difference.excerpt(lines: 12) { session.output.note(line) }
    throw Diagnostic(
      code: "types_stale",
      message: "\(name) does not fit the database: \(difference.added) lines are missing, "
        + "\(difference.removed) are too many",
      hint: "the same command without --check writes it anew")
  }

  private func read() -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Replaces a file in one go: it is complete, or as it was.
///
/// - Parameters:
///   - path: Absolute.
///   - text: All of it.
///   - mode: Who may do what with it, less what the umask forbids.
///   - name: The file as a person knows it.
/// - Throws: A diagnostic; the file is as it was.
func replaceFile(
  _ path: String, with text: String, mode: mode_t, shownAs name: String
) throws {
  let file = try UnfinishedFile(path, mode: mode, shownAs: name)
  do {
    try file.write(text)
    try file.finish()
  } catch {
    file.discard()
    throw error
  }
}
