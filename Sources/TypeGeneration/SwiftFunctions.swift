internal import SchemaCatalog

/// Arguments and results of the functions that can be called by name.
struct SwiftFunctions {
  var subjects: SwiftSubjects
  var names: SwiftStructNames
  var access: String

  /// Types that one unnamed argument may have: the request's body is its value.
  private static let bodies: Set<String> = ["json", "jsonb", "text", "bytea", "xml"]

  func write(_ schema: String, _ text: inout SwiftText) {
    let functions = (subjects.functions[schema] ?? []).filter(isCallable)
    if functions.isEmpty { return }
    var claims = SwiftNameClaims()
    let bases = claims.claim(
      functions.map { SwiftNames.type($0.name) }, suffixes: ["Arguments", "Result", "Row"])
    text.block("\(access) enum Functions") { text in
      for (function, base) in zip(functions, bases) { write(function, base, &text) }
    }
  }

  private func isCallable(_ function: TypeMetadata.Function) -> Bool {
    let inputs = function.arguments.filter(\.isInput)
    return inputs.allSatisfy { !$0.name.isEmpty } || isBody(inputs)
  }

  private func isBody(_ inputs: [TypeMetadata.Argument]) -> Bool {
    guard inputs.count == 1, inputs[0].name.isEmpty,
      case .base(let type) = subjects.shape(of: inputs[0].typeID)
    else { return false }
    return type.schema == "pg_catalog" && Self.bodies.contains(type.name)
  }

  private func write(
    _ function: TypeMetadata.Function, _ base: String, _ text: inout SwiftText
  ) {
    let inputs = function.arguments.filter(\.isInput)
    text.documentation(function.comment)
    if isBody(inputs) {
      alias(base + "Arguments", type(inputs[0].typeID), &text)
    } else {
      let members = SwiftStructFile.members(inputs.map(\.name), suffix: "Argument")
      SwiftStruct(
        name: base + "Arguments",
        properties: zip(inputs, members).map { argument, member in
          SwiftStruct.Property(
            name: member, key: argument.name,
            type: type(argument.typeID) + (argument.isOptional ? "?" : ""),
            isOptional: argument.isOptional)
        }, identity: nil, hasAdditions: true, access: access,
        head: ["\(access) static let functionName = \(swiftLiteral(function.name))"]
      ).write(&text)
    }
    alias(base + "Result", result(function, base, &text), &text)
  }

  /// Arguments have no names of their own to hide the schema's: all are written in full.
  private func type(_ typeID: Int) -> String {
    // Nothing comes in as void.
    let type = names.type(typeID, in: nil)
    return type == "Void" ? "AnyJSON" : type
  }

  private func alias(_ name: String, _ type: String, _ text: inout SwiftText) {
    text.line("\(access) typealias \(name) = \(type)")
    text.note(type: type)
  }

  private func result(
    _ function: TypeMetadata.Function, _ base: String, _ text: inout SwiftText
  ) -> String {
    let outputs = function.arguments.filter { $0.mode != .in && $0.mode != .variadic }
    var element: String
    var isObject = true
    if !outputs.isEmpty {
      // PostgreSQL's own names for what has none; one alone is called as the function.
      let keys = outputs.enumerated().map { place, output in
        output.name.isEmpty
          ? outputs.count == 1 ? function.name : "column\(place + 1)" : output.name
      }
      let members = SwiftStructFile.members(keys, suffix: "Column")
      SwiftStruct(
        name: base + "Row",
        properties: outputs.indices.map { place in
          SwiftStruct.Property(
            name: members[place], key: keys[place], type: type(outputs[place].typeID) + "?",
            isOptional: true)
        }, identity: nil, hasAdditions: true, access: access
      ).write(&text)
      element = base + "Row"
    } else {
      element = names.type(function.returnTypeID, in: nil)
      switch subjects.shape(of: function.returnTypeID) {
      case .row, .composite: break
      case .base(let type): isObject = type.name == "void" || type.name == "record"
      default: isObject = false
      }
    }
    // Whether a function may return NULL is not in the catalog.
    if !isObject { element += "?" }
    return function.isSetReturning ? "[\(element)]" : element
  }
}
