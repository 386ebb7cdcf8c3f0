import FoundationEssentials
import HTTPService
import NIOCore
import REST
import RESTRequests

/// Turns what the database answered into the answer of the interface.
///
/// Source: PostgREST v14, its documentation's "Resource Representation" and "Preferences".
struct ResponseMaker {
  var request: RESTRequest
  /// As they were honoured.
  var preferences: Preferences
  var statement: RESTStatement
  var answer: RESTAnswer
  /// Whether there is a key by which rows can be the same.
  var resolvesConflicts: Bool

  /// Makes it.
  ///
  /// - Throws: `RESTError` when what the database set for the response is no header or status.
  func response() throws(RESTError) -> HTTPResponse {
    if statement.explains { return plan }
    var status = 200
    var headers: [HTTPHeader] = []
    var hasBody = true
    switch request.action {
    case .read where statement.function == nil:
      status = readStatus
      headers.append(HTTPHeader("Content-Range", range(from: request.range.offset)))
      if let place = request.contentLocation {
        headers.append(HTTPHeader("Content-Location", place))
      }
      apply(.read, to: &headers)
    case .read, .call:
      status = readStatus
      headers.append(HTTPHeader("Content-Range", range(from: request.range.offset)))
      apply(.call, to: &headers)
      if statement.function?.returnsVoid == true {
        status = 204
        hasBody = false
      }
    case .insert:
      status = answer.inserted == 0 && preferences.resolution == .mergeDuplicates ? 200 : 201
      if let place = answer.locationPath(of: statement.target.name) {
        headers.append(HTTPHeader("Location", place))
      }
      headers.append(HTTPHeader("Content-Range", "*/\(countedRows)"))
      apply(
        resolvesConflicts ? .insert : .insert.subtracting(.resolution), to: &headers)
      hasBody = showsRows
    case .update:
      status = showsRows ? 200 : 204
      let rows = answer.rows > 0 ? "0-\(answer.rows - 1)" : "*"
      headers.append(HTTPHeader("Content-Range", "\(rows)/\(countedRows)"))
      apply(.update, to: &headers)
      hasBody = showsRows
    case .delete:
      status = showsRows ? 200 : 204
      headers.append(HTTPHeader("Content-Range", "*/\(countedRows)"))
      apply(.delete, to: &headers)
      hasBody = showsRows
    case .put:
      status = showsRows ? answer.inserted ?? 0 > 0 ? 201 : 200 : 204
      apply(.put, to: &headers)
      hasBody = showsRows
    case .inform: break
    }
    if hasBody {
      headers.append(HTTPHeader("Content-Type", statement.mediaType.contentType))
      if request.tellsSchema { headers.append(HTTPHeader("Content-Profile", request.schema)) }
    }
    if let text = answer.status { status = try Self.status(text) }
    if let text = answer.headers { headers = headers.overridden(by: try Self.headers(text)) }
    return HTTPResponse(
      status: status, headers: headers,
      body: hasBody && !request.isHead ? .bytes(body) : .none)
  }

  private var body: ByteBuffer {
    answer.bytes.map { ByteBuffer(bytes: $0) } ?? ByteBuffer(string: answer.body)
  }

  /// How the statement runs, in place of its rows.
  private var plan: HTTPResponse {
    var headers = [HTTPHeader("Content-Type", statement.mediaType.contentType)]
    if request.tellsSchema { headers.append(HTTPHeader("Content-Profile", request.schema)) }
    return HTTPResponse(
      status: 200, headers: headers, body: request.isHead ? .none : .bytes(body))
  }

  private var showsRows: Bool { preferences.representation == .full }

  private func apply(_ kinds: Preferences.Kinds, to headers: inout [HTTPHeader]) {
    if let applied = preferences.applied(kinds) {
      headers.append(HTTPHeader("Preference-Applied", applied))
    }
  }

  // MARK: Ranges

  private var readStatus: Int {
    guard let total = answer.total else { return 200 }
    return answer.rows < total ? 206 : 200
  }

  private func range(from offset: Int) -> String {
    let total = answer.total.map { String($0) } ?? "*"
    guard answer.rows > 0, answer.total != 0 else { return "*/\(total)" }
    return "\(offset)-\(offset + answer.rows - 1)/\(total)"
  }

  /// How many rows were written, when somebody wants to know exactly.
  private var countedRows: String {
    preferences.count == .exact || preferences.count == .estimated ? String(answer.rows) : "*"
  }

  // MARK: What the database set

  private static func status(_ text: String) throws(RESTError) -> Int {
    guard let status = Int(text), (200..<600).contains(status) else { throw .statusSetting }
    return status
  }

  private static func headers(_ text: String) throws(RESTError) -> [HTTPHeader] {
    guard
      let objects = try? JSONDecoder().decode([[String: String]].self, from: Data(text.utf8))
    else { throw .headersSetting }
    var headers: [HTTPHeader] = []
    for object in objects {
      guard object.count == 1, let (name, value) = object.first, isHeader(name, value) else {
        throw .headersSetting
      }
      headers.append(HTTPHeader(name, value))
    }
    return headers
  }
}
