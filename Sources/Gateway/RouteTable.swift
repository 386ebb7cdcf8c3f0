import HTTPMessages

/// One way through the door: which paths, to which service, under which name there.
package struct Route: Codable, Sendable, Hashable {
  /// What a request must show.
  package enum Access: String, Codable, Sendable, Hashable {
    /// Nothing; its headers stay as they are.
    case open
    /// A key of the stack or a token, translated for the service.
    case key
    /// A key as query parameter too, which is translated in its place: browsers' websockets.
    case queryKey = "query_key"
    /// The secret key.
    case secret
    /// Whatever the service itself asks for; headers stay as they are.
    case service
  }

  /// The shape of an error, so that the service's client library can read it.
  package enum ErrorShape: String, Codable, Sendable, Hashable {
    case plain, rest, auth, storage, functions
  }

  /// The beginning of the path; with a slash at its end, only what is below it.
  package var path: String
  /// The service's name in the table of sockets.
  package var service: String
  /// What stands in the place of `path` there.
  package var target: String
  /// What a request must show.
  package var access: Access
  /// The shape of its errors.
  package var errors: ErrorShape
  /// How long the service may be silent; 0 is for ever.
  package var timeoutMilliseconds: Int
  /// Headers for the service, where the client has not set them.
  package var headers: [String: String]
  /// A second header that carries the translated key.
  package var keyHeader: String?

  package init(
    path: String, service: String, target: String, access: Access, errors: ErrorShape = .plain,
    timeoutMilliseconds: Int = 60_000, headers: [String: String] = [:], keyHeader: String? = nil
  ) {
    self.path = path
    self.service = service
    self.target = target
    self.access = access
    self.errors = errors
    self.timeoutMilliseconds = timeoutMilliseconds
    self.headers = headers
    self.keyHeader = keyHeader
  }

  enum CodingKeys: String, CodingKey {
    case path, service, target, access, errors, headers
    case timeoutMilliseconds = "timeout_ms"
    case keyHeader = "key_header"
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      path: try values.decode(String.self, forKey: .path),
      service: try values.decode(String.self, forKey: .service),
      target: try values.decode(String.self, forKey: .target),
      access: try values.decode(Access.self, forKey: .access),
      errors: try values.decodeIfPresent(ErrorShape.self, forKey: .errors) ?? .plain,
      timeoutMilliseconds: try values.decodeIfPresent(Int.self, forKey: .timeoutMilliseconds)
        ?? 60_000,
      headers: try values.decodeIfPresent([String: String].self, forKey: .headers) ?? [:],
      keyHeader: try values.decodeIfPresent(String.self, forKey: .keyHeader))
  }
}

extension Route {
  /// The routes of a Supabase project.
  ///
  /// Source: the Supabase CLI's local gateway (`kong.yml`), whose routes take their path off and
  /// put the service's own in its place. Open paths end at a slash here: `/auth/v1/verify2` is
  /// no `/auth/v1/verify`.
  package static let supabase: [Route] = [
    Route(
      path: "/auth/v1/verify", service: "auth", target: "/verify", access: .open, errors: .auth),
    Route(
      path: "/auth/v1/callback", service: "auth", target: "/callback", access: .open,
      errors: .auth),
    Route(
      path: "/auth/v1/authorize", service: "auth", target: "/authorize", access: .open,
      errors: .auth),
    Route(
      path: "/auth/v1/.well-known/", service: "auth", target: "/.well-known/", access: .open,
      errors: .auth),
    Route(path: "/auth/v1/", service: "auth", target: "/", access: .key, errors: .auth),
    Route(
      path: "/.well-known/oauth-authorization-server", service: "auth",
      target: "/.well-known/oauth-authorization-server", access: .open, errors: .auth),
    Route(path: "/rest/v1/", service: "rest", target: "/", access: .key, errors: .rest),
    Route(
      path: "/rest-admin/v1/", service: "rest-admin", target: "/", access: .key, errors: .rest),
    Route(
      path: "/graphql/v1", service: "rest", target: "/rpc/graphql", access: .key, errors: .rest,
      headers: ["Content-Profile": "graphql_public"]),
    Route(path: "/realtime/v1/api", service: "realtime", target: "/api", access: .key),
    Route(path: "/realtime/v1/", service: "realtime", target: "/socket/", access: .queryKey),
    Route(
      path: "/storage/v1/s3", service: "storage", target: "/s3", access: .service,
      errors: .storage),
    Route(path: "/storage/v1/", service: "storage", target: "/", access: .key, errors: .storage),
    Route(
      path: "/functions/v1/", service: "functions", target: "/", access: .key, errors: .functions,
      timeoutMilliseconds: 150_000, keyHeader: "sb-api-key"),
    Route(path: "/pg/", service: "pg-meta", target: "/", access: .secret),
    Route(path: "/analytics/v1/", service: "analytics", target: "/", access: .service),
    Route(path: "/pooler/v2/", service: "pooler", target: "/v2/", access: .service),
    Route(path: "/mcp", service: "studio", target: "/api/mcp", access: .service),
  ]
}

/// The routes, longest path first.
struct RouteTable: Sendable {
  private struct Entry: Sendable {
    var path: [UInt8]
    var index: Int
  }

  let routes: [Route]
  private let entries: [Entry]

  init(_ routes: [Route]) {
    self.routes = routes
    entries = routes.indices.map { Entry(path: Array(routes[$0].path.utf8), index: $0) }
      .sorted { $0.path.count > $1.path.count }
  }

  /// The route of a path, by its bytes as they are: nothing is decoded.
  ///
  /// - Parameter path: Without the query.
  /// - Returns: The index of the longest route that is the beginning of the path and ends at a
  ///   slash or with it.
  func match(_ path: UnsafeRawBufferPointer) -> Int? {
    for entry in entries where entry.path.count <= path.count {
      let count = entry.path.count
      guard entry.path.withUnsafeBytes({ $0.elementsEqual(path[..<count]) }) else { continue }
      if count == path.count || entry.path.last == .slash || path[count] == .slash {
        return entry.index
      }
    }
    return nil
  }
}

/// Whether a path means the same to a service that decodes it as to one that does not.
///
/// Refused: `.` and `..` between slashes or backslashes, in any spelling; a zero byte; a percent
/// sign without its two digits. With these, an open route could lead to a keyed path.
///
/// - Parameter path: Without the query.
/// - Returns: False when it must not be passed on.
func isUnambiguous(path: UnsafeRawBufferPointer) -> Bool {
  var dots = 0
  var others = 0
  var index = 0
  while index < path.count {
    var byte = path[index]
    index += 1
    if byte == UInt8(ascii: "%") {
      guard index + 1 < path.count, let high = path[index].hexadecimal,
        let low = path[index + 1].hexadecimal
      else { return false }
      byte = high << 4 | low
      index += 2
    }
    switch byte {
    case 0: return false
    case .slash, UInt8(ascii: "\\"):
      if others == 0, dots == 1 || dots == 2 { return false }
      dots = 0
      others = 0
    case UInt8(ascii: "."): dots += 1
    default: others += 1
    }
  }
  return !(others == 0 && (dots == 1 || dots == 2))
}
