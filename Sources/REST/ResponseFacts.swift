internal import FoundationEssentials
package import RESTRequests

extension SchemaCache {
  /// What `OPTIONS` answers in `Allow`.
  ///
  /// - Parameter request: With the action `inform`.
  /// - Returns: Methods between commas.
  /// - Throws: `RESTError` when there is no such relation or function.
  package func allowedMethods(for request: RESTRequest) throws(RESTError) -> String {
    let read = "OPTIONS,GET,HEAD"
    switch request.target {
    case .root: return read
    case .relation(let name):
      let target = QualifiedName(request.schema, name)
      guard let relation = relations[target] else { throw .noRelation(target, in: self) }
      var methods = read
      if relation.isInsertable { methods += ",POST" }
      if relation.isInsertable, relation.isUpdatable, !relation.primaryKey.isEmpty {
        methods += ",PUT"
      }
      if relation.isUpdatable { methods += ",PATCH" }
      if relation.isDeletable { methods += ",DELETE" }
      return methods
    case .function(let name):
      let function = try CallPlan.find(
        QualifiedName(request.schema, name), for: request, in: self)
      return function.volatility == .volatile ? "OPTIONS,POST" : "\(read),POST"
    }
  }
}

extension RESTRequest {
  /// What a read of a relation answers in `Content-Location`: the same request in one spelling.
  ///
  /// Nil for requests whose response has none.
  package var contentLocation: String? {
    guard case .relation(let name) = target, action == .read else { return nil }
    let query = query.source.canonical
    return query.isEmpty ? "/\(name)" : "/\(name)?\(query)"
  }
}

extension RESTAnswer {
  /// The columns of the new row's key; empty when they were not asked for, or are not one row's.
  package var keys: [Key] {
    guard let location,
      let pairs = try? JSONDecoder().decode([[String]].self, from: Data(location.utf8))
    else { return [] }
    return pairs.compactMap { pair in
      pair.count == 2 ? Key(column: pair[0], filter: pair[1]) : nil
    }
  }

  /// What an insert answers in `Location`.
  ///
  /// - Parameter relation: Its name, without the schema.
  /// - Returns: A path with the key as filters; nil when there is no key to tell.
  package func locationPath(of relation: String) -> String? {
    let pairs = keys.map { QueryString.Pair(key: $0.column, value: $0.filter) }
    return pairs.isEmpty ? nil : "/\(relation)?\(QueryString(pairs: pairs).encoded)"
  }
}
