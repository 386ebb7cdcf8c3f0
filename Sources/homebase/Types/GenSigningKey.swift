import ArgumentParser
import Console
import Diagnostics
import FoundationEssentials
import ProjectConfiguration

/// Makes a key that signs tokens.
struct GenSigningKey: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "signing-key",
    abstract: "Make a private key that signs tokens.",
    usage: "homebase gen signing-key [--algorithm ES256|RS256] [--append]",
    discussion: "Into the file of auth.signing_keys_path; without one, to standard output.")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions

  @Option(help: ArgumentHelp("What signs: ES256 or RS256.", valueName: "algorithm"))
  var algorithm = SigningKey.Algorithm.es256

  @Flag(help: "Add the key to those of the file.")
  var append = false

  func run(in session: Session) throws {
    let place = try session.project()
    let configuration = try session.process.rooms.loadConfiguration(
      place, session.process.environment)
    let key = try SigningKey.generate(algorithm)
    guard let file = SigningKeyFile(configuration, place) else {
      try session.output.show(json: key, isLine: true)
      session.output.note(
        """
        to sign tokens with it, save it as an array, [{…}], in a file that git ignores,
        and name the file in the configuration:
          [auth]
          signing_keys_path = "./signing_keys.json"
        """)
      return
    }
    var keys = append ? try file.keys() : []
    if !append, file.exists {
      let question =
        "\(file.shown) has keys: what they signed will count for nothing. Replace them?"
      guard session.output.confirm(question, silence: false) else {
        session.output.note("nothing was changed; add a key with --append, or say --yes")
        throw UnwellResult()
      }
    }
    keys.append(key)
    try file.write(keys)
    session.output.note("\(key.kid) is in \(file.shown), which has \(keys.count) keys now")
    session.output.note("see that git ignores the file")
  }
}

extension SigningKey.Algorithm: ExpressibleByArgument {}

/// The file of the project's signing keys.
struct SigningKeyFile {
  /// As a person of this project knows it.
  let shown: String
  private let path: String

  /// Names the file; nil when the configuration names none.
  ///
  /// - Parameters:
  ///   - configuration: Of the project.
  ///   - place: The project; the path is relative to its configuration.
  init?(_ configuration: Configuration, _ place: ProjectPlace) {
    guard let name = configuration.auth.signingKeysPath, !name.isEmpty else { return nil }
    let plain = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    path = plain.hasPrefix("/") ? plain : "\(place.configurationFolder)/\(plain)"
    shown = place.displayPath(path)
  }

  /// Whether something is in it.
  var exists: Bool { !(FileManager.default.contents(atPath: path) ?? Data()).isEmpty }

  /// The keys that are in it.
  ///
  /// - Returns: None when there is no file.
  /// - Throws: `SigningKeyError.unreadable`.
  func keys() throws -> [SigningKey] {
    guard let text = FileManager.default.contents(atPath: path), !text.isEmpty else { return [] }
    return try SigningKey.read(text)
  }

  /// Replaces the file.
  ///
  /// - Parameter keys: All that should be in it.
  /// - Throws: A diagnostic; the file is as it was.
  func write(_ keys: [SigningKey]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(keys), as: UTF8.self) + "\n"
    // Whoever reads it can sign in as anybody.
    try replaceFile(path, with: text, mode: 0o600, shownAs: shown)
  }
}
