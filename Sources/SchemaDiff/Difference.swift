package import SchemaCatalog

/// What turns one database into another.
package struct SchemaDifference: Sendable, Hashable {
  /// One statement, without its semicolon.
  package struct Statement: Sendable, Hashable {
    package var sql: String
    /// Whether rows or values are gone afterwards.
    package var losesData: Bool

    package init(_ sql: String, losesData: Bool = false) {
      self.sql = sql
      self.losesData = losesData
    }
  }

  /// In the order in which they run.
  package var statements: [Statement]
  /// What a person should look at, a sentence each.
  package var warnings: [String]

  /// Whether the two are the same.
  package var isEmpty: Bool { statements.isEmpty }

  /// The statements as a migration file; empty when there are none.
  package var script: String {
    statements.map { $0.sql + ";\n" }.joined(separator: "\n")
  }
}

/// Compares two databases.
///
/// - Parameters:
///   - from: What is there.
///   - to: What there shall be.
///   - role: Who will run the statements, and so owns what they create.
/// - Returns: The statements that make `from` equal to `to`, in an order that works.
package func difference(
  from: Inventory, to: Inventory, role: String = "postgres"
) -> SchemaDifference {
  // The usual answer is found without a plan.
  if from == to { return SchemaDifference(statements: [], warnings: []) }
  var swapped: Set<SchemaObject.Key> = []
  while true {
    var writer = DiffWriter(plan: DiffPlan(from: from, to: to, swapped: swapped), role: role)
    let result = writer.write()
    // A label cannot be used in the transaction that adds it to its type. Source: PostgreSQL 15
    // manual, ALTER TYPE, notes. Then the type is made anew.
    let needed = writer.labelsInUse(result).subtracting(swapped)
    if needed.isEmpty { return result }
    swapped.formUnion(needed)
  }
}
