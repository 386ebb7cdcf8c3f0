import Testing

@testable import RESTRequests

/// `Accept` and `Content-Type`.
@Suite struct MediaTypeTests {
  @Test(arguments: [
    ("application/json", MediaType.json), ("application/json; charset=utf-8", .json),
    ("text/csv", .csv), ("application/geo+json", .geoJSON), ("text/plain", .plainText),
    ("text/xml", .xml), ("application/octet-stream", .octetStream),
    ("application/openapi+json", .openAPI), ("application/x-www-form-urlencoded", .urlEncoded),
    ("*/*", .any), ("application/vnd.pgrst.object+json", .object(isStripped: false)),
    ("application/vnd.pgrst.object", .object(isStripped: false)),
    ("application/vnd.pgrst.object+json; nulls=stripped", .object(isStripped: true)),
    ("application/vnd.pgrst.array+json;nulls=stripped", .strippedArray),
    ("application/vnd.pgrst.array+json", .json), ("image/png", .other("image/png")),
    ("application/vnd.pgrst.plan", .plan(for: .json, .text, [])),
    ("application/vnd.pgrst.plan;", .plan(for: .json, .text, [])),
    ("application/vnd.pgrst.plan+json;for=\"text/csv\"", .plan(for: .csv, .json, [])),
    (
      "application/vnd.pgrst.plan+text; for=\"application/json\"; options=analyze|wal",
      .plan(for: .json, .text, [.analyze, .wal])
    ),
  ])
  func types(text: String, type: MediaType) {
    #expect(MediaType(text) == type)
  }

  @Test(arguments: [
    (nil, [MediaType.any]), ("*/*", [.any]), ("application/json", [.json]),
    ("text/csv, application/json", [.csv, .json]),
    ("*/*, text/csv", [.csv, .any]), ("text/csv;q=0.2, application/json;q=0.9", [.json, .csv]),
    (
      "text/csv, application/vnd.pgrst.object+json;nulls=stripped",
      [.object(isStripped: true), .csv]
    ),
    ("image/x;q=nonsense,text/xml;q=0.5", [.other("image/x"), .xml]),
  ])
  func accepted(header: String?, types: [MediaType]) {
    #expect(MediaType.accepted(header) == types)
  }

  @Test func responsesTellTheirType() {
    #expect(MediaType.json.contentType == "application/json; charset=utf-8")
    #expect(MediaType.octetStream.contentType == "application/octet-stream")
    #expect(
      MediaType.plan(for: .csv, .json, [.analyze, .buffers]).contentType
        == """
        application/vnd.pgrst.plan+json; for="text/csv"; options=analyze|buffers; charset=utf-8
        """)
    #expect(
      MediaType.object(isStripped: true).contentType
        == "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8")
  }
}
