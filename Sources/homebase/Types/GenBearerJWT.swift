import ArgumentParser
import Console
import Diagnostics
import FoundationEssentials
import ProjectConfiguration
import StackProtocol

/// Writes a token that the local stack takes.
struct GenBearerJWT: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "bearer-jwt",
    abstract: "Write a token of a role, or of a user, that the local stack takes.",
    usage: "homebase gen bearer-jwt --role ROLE [--sub USER] [--valid-for 30m | --exp TIME]",
    discussion: "Signed with the first of the signing keys, else with the JWT secret.")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Option(help: ArgumentHelp("The PostgreSQL role: anon, authenticated, …", valueName: "role"))
  var role: String

  @Option(help: ArgumentHelp("The user's id; left out: an anonymous one.", valueName: "user"))
  var sub: String?

  @Option(help: ArgumentHelp("When it ends: 2026-12-31T00:00:00Z.", valueName: "time"))
  var exp: Moment?

  @Option(
    name: .customLong("valid-for"),
    help: ArgumentHelp("How long it holds: 90s, 12h, 7d; left out: 30m.", valueName: "time"))
  var validity: Moment?

  @Option(help: ArgumentHelp("Further claims, as a JSON object.", valueName: "json"))
  var payload: String?

  func validate() throws {
    if case .ago = exp { throw ValidationError("--exp takes a time: 2026-12-31T00:00:00Z") }
    if case .at = validity { throw ValidationError("--valid-for takes a duration: 30m") }
    if exp != nil, validity != nil { throw ValidationError("give --exp or --valid-for, not both") }
    if role.isEmpty { throw ValidationError("--role needs a role's name: authenticated") }
    _ = try claims(now: 0)
  }

  func run(in session: Session) throws {
    let place = try session.project()
    let configuration = try session.process.rooms.loadConfiguration(
      place, session.process.environment)
    let payload = JSONValue.object(try claims(now: Int64(Date().timeIntervalSince1970))).json
    let keys = try SigningKeyFile(configuration, place)?.keys() ?? []
    let token =
      try keys.first?.token(payload: payload)
      ?? ProjectKeys.signedToken(payload: payload, secret: ProjectKeys(configuration).jwtSecret)
    session.output.show(lines: [token])
  }

  /// What the token says; a claim of the payload counts more.
  private func claims(now: Int64) throws -> [String: JSONValue] {
    var seconds: Int64 = 30 * 60
    if case .ago(let count) = validity { seconds = Int64(count) }
    var end = now + seconds
    if case .at(let time) = exp { end = Int64(time.date.timeIntervalSince1970) }
    // Who checks a token refuses one that was made in the future.
    let begin = min(now, end)
    var claims: [String: JSONValue] = [
      "role": .string(role), "iat": .integer(begin), "exp": .integer(end),
    ]
    if let sub { claims["sub"] = .string(sub) }
    // Somebody without an id has signed in anonymously.
    if role.lowercased() == "authenticated", sub == nil { claims["is_anonymous"] = .bool(true) }
    guard let payload else { return claims }
    guard let own = try? JSONDecoder().decode([String: JSONValue].self, from: Data(payload.utf8))
    else { throw ValidationError("--payload takes a JSON object: {\"app\": \"portal\"}") }
    return claims.merging(own) { _, new in new }
  }
}
