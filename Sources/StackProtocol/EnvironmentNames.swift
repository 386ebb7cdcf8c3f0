extension StackStatus {
  /// The names that `--override-name` replaces, as the Supabase CLI spells them.
  ///
  /// Source: supabase/cli, `internal/status/status.go`, the tags of `CustomName`.
  package static let overridableNames: [String: String] = [
    "api.url": "API_URL", "api.rest_url": "REST_URL", "api.graphql_url": "GRAPHQL_URL",
    "api.storage_s3_url": "STORAGE_S3_URL", "api.functions_url": "FUNCTIONS_URL",
    "api.mcp_url": "MCP_URL", "db.url": "DB_URL", "studio.url": "STUDIO_URL",
    "inbucket.url": "INBUCKET_URL", "mailpit.url": "MAILPIT_URL",
    "auth.publishable_key": "PUBLISHABLE_KEY", "auth.secret_key": "SECRET_KEY",
    "auth.jwt_secret": "JWT_SECRET", "auth.anon_key": "ANON_KEY",
    "auth.service_role_key": "SERVICE_ROLE_KEY",
    "storage.s3_access_key_id": "S3_PROTOCOL_ACCESS_KEY_ID",
    "storage.s3_secret_access_key": "S3_PROTOCOL_ACCESS_KEY_SECRET",
    "storage.s3_region": "S3_PROTOCOL_REGION",
  ]

  /// The stack's addresses and keys as variables of an environment.
  ///
  /// - Parameter overrides: New names, by the name that `status` prints or by the dotted one.
  /// - Returns: Names and values, sorted by name.
  package func environment(
    overriding overrides: [String: String] = [:]
  ) -> [(name: String, value: String)] {
    var renamed: [String: String] = [:]
    for (old, new) in overrides { renamed[Self.overridableNames[old] ?? old] = new }
    return urls.merging(keys) { url, _ in url }
      .map { (renamed[$0.key] ?? $0.key, $0.value) }
      .sorted { $0.name < $1.name }
  }
}
