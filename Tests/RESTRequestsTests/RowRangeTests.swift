import Testing

@testable import RESTRequests

/// `limit`, `offset` and the `Range` header.
@Suite struct RowRangeTests {
  private func range(_ text: String, header: String? = nil) throws -> RowRange {
    let header = header.map { RowRange(header: $0) } ?? .all
    return try RowRange(query: query(text).range, within: header)
  }

  @Test(arguments: [
    ("", nil, RowRange.all), ("limit=5", nil, RowRange(limit: 5)),
    ("offset=3", nil, RowRange(offset: 3)),
    ("limit=5&offset=3", nil, RowRange(offset: 3, limit: 5)),
    ("limit=0", nil, RowRange(limit: 0)),
    // The last one counts; py repeats it.
    ("limit=5&limit=6", nil, RowRange(limit: 6)), ("limit=x", nil, RowRange.all),
    ("offset=-4", nil, RowRange.all), ("limit=+7+", nil, RowRange(limit: 7)),
    ("", "0-1", RowRange(limit: 2)), ("", "5-", RowRange(offset: 5)),
    ("", "5-9", RowRange(offset: 5, limit: 5)), ("", "x-9", RowRange.all),
    ("", "items=0-1", RowRange.all), ("", "-9", RowRange.all), ("", "1-2-3", RowRange.all),
    ("limit=2", "0-9", RowRange(limit: 2)), ("limit=20", "5-9", RowRange(offset: 5, limit: 5)),
    ("limit=0", "5-9", RowRange(limit: 0)), ("limit=0", "9-5", RowRange(limit: 0)),
    ("limit=99999999999999999999999", nil, RowRange(limit: 1 << 58)),
  ])
  func ranges(text: String, header: String?, expected: RowRange) throws {
    #expect(try range(text, header: header) == expected)
  }

  @Test(arguments: [
    ("limit=-1", nil, "Limit should be greater than or equal to zero."),
    ("limit=0&offset=4", nil, "Limit should be greater than or equal to zero."),
    ("limit=2", "5-9", "Limit should be greater than or equal to zero."),
    (
      "", "9-5",
      "The lower boundary must be lower than or equal to the upper boundary in the Range header."
    ),
  ])
  func errors(text: String, header: String?, details: String) {
    let error = failure { _ = try range(text, header: header) }
    #expect(error?.status == 416)
    #expect(error?.code == "PGRST103")
    #expect(error?.message == "Requested range not satisfiable")
    #expect(error?.details == details)
  }

  @Test func rangesOfEmbeds() throws {
    let parameters = try query("x.limit=2&x.offset=1&x.y.limit=3&limit=9&z.offset=4")
    #expect(parameters.range == RowRange(limit: 9))
    #expect(parameters.embedRanges.map(\.embed) == [["x"], ["x", "y"], ["z"]])
    #expect(
      parameters.embedRanges.map(\.value)
        == [RowRange(offset: 1, limit: 2), RowRange(limit: 3), RowRange(offset: 4)])
    #expect(failure { _ = try query("!.limit=2") }?.code == "PGRST100")
  }
}
