/// The few colours that homebase uses; without them every text is as clear.
package struct Palette: Sendable, Hashable {
  /// Whether texts are painted.
  package var isColoured: Bool

  package init(isColoured: Bool) {
    self.isColoured = isColoured
  }

  /// Paints nothing.
  package static let plain = Palette(isColoured: false)

  /// What is well.
  package func green(_ text: String) -> String { paint(text, "32") }
  /// What is on its way.
  package func yellow(_ text: String) -> String { paint(text, "33") }
  /// What failed.
  package func red(_ text: String) -> String { paint(text, "31") }
  /// What can be typed or opened.
  package func cyan(_ text: String) -> String { paint(text, "36") }
  /// What matters in its line.
  package func bold(_ text: String) -> String { paint(text, "1") }
  /// What may be passed over.
  package func dim(_ text: String) -> String { paint(text, "2") }

  /// Paints by number, the same number always alike: for names in a merged log.
  package func tint(_ text: String, _ number: Int) -> String {
    let codes = ["36", "33", "35", "32", "34", "96", "93", "95", "92", "94"]
    return paint(text, codes[((number % codes.count) + codes.count) % codes.count])
  }

  private func paint(_ text: String, _ code: String) -> String {
    isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
