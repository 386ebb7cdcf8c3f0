import Diagnostics
import FoundationEssentials
package import PostgresClient

/// A function in whose body something is wrong; its JSON is that of plpgsql_check.
package struct FunctionReport: Sendable, Hashable, Codable {
  /// With its schema: `public.notify`.
  package var function: String
  /// What is wrong, in the order of the body.
  package var issues: [Issue]
  /// The migration that made the function; nil when none is found.
  package var file: String?
  /// The line of the statement.
  package var line: Int?

  /// One mistake.
  package struct Issue: Sendable, Hashable, Codable {
    /// As plpgsql_check names it: `error`, `warning`, `warning extra`.
    package var level: String
    package var message: String
    package var statement: Statement?
    package var query: Query?
    package var hint: String?
    package var detail: String?
    package var context: String?
    package var sqlState: String?

    /// Whether it would fail when it runs.
    package var isError: Bool { level == "error" }
  }

  /// A statement of the body.
  package struct Statement: Sendable, Hashable, Codable {
    /// Counted from 1, in the body.
    package var lineNumber: String
    package var text: String?
  }

  /// The SQL in which the mistake is.
  package struct Query: Sendable, Hashable, Codable {
    package var position: String
    package var text: String
  }
}

/// What a look at all functions found.
package struct FunctionLint: Sendable, Hashable {
  /// Functions with something wrong.
  package var reports: [FunctionReport]
  /// How many were looked at.
  package var functions: Int
  /// Whether plpgsql_check did it; otherwise the server itself, which sees less.
  package var isThorough: Bool

  /// Looks at the functions of some schemas; nothing stays of it.
  ///
  /// - Parameters:
  ///   - connection: A role that may make functions there.
  ///   - schemas: As the catalog spells them; empty: all of the project's own.
  ///   - showsWarnings: Whether what would run all the same is told too.
  ///   - origins: Knows which migration made what.
  /// - Returns: What is wrong, in the order of the names.
  /// - Throws: `PostgresError`.
  package static func run(
    on connection: PostgresConnection, schemas: [String], showsWarnings: Bool,
    origins: ObjectOrigins
  ) async throws(PostgresError) -> FunctionLint {
    _ = try await connection.execute("begin")
    do throws(PostgresError) {
      var lint = try await look(connection, schemas)
      _ = try await connection.execute("rollback")
      lint.reports = lint.reports.compactMap { report in
        var report = report
        if !showsWarnings { report.issues = report.issues.filter { $0.isError } }
        let parts = report.function.split(separator: ".", maxSplits: 1).map(String.init)
        if let origin = origins.find(
          type: "function", schema: parts.first ?? "", name: parts.last ?? "")
        {
          report.file = origin.file
          report.line = origin.line
        }
        return report.issues.isEmpty ? nil : report
      }
      return lint
    } catch {
      _ = try? await connection.execute("rollback")
      throw error
    }
  }

  private static func look(
    _ connection: PostgresConnection, _ schemas: [String]
  ) async throws(PostgresError) -> FunctionLint {
    _ = try await connection.execute("savepoint lint")
    let hasChecker: Bool
    do throws(PostgresError) {
      _ = try await connection.execute("create extension if not exists plpgsql_check")
      hasChecker = true
    } catch {
      _ = try await connection.execute("rollback to savepoint lint")
      hasChecker = false
    }
    return hasChecker
      ? try await byChecker(connection, schemas) : try await byServer(connection, schemas)
  }

  private static let chosen = """
    (n.nspname = any ($1::text[]) or $1::text[] = '{}' and n.nspname <> all (array[
      'auth', 'cron', 'extensions', 'graphql', 'graphql_public', 'information_schema', 'net',
      'pgbouncer', 'pgmq', 'pgsodium', 'pgtle', 'realtime', 'storage', 'supabase_functions',
      'supabase_migrations', 'vault', 'pg_catalog']))
    and not exists (
      select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = p.oid
        and e.deptype = 'e')
    """

  private static func byChecker(
    _ connection: PostgresConnection, _ schemas: [String]
  ) async throws(PostgresError) -> FunctionLint {
    // A trigger's function is looked at with each table that it serves.
    let found = try await connection.query(
      """
      select n.nspname || '.' || p.proname, checked.document
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        join pg_language l on l.oid = p.prolang
        left join pg_trigger t on t.tgfoid = p.oid and not t.tgisinternal
        left join lateral plpgsql_check_function(
          p.oid, coalesce(t.tgrelid, 0), format := 'json', extra_warnings := true,
          performance_warnings := false) checked (document) on true
      where l.lanname = 'plpgsql' and \(chosen)
        and (p.prorettype <> 'trigger'::regtype or t.oid is not null)
        and p.prorettype <> 'event_trigger'::regtype
      order by 1, p.oid, t.tgrelid
      """, [array(schemas)])
    var reports: [FunctionReport] = []
    for row in found.rows {
      guard let name = row[0], let document = row[1],
        var report = try? JSONDecoder().decode(FunctionReport.self, from: Data(document.utf8))
      else { continue }
      report.function = name
      if let index = reports.firstIndex(where: { $0.function == name }) {
        reports[index].issues += report.issues.filter { !reports[index].issues.contains($0) }
      } else {
        reports.append(report)
      }
    }
    var lint = try await byServer(connection, schemas, languages: "'sql'")
    lint.functions += Set(found.rows.map { $0[0] }).count
    lint.reports = (reports + lint.reports).sorted { $0.function < $1.function }
    lint.isThorough = true
    return lint
  }

  /// Makes each function anew: the server parses a body of PL/pgSQL, and plans one of SQL.
  private static func byServer(
    _ connection: PostgresConnection, _ schemas: [String],
    languages: String = "'sql', 'plpgsql'"
  ) async throws(PostgresError) -> FunctionLint {
    let found = try await connection.query(
      """
      select n.nspname || '.' || p.proname, pg_get_functiondef(p.oid)
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        join pg_language l on l.oid = p.prolang
      where l.lanname in (\(languages)) and p.prokind in ('f', 'p') and \(chosen)
      order by 1, p.oid
      """, [array(schemas)])
    _ = try await connection.execute("set local check_function_bodies = on")
    var reports: [FunctionReport] = []
    for row in found.rows {
      guard let name = row[0], let definition = row[1] else { continue }
      _ = try await connection.execute("savepoint lint_function")
      do throws(PostgresError) {
        _ = try await connection.execute(definition)
      } catch {
        // Somebody else's function cannot be made anew, which says nothing about its body.
        if case .server(let server, _) = error, server.sqlstate != "42501" {
          reports.append(FunctionReport(function: name, issues: [issue(server)]))
        }
      }
      _ = try await connection.execute("rollback to savepoint lint_function")
    }
    return FunctionLint(reports: reports, functions: found.rows.count, isThorough: false)
  }

  private static func issue(_ server: ServerError) -> FunctionReport.Issue {
    FunctionReport.Issue(
      level: "error", message: server.message, hint: server.hint, detail: server.detail,
      context: server.context, sqlState: server.sqlstate)
  }

  private static func array(_ values: [String]) -> String {
    "{"
      + values.map { value in
        "\"" + value.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
      }.joined(separator: ",") + "}"
  }
}
