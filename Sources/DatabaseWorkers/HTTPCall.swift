import Diagnostics
import FoundationEssentials
import Glibc
import HTTPClient

/// One request of a session that waits for its answer: the other half of the extension `http`.
///
/// The extension's SQL says what the documents look like.
package enum HTTPCall {
  private struct Document: Decodable {
    var method: String
    var uri: String
    var headers: [[String?]]?
    var contentType: String?
    var content: String?
    var options: [String: String]?
    var timeout: Int?

    private enum CodingKeys: String, CodingKey {
      case method, uri, headers, content, options
      case contentType = "content_type"
      case timeout = "timeout_ms"
    }
  }

  private struct Answer: Encodable {
    var status: Int?
    var contentType: String?
    var headers: [[String]]?
    var content: String?
    var error: String?

    private enum CodingKeys: String, CodingKey {
      case status, headers, content, error
      case contentType = "content_type"
    }
  }

  /// Sends the request of a document.
  ///
  /// - Parameter word: base64url of the document; or `@` and the name of a file in the working
  ///   directory that holds it, which is removed.
  /// - Returns: One line of JSON: the answer, or what went wrong.
  package static func answer(_ word: String) async -> String {
    let answer: Answer
    do throws(CallError) {
      answer = try await send(try document(word))
    } catch {
      answer = Answer(error: error.reason)
    }
    let json = (try? JSONEncoder().encode(answer)) ?? Data("{}".utf8)
    return String(decoding: json, as: UTF8.self)
  }

  private struct CallError: Error {
    var reason: String
  }

  private static func document(_ word: String) throws(CallError) -> Document {
    var text = word
    if word.hasPrefix("@") {
      let name = String(word.dropFirst())
      guard !name.contains("/"), let data = FileManager.default.contents(atPath: name) else {
        throw CallError(reason: "the request's file is not there")
      }
      unlink(name)
      text = String(decoding: data, as: UTF8.self)
    }
    // A file written by COPY ends in a newline.
    text = text.filter { !$0.isNewline }
    text = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : String($0) }.joined()
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: text),
      let document = try? JSONDecoder().decode(Document.self, from: data)
    else { throw CallError(reason: "the request cannot be read") }
    return document
  }

  private static func send(_ document: Document) async throws(CallError) -> Answer {
    var options: [HTTPClientRequest.Header] = []
    var timeout = document.timeout ?? 5_000
    for (name, value) in (document.options ?? [:]).sorted(by: { $0.key < $1.key }) {
      switch HTTPTransport.optionName(name).uppercased() {
      // One time limit: libcurl would take whichever was set last.
      case "TIMEOUT_MS": timeout = Int(value) ?? timeout
      case "TIMEOUT": timeout = Int(value).map { $0 * 1000 } ?? timeout
      default: options.append(HTTPClientRequest.Header(name: name, value: value))
      }
    }
    var headers = (document.headers ?? []).compactMap { pair -> HTTPClientRequest.Header? in
      guard pair.count == 2, let name = pair[0] else { return nil }
      return HTTPClientRequest.Header(name: name, value: pair[1] ?? "")
    }
    if let type = document.contentType {
      headers.append(HTTPClientRequest.Header(name: "Content-Type", value: type))
    }
    let request = HTTPClientRequest(
      method: document.method.uppercased(), url: document.uri, headers: headers,
      body: document.content.flatMap { Data(base64Encoded: $0).map { Array($0) } },
      timeoutInMilliseconds: timeout, redirects: 5, options: options)
    do throws(HTTPClientError) {
      let response = try await HTTPTransport.send(request)
      return Answer(
        status: response.status, contentType: response.contentType,
        headers: response.headers.map { [$0.name, $0.value] },
        content: Data(response.body).base64EncodedString())
    } catch {
      if case .timedOut(let limit, _, _, _, _) = error {
        return Answer(error: "Operation timed out after \(limit) milliseconds")
      }
      throw CallError(reason: error.words)
    }
  }
}
