import ArgumentParser
import Console
import Diagnostics
import FoundationEssentials
import Glibc

/// Makes a migration file.
struct MigrationNew: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make a migration file; SQL may be piped in.",
    usage: "homebase migration new NAME [< FILE]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @Argument(help: "What it does, such as add_invoices.") var name: String

  func validate() throws {
    if MigrationFile.safeName(name).isEmpty {
      throw ValidationError("a migration's name needs a letter or a digit")
    }
  }

  func run(in session: Session) throws {
    let place = try session.project()
    let made = try MigrationFile.make(
      named: name, in: place.migrationsFolder, sql: session.process.readStandardInput() ?? [],
      now: time(nil))
    let file = place.displayPath(made.path)
    if let latest = made.futureFile {
      session.output.warn(
        Diagnostic(
          code: "migration_sorts_before",
          message: "\(latest) has a later version, so the new file is applied before it",
          hint: "rename it if its number was a mistake"))
    }
    try session.output.show(Made(version: made.version, file: file))
  }

  private struct Made: Encodable, TextPresentable {
    var version: String
    var file: String

    func lines(for terminal: Terminal) -> [String] {
      ["made \(terminal.output.bold(file))", "apply it with: homebase migration up"]
    }
  }
}

/// A new migration's file: its version is unused, whoever else makes one at the same moment.
struct MigrationFile: Hashable {
  /// Fourteen digits, UTC.
  var version: String
  /// The file.
  var path: String
  /// A file with a version more than a day ahead; the new one is older than it.
  var futureFile: String?

  /// Makes the file, never over another one.
  ///
  /// - Parameters:
  ///   - name: What was typed.
  ///   - folder: Of the migrations; made when it is missing.
  ///   - sql: Its contents.
  ///   - now: Seconds since 1970.
  /// - Returns: The file. Its version comes after all others, unless one is more than a day ahead.
  /// - Throws: A diagnostic when it cannot be written.
  static func make(
    named name: String, in folder: String, sql: [UInt8], now: time_t
  ) throws -> MigrationFile {
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw failure(folder) }
    defer { close(directory) }
    // Two at once, in one second, with two names: O_EXCL alone would give one version twice.
    while flock(directory, LOCK_EX) != 0, errno == EINTR {}

    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let latest = names.filter { $0.hasSuffix(".sql") && version(of: $0)?.count == 14 }.max()
    let latestVersion = latest.flatMap(version)
    var moment = now
    var futureFile: String?
    if let latest, let latestVersion, latestVersion >= timestamp(moment) {
      if latestVersion < timestamp(now + 86_400), let after = seconds(of: latestVersion) {
        moment = after + 1
      } else {
        futureFile = latest
      }
    }
    let taken = Set(names.compactMap(version))
    while taken.contains(timestamp(moment)) { moment += 1 }

    let path = "\(folder)/\(timestamp(moment))_\(safeName(name)).sql"
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(path) }
    defer { close(file) }
    var written = 0
    while written < sql.count {
      let count = sql[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else {
        let error = failure(path)
        unlink(path)
        throw error
      }
      written += max(count, 0)
    }
    return MigrationFile(version: timestamp(moment), path: path, futureFile: futureFile)
  }

  /// A name that every shell and the migrations' pattern take: other characters become one `_`.
  ///
  /// - Parameter name: What was typed.
  /// - Returns: Empty when nothing of it is left.
  static func safeName(_ name: String) -> String {
    name.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
      .joined(separator: "_")
  }

  private static func version(of name: String) -> String? {
    let digits = name.prefix { $0.isASCII && $0.isNumber }
    return digits.isEmpty ? nil : String(digits)
  }

  private static func timestamp(_ moment: time_t) -> String {
    var moment = moment
    var parts = tm()
    gmtime_r(&moment, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))"
      + "\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))"
  }

  private static func seconds(of version: String) -> time_t? {
    let digits = version.utf8.map { Int32($0) - 0x30 }
    guard digits.count == 14 else { return nil }
    func number(_ range: Range<Int>) -> Int32 { digits[range].reduce(0) { $0 * 10 + $1 } }
    var parts = tm()
    parts.tm_year = number(0..<4) - 1900
    parts.tm_mon = number(4..<6) - 1
    parts.tm_mday = number(6..<8)
    parts.tm_hour = number(8..<10)
    parts.tm_min = number(10..<12)
    parts.tm_sec = number(12..<14)
    let moment = timegm(&parts)
    return moment < 0 ? nil : moment
  }

  private static func failure(_ path: String) -> Diagnostic {
    Diagnostic(
      code: "unwritable_file",
      message: "cannot write \(path): \(String(cString: strerror(errno)))",
      hint: "the project's folder must be writable for you")
  }
}
