/// The names by which people know a Supabase stack's services.
package enum ServiceNames {
  /// Our names by those of the containers; nil for what has no counterpart here.
  ///
  /// Source: supabase/cli, `start --exclude`; supabase-local.md, 1.2.
  private static let byContainer: [String: String?] = [
    "gotrue": "auth", "storage-api": "storage", "kong": "gateway", "mailpit": "mailbox",
    "inbucket": "mailbox", "mail": "mailbox", "postgrest": "rest", "edge-runtime": "functions",
    "postgres-meta": nil, "imgproxy": nil, "logflare": nil, "vector": nil, "supavisor": nil,
    "analytics": nil, "pooler": nil,
  ]

  /// Every name of a service that a Supabase stack has, whether this one serves it or not.
  package static let platform: Set<String> =
    Set(byContainer.keys).union(byContainer.values.compactMap { $0 }).union(["realtime", "studio"])

  /// Gives our names for what a person typed.
  ///
  /// - Parameter words: Names, with commas between or not.
  /// - Returns: Names of the graph, each once; what has no counterpart here is left out.
  package static func own(for words: [String]) -> [String] {
    var names: [String] = []
    for word in words.flatMap({ $0.split(separator: ",") }).map(String.init) {
      guard let name = byContainer[word, default: word], !names.contains(name) else { continue }
      names.append(name)
    }
    return names
  }
}
