import Testing

@testable import REST

/// A hint is worth giving only when it is right most times.
@Suite struct SimilarNamesTests {
  /// One letter is a typo, another word is not.
  @Test func closeNamesAreFound() {
    let names = ["clients", "projects", "tasks", "client"]
    #expect(mostSimilar(to: "clint", among: names, atLeast: 0.75) == "client")
    #expect(mostSimilar(to: "Projcts", among: names, atLeast: 0.75) == "projects")
    #expect(mostSimilar(to: "nothing", among: names, atLeast: 0.75) == nil)
    #expect(mostSimilar(to: "", among: names, atLeast: 0.75) == nil)
  }

  /// The same request has the same answer, however the catalog is ordered.
  @Test func equallyCloseNamesAreChosenByTheirOrder() {
    #expect(mostSimilar(to: "tab", among: ["tac", "taa"], atLeast: 0.5) == "taa")
    #expect(mostSimilar(to: "tab", among: ["taa", "tac"], atLeast: 0.5) == "taa")
  }

  /// Who asks for the name that is there has made another mistake.
  @Test func theNameItselfCanBeLeftOut() {
    #expect(mostSimilar(to: "tab", among: ["tab"], atLeast: 0.5, countsEqual: false) == nil)
  }
}
