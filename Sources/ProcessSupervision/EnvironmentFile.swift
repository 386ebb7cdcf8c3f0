/// Reads an `env_file`: `NAME=value` a line, comments, quotes, `export`.
enum EnvironmentFile {
  /// Reads all lines; those without `=` take the value of the caller's environment, as in Compose.
  ///
  /// - Parameters:
  ///   - text: The whole file.
  ///   - variables: For `$NAME` in values without single quotes.
  /// - Returns: Name to value.
  static func read(_ text: String, variables: [String: String]) -> [String: String] {
    var result: [String: String] = [:]
    for raw in text.split(whereSeparator: \.isNewline) {
      var line = trimmed(raw)
      if line.first == "#" { continue }
      if line.hasPrefix("export ") { line = trimmed(line.dropFirst(7)) }
      guard let equals = line.firstIndex(of: "=") else {
        if let value = variables[String(line)] { result[String(line)] = value }
        continue
      }
      let name = String(trimmed(line[..<equals]))
      guard !name.isEmpty else { continue }
      let value = trimmed(line[line.index(after: equals)...])
      result[name] = read(value: value, variables.merging(result) { _, new in new })
    }
    return result
  }

  private static func read(value: Substring, _ variables: [String: String]) -> String {
    guard let quote = value.first, quote == "'" || quote == "\"" else {
      var text = value
      for index in value.indices where value[index] == "#" {
        if index == value.startIndex || value[value.index(before: index)].isWhitespace {
          text = value[..<index]
          break
        }
      }
      return interpolated(String(trimmed(text)), variables)
    }
    var result = ""
    var rest = value.dropFirst().makeIterator()
    while let character = rest.next(), character != quote {
      if character == "\\", quote == "\"", let next = rest.next() {
        switch next {
        case "n": result.append("\n")
        case "t": result.append("\t")
        case "r": result.append("\r")
        case "\"", "\\": result.append(next)
        case "$": result += "$$"
        default:
          result.append("\\")
          result.append(next)
        }
      } else {
        result.append(character)
      }
    }
    return quote == "'" ? result : interpolated(result, variables)
  }

  private static func interpolated(_ text: String, _ variables: [String: String]) -> String {
    var interpolation = Interpolation(variables: variables)
    return (try? interpolation.apply(text)) ?? text
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let start = text.drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start.prefix(0) }
    return start[...last]
  }
}
