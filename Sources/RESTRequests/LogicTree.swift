/// Conditions joined by `and` and `or`.
package indirect enum LogicTree: Hashable, Sendable {
  case filter(Filter)
  case group(Connective, not: Bool, [LogicTree])

  /// How the conditions of a group are joined.
  package enum Connective: String, Hashable, Sendable, CaseIterable {
    case and, or
  }
}

extension GrammarParser {
  /// `or(a.eq.1,not.and(b.gt.2,c.is.null))`.
  mutating func logicTree() throws(Mismatch) -> LogicTree {
    let filter = maybe { (parser) throws(Mismatch) -> Filter in
      let field = try parser.field()
      try parser.delimiter()
      let (isNegated, operation) = try parser.filterOperation { (parser) throws(Mismatch) in
        parser.valueInTree()
      }
      return Filter(field, not: isNegated, operation)
    }
    if let filter { return .filter(filter) }
    let isNegated = try labelled("negation operator (not)") { (parser) throws(Mismatch) in
      parser.maybe { (parser) throws(Mismatch) -> Void in
        try parser.word("not")
        try parser.delimiter()
      } != nil
    }
    let connective = try labelled("logic operator (and, or)") {
      (parser) throws(Mismatch) -> LogicTree.Connective in
      if parser.optionalWord("and") { return .and }
      try parser.word("or")
      return .or
    }
    try spacedCharacter(UInt8(ascii: "("))
    let members = try nested { (parser) throws(Mismatch) in
      var members = [try parser.logicTree()]
      while try parser.optional({ (parser) throws(Mismatch) in
        try parser.spacedCharacter(UInt8(ascii: ","))
      }) != nil {
        members.append(try parser.logicTree())
      }
      return members
    }
    try spacedCharacter(UInt8(ascii: ")"))
    return .group(connective, not: isNegated, members)
  }

  /// The key of a tree: `or`, `not.and`, `embed.not.or`.
  mutating func logicPath() throws(Mismatch) -> (embed: [String], operator: String) {
    var path = [try fieldName()]
    while try optional({ (parser) throws(Mismatch) in try parser.delimiter() }) != nil {
      path.append(try fieldName())
    }
    let connective = path.removeLast()
    let isNegated = path.contains("not")
    return (path.filter { $0 != "not" }, isNegated ? "not.\(connective)" : connective)
  }
}
