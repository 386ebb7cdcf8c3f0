/// The text of the configuration file that `homebase init` writes.
///
/// The values are the defaults of the key table, so that the two cannot differ.
///
/// - Parameters:
///   - style: Which layout the file is for.
///   - projectID: The name of the project; the file leaves it to the folder when it is nil.
///   - majorVersion: The installed PostgreSQL, so that a new project starts without a note about it.
/// - Returns: Valid TOML that changes nothing until somebody edits it.
package func initTemplate(
  style: ProjectLayout.Style, projectID: String? = nil, majorVersion: Int? = nil
) -> String {
  var defaults: [String: String] = [:]
  for key in Configuration.describeKeys() { defaults[key.path] = key.defaultLiteral }
  if style == .homebase { defaults["db.seed.sql_paths"] = "[\"./seeds/*.sql\"]" }
  if let majorVersion, DatabaseConfiguration.majorVersions.contains(majorVersion) {
    defaults["db.major_version"] = "\(majorVersion)"
  }
  defaults["project_id"] = projectID.map { tomlString(sanitizedProjectName($0)) }

  var lines = heading(style)
  for entry in entries {
    switch entry {
    case .table(let path, let comment):
      lines += ["", "# \(comment)", "[\(path)]"]
    case .key(let path, let comment):
      lines += comment.split(separator: "\n").map { "# \($0)" }
      let name = path.split(separator: ".").last.map(String.init) ?? path
      lines.append(defaults[path].map { "\(name) = \($0)" } ?? "# \(name) = \"\"")
    case .example(let line, let comment):
      if line.hasPrefix("[") { lines.append("") }
      lines += comment.split(separator: "\n").map { "# \($0)" }
      lines.append("# \(line)")
    }
  }
  return lines.joined(separator: "\n") + "\n"
}

private enum TemplateEntry {
  case table(String, String)
  /// A key with its default.
  case key(String, String)
  /// A key that has no default, commented out.
  case example(String, String)
}

private func heading(_ style: ProjectLayout.Style) -> [String] {
  let file = style == .homebase ? "homebase.toml" : "supabase/config.toml"
  let base = style == .homebase ? "this folder" : "supabase/"
  return [
    "# \(file): how this project runs on a developer's machine.",
    "# Keys are those of Supabase's config.toml; what you leave out has its default.",
    "# Paths are relative to \(base). A value may be \"env(NAME)\", read from the shell or from .env.",
    "# Any key can be set for one command by a variable: SUPABASE_DB_PORT=5555 sets db.port.",
    "",
  ]
}

private let entries: [TemplateEntry] = [
  .key("project_id", "The project's name; the folder's when it is left out."),
  .table("api", "The gateway: one address for REST, auth, storage, realtime and functions."),
  .key("api.enabled", ""),
  .key("api.port", "A taken port moves to the next free one, and `homebase status` says so."),
  .key("api.schemas", "The schemas that the REST API shows."),
  .key("api.extra_search_path", "Searched after them by every request."),
  .key("api.max_rows", "The most rows of one answer."),
  .table("db", "PostgreSQL."),
  .key("db.port", ""),
  .key(
    "db.major_version",
    "The version of the hosted database. homebase takes the installed one that is nearest."),
  .table("db.migrations", "The files of migrations/, in the order of their names."),
  .key("db.migrations.enabled", ""),
  .table("db.seed", "Data for development: runs after the migrations at each reset."),
  .key("db.seed.enabled", ""),
  .key("db.seed.sql_paths", "Globs; each one's files in the order of their names."),
  .table("db.settings", "Settings of the server, by PostgreSQL's names."),
  .example("max_connections = 100", ""),
  .table("realtime", "Changes and messages over websockets."),
  .key("realtime.enabled", ""),
  .table("studio", "The console in the browser."),
  .key("studio.enabled", ""),
  .key("studio.port", ""),
  .table("local_smtp", "The mailbox: every mail of the stack ends here, none leaves the machine."),
  .key("local_smtp.enabled", ""),
  .key("local_smtp.port", "Its web page."),
  .example("smtp_port = 54325", "For programs of your own that send mail."),
  .table("storage", "Files."),
  .key("storage.enabled", ""),
  .key("storage.file_size_limit", "The largest file of any bucket."),
  .example("[storage.buckets.avatars]", "A bucket that is made at start:"),
  .example("public = true", ""),
  .example("allowed_mime_types = [\"image/png\", \"image/jpeg\"]", ""),
  .table("auth", "Users and their sessions."),
  .key("auth.enabled", ""),
  .key("auth.site_url", "Your app: where links in mails lead."),
  .key("auth.additional_redirect_urls", "Other addresses that a sign-in may return to."),
  .key("auth.jwt_expiry", "How long an access token lives, in seconds; a week at most."),
  .example(
    "jwt_secret = \"env(JWT_SECRET)\"",
    "Signs tokens; the keys of `homebase status` follow it. Left out: the well-known local one."),
  .key("auth.enable_signup", ""),
  .key("auth.enable_anonymous_sign_ins", ""),
  .key("auth.minimum_password_length", ""),
  .table("auth.email", "Signing up and in by mail."),
  .key("auth.email.enable_signup", ""),
  .key("auth.email.enable_confirmations", "Whether an address must be confirmed first."),
  .key("auth.email.max_frequency", "The least time between two mails to one address."),
  .table("auth.sms", "Signing up and in by text message; messages are only shown, never sent."),
  .key("auth.sms.enable_signup", ""),
  .example("[auth.sms.test_otp]", "Codes that always work, for tests:"),
  .example("4152127777 = \"123456\"", ""),
  .example("[auth.external.google]", "Signing in with another account, on a local consent page:"),
  .example("enabled = true", ""),
  .example("client_id = \"env(GOOGLE_CLIENT_ID)\"", ""),
  .example("secret = \"env(GOOGLE_SECRET)\"", ""),
  .table("edge_runtime", "Runs the functions of functions/."),
  .key("edge_runtime.enabled", ""),
  .key("edge_runtime.policy", "\"oneshot\" starts a worker for each request."),
  .example("[functions.hello]", "What differs for one function:"),
  .example("verify_jwt = false", ""),
]
