import Testing

@testable import RESTRequests

/// `Prefer`.
@Suite struct PreferencesTests {
  private func read(_ headers: String..., transactionEnd: Bool = true) -> Preferences {
    Preferences(headers: headers, allowsTransactionEnd: transactionEnd)
  }

  @Test func everyKind() {
    let preferences = read(
      """
      resolution=merge-duplicates, return=representation,count=exact ,tx=rollback, \
      missing=default,handling=strict , timezone=Europe/Berlin, max-affected=5
      """)
    #expect(preferences.resolution == .mergeDuplicates)
    #expect(preferences.representation == .full)
    #expect(preferences.count == .exact)
    #expect(preferences.transactionEnd == .rollback)
    #expect(preferences.missing == .defaults)
    #expect(preferences.handling == .strict)
    #expect(preferences.timeZone == "Europe/Berlin")
    #expect(preferences.maximumAffected == 5)
    #expect(preferences.invalid { _ in true } == [])
  }

  @Test func theOtherValues() {
    #expect(read("resolution=ignore-duplicates").resolution == .ignoreDuplicates)
    #expect(read("return=minimal").representation == .minimal)
    #expect(read("return=headers-only").representation == .headersOnly)
    #expect(read("count=planned").count == .planned)
    #expect(read("count=estimated").count == .estimated)
    #expect(read("missing=null").missing == .nulls)
    #expect(read("handling=lenient").handling == .lenient)
  }

  @Test func theFirstOfAKindCounts() {
    #expect(read("tx=commit, tx=rollback").transactionEnd == .commit)
    #expect(
      read("resolution=ignore-duplicates", "resolution=merge-duplicates").resolution
        == .ignoreDuplicates)
    #expect(read("return=stripped-nulls, return=minimal").representation == .minimal)
    #expect(read("max-affected=x, max-affected=5").maximumAffected == nil)
  }

  @Test func transactionEndNeedsPermission() {
    let preferences = read("tx=rollback, handling=strict", transactionEnd: false)
    #expect(preferences.transactionEnd == nil)
    #expect(preferences.invalid { _ in true } == [])
    #expect(preferences.applied(.read) == "handling=strict")
  }

  @Test func strictTellsWhatIsUnknown() throws {
    let strict = read("anything, handling=strict, count=exact, other=1, timezone=Mars/North")
    let error = failure { try strict.check { _ in false } }
    #expect(error?.status == 400)
    #expect(error?.code == "PGRST122")
    #expect(error?.message == "Invalid preferences given with handling=strict")
    #expect(error?.details == "Invalid preferences: anything, other=1, timezone=Mars/North")
    try read("anything, handling=lenient").check { _ in false }
    try read("anything").check { _ in false }
    try read("timezone=UTC, handling=strict").check { $0 == "UTC" }
  }

  @Test func appliedInTheOrderOfTheReference() {
    let all = read(
      """
      max-affected=5, timezone=UTC, handling=strict, tx=commit, count=exact, \
      return=representation, missing=default, resolution=merge-duplicates
      """)
    #expect(
      all.applied(.insert) == """
        resolution=merge-duplicates, missing=default, return=representation, count=exact, \
        tx=commit, handling=strict, timezone=UTC
        """)
    #expect(
      all.applied(.update) == """
        missing=default, return=representation, count=exact, tx=commit, handling=strict, \
        timezone=UTC, max-affected=5
        """)
    #expect(all.applied(.read) == "count=exact, tx=commit, handling=strict, timezone=UTC")
    #expect(read("max-affected=5").applied(.delete) == nil)
  }
}
