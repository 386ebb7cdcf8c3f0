internal import Console

/// Where the lines of a type break: 80 columns, two spaces, no semicolons.
///
/// The rules are those of the formatter that the original's output went through, for what we write
/// and nothing else. A type stands on one line when it fits; else its outermost part that can break
/// breaks, and what is inside is tried again. Objects that are open never stand on one line.
struct TypeScriptLayout {
  static let width = 80

  private var bytes: [UInt8] = []
  private var column = 0

  init() {}

  /// Writes `key: type` on lines of its own.
  ///
  /// - Parameters:
  ///   - member: What to write.
  ///   - indentation: Spaces before it.
  ///   - end: What follows on the last line.
  mutating func write(_ member: TypeScriptMember, at indentation: Int, end: String = "") {
    pad(indentation)
    put(member.head)
    write(member.type, at: indentation, rest: end)
    put(end)
    newLine()
  }

  /// Writes a line as it is.
  ///
  /// - Parameters:
  ///   - line: Without its end.
  ///   - indentation: Spaces before it.
  mutating func write(line: String, at indentation: Int = 0) {
    pad(indentation)
    put(line)
    newLine()
  }

  /// Takes out what has been written.
  ///
  /// - Returns: The text so far.
  mutating func take() -> String {
    defer { bytes = [] }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func pad(_ count: Int) {
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
    column += count
  }

  private mutating func put(_ piece: String) {
    bytes.append(contentsOf: piece.utf8)
    column += displayWidth(piece)
  }

  private mutating func newLine() {
    // A union that breaks leaves the blank after the colon behind.
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    bytes.append(UInt8(ascii: "\n"))
    column = 0
  }

  private mutating func newLine(at indentation: Int) {
    newLine()
    pad(indentation)
  }

  /// Writes a type where the line stands.
  ///
  /// - Parameters:
  ///   - type: What to write.
  ///   - indentation: Of the lines that a break begins, less one step.
  ///   - rest: What follows on the same line and has to fit too.
  private mutating func write(_ type: TypeScriptType, at indentation: Int, rest: String) {
    if !type.mustBreak, let flat = type.flat(upTo: Self.width - column - displayWidth(rest)) {
      put(flat)
      return
    }
    switch type {
    case .text(let text), .reference(let text): put(text)
    case .array(let element):
      if case .union(let members) = element, !members.isHugged {
        put("(")
        writeBroken(members, at: indentation + 2)
        newLine(at: indentation)
        put(")[]")
      } else {
        write(element, at: indentation, rest: "[]" + rest)
        put("[]")
      }
    case .generic(let name, let arguments):
      put(name + "<")
      if arguments.count == 1, let only = arguments.first, only.isHuggable {
        write(only, at: indentation, rest: ">" + rest)
        put(">")
        return
      }
      for (place, argument) in arguments.enumerated() {
        newLine(at: indentation + 2)
        let end = place + 1 < arguments.count ? "," : ""
        write(argument, at: indentation + 2, rest: end)
        put(end)
      }
      newLine(at: indentation)
      put(">")
    case .union(let members) where members.isHugged:
      for (place, member) in members.enumerated() {
        if place > 0 { put(" | ") }
        let after = members[(place + 1)...].map { " | " + ($0.flat(upTo: .max) ?? "") }.joined()
        write(member, at: indentation, rest: after + rest)
      }
    case .union(let members): writeBroken(members, at: indentation + 2)
    case .object(let members, _):
      put("{")
      if members.isEmpty {
        put("}")
        return
      }
      for member in members {
        newLine(at: indentation + 2)
        put(member.head)
        write(member.type, at: indentation + 2, rest: "")
      }
      newLine(at: indentation)
      put("}")
    case .intersection(let object, let literal):
      let tail = " & \(literal)"
      write(object, at: indentation, rest: tail + rest)
      put(tail)
    case .tuple(let elements):
      put("[")
      for element in elements {
        newLine(at: indentation + 2)
        write(element, at: indentation + 2, rest: ",")
        put(",")
      }
      newLine(at: indentation)
      put("]")
    }
  }

  /// A member a line, each after a bar.
  private mutating func writeBroken(_ members: [TypeScriptType], at indentation: Int) {
    for member in members {
      newLine(at: indentation)
      put("| ")
      write(member, at: indentation + 2, rest: "")
    }
  }
}

extension [TypeScriptType] {
  /// Whether a union holds one object or name and null: such stay together with what is around.
  fileprivate var isHugged: Bool {
    guard let first, count > 1, dropFirst().allSatisfy({ $0 == .text("null") }) else {
      return false
    }
    switch first {
    case .object, .reference, .generic: return true
    default: return false
    }
  }
}

extension TypeScriptType {
  /// Whether it holds an open object, so that it cannot stand on one line.
  fileprivate var mustBreak: Bool {
    switch self {
    case .text, .reference: false
    case .generic(_, let arguments): arguments.contains(where: \.mustBreak)
    case .array(let element): element.mustBreak
    case .union(let members), .tuple(let members): members.contains(where: \.mustBreak)
    case .object(let members, let isOpen):
      !members.isEmpty && (isOpen || members.contains { $0.type.mustBreak })
    case .intersection(let object, _): object.mustBreak
    }
  }

  /// Whether it needs no line of its own as the only argument of a generic type.
  fileprivate var isHuggable: Bool {
    switch self {
    case .text(let text): !text.contains("[")
    case .reference, .object: true
    case .union(let members): members.isHugged
    default: false
    }
  }

  /// The type on one line.
  ///
  /// - Parameter room: How many columns there are.
  /// - Returns: Nil when it is wider, or cannot stand on one line.
  fileprivate func flat(upTo room: Int) -> String? {
    if room < 0 { return nil }
    var text = ""
    appendFlat(to: &text)
    return room == .max || displayWidth(text) <= room ? text : nil
  }

  fileprivate func appendFlat(to text: inout String) {
    switch self {
    case .text(let own), .reference(let own): text += own
    case .generic(let name, let arguments):
      text += name + "<"
      arguments.appendFlat(to: &text, separator: ", ")
      text += ">"
    case .array(.union(let members)):
      text += "("
      members.appendFlat(to: &text, separator: " | ")
      text += ")[]"
    case .array(let element):
      element.appendFlat(to: &text)
      text += "[]"
    case .union(let members): members.appendFlat(to: &text, separator: " | ")
    case .object(let members, _):
      if members.isEmpty {
        text += "{}"
        return
      }
      text += "{ "
      for (place, member) in members.enumerated() {
        if place > 0 { text += "; " }
        text += member.head
        member.type.appendFlat(to: &text)
      }
      text += " }"
    case .intersection(let object, let literal):
      object.appendFlat(to: &text)
      text += " & \(literal)"
    case .tuple(let elements):
      text += "["
      elements.appendFlat(to: &text, separator: ", ")
      text += "]"
    }
  }
}

extension [TypeScriptType] {
  fileprivate func appendFlat(to text: inout String, separator: String) {
    for (place, type) in enumerated() {
      if place > 0 { text += separator }
      type.appendFlat(to: &text)
    }
  }
}
