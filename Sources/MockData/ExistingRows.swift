package import PostgresClient
package import SchemaCatalog

/// Reads which tables have rows, and the columns of them that foreign keys lead to.
///
/// - Parameters:
///   - catalog: The tables to look at.
///   - connection: A role that may read them.
/// - Returns: Some rows of each table that is not empty, for `generate`.
/// - Throws: `PostgresError`.
package func existingRows(
  of catalog: Catalog, from connection: PostgresConnection
) async throws(PostgresError) -> ExistingRows {
  var existing: ExistingRows = [:]
  for table in catalog.tables
  where (table.kind == .table || table.kind == .partitionedTable) && table.partitionOf == nil {
    let links = catalog.tables.flatMap(\.foreignKeys).filter { $0.referencedTable == table.name }
    let columns = Set(links.flatMap(\.referencedColumns)).sorted()
    let list = columns.map { "\(quoteIdentifier($0))::text" }.joined(separator: ", ")
    let name = "\(quoteIdentifier(table.name.schema)).\(quoteIdentifier(table.name.name))"
    let order = list.isEmpty ? "" : " order by \(list)"
    let result = try await connection.query("select \(list) from \(name)\(order) limit 1000")
    guard !result.rows.isEmpty else { continue }
    existing[table.name] = result.rows.map { row in
      var values: [String: String] = [:]
      for (column, value) in zip(columns, row) { values[column] = value }
      return values
    }
  }
  return existing
}
