internal import PostgresClient
internal import RESTRequests

/// Resolves what a request selects against the schema cache.
struct ReadPlanner {
  /// Where the rows of the root come from.
  enum Source {
    case relation
    /// What a write or a function gave, under the name `pgrst_source`.
    case result
  }

  private typealias Place = [Int]

  let cache: SchemaCache
  let request: RESTRequest
  let rules: PlanRules
  let source: Source
  /// Whether filters and ranges of the root are those of this read; of a write they are not.
  let readsRoot: Bool

  private var filters: [Place: [Filter]] = [:]
  private var trees: [Place: [LogicTree]] = [:]
  private var orders: [Place: [OrderTerm]] = [:]
  private var ranges: [Place: RowRange] = [:]

  init(
    _ cache: SchemaCache, _ request: RESTRequest, _ rules: PlanRules, source: Source,
    readsRoot: Bool
  ) {
    self.cache = cache
    self.request = request
    self.rules = rules
    self.source = source
    self.readsRoot = readsRoot
  }

  /// Plans the read.
  ///
  /// - Parameter root: The relation, or what stands for it.
  /// - Returns: The plan.
  /// - Throws: `RESTError`.
  mutating func plan(_ root: QualifiedName) throws(RESTError) -> ReadPlan {
    try place()
    let relation = cache.relations[root]
    let quoted = quoteIdentifier(root.name)
    let full = quoteIdentifier(root.schema) + "." + quoted
    let isResult = source == .result
    let base = ReadPlan(
      name: root.name, relation: relation, relationName: root,
      from: isResult ? "pgrst_source AS \(quoted)" : full, reference: isResult ? quoted : full)
    var plan = try fill(
      base, with: request.query.select, at: [], row: quoted, inAggregate: false, inArrays: false)
    if readsRoot { plan.range = capped(request.range) }
    // What a CTE gives besides columns, because something is computed of its rows, is no part of *.
    if isResult, let relation, !WritePlan.computed(plan.fieldNames, of: plan).isEmpty {
      plan.outputs = plan.outputs.flatMap { output in
        output.field.name == "*" && output.aggregate == nil
          ? relation.columns.map { ReadPlan.Output(field: .init(name: $0.name)) } : [output]
      }
    }
    return plan
  }

  // MARK: Places

  /// Finds the embed that each condition, order and range is for.
  private mutating func place() throws(RESTError) {
    let query = request.query
    for filter in query.filters where readsRoot || !filter.embed.isEmpty {
      filters[try find(filter.embed), default: []].append(filter.value)
    }
    for order in query.order {
      let place = try find(order.embed)
      if orders[place] == nil { orders[place] = order.value }
    }
    if readsRoot {
      for range in query.embedRanges { ranges[try find(range.embed)] = range.value }
    }
    for tree in query.trees where readsRoot || !tree.embed.isEmpty {
      trees[try find(tree.embed), default: []].append(tree.value)
    }
  }

  private func find(_ path: [String]) throws(RESTError) -> Place {
    var place: Place = []
    var items = request.query.select
    for name in path {
      var number = 0
      var found: Embed?
      for case .embed(let embed) in items {
        if embed.relation == name || embed.alias == name {
          found = embed
          break
        }
        number += 1
      }
      guard let found else { throw .notEmbedded(name) }
      place.append(number)
      items = found.items
    }
    return place
  }

  // MARK: Nodes

  private func fill(
    _ base: ReadPlan, with items: [SelectItem], at place: Place, row: String, inAggregate: Bool,
    inArrays: Bool
  ) throws(RESTError) -> ReadPlan {
    var plan = base
    let aggregates = items.contains {
      if case .field(let field) = $0 { field.aggregate != nil } else { false }
    }
    if aggregates {
      guard rules.allowsAggregates else { throw .aggregatesOff }
      if inArrays { throw .aggregateInArrays }
    }
    let hasAggregate = inAggregate || aggregates
    for item in items {
      switch item {
      case .field(let field):
        plan.outputs += outputs(of: field, in: plan, expands: hasAggregate || inArrays)
      case .embed(let embed):
        let number = plan.children.count
        plan.children.append(
          try child(
            embed, of: plan, at: place + [number], row: row, inAggregate: hasAggregate,
            inArrays: inArrays))
      }
    }
    // Groups are of what is written out, also when the aggregate is one of a spread embed.
    if !hasAggregate, plan.children.contains(where: Self.givesAggregates) {
      plan.outputs = []
      for case .field(let field) in items {
        plan.outputs += outputs(of: field, in: plan, expands: true)
      }
    }
    for tree in trees[place] ?? [] { plan.conditions.append(condition(tree, in: plan)) }
    for filter in filters[place] ?? [] {
      plan.conditions.append(condition(.filter(filter), in: plan))
    }
    for term in orders[place] ?? [] { plan.order.append(try order(term, in: plan)) }
    return plan
  }

