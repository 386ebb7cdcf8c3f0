import CLibYAML
import Diagnostics

/// A piece of a YAML file with its place.
///
/// Aliases point to the very node that they name.
final class YAMLNode: Sendable {
  enum Content: Sendable {
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([(key: YAMLNode, value: YAMLNode)])
  }

  let content: Content
  let line: Int
  let column: Int

  init(_ content: Content, line: Int, column: Int) {
    self.content = content
    self.line = line
    self.column = column
  }

  /// What a person calls it.
  var kind: String {
    switch content {
    case .scalar(let text, let isPlain):
      if isPlain, ["", "~", "null"].contains(text.lowercased()) { return "empty" }
      return "text"
    case .sequence: return "a list"
    case .mapping: return "a mapping"
    }
  }

  var isNull: Bool { kind == "empty" }
}

/// Reads YAML by libyaml's events: with line and column, anchors and aliases, no ICU.
struct YAMLReader {
  private static let deepest = 64

  private let file: String
  private var anchors: [String: YAMLNode] = [:]

  private init(file: String) { self.file = file }

  /// Reads the first document.
  ///
  /// - Parameters:
  ///   - text: The whole file.
  ///   - file: Its name in messages.
  /// - Returns: nil when the file is empty.
  /// - Throws: `ComposeError` with the place.
  static func read(_ text: String, file: String) throws -> YAMLNode? {
    var reader = YAMLReader(file: file)
    var bytes = Array(text.utf8)
    return try bytes.withUnsafeMutableBufferPointer { buffer in
      var parser = yaml_parser_t()
      guard yaml_parser_initialize(&parser) == 1 else {
        throw ComposeError(.unreadable(reason: "no memory"), at: .init(file: file))
      }
      defer { yaml_parser_delete(&parser) }
      guard let base = buffer.baseAddress, !buffer.isEmpty else { return nil }
      yaml_parser_set_input_string(&parser, base, buffer.count)
      while true {
        let event = try reader.next(&parser)
        switch event.kind {
        case YAML_STREAM_END_EVENT: return nil
        case YAML_DOCUMENT_START_EVENT:
          return try reader.node(from: try reader.next(&parser), &parser, depth: 0)
        default: continue
        }
      }
    }
  }

  /// What we need of an event, copied, so that libyaml's can be freed at once.
  private struct Event {
    var kind: yaml_event_type_t
    var line: Int
    var column: Int
    var anchor: String?
    var text = ""
    var isPlain = false
  }

  private func next(_ parser: inout yaml_parser_t) throws -> Event {
    var raw = yaml_event_t()
    guard yaml_parser_parse(&parser, &raw) == 1 else {
      let problem = parser.problem.map { String(cString: $0) } ?? "unknown"
      // A reader's error (bad UTF-8) has an offset instead of a mark.
      throw ComposeError(
        .syntax(problem),
        at: .init(
          file: file, line: Int(parser.problem_mark.line) + 1,
          column: Int(parser.problem_mark.column) + 1))
    }
    defer { yaml_event_delete(&raw) }
    var event = Event(
      kind: raw.type, line: Int(raw.start_mark.line) + 1, column: Int(raw.start_mark.column) + 1)
    switch raw.type {
    case YAML_SCALAR_EVENT:
      let scalar = raw.data.scalar
      event.anchor = Self.string(scalar.anchor)
      event.text = String(
        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      event.isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
    case YAML_SEQUENCE_START_EVENT:
      event.anchor = Self.string(raw.data.sequence_start.anchor)
    case YAML_MAPPING_START_EVENT:
      event.anchor = Self.string(raw.data.mapping_start.anchor)
    case YAML_ALIAS_EVENT:
      event.text = Self.string(raw.data.alias.anchor) ?? ""
    default: break
    }
    return event
  }

  private static func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  private mutating func node(
    from event: Event, _ parser: inout yaml_parser_t, depth: Int
  ) throws -> YAMLNode {
    let place = SourceLocation(file: file, line: event.line, column: event.column)
    guard depth < Self.deepest else { throw ComposeError(.tooLarge, at: place) }
    let content: YAMLNode.Content
    switch event.kind {
    case YAML_SCALAR_EVENT:
      content = .scalar(event.text, isPlain: event.isPlain)
    case YAML_SEQUENCE_START_EVENT:
      var items: [YAMLNode] = []
      while true {
        let item = try next(&parser)
        if item.kind == YAML_SEQUENCE_END_EVENT { break }
        items.append(try node(from: item, &parser, depth: depth + 1))
      }
      content = .sequence(items)
    case YAML_MAPPING_START_EVENT:
      var pairs: [(key: YAMLNode, value: YAMLNode)] = []
      while true {
        let key = try next(&parser)
        if key.kind == YAML_MAPPING_END_EVENT { break }
        let keyNode = try node(from: key, &parser, depth: depth + 1)
        let value = try next(&parser)
        pairs.append((keyNode, try node(from: value, &parser, depth: depth + 1)))
      }
      content = .mapping(pairs)
    case YAML_ALIAS_EVENT:
      guard let known = anchors[event.text] else {
        throw ComposeError(.syntax("no anchor &\(event.text) before this alias"), at: place)
      }
      return known
    default:
      throw ComposeError(.syntax("unexpected end"), at: place)
    }
    let made = YAMLNode(content, line: event.line, column: event.column)
    if let anchor = event.anchor { anchors[anchor] = made }
    return made
  }
}
