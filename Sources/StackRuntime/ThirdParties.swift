import Diagnostics
import IssuerKeys
import ProjectConfiguration
import WebTokens

/// Who else signs tokens of a project's users.
struct ThirdParties: Sendable {
  var issuers: [TokenKeysConfiguration.Issuer] = []
  var warnings: [Diagnostic] = []
}

extension ProjectContext {
  /// Finds the keys of the issuer that the configuration names.
  ///
  /// A stack starts without them: its own users' tokens pass all the same.
  ///
  /// - Returns: None when it names none.
  func thirdParties() async -> ThirdParties {
    let thirdParty = configuration.auth.thirdParty
    guard let url = thirdParty.issuerURL else { return ThirdParties() }
    let location = thirdParty.enabledNames.first.flatMap {
      configuration.location(of: "auth.third_party.\($0).enabled")
    }
    let store = IssuerKeyStore(issuer: url, keptIn: "\(locations.dataFolder)/issuer-keys.json")
    var parties = ThirdParties()
    do {
      // Who has the last keys waits less for newer ones.
      let found = try await store.keys(within: store.kept() == nil ? .seconds(5) : .seconds(2))
      parties.issuers = [found.issuer]
      parties.warnings = [found.warning].compactMap { $0 }
    } catch {
      parties.warnings = [error.diagnostic]
    }
    for index in parties.warnings.indices { parties.warnings[index].location = location }
    return parties
  }
}
