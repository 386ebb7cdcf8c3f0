/// A request of the REST interface, understood as far as that needs no database.
package struct RESTRequest: Hashable, Sendable {
  /// What the path names.
  package enum Target: Hashable, Sendable {
    /// `/`: what there is.
    case root
    /// `/name`: a table or view.
    case relation(String)
    /// `/rpc/name`.
    case function(String)
  }

  /// What is to be done.
  package enum Action: Hashable, Sendable {
    /// GET and HEAD.
    case read
    /// POST to a relation.
    case insert
    /// PATCH.
    case update
    /// PUT: one row, by its key.
    case put
    /// DELETE.
    case delete
    /// POST to a function; GET and HEAD call it as well, but as `read`.
    case call
    /// OPTIONS: what may be done.
    case inform
  }

  /// What the configuration of the interface says about requests.
  package struct Rules: Hashable, Sendable {
    /// `db-schemas`; the first is the default.
    package var schemas: [String]
    /// Whether `db-tx-end` lets clients choose.
    package var allowsTransactionEnd: Bool
    /// `db-root-spec`: the function that answers to `/`, perhaps with its schema before a dot.
    package var rootFunction: String?
    package var limits: RequestLimits

    package init(
      schemas: [String], allowsTransactionEnd: Bool = false, rootFunction: String? = nil,
      limits: RequestLimits = RequestLimits()
    ) {
      self.schemas = schemas
      self.allowsTransactionEnd = allowsTransactionEnd
      self.rootFunction = rootFunction
      self.limits = limits
    }
  }

  package var method: String
  package var target: Target
  package var action: Action
  /// Whether the answer has no body: HEAD.
  package var isHead: Bool
  package var schema: String
  /// Whether the response tells its schema in `Content-Profile`.
  package var tellsSchema: Bool
  package var query: QueryParameters
  /// The rows of the request itself; those of embeds are in `query`.
  package var range: RowRange
  package var preferences: Preferences
  /// The most wanted first.
  package var accepts: [MediaType]
  package var contentType: MediaType
  package var body: RequestBody

  /// Understands a request.
  ///
  /// Strict preferences are still to be checked, by `Preferences.check`, by who knows time zones.
  ///
  /// - Parameters:
  ///   - method: As in the request line.
  ///   - path: What is before the `?`, still encoded.
  ///   - query: What is behind it.
  ///   - headers: Names in lower case, in the order of the request.
  ///   - body: All of it.
  ///   - rules: The configuration.
  /// - Throws: `RESTError`, what the client is to be told.
  package init(
    method: String, path: String, query: String, headers: [(name: String, value: String)],
    body: UnsafeBufferPointer<UInt8>, rules: Rules
  ) throws(RESTError) {
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    self.method = method
    isHead = method == "HEAD"
    target = try Self.target(path)
    // A profile is of what is sent where something is sent, else of what is asked for.
    let isWrite = ["POST", "PATCH", "PUT", "DELETE"].contains(method)
    let profile = header(isWrite ? "content-profile" : "accept-profile")
    if let profile, !rules.schemas.contains(profile) {
      throw .schema(profile, exposed: rules.schemas)
    }
    schema = profile ?? rules.schemas.first ?? ""
    tellsSchema = profile != nil || rules.schemas.count > 1
    if target == .root, let root = rules.rootFunction {
      let parts = root.split(separator: ".", maxSplits: 1).map(String.init)
      if parts.count == 2 { schema = parts[0] }
      target = .function(parts.last ?? root)
    }
    action = try Self.action(method, target)

    var isFunction = false
    if case .function = target { isFunction = true }
    self.query = try QueryParameters(
      QueryString(query), isFunctionRead: isFunction && (action == .read || action == .inform),
      limits: rules.limits)
    let headerRange = method == "GET" ? header("range").map { RowRange(header: $0) } : nil
    range = try RowRange(query: self.query.range, within: headerRange ?? .all)
    if action == .put, range != .all { throw .putLimit }

    contentType = header("content-type").map { MediaType($0) } ?? .json
    accepts = MediaType.accepted(header("accept"))
    preferences = Preferences(
      headers: headers.lazy.filter { $0.name == "prefer" }.map(\.value),
      allowsTransactionEnd: rules.allowsTransactionEnd)
    switch action {
    case .insert, .update, .put, .call:
      self.body = try RequestBody(
        body, type: contentType, columns: action == .put ? nil : self.query.columns,
        isFunction: isFunction, limits: rules.limits)
    case .read, .delete, .inform:
      self.body = .none
    }
  }

  private static func target(_ path: String) throws(RESTError) -> Target {
    try withBytes(of: path) { (bytes) throws(RESTError) in
      var segments: [String] = []
      let relative = bytes.first == UInt8(ascii: "/") ? bytes[1...] : bytes[...]
      if !relative.isEmpty {
        for part in relative.split(
          separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
        {
          segments.append(try QueryString.decode(part, plusIsSpace: false))
        }
      }
      switch segments.count {
      case 0: return .root
      case 1: return .relation(segments[0])
      case 2 where segments[0] == "rpc": return .function(segments[1])
      default: throw .path
      }
    }
  }

  private static func action(_ method: String, _ target: Target) throws(RESTError) -> Action {
    switch (target, method) {
    case (_, "GET"), (_, "HEAD"): return .read
    case (_, "OPTIONS"): return .inform
    case (.relation, "POST"): return .insert
    case (.relation, "PATCH"): return .update
    case (.relation, "PUT"): return .put
    case (.relation, "DELETE"): return .delete
    case (.function, "POST"): return .call
    case (.function, _): throw .functionMethod(method)
    default: throw .method(method)
    }
  }
}
