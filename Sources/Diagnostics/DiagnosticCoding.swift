/// The JSON of a failure: `{"code","message","hint","file","line","column","sqlstate"}`.
extension Diagnostic: Codable {
  private enum CodingKeys: String, CodingKey {
    case code, message, hint, file, line, column, sqlstate, excerpt, category
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      code: try values.decode(String.self, forKey: .code),
      message: try values.decode(String.self, forKey: .message),
      hint: try values.decodeIfPresent(String.self, forKey: .hint),
      sqlstate: try values.decodeIfPresent(String.self, forKey: .sqlstate),
      excerpt: try values.decodeIfPresent([String].self, forKey: .excerpt) ?? [],
      category: try values.decodeIfPresent(Category.self, forKey: .category) ?? .failure)
    if let file = try values.decodeIfPresent(String.self, forKey: .file) {
      location = SourceLocation(
        file: file,
        line: try values.decodeIfPresent(Int.self, forKey: .line),
        column: try values.decodeIfPresent(Int.self, forKey: .column))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(code, forKey: .code)
    try values.encode(message, forKey: .message)
    try values.encodeIfPresent(hint, forKey: .hint)
    try values.encodeIfPresent(location?.file, forKey: .file)
    try values.encodeIfPresent(location?.line, forKey: .line)
    try values.encodeIfPresent(location?.column, forKey: .column)
    try values.encodeIfPresent(sqlstate, forKey: .sqlstate)
    if !excerpt.isEmpty { try values.encode(excerpt, forKey: .excerpt) }
    if category != .failure { try values.encode(category, forKey: .category) }
  }
}
