package import Diagnostics
import FoundationEssentials
import HTTPClient
package import WebTokens

/// One issuer's keys: fetched when there is a network, else those of the last time.
package struct IssuerKeyStore: Sendable {
  /// What was found.
  package struct Found: Sendable {
    /// For `TokenKeysConfiguration.issuers`.
    package var issuer: TokenKeysConfiguration.Issuer
    /// Why the keys are those of the last time, or are not kept for the next; nil when all is well.
    package var warning: Diagnostic?
  }

  /// Where the issuer's documents are: a URL without a slash at its end.
  private let url: String
  private let file: String

  /// How large a document may be, in bytes: the largest providers have some 10 kB.
  static let largestDocument = 1 << 20

  /// Makes a store; touches nothing.
  ///
  /// - Parameters:
  ///   - issuer: `ThirdPartyConfiguration.issuerURL`.
  ///   - file: Where the keys are kept; its folder is there.
  package init(issuer: String, keptIn file: String) {
    url = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
    self.file = file
  }

  /// Gives the keys, new ones when they can be had.
  ///
  /// - Parameter limit: How long all of it may take.
  /// - Returns: What was found.
  /// - Throws: `IssuerKeysError` when they cannot be had, and none are kept.
  package func keys(within limit: Duration = .seconds(5)) async throws(IssuerKeysError) -> Found {
    do {
      return try await fetched(within: limit)
    } catch {
      guard let kept = kept() else { throw error }
      var warning = error.diagnostic
      warning.hint = "those of the last time are used: newer ones are not known"
      return Found(issuer: kept, warning: warning)
    }
  }

  /// The keys of the last time; nil when there are none of this issuer.
  package func kept() -> TokenKeysConfiguration.Issuer? {
    guard let data = FileManager.default.contents(atPath: file),
      let kept = try? JSONDecoder().decode(Kept.self, from: data), kept.url == url
    else { return nil }
    return kept.keys
  }

  /// Fetches the keys and keeps them.
  ///
  /// Source: OpenID Connect Discovery 1.0, 4; the Supabase CLI does the same at each start.
  ///
  /// - Parameter limit: How long all of it may take.
  /// - Returns: What was found.
  /// - Throws: `IssuerKeysError`.
  package func fetched(
    within limit: Duration = .seconds(5)
  ) async throws(IssuerKeysError) -> Found {
    let end = ContinuousClock.now + limit
    let discoveryURL = "\(url)/.well-known/openid-configuration"
    let discovery = try await document(Discovery.self, at: discoveryURL, before: end)
    guard let keysURL = discovery.keysURL, isAllowed(keysURL) else {
      throw .malformed(url: discoveryURL, reason: "it names no jwks_uri by https")
    }
    let set = try await document(JSONWebKeySet.self, at: keysURL, before: end)
    // Tokens say what the document says: some issuers end in a slash.
    let issuer = TokenKeysConfiguration.Issuer(issuer: discovery.issuer ?? url, jwks: set)
    guard !TokenKeys(TokenKeysConfiguration(issuers: [issuer])).isEmpty else {
      throw .malformed(url: keysURL, reason: "it has no key for RS256, RS384, RS512 or ES256")
    }
    var found = Found(issuer: issuer)
    do {
      let data = try JSONEncoder().encode(Kept(url: url, keys: issuer))
      try data.write(to: URL(filePath: file), options: .atomic)
    } catch {
      found.warning = Diagnostic(
        code: "issuer_keys_not_kept", message: "the issuer's keys cannot be written to \(file)",
        hint: "without a network the next start will not have them")
    }
    return found
  }

  private struct Kept: Codable {
    var url: String
    var keys: TokenKeysConfiguration.Issuer
  }

  private struct Discovery: Decodable {
    var issuer: String?
    var keysURL: String?

    private enum CodingKeys: String, CodingKey {
      case issuer
      case keysURL = "jwks_uri"
    }
  }

  /// Whether keys may come from there: a network in between must not choose them.
  private func isAllowed(_ keysURL: String) -> Bool {
    keysURL.hasPrefix("https://") || (keysURL.hasPrefix("http://") && url.hasPrefix("http://"))
  }

  private func document<Document: Decodable>(
    _ type: Document.Type, at url: String, before end: ContinuousClock.Instant
  ) async throws(IssuerKeysError) -> Document {
    let left = (end - ContinuousClock.now) / .milliseconds(1)
    let options = [
      // Redirects stay with the protocol that the keys may come by.
      ("REDIR_PROTOCOLS_STR", url.hasPrefix("https://") ? "https" : "http,https"),
      ("MAXFILESIZE", "\(Self.largestDocument)"),
    ]
    let request = HTTPClientRequest(
      method: "GET", url: url,
      headers: [HTTPClientRequest.Header(name: "Accept", value: "application/json")],
      timeoutInMilliseconds: max(1, Int(left)), redirects: 3,
      options: options.map { HTTPClientRequest.Header(name: $0.0, value: $0.1) })
    let response: HTTPClientResponse
    do throws(HTTPClientError) {
      response = try await HTTPTransport.send(request)
    } catch {
      throw .unreachable(url: url, reason: error.words)
    }
    guard response.status == 200 else { throw .refused(url: url, status: response.status) }
    guard response.body.count <= Self.largestDocument,
      let document = try? JSONDecoder().decode(type, from: Data(response.body))
    else { throw .malformed(url: url, reason: "it is not the JSON document that it should be") }
    return document
  }
}
