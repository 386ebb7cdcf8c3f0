internal import SchemaCatalog

/// The catalog's own types by name, their checks parsed once.
struct TypeIndex {
  struct Domain {
    var base: TypeReference
    var isNullable: Bool
    var checks: [CheckExpression]
  }

  private var enums: [QualifiedName: [String]] = [:]
  private var domains: [QualifiedName: Domain] = [:]
  private var composites: [QualifiedName: [Column]] = [:]

  init(_ catalog: Catalog) {
    for type in catalog.enums { enums[type.name] = type.labels }
    for type in catalog.composites { composites[type.name] = type.attributes }
    for type in catalog.domains {
      domains[type.name] = Domain(
        base: type.base, isNullable: type.isNullable,
        checks: type.checks.map { CheckExpression(parsing: $0.expression) })
    }
  }

  func labels(_ name: QualifiedName) -> [String]? { enums[name] }
  func domain(_ name: QualifiedName) -> Domain? { domains[name] }

  /// A composite type is a table's row type too; those we do not write.
  func attributes(_ name: QualifiedName) -> [Column]? { composites[name] }

  func allowsNull(_ type: TypeReference) -> Bool {
    guard type.kind == .domain, !type.isArray, let domain = domains[type.name] else { return true }
    return domain.isNullable && allowsNull(domain.base)
  }
}
