internal import PostgresClient
internal import RESTRequests

/// A place of a spread embed, as the row around it takes it over.
private struct SpreadField {
  /// What the embed's own query calls it.
  var name: String
  var aggregate: SelectField.Aggregate?
  var aggregateCast: String?
  /// What it is called outside, when that is something else.
  var alias: String?
}

extension ReadPlan {
  /// Writes the query that gives the rows.
  func write(to sql: inout SQLText) {
    sql.append("SELECT ")
    writeOutputs(to: &sql)
    sql.append(" FROM \(from)")
    for child in children { child.writeJoin(to: &sql) }
    writeWhere(to: &sql) { sql, number, isNegated in
      let alias = quoteIdentifier(children[number].aggregateAlias)
      // Of an array's query the name is its one column, of an object's its row.
      sql.append("\(alias) IS \(isNegated ? "NOT " : "")DISTINCT FROM NULL")
    }
    writeGroups(to: &sql)
    if !order.isEmpty {
      sql.append(" ORDER BY ")
      sql.list(order) { sql, term in write(term, to: &sql) }
    }
    if range != .all {
      sql.append(" LIMIT ")
      if let limit = range.limit { sql.bind("\(limit)") } else { sql.append("ALL") }
      sql.append(" OFFSET ")
      sql.bind("\(range.offset)")
    }
  }

  /// Writes a query with a row for each of the plan's, whatever its limit.
  func writeCount(to sql: inout SQLText) {
    sql.append("SELECT 1 FROM \(from)")
    let inner = children.filter(\.isInner)
    let hasConditions = !conditions.isEmpty || !joins.isEmpty
    writeWhere(to: &sql) { sql, number, isNegated in
      sql.append(isNegated ? "NOT EXISTS (" : "EXISTS (")
      children[number].writeCount(to: &sql)
      sql.append(")")
    }
    guard !inner.isEmpty else { return }
    sql.append(hasConditions ? " AND " : " WHERE ")
    sql.list(inner, separator: " AND ") { sql, child in
      sql.append("EXISTS (")
      child.writeCount(to: &sql)
      sql.append(")")
    }
  }

  private func writeWhere(
    to sql: inout SQLText, hasRows: (inout SQLText, _ child: Int, _ not: Bool) -> Void
  ) {
    guard !conditions.isEmpty || !joins.isEmpty else { return }
    sql.append(" WHERE ")
    sql.conditions(conditions, of: reference, hasRows: hasRows)
    if !conditions.isEmpty, !joins.isEmpty { sql.append(" AND ") }
    sql.list(joins, separator: " AND ") { sql, join in
      sql.append("\(join.inner) = \(join.outer)")
    }
  }

  // MARK: Places

  private func writeOutputs(to sql: inout SQLText) {
    if outputs.isEmpty, children.isEmpty {
      sql.append("\(reference).*")
      return
    }
    var isFirst = true
    func separate(_ sql: inout SQLText) {
      if !isFirst { sql.append(", ") }
      isFirst = false
    }
    for output in outputs {
      separate(&sql)
      write(output, to: &sql)
    }
    for child in children {
      let alias = quoteIdentifier(child.aggregateAlias)
      if child.isSpread {
        for field in child.spreadFields {
          separate(&sql)
          write(field, of: child, to: &sql)
        }
      } else if !child.isEmpty {
        separate(&sql)
        let value =
          child.isToOne ? "row_to_json(\(alias).*)::jsonb" : "COALESCE(\(alias).\(alias), '[]')"
        sql.append("\(value) AS \(quoteIdentifier(child.outputName))")
      }
    }
  }

  private func write(_ output: Output, to sql: inout SQLText) {
    let aggregate = givesAggregatesUp ? nil : output.aggregate
    sql.cast(to: aggregate == nil ? nil : output.aggregateCast) { sql in
      if let aggregate { sql.append("\(aggregate.rawValue)(") }
      sql.cast(to: output.cast) { sql in
        if output.field.name == "*", output.aggregate != nil {
          // The parent counts rows, so it needs something of each that is null for none.
          sql.append(givesAggregatesUp ? reference : "*")
        } else {
          sql.output(output.field, of: reference)
        }
      }
      if aggregate != nil { sql.append(")") }
    }
    if let alias = output.alias {
      sql.append(" AS \(quoteIdentifier(alias))")
    } else if givesAggregatesUp, output.aggregate != nil {
      sql.append(" AS \(quoteIdentifier(output.name))")
    }
  }

