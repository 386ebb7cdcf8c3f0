internal import CCurl
package import Diagnostics

/// An HTTP request that leaves this machine's services.
package struct HTTPClientRequest: Sendable, Hashable {
  package var method: String
  package var url: String
  /// Name and value, in the order in which they are sent.
  package var headers: [Header]
  /// nil: none, which is not the same as an empty one.
  package var body: [UInt8]?
  /// For all of it, redirects included.
  package var timeoutInMilliseconds: Int
  /// At most so many redirects are followed.
  package var redirects: Int
  /// libcurl's options by name, without `CURLOPT_`.
  package var options: [Header]

  package struct Header: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package init(
    method: String, url: String, headers: [Header] = [], body: [UInt8]? = nil,
    timeoutInMilliseconds: Int = 5_000, redirects: Int = 0, options: [Header] = []
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutInMilliseconds = timeoutInMilliseconds
    self.redirects = redirects
    self.options = options
  }
}

/// What came back.
package struct HTTPClientResponse: Sendable, Hashable {
  package var status: Int
  package var contentType: String?
  package var headers: [HTTPClientRequest.Header]
  package var body: [UInt8]
}

/// Why no answer came.
package enum HTTPClientError: Error, Hashable {
  /// libcurl is missing or too old.
  case unavailable(String)
  /// The request itself cannot be sent, or the transfer failed.
  case failed(code: Int, reason: String)
  /// It took longer than it may; times in milliseconds.
  case timedOut(limit: Int, total: Double, nameLookup: Double, handshake: Double, exchange: Double)
}

extension HTTPClientError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .unavailable(let reason):
      Diagnostic(
        code: "http_unavailable", message: reason,
        hint: "install it with `apt-get install libcurl4`")
    case .failed(_, let reason):
      Diagnostic(code: "http_failed", message: reason)
    case .timedOut:
      Diagnostic(code: "http_timeout", message: words)
    }
  }

  /// What a row of `net._http_response` says.
  package var words: String {
    switch self {
    case .unavailable(let reason): reason
    case .failed(_, let reason): reason
    case .timedOut(let limit, let total, let nameLookup, let handshake, let exchange):
      "Timeout of \(limit) ms reached. Total time: \(total) ms (DNS time: \(nameLookup) ms, "
        + "TCP/SSL handshake time: \(handshake) ms, HTTP Request/Response time: \(exchange) ms)"
    }
  }
}

/// Sends requests, many at a time, over connections that it keeps open.
package enum HTTPTransport {
  /// Whether libcurl has an option that SQL may set.
  ///
  /// - Parameter name: With or without `CURLOPT_`.
  /// - Returns: True for an option that takes a number or a text.
  package static func knowsOption(_ name: String) -> Bool {
    http_load() == nil && http_knows_option(optionName(name)) != 0
  }

  /// An option's name without `CURLOPT_`.
  ///
  /// - Parameter name: With or without it.
  /// - Returns: As `HTTPClientRequest.options` has it.
  package static func optionName(_ name: String) -> String {
    name.uppercased().hasPrefix("CURLOPT_") ? String(name.dropFirst("CURLOPT_".count)) : name
  }

  /// Sends a request and waits for all of the answer.
  ///
  /// - Parameter request: What to send.
  /// - Returns: The last answer, after redirects.
  /// - Throws: `HTTPClientError`.
  package static func send(_ request: HTTPClientRequest) async throws(HTTPClientError)
    -> HTTPClientResponse
  {
    if let problem = http_load() { throw .unavailable(String(cString: problem)) }
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>) in
      let answer = Answer(
        continuation: continuation, limit: request.timeoutInMilliseconds)
      let context = Unmanaged.passRetained(answer)
      let code = start(request, context.toOpaque())
      if code != 0 {
        context.release()
        continuation.resume(
          returning: .failure(
            .failed(code: code, reason: "the request cannot be sent (libcurl \(code))")))
      }
    }
    return try result.get()
  }

  /// Who waits for one answer.
  private final class Answer: Sendable {
    let continuation: CheckedContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>
    let limit: Int

    init(
      continuation: CheckedContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>,
      limit: Int
    ) {
      self.continuation = continuation
      self.limit = limit
    }
  }

  private static func start(_ request: HTTPClientRequest, _ context: UnsafeMutableRawPointer) -> Int
  {
    let headers = request.headers.map { header in
      // libcurl leaves out a header without a value unless it ends in a semicolon.
      header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
    }
    let body = request.body ?? []
    return withTexts(headers) { headers in
      withTexts(request.options.map { optionName($0.name) }) { names in
        withTexts(request.options.map(\.value)) { values in
          request.method.withCString { method in
            request.url.withCString { url in
              body.withUnsafeBytes { bytes in
                var plain = http_request()
                plain.method = method
                plain.url = url
                plain.headers = headers
                plain.body = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                plain.body_size = bytes.count
                plain.has_body = request.body == nil ? 0 : 1
                plain.timeout_ms = request.timeoutInMilliseconds
                plain.redirects = request.redirects
                plain.option_names = names
                plain.option_values = values
                return Int(http_start(&plain, receive, context))
              }
            }
          }
        }
      }
    }
  }

  /// Lends a list of texts to C, closed by NULL.
  private static func withTexts<Value>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
  ) -> Value {
    var storage: [CChar] = []
    var offsets: [Int] = []
    for text in texts {
      offsets.append(storage.count)
      storage += text.utf8CString
    }
    return storage.withUnsafeBufferPointer { bytes in
      let pointers: [UnsafePointer<CChar>?] =
        offsets.map { offset in bytes.baseAddress.map { $0 + offset } } + [nil]
      return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
  }

  private static let receive: http_done = { context, response in
    guard let context, let response = response?.pointee else { return }
    let answer = Unmanaged<Answer>.fromOpaque(context).takeRetainedValue()
    answer.continuation.resume(returning: read(response, limit: answer.limit))
  }

  private static func read(
    _ response: http_response, limit: Int
  ) -> Result<HTTPClientResponse, HTTPClientError> {
    guard response.code == 0 else {
      // 28: CURLE_OPERATION_TIMEDOUT.
      if response.code == 28 {
        func milliseconds(_ seconds: Double) -> Double { (seconds * 1e6).rounded() / 1e3 }
        let connected = max(response.ready, response.name_lookup)
        return .failure(
          .timedOut(
            limit: limit, total: milliseconds(response.total),
            nameLookup: milliseconds(response.name_lookup),
            handshake: milliseconds(connected - response.name_lookup),
            exchange: milliseconds(response.total - connected)))
      }
      let reason = response.failure.map { String(cString: $0) } ?? "libcurl \(response.code)"
      return .failure(.failed(code: Int(response.code), reason: reason))
    }
    let head = UnsafeRawBufferPointer(
      start: response.headers, count: response.headers == nil ? 0 : response.headers_size)
    let body = UnsafeRawBufferPointer(
      start: response.body, count: response.body == nil ? 0 : response.body_size)
    return .success(
      HTTPClientResponse(
        status: response.status, contentType: response.content_type.map { String(cString: $0) },
        headers: headers(in: String(decoding: head, as: UTF8.self)), body: Array(body)))
  }

  /// The lines after the status line.
  static func headers(in text: String) -> [HTTPClientRequest.Header] {
    text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      return HTTPClientRequest.Header(name: String(line[..<colon]), value: String(value))
    }
  }
}