  private static func givesAggregates(_ plan: ReadPlan) -> Bool {
    plan.givesAggregatesUp
      && (plan.outputs.contains { $0.aggregate != nil }
        || plan.children.contains(where: givesAggregates))
  }

  private func child(
    _ embed: Embed, of parent: ReadPlan, at place: Place, row: String, inAggregate: Bool,
    inArrays: Bool
  ) throws(RESTError) -> ReadPlan {
    let relationship = try self.relationship(for: embed, from: parent.relationName)
    let depth = place.count
    let target = relationship.target
    let alias = quoteIdentifier(Self.short("\(target.name)_\(depth)", at: place, "t"))
    var plan = ReadPlan(
      name: embed.relation, alias: embed.isSpread ? nil : embed.alias,
      relation: cache.relations[target], relationName: target,
      from: "\(Self.quote(target)) AS \(alias)", reference: alias, relationship: relationship)
    plan.aggregateAlias = Self.short(
      "\(relationship.source.name)_\(plan.outputName)_\(depth)", at: place, "a")
    plan.isInner = embed.join == .inner
    plan.isSpread = embed.isSpread
    switch relationship.path {
    case .oneToMany, .manyToOne, .oneToOne:
      plan.joins = relationship.columns.map {
        .init(
          inner: "\(alias).\(quoteIdentifier($0.target))",
          outer: "\(parent.reference).\(quoteIdentifier($0.source))")
      }
    case .manyToMany(let junction):
      let between = quoteIdentifier(
        Self.short("\(junction.relation.name)_\(depth)_junction", at: place, "j"))
      plan.from += ", \(Self.quote(junction.relation)) AS \(between)"
      plan.joins =
        junction.targetColumns.map {
          .init(
            inner: "\(alias).\(quoteIdentifier($0.source))",
            outer: "\(between).\(quoteIdentifier($0.target))")
        }
        + junction.sourceColumns.map {
          .init(
            inner: "\(between).\(quoteIdentifier($0.target))",
            outer: "\(parent.reference).\(quoteIdentifier($0.source))")
        }
    case .computed(let function, _):
      // A row of a CTE is a record: the cast tells overloads apart.
      plan.from =
        "\(Self.quote(function))(\(row)::\(Self.quote(relationship.source))) AS \(alias)"
    }
    plan = try fill(
      plan, with: embed.items, at: place, row: alias, inAggregate: inAggregate,
      inArrays: plan.isSpread && (inArrays || !plan.isToOne))
    let range = ranges[place] ?? .all
    plan.range = plan.isToOne ? range : capped(range)
    return plan
  }

  /// A name, or another one when PostgreSQL would cut it off and two could become one.
  private static func short(_ name: String, at place: Place, _ letter: String) -> String {
    guard name.utf8.count > 63 else { return name }
    return letter + "_" + place.map { "\($0)" }.joined(separator: "_")
  }

  static func quote(_ name: QualifiedName) -> String {
    "\(quoteIdentifier(name.schema)).\(quoteIdentifier(name.name))"
  }

  private func capped(_ range: RowRange) -> RowRange {
    guard readsRoot, let most = rules.maximumRows else { return range }
    var range = range
    range.limit = min(range.limit ?? most, most)
    return range
  }

  // MARK: Relationships

  private func relationship(
    for embed: Embed, from origin: QualifiedName
  ) throws(RESTError) -> SchemaCache.Relationship {
    let found = (cache.relationships[origin] ?? []).filter { Self.fits($0, embed) }
    switch found.count {
    case 1: return found[0]
    case 0:
      throw .noRelationship(from: origin, to: embed.relation, hint: embed.hint, in: cache)
    default: throw .ambiguousEmbed(from: origin.name, to: embed.relation, found)
    }
  }

  private static func fits(_ relationship: SchemaCache.Relationship, _ embed: Embed) -> Bool {
    let target = embed.relation
    if case .computed(let function, _) = relationship.path { return function.name == target }
    let pair = relationship.columns.count == 1 ? relationship.columns[0] : nil
    if relationship.isSelfReference {
      // Both directions of one key have the same table's name: that means the many, the key's
      // column means the one.
      let isMany = if case .oneToMany = relationship.path { true } else { false }
      guard let hint = embed.hint else {
        if isMany { return relationship.target.name == target }
        return if case .manyToOne = relationship.path { pair?.source == target } else { false }
      }
      return isMany && relationship.target.name == target && pair?.target == hint
    }
    guard let hint = embed.hint else {
      return relationship.target.name == target
        || (!relationship.targetIsView
          && (relationship.constraint == target || pair?.source == target))
    }
    guard relationship.target.name == target else { return false }
    if case .manyToMany(let junction) = relationship.path { return junction.relation.name == hint }
    return relationship.constraint == hint || pair?.source == hint || pair?.target == hint
  }

