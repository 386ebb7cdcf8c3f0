import Testing

@testable import SchemaCatalog

/// PostgreSQL's trees in text form, without a server.
@Suite struct ViewOriginTests {
  private func pairs(_ tree: String) -> [String] {
    ViewOrigins(parsing: tree).origins.map {
      "\($0.column) \($0.origin.relation).\($0.origin.column)"
    }
  }

  /// Only the first query's own target list counts, and names may hold any sign.
  @Test func onlyTheTopListIsRead() {
    let tree = #"""
      ({QUERY :commandType 1 :targetList ({TARGETENTRY :expr {VAR :varno 1 :resno 9} :resno 1
      :resname a\ \{\}\(b :ressortgroupref 0 :resorigtbl 16385 :resorigcol 3 :resjunk false}
      {TARGETENTRY :expr {CONST :constvalue 4 [ 0 0 0 0 ]} :resno 2 :resname <> :resorigtbl 0
      :resorigcol 0 :resjunk false}) :rtable ({RTE :subquery {QUERY :targetList ({TARGETENTRY
      :resno 1 :resorigtbl 5 :resorigcol 5})}}) :returningList ({TARGETENTRY :resno 3 :resorigtbl 7
      :resorigcol 7})} {QUERY :targetList ({TARGETENTRY :resno 1 :resorigtbl 6 :resorigcol 6})})
      """#
    #expect(pairs(tree) == ["1 16385.3"])
  }

  /// A tree of a version to come must not stop the types of today.
  @Test func nonsenseIsNoOrigin() {
    for text in ["", "<>", "}", "({", #"({QUERY :targetList <> \"#, ":targetList", "((((", "{}{}"] {
      #expect(pairs(text).isEmpty)
    }
  }
}
