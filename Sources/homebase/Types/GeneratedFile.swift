import Console
import Diagnostics
import FoundationEssentials
import Glibc

/// A file that a command makes: complete or as it was, and untouched when nothing changed.
struct GeneratedFile: Sendable {
  /// As it was typed.
  let name: String
  private let path: String
  /// A terminal, a pipe, a device: it stays what it is, and text goes through it.
  private let isDevice: Bool

  /// Names a file.
  ///
  /// - Parameters:
  ///   - name: As it was typed.
  ///   - folder: Where it was typed.
  init(_ name: String, in folder: String) {
    self.name = name
    let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
    var facts = stat()
    isDevice =
      stat(path, &facts) == 0 && facts.st_mode & S_IFMT != S_IFREG
      && facts.st_mode & S_IFMT != S_IFDIR
    if isDevice {
      // What /dev/fd/63 leads to has no name of its own.
      self.path = path
      return
    }
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
  func holds(_ text: String) -> Bool { !isDevice && read() == text }

  /// Writes the file, if its text differs.
  ///
  /// - Parameters:
  ///   - text: All of it.
  ///   - session: Says what was done.
  /// - Returns: Whether it was written.
  /// - Throws: A diagnostic; the file is as it was.
  @discardableResult
  func write(_ text: String, in session: Session) throws -> Bool {
    try refuseFolder()
    if isDevice {
      try writeThrough(text)
      return true
    }
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
    try refuseFolder()
    guard let present = isDevice ? nil : read() else {
      throw Diagnostic(
        code: "types_missing", message: "there is no file \(name)",
        hint: "the same command without --check writes it")
    }
    if present == text {
      session.output.note("\(name) fits")
      return
    }
    let difference = LineDifference(from: present, to: text)
    if difference.changes.isEmpty {
      // As git for Windows checks a file out: it commits what fits.
      session.output.note("\(name) fits, but for CR LF at the end of its lines")
      return
    }
    for line in difference.excerpt(lines: 12) { session.output.note(visible(line)) }
    throw Diagnostic(
      code: "types_stale",
      message: "\(name) does not fit the database: lines that are missing: \(difference.added), "
        + "too many: \(difference.removed)",
      hint: "the same command without --check writes it anew")
  }

  private func refuseFolder() throws {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else { return }
    throw Diagnostic(
      code: "unwritable_file", message: "cannot write \(name): it is a folder",
      hint: "name a file in it")
  }

  private func writeThrough(_ text: String) throws {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    let problem = descriptor < 0 ? errno : writeAll(text, to: descriptor)
    if descriptor >= 0 { close(descriptor) }
    guard problem == 0 else {
      throw Diagnostic(
        code: "unwritable_file",
        message: "cannot write \(name): \(String(cString: strerror(problem)))")
    }
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
