import HTTPService

/// What a stack's settings add to each of its responses, errors too: how long the steps took, the
/// header that traces a request, and whom a browser lets read them.
///
/// Source: PostgREST v14, its documentation's "Configuration" and "CORS".
struct ResponseExtras: Sendable {
  /// What is wanted; nothing by default, since a gateway in front does all of it.
  struct Rules: Sendable, Hashable {
    /// `server-timing-enabled`.
    var tellsTimes = false
    /// `server-trace-header`, in lower case.
    var traceHeader: String?
    /// `server-cors-allowed-origins`; nil: somebody else answers browsers, `*`: all.
    var origins: [String]?

    var isEmpty: Bool { !tellsTimes && traceHeader == nil && origins == nil }
  }

  /// The steps of a request, in their order.
  enum Step: String, Sendable {
    case jwt, parse, plan, transaction, response
  }

  private var rules = Rules()
  private var times: [(step: Step, duration: Duration)] = []
  private var current: (step: Step, start: ContinuousClock.Instant)?

  /// Begins a request, or begins it again.
  mutating func begin(_ rules: Rules) {
    self.rules = rules
    times = []
    current = nil
  }

  /// Ends the step before, and begins the next.
  mutating func enter(_ step: Step) {
    guard rules.tellsTimes else { return }
    end()
    current = (step, .now)
  }

  private mutating func end() {
    guard let (step, start) = current else { return }
    times.append((step, start.duration(to: .now)))
    current = nil
  }

  /// The answer to a browser that asks before it sends the request itself; nil when none does.
  func preflight(_ request: HTTPRequest) -> HTTPResponse? {
    guard rules.origins != nil, request.method == "OPTIONS", request["origin"] != nil,
      request["access-control-request-method"] != nil
    else { return nil }
    var names = ["Authorization"]
    if let wanted = request["access-control-request-headers"] {
      names += wanted.split(separator: ",").map { String($0.drop { $0 == " " }) }
    }
    names += ["Accept", "Accept-Language", "Content-Language"]
    return HTTPResponse(
      status: 200,
      headers: [
        HTTPHeader(
          "Access-Control-Allow-Methods", "GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD"),
        HTTPHeader("Access-Control-Allow-Headers", names.joined(separator: ", ")),
        HTTPHeader("Access-Control-Max-Age", "86400"),
      ])
  }

  /// Adds what is wanted.
  mutating func add(to response: inout HTTPResponse, for request: HTTPRequest) {
    guard !rules.isEmpty else { return }
    end()
    var added: [HTTPHeader] = []
    if let origins = rules.origins, let origin = request["origin"] {
      if origins == ["*"] {
        added.append(HTTPHeader("Access-Control-Allow-Origin", "*"))
      } else if origins.contains(origin) {
        added.append(HTTPHeader("Access-Control-Allow-Origin", origin))
        added.append(HTTPHeader("Vary", "Origin"))
      }
      added.append(
        HTTPHeader(
          "Access-Control-Expose-Headers",
          "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, "
            + "Server, Transfer-Encoding, Range-Unit"))
    }
    if let name = rules.traceHeader, let value = request[name], isHeader(name, value) {
      added.append(HTTPHeader(name, value))
    }
    if !times.isEmpty {
      let steps = times.map { "\($0.step.rawValue);dur=\(Self.milliseconds($0.duration))" }
      added.append(HTTPHeader("Server-Timing", steps.joined(separator: ", ")))
    }
    response.headers = response.headers.overridden(by: added)
  }

  /// With one digit behind the point.
  private static func milliseconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let tenths = seconds * 10_000 + attoseconds / 100_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
