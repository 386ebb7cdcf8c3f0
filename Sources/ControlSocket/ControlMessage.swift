package import FoundationEssentials

/// What both sides of the wire must agree on.
package enum ControlWire {
  /// The version of the wire; raised when an older side would misunderstand.
  package static let version = 1
  /// The longest request line that a server takes, in bytes.
  package static let longestLineInBytes = 8 << 20
  /// How many requests of one client may run at a time.
  package static let mostRequestsAtOnce = 64
}

/// The first line that a server says to each client.
package struct ControlGreeting: Sendable, Hashable, Codable {
  /// The version of the wire, `ControlWire.version` of the server.
  package var `protocol`: Int
  /// The version of the server's program.
  package var version: String
  /// The server's process.
  package var pid: Int32

  package init(protocol: Int, version: String, pid: Int32) {
    self.protocol = `protocol`
    self.version = version
    self.pid = pid
  }
}

/// One step of a longer work, as it is reported while it runs.
package struct ControlProgress: Sendable, Hashable, Codable {
  /// A stable word for the step: `postgres`, `migrations`, `seeds`.
  package var step: String
  /// What is being done, for people.
  package var message: String
  /// How many parts of the step are done; nil when it has no parts.
  package var completed: Int?
  /// How many parts the step has; nil when that is not known.
  package var total: Int?

  package init(step: String, message: String, completed: Int? = nil, total: Int? = nil) {
    self.step = step
    self.message = message
    self.completed = completed
    self.total = total
  }
}

/// What a client asks for: a command with its arguments.
package struct ControlRequest: Sendable {
  /// The client's number for it; every line of the answer carries it.
  package let id: Int
  /// The name of what is asked for.
  package let command: String
  /// The whole line, kept so that the arguments are read as the type that the command wants.
  private let line: Data

  /// Reads a request from its line, without the line end.
  ///
  /// - Parameter line: One JSON object; its members that are not known are ignored.
  /// - Throws: `DecodingError` when it is no JSON or has no `id` and `command`.
  package init(line: Data) throws {
    let header = try JSONDecoder().decode(Header.self, from: line)
    id = header.id
    command = header.command
    self.line = line
  }

  /// Reads the arguments; left out they are read as an empty object.
  ///
  /// - Parameter type: What the command expects.
  /// - Returns: The arguments.
  /// - Throws: `ControlSocketError.malformed` that names the member that does not fit.
  package func arguments<Arguments: Decodable>(
    as type: Arguments.Type = Arguments.self
  ) throws -> Arguments {
    do {
      let decoder = JSONDecoder()
      if let given = try decoder.decode(Envelope<Arguments>.self, from: line).arguments {
        return given
      }
      return try decoder.decode(Arguments.self, from: Data("{}".utf8))
    } catch {
      throw ControlSocketError.malformed("\(command): \(summary(of: error))")
    }
  }

  private struct Header: Decodable {
    var id: Int
    var command: String
  }

  private struct Envelope<Arguments: Decodable>: Decodable {
    var arguments: Arguments?
  }
}

/// Says what a decoding error means in a few words, with the path of the member.
///
/// - Parameter error: What a decoder threw.
/// - Returns: A text without values of the document.
func summary(of error: any Error) -> String {
  func name(_ path: [any CodingKey], _ last: String? = nil) -> String {
    (path.map(\.stringValue) + [last].compactMap { $0 }).joined(separator: ".")
  }
  return switch error {
  case DecodingError.keyNotFound(let key, let context):
    "\(name(context.codingPath, key.stringValue)) is missing"
  case DecodingError.typeMismatch(let type, let context):
    "\(name(context.codingPath)) is no \(type)"
  case DecodingError.valueNotFound(let type, let context):
    "\(name(context.codingPath)) is null, not a \(type)"
  case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
    "\(name(context.codingPath)): \(context.debugDescription)"
  default: "it is not JSON"
  }
}

/// What a client writes for one request.
struct RequestLine<Arguments: Encodable>: Encodable {
  var id: Int
  var command: String
  var arguments: Arguments
}

/// Makes one wire line: an object with the request's id and one more member.
///
/// - Parameters:
///   - id: The request's number.
///   - member: `progress`, `result` or `error`.
///   - json: The member's value; line ends in it, which JSON has only between values, become spaces.
/// - Returns: The line with its end.
func wireLine(id: Int, member: String, json: Data) -> [UInt8] {
  var line = Array("{\"id\":\(id),\"\(member)\":".utf8)
  line.reserveCapacity(line.count + json.count + 2)
  let end = UInt8(ascii: "\n")
  line.append(contentsOf: json.lazy.map { $0 == end ? UInt8(ascii: " ") : $0 })
  line.append(UInt8(ascii: "}"))
  line.append(end)
  return line
}

/// The encoder of every line: compact, slashes as they are.
///
/// - Returns: A new encoder.
func wireEncoder() -> JSONEncoder {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.withoutEscapingSlashes]
  return encoder
}