  // MARK: Fields

  private func outputs(
    of item: SelectField, in plan: ReadPlan, expands: Bool
  ) -> [ReadPlan.Output] {
    let isStar = item.field.name == "*" && item.field.steps.isEmpty
    if isStar, item.aggregate == nil, let relation = plan.relation,
      expands || relation.isShownConverted
    {
      return relation.columns.map { column in
        Self.output(
          ReadPlan.Output(field: .init(name: column.name)), of: FieldPath(column.name), relation)
      }
    }
    let output = ReadPlan.Output(
      field: Self.field(item.field, of: plan.relation), alias: item.alias, cast: item.cast,
      aggregate: item.aggregate, aggregateCast: item.aggregateCast)
    return [Self.output(output, of: item.field, plan.relation)]
  }

  /// Gives a place the name that it has without its column's, and what its domain is shown by.
  private static func output(
    _ output: ReadPlan.Output, of path: FieldPath, _ relation: SchemaCache.Relation?
  ) -> ReadPlan.Output {
    var output = output
    let isNamed = output.alias != nil || output.aggregate != nil
    if !isNamed { output.alias = Self.lastKey(of: path) }
    guard let relation, !relation.representations.isEmpty,
      let conversion = relation.representations[path.name]?.toJSON
    else { return output }
    output.field.conversion = conversion
    if !isNamed, output.alias == nil { output.alias = path.name }
    return output
  }

  /// What a place in JSON is called: its last key, or the column's name when it is an index.
  private static func lastKey(of path: FieldPath) -> String? {
    guard !path.steps.isEmpty else { return nil }
    for step in path.steps.reversed() {
      if case .key(let key) = step.operand { return key }
    }
    return path.name
  }

  static func field(
    _ path: FieldPath, of relation: SchemaCache.Relation?
  ) -> ReadPlan.Field {
    let type = relation?.column(path.name)?.baseType
    return ReadPlan.Field(
      name: path.name, steps: path.steps, isJSON: type == "json" || type == "jsonb",
      isSearchVector: type.map { $0 == "tsvector" } ?? true)
  }

  // MARK: Conditions

  private func condition(_ tree: LogicTree, in plan: ReadPlan) -> ReadPlan.Condition {
    switch tree {
    case .group(let connective, let isNegated, let members):
      return .group(connective, not: isNegated, members.map { condition($0, in: plan) })
    case .filter(let filter):
      if filter.operation == .isValue(.null), filter.field.steps.isEmpty,
        let child = plan.children.firstIndex(where: { $0.outputName == filter.field.name })
      {
        return .hasRows(child: child, not: !filter.isNegated)
      }
      return Self.condition(filter, of: plan.relation)
    }
  }

  static func condition(
    _ filter: Filter, of relation: SchemaCache.Relation?
  ) -> ReadPlan.Condition {
    var field = field(filter.field, of: relation)
    if let relation, !relation.representations.isEmpty {
      field.conversion = relation.representations[filter.field.name]?.fromText
    }
    return .filter(field, not: filter.isNegated, filter.operation)
  }

  static func condition(
    _ tree: LogicTree, of relation: SchemaCache.Relation?
  ) -> ReadPlan.Condition {
    switch tree {
    case .group(let connective, let isNegated, let members):
      .group(connective, not: isNegated, members.map { condition($0, of: relation) })
    case .filter(let filter): condition(filter, of: relation)
    }
  }

  private func order(
    _ term: OrderTerm, in plan: ReadPlan
  ) throws(RESTError) -> ReadPlan.Order {
    guard let name = term.relation else {
      return .init(
        field: Self.field(term.field, of: plan.relation), direction: term.direction,
        nulls: term.nulls)
    }
    guard let number = plan.children.firstIndex(where: { $0.outputName == name }) else {
      throw .notEmbedded(name)
    }
    let child = plan.children[number]
    guard child.isToOne else { throw .orderByMany(name, of: plan.relationName.name) }
    return .init(
      field: Self.field(term.field, of: child.relation), child: number,
      direction: term.direction, nulls: term.nulls)
  }
}

/// What the configuration says about plans.
package struct PlanRules: Sendable, Hashable {
  /// `db-aggregates-enabled`.
  package var allowsAggregates: Bool
  /// `db-max-rows`.
  package var maximumRows: Int?
  /// `db-plan-enabled`.
  package var allowsPlans: Bool
  /// Whether an update or a delete has to say which rows, as the library `safeupdate` wants it.
  package var requiresConditions: Bool

  package init(
    allowsAggregates: Bool = false, maximumRows: Int? = nil, allowsPlans: Bool = false,
    requiresConditions: Bool = false
  ) {
    self.allowsAggregates = allowsAggregates
    self.maximumRows = maximumRows
    self.allowsPlans = allowsPlans
    self.requiresConditions = requiresConditions
  }
}