  private var spreadFields: [SpreadField] {
    var fields = outputs.map { output in
      SpreadField(
        name: output.name, aggregate: output.aggregate, aggregateCast: output.aggregateCast,
        alias: output.aggregate == nil ? nil : output.alias)
    }
    for child in children {
      if child.isSpread {
        fields += child.spreadFields
      } else if !child.isEmpty {
        fields.append(SpreadField(name: child.outputName))
      }
    }
    return fields
  }

  private func write(_ field: SpreadField, of child: ReadPlan, to sql: inout SQLText) {
    let alias = quoteIdentifier(child.aggregateAlias)
    let name = field.name == "*" ? "*" : quoteIdentifier(field.name)
    guard child.isToOne else {
      sql.append("COALESCE(\(alias).\(name), '[]') AS \(name)")
      return
    }
    guard let aggregate = field.aggregate, !givesAggregatesUp else {
      sql.append("\(alias).\(name)")
      return
    }
    sql.cast(to: field.aggregateCast) { $0.append("\(aggregate.rawValue)(\(alias).\(name))") }
    if let outside = field.alias { sql.append(" AS \(quoteIdentifier(outside))") }
  }

  // MARK: Joins

  private func writeJoin(to sql: inout SQLText) {
    let alias = quoteIdentifier(aggregateAlias)
    sql.append(isInner ? " INNER" : " LEFT")
    sql.append(" JOIN LATERAL (")
    if isToOne {
      write(to: &sql)
      sql.append(") AS \(alias) ON TRUE")
      return
    }
    if isSpread {
      sql.append("SELECT nullif(count(*), 0) AS \(alias)")
      for field in spreadFields {
        let name = quoteIdentifier(field.name)
        sql.append(", json_agg(\(alias).\(name))::jsonb AS \(name)")
      }
    } else {
      sql.append("SELECT json_agg(\(alias))::jsonb AS \(alias)")
    }
    sql.append(" FROM (")
    write(to: &sql)
    sql.append(") AS \(alias)) AS \(alias) ON ")
    sql.append(isInner ? "\(alias) IS NOT NULL" : "TRUE")
  }

  // MARK: Groups and order

  private func writeGroups(to sql: inout SQLText) {
    if givesAggregatesUp { return }
    let spreads = children.filter(\.isSpread)
    let hasAggregates =
      outputs.contains { $0.aggregate != nil }
      || spreads.contains { $0.isToOne && $0.spreadFields.contains { $0.aggregate != nil } }
    guard hasAggregates else { return }
    var terms: [(inout SQLText) -> Void] = []
    for output in outputs where output.aggregate == nil {
      if let alias = output.alias {
        terms.append { $0.append(quoteIdentifier(alias)) }
      } else {
        terms.append { $0.field(output.field, of: reference) }
      }
    }
    for child in children where !child.isSpread && !child.isEmpty {
      terms.append { $0.append(quoteIdentifier(child.outputName)) }
    }
    for child in spreads {
      for field in child.spreadFields where field.aggregate == nil {
        let column =
          quoteIdentifier(child.aggregateAlias) + "." + quoteIdentifier(field.name)
        terms.append { $0.append(column) }
      }
    }
    if terms.isEmpty { return }
    sql.append(" GROUP BY ")
    sql.list(terms) { sql, term in term(&sql) }
  }

  private func write(_ term: Order, to sql: inout SQLText) {
    let table = term.child.map { quoteIdentifier(children[$0].aggregateAlias) } ?? reference
    sql.field(term.field, of: table)
    switch term.direction {
    case .ascending: sql.append(" ASC")
    case .descending: sql.append(" DESC")
    case nil: break
    }
    switch term.nulls {
    case .first: sql.append(" NULLS FIRST")
    case .last: sql.append(" NULLS LAST")
    case nil: break
    }
  }
}
