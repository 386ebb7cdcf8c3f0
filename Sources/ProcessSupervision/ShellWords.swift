/// Splits a command line as a shell would, without running or expanding anything.
enum ShellWords {
  /// Splits at blanks outside quotes.
  ///
  /// - Parameter text: As a person wrote it.
  /// - Returns: The words; nil when a quote is not closed.
  static func split(_ text: String) -> [String]? {
    var words: [String] = []
    var word = ""
    var hasWord = false
    var quote: Character?
    var characters = text.makeIterator()
    while let character = characters.next() {
      switch (quote, character) {
      case ("'", "'"), ("\"", "\""):
        quote = nil
      case ("'", _):
        word.append(character)
      case ("\"", "\\"):
        guard let next = characters.next() else { return nil }
        if !["\"", "\\", "$", "`", "\n"].contains(next) { word.append("\\") }
        if next != "\n" { word.append(next) }
      case ("\"", _):
        word.append(character)
      case (_, "'"), (_, "\""):
        quote = character
        hasWord = true
      case (_, "\\"):
        guard let next = characters.next() else { return nil }
        hasWord = true
        if next != "\n" { word.append(next) }
      case (_, " "), (_, "\t"), (_, "\n"), (_, "\r\n"):
        if hasWord { words.append(word) }
        word = ""
        hasWord = false
      default:
        word.append(character)
        hasWord = true
      }
    }
    guard quote == nil else { return nil }
    if hasWord { words.append(word) }
    return words
  }
}
