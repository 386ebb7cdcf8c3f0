import Diagnostics
package import PostgresClient

/// How serious a finding is.
package enum AdviceLevel: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case info = "INFO"
  case warn = "WARN"
  case error = "ERROR"

  package static func < (one: AdviceLevel, other: AdviceLevel) -> Bool {
    one.rank < other.rank
  }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What a finding is about.
package enum AdviceCategory: String, Sendable, Hashable, Codable, CaseIterable {
  case security = "SECURITY"
  case performance = "PERFORMANCE"
}

/// One thing that could be better; its JSON has the platform's keys, and some of ours.
package struct Advice: Sendable, Hashable, Codable {
  /// The rule: `unindexed_foreign_keys`.
  package var name: String
  /// The rule's name for people.
  package var title: String
  package var level: AdviceLevel
  /// Whom the platform shows it to: always `EXTERNAL`.
  package var facing: String
  package var categories: [AdviceCategory]
  /// What the rule looks for.
  package var description: String
  /// What was found.
  package var detail: String
  /// The page that explains it.
  package var remediation: String
  /// The object: `schema`, `name`, `type`.
  package var metadata: [String: String]
  /// Tells this finding from all others.
  package var cacheKey: String
  /// What to do, in a sentence.
  package var fix: String
  /// The migration that made the object; nil when none is found.
  package var file: String?
  /// The line of the statement.
  package var line: Int?

  private enum CodingKeys: String, CodingKey {
    case name, title, level, facing, categories, description, detail, remediation, metadata, fix
    case file, line
    case cacheKey = "cache_key"
  }
}

/// A rule: a query whose rows are findings.
struct AdviceRule: Sendable {
  /// What must be so for a rule to say anything.
  enum Need: Sendable {
    /// `auth.enable_anonymous_sign_ins`.
    case anonymousSignIns
  }

  /// As the platform numbers it, for the page that explains it.
  var number: String
  var name: String
  var title: String
  var level: AdviceLevel
  var category: AdviceCategory
  var description: String
  var fix: String
  /// Nil for what holds in every project.
  var needs: Need?
  /// Gives `schema, name, type, detail, key`, and a sixth column for where to look in the
  /// migrations: the name of a policy, an index or a constraint.
  var sql: String
}

/// Looks a database over.
///
/// - Parameters:
///   - connection: Any role that may read the catalog.
///   - exposedSchemas: Those that the API serves: `api.schemas`.
///   - categories: What to look for.
///   - level: What is less serious is left out.
///   - origins: Knows which migration made what.
///   - allowsAnonymousSignIns: `auth.enable_anonymous_sign_ins`.
/// - Returns: The findings, the most serious first.
/// - Throws: `PostgresError`.
package func advise(
  on connection: PostgresConnection, exposedSchemas: [String], categories: Set<AdviceCategory>,
  level: AdviceLevel, origins: ObjectOrigins, allowsAnonymousSignIns: Bool = false
) async throws(PostgresError) -> [Advice] {
  var advice: [Advice] = []
  let rules = adviceRules.filter {
    categories.contains($0.category) && $0.level >= level
      && ($0.needs == nil || allowsAnonymousSignIns)
  }
  let exposed = "array[\(exposedSchemas.map { quoteLiteral($0) }.joined(separator: ", "))]::text[]"
  _ = try await connection.execute(
    "begin read only; set local search_path = ''; set local jit = off")
  do throws(PostgresError) {
    for rule in rules {
      let sql = rule.sql.split(separator: "{exposed}", omittingEmptySubsequences: false)
        .joined(separator: exposed)
      for row in try await connection.query(sql).rows {
        advice.append(finding(rule, row, origins))
      }
    }
  } catch {
    _ = try? await connection.execute("rollback")
    throw error
  }
  _ = try await connection.execute("rollback")
  return advice.enumerated().sorted {
    ($1.element.level.rawValue == $0.element.level.rawValue)
      ? $0.offset < $1.offset : $0.element.level > $1.element.level
  }.map(\.element)
}

private func finding(_ rule: AdviceRule, _ row: [String?], _ origins: ObjectOrigins) -> Advice {
  func value(_ index: Int) -> String { row.indices.contains(index) ? row[index] ?? "" : "" }
  var metadata = ["schema": value(0), "name": value(1), "type": value(2)]
  let part = value(5)
  if !part.isEmpty { metadata["part"] = part }
  let origin = origins.find(
    type: value(2), schema: value(0), name: value(1), part: part.isEmpty ? nil : part)
  return Advice(
    name: rule.name, title: rule.title, level: rule.level, facing: "EXTERNAL",
    categories: [rule.category], description: rule.description, detail: value(3),
    remediation: "https://supabase.com/docs/guides/database/database-linter?lint="
      + "\(rule.number)_\(rule.name)",
    metadata: metadata, cacheKey: "\(rule.name)_\(value(4))", fix: rule.fix,
    file: origin?.file, line: origin?.line)
}
