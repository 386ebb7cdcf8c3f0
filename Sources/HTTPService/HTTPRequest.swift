/// One header line.
package struct HTTPHeader: Sendable, Hashable {
  /// In lower case in requests; in answers as the responder spells it.
  package var name: String
  /// Without spaces at its ends.
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// What a client asks for, without its body.
package struct HTTPRequest: Sendable, Hashable {
  /// As it was sent: methods know no other case.
  package var method: String
  /// What stands before `?`, still percent-encoded.
  package var path: String
  /// What stands behind it; empty when there is none.
  package var query: String
  /// In the order of the request, names in lower case.
  package var headers: [HTTPHeader]

  package init(method: String, path: String, query: String = "", headers: [HTTPHeader] = []) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
  }

  /// The value of the first header of a name, which is written in lower case.
  package subscript(_ name: String) -> String? {
    for header in headers where header.name == name { return header.value }
    return nil
  }
}
