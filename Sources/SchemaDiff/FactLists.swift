internal import FoundationEssentials

/// A fact that is a JSON array of texts.
///
/// - Parameter text: As the catalog's query wrote it.
/// - Returns: Empty when it is not there.
func stringList(_ text: String?) -> [String] {
  (try? JSONDecoder().decode([String].self, from: Data((text ?? "[]").utf8))) ?? []
}

/// A fact that is a JSON array of pairs.
///
/// - Parameter text: As the catalog's query wrote it.
/// - Returns: Empty when it is not there.
func pairList(_ text: String?) -> [(String, String)] {
  let lists = try? JSONDecoder().decode([[String]].self, from: Data((text ?? "[]").utf8))
  return (lists ?? []).compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil }
}

/// A constant as a person would write it: without the blank before an `E`.
///
/// - Parameter quoted: What `quoteLiteral` gave.
/// - Returns: The same without a blank before it.
func trimmedLiteral(_ quoted: String) -> String {
  quoted.hasPrefix(" ") ? String(quoted.dropFirst()) : quoted
}
