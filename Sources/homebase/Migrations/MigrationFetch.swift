import ArgumentParser
import Console
import DatabaseLifecycle
import Diagnostics
import FoundationEssentials
import PostgresClient
import SQLScript

/// Writes the files that a database's history remembers.
struct MigrationFetch: AsyncHomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Write the files of a database's history of migrations.",
    usage: "homebase migration fetch [--db-url URL]")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: DatabaseTarget

  func runAsync(in session: Session) async throws {
    let place = try session.project()
    let rows = try await target.withConnection(in: session) { connection in
      try await history(connection)
    }
    let folder = place.migrationsFolder
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var report = Report(written: [], unchanged: [], withoutStatements: [])
    var files: [(path: String, text: String)] = []
    var lost: [String] = []
    for row in rows {
      guard let statements = row.statements, !statements.isEmpty else {
        report.withoutStatements.append(row.version)
        continue
      }
      let name = "\(row.version)_\(row.name).sql"
      let path = "\(folder)/\(name)"
      let text = statements.joined(separator: ";\n") + ";\n"
      if let others = names.first(where: { $0.hasPrefix("\(row.version)_") && $0 != name }) {
        throw Diagnostic(
          code: "migration_duplicate_version",
          message: "the database has \(name), and there is a file \(others) of the same version",
          hint: "rename or remove the file, then run the command again; nothing was written",
          location: SourceLocation(file: place.displayPath("\(folder)/\(others)")))
      }
      if let there = FileManager.default.contents(atPath: path) {
        // Comments and blanks between statements are not in a history.
        if there == Data(text.utf8)
          || Script(String(decoding: there, as: UTF8.self)).historyStatements == statements
        {
          report.unchanged.append(place.displayPath(path))
          continue
        }
        lost.append(name)
      }
      files.append((path, text))
    }
    if !lost.isEmpty { try ask(session, lost) }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for (path, text) in files {
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        report.written.append(place.displayPath(path))
      }
    } catch {
      throw Diagnostic(
        code: "unwritable_file", message: "cannot write to \(folder)",
        hint: "the project's folder must be writable for you")
    }
    for version in report.withoutStatements {
      session.output.warn(
        Diagnostic(
          code: "migration_without_statements",
          message: "the history knows no statements of \(version), so there is nothing to write"))
    }
    try session.output.show(report)
  }

  /// Files with other contents are somebody's work: without a person or `--yes` they stay.
  private func ask(_ session: Session, _ files: [String]) throws {
    let list = files.joined(separator: ", ")
    if session.output.assumesYes { return }
    guard session.output.terminal.canAsk, session.output.format == .text else {
      throw Diagnostic(
        code: "migration_files_differ",
        message: "these files differ from what the database has: \(list)",
        hint: "`homebase migration fetch --yes` overwrites them; nothing was written",
        category: .refused)
    }
    guard session.output.confirm("overwrite \(list)?") else { throw UnwellResult() }
  }

  private struct Row: Sendable {
    var version: String
    var name: String
    var statements: [String]?
  }

  private func history(_ connection: PostgresConnection) async throws -> [Row] {
    do throws(PostgresError) {
      let result = try await connection.query(
        """
        select version, coalesce(name, ''), to_json(statements)
        from supabase_migrations.schema_migrations order by version
        """)
      return result.rows.map { row in
        let statements = row[2].flatMap {
          try? JSONDecoder().decode([String].self, from: Data($0.utf8))
        }
        return Row(version: row[0] ?? "", name: row[1] ?? "", statements: statements)
      }
    } catch {
      guard ["42P01", "3F000"].contains(error.sqlstate) else { throw error }
      return []
    }
  }

  private struct Report: Encodable, TextPresentable {
    var written: [String]
    var unchanged: [String]
    var withoutStatements: [String]

    private enum CodingKeys: String, CodingKey {
      case written, unchanged
      case withoutStatements = "without_statements"
    }

    func lines(for terminal: Terminal) -> [String] {
      guard !written.isEmpty else {
        return [
          unchanged.isEmpty
            ? "the database has no history of migrations"
            : "all files are there as they were applied"
        ]
      }
      return written.map { "  \($0)" } + [
        "\(terminal.output.green("wrote")) \(spoken(written.count, "file"))"
      ]
    }
  }
}
