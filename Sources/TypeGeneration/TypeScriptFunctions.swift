internal import SchemaCatalog

extension TypeScriptGenerator {
  /// All functions of one name: one signature, or a union of them.
  mutating func member(
    for group: [TypeMetadata.Function], in schema: TypeScriptIndex.Schema
  ) -> TypeScriptMember {
    let signatures = group.map { signature(of: $0, among: group, in: schema) }
    return TypeScriptMember(
      group.first?.name ?? "", signatures.count == 1 ? signatures[0] : .union(signatures))
  }

  private mutating func signature(
    of function: TypeMetadata.Function, among group: [TypeMetadata.Function],
    in schema: TypeScriptIndex.Schema
  ) -> TypeScriptType {
    let target = index.returnedRelation(of: function)
    let returnsMany = (function.estimatedRows ?? 0) > 1
    // A single row of a relation is put back into an array by the client, which knows of it.
    let isArray = function.isSetReturning && (returnsMany || target == nil)
    var members = [TypeScriptMember("Args", argumentsType(of: function, in: schema))]
    let error = conflict(of: function, among: group, in: schema) ?? rowError(of: function)
    if let error {
      let literal = TypeScriptText.string(error) + (isArray ? "[]" : "")
      let object = TypeScriptType.object(
        [TypeScriptMember("error", .text("true"))], isOpen: false)
      members.append(TypeScriptMember("Returns", .intersection(object, literal)))
    } else {
      let type = returnType(of: function, in: schema)
      members.append(TypeScriptMember("Returns", isArray ? .array(type) : type))
    }
    if let target {
      members.append(setOptions(of: function, target: target, returnsMany: returnsMany))
    }
    return .object(members, isOpen: false)
  }

  private mutating func argumentsType(
    of function: TypeMetadata.Function, in schema: TypeScriptIndex.Schema
  ) -> TypeScriptType {
    let inputs = function.inputs
    if inputs.isEmpty {
      return isLatest ? .generic("Record", [.text("PropertyKey"), .never]) : .never
    }
    // Two arguments without a name are one key: the original's text does not compile here.
    var taken: Set<String> = []
    return .object(
      inputs.filter { taken.insert($0.name).inserted }.map { argument in
        TypeScriptMember(
          argument.name, isOptional: argument.hasDefault ?? false,
          argumentType(argument, in: schema))
      }, isOpen: false)
  }

  /// A named row leaves its computed fields out: nobody passes them.
  private mutating func argumentType(
    _ argument: TypeMetadata.Argument, in schema: TypeScriptIndex.Schema
  ) -> TypeScriptType {
    let type = self.type(argument.typeID, in: schema)
    guard isLatest, !argument.name.isEmpty, let entry = index.types[argument.typeID],
      let relation = resolver.relation(entry.name, preferring: entry.schema)
    else { return type }
    let path = TypeScriptText.access(relation.schema, relation.section, entry.name)
    guard type == .text(path + "[\"Row\"]") else { return type }
    return .generic("Omit", [type, .text(path + "[\"ComputedFields\"]")])
  }

  /// What a call gives back, one row of it when it is a set.
  mutating func returnType(
    of function: TypeMetadata.Function, in schema: TypeScriptIndex.Schema
  ) -> TypeScriptType {
    let results = function.arguments.filter { $0.mode == .table }
    if !results.isEmpty {
      return .object(
        results.map { TypeScriptMember($0.name, type($0.typeID, in: schema)) }, isOpen: true)
    }
    if let id = function.returnTypeRelationID, schema.relationIDs.contains(id) {
      let columns = index.columns[id] ?? []
      return .object(
        columns.map { member($0, isOptional: false, in: schema) }, isOpen: true)
    }
    return type(function.returnTypeID, in: schema)
  }

  private func setOptions(
    of function: TypeMetadata.Function, target: String, returnsMany: Bool
  ) -> TypeScriptMember {
    var source = "*"
    var isOneToOne = !returnsMany
    if function.arguments.count == 1, let only = function.arguments.first,
      let row = index.rowTypes[only.typeID]
    {
      source = row.format
      if !function.isSetReturning { isOneToOne = true }
    }
    return TypeScriptMember(
      "SetofOptions",
      .object(
        [
          TypeScriptMember("from", .text(TypeScriptText.string(source))),
          TypeScriptMember("to", .text(TypeScriptText.string(target))),
          TypeScriptMember("isOneToOne", .text("\(isOneToOne)")),
          TypeScriptMember("isSetofReturn", .text("\(function.isSetReturning)")),
        ], isOpen: true))
  }

  // MARK: What PostgREST cannot call

  private static let advice =
    "Try renaming the parameters or the function itself in the database so function overloading "
    + "can be resolved"

  /// Overloads that a call by names cannot tell apart.
  private func conflict(
    of function: TypeMetadata.Function, among group: [TypeMetadata.Function],
    in schema: TypeScriptIndex.Schema
  ) -> String? {
    if group.count < 2 { return nil }
    let others = group.filter { $0.id != function.id }
    let name = "\(schema.name).\(function.name)"
    let inputs = function.inputs
    if inputs.isEmpty {
      let other = others.first { other in
        let inputs = other.inputs
        return inputs.count == 1 && inputs[0].name.isEmpty && inputs[0].hasDefault == true
      }
      guard let other else { return nil }
      let type = index.types[other.returnTypeID]?.name ?? "unknown"
      return "Could not choose the best candidate function between: \(name)(), \(name)( => \(type))"
        + ". \(Self.advice)"
    }
    guard inputs.count == 1, let only = inputs.first, !only.name.isEmpty else { return nil }
    let rivals = others.compactMap { other -> TypeMetadata.Argument? in
      let inputs = other.inputs
      guard inputs.count == 1, inputs[0].name == only.name, inputs[0].typeID != only.typeID
      else { return nil }
      return inputs[0]
    }
    if rivals.isEmpty { return nil }
    let candidates = ([only] + rivals).enumerated().sorted {
      ($0.element.typeID, $0.offset) < ($1.element.typeID, $1.offset)
    }.map { candidate in
      "\(name)(\(only.name) => \(index.types[candidate.element.typeID]?.name ?? "unknown"))"
    }
    return "Could not choose the best candidate function between: "
      + "\(candidates.joined(separator: ", ")). \(Self.advice)"
  }

  /// A function of a row that gives no row back: a computed field, nothing to call.
  private func rowError(of function: TypeMetadata.Function) -> String? {
    let inputs = function.inputs
    guard inputs.count == 1, let only = inputs.first, only.name.isEmpty,
      index.rowTypes[only.typeID] != nil, index.returnedRelation(of: function) == nil
    else { return nil }
    return "the function \(function.schema).\(function.name) with parameter or with a single "
      + "unnamed json/jsonb parameter, but no matches were found in the schema cache"
  }
}

extension TypeMetadata.Function {
  /// The arguments that a call gives.
  var inputs: [TypeMetadata.Argument] { arguments.filter(\.isInput) }
}
