/// One test of a file.
package struct TAPTest: Sendable, Hashable, Codable {
  /// What a test says about itself after `#`.
  package enum Directive: String, Sendable, Hashable, Codable {
    /// It was not run.
    case skip
    /// It is expected to fail.
    case todo
  }

  /// Counted from 1.
  package var number: Int
  /// Whether the line began with `ok`.
  package var isOK: Bool
  /// What it is about.
  package var description: String
  /// `# SKIP`, `# TODO`.
  package var directive: Directive?
  /// Why, after the directive.
  package var reason: String?
  /// The `#` lines behind it, without the `#`.
  package var diagnostics: [String] = []
  /// The statement that printed it, counted from 1.
  package var line: Int?
  /// The file that holds the statement, when it is not the test's own.
  package var file: String?

  /// Whether it counts as a failure: a `TODO` never does.
  package var hasFailed: Bool { !isOK && directive != .todo }

  private enum CodingKeys: String, CodingKey {
    case number, description, directive, reason, diagnostics, line, file
    case isOK = "ok"
  }
}

/// Understands the Test Anything Protocol line by line; a pure value.
///
/// Source: testanything.org, TAP version 13, as far as pgTAP prints it.
package struct TAPReader: Sendable {
  /// How many tests the file said it would run; nil before it said.
  package private(set) var plan: Int?
  /// The tests, in the order of their lines.
  package private(set) var tests: [TAPTest] = []
  /// `1..0 # SKIP why`: the whole file was left out.
  package private(set) var skipReason: String?
  /// `Bail out! why`.
  package private(set) var bailOut: String?
  /// What the protocol does not allow: two plans, numbers out of order.
  package private(set) var problems: [String] = []
  /// `#` lines before the first test, and those about the whole file at its end.
  package private(set) var remarks: [String] = []

  /// Begins a file.
  package init() {}

  /// Takes the next line.
  ///
  /// - Parameters:
  ///   - text: Without its end.
  ///   - file: What file the statement that printed it is in, when it is another one.
  ///   - line: Where the statement that printed it stands.
  package mutating func read(_ text: String, file: String? = nil, line: Int? = nil) {
    if text.hasPrefix("#") {
      let remark = String(text.dropFirst().drop { $0 == " " })
      if remark.hasPrefix("Looks like you") {
        remarks.append(remark)
      } else if tests.isEmpty {
        remarks.append(remark)
      } else {
        tests[tests.count - 1].diagnostics.append(String(text.dropFirst()))
      }
      return
    }
    if text.hasPrefix("Bail out!") {
      bailOut = String(text.dropFirst("Bail out!".count).drop { $0 == " " })
      return
    }
    if readPlan(text) { return }
    readTest(text, file, line)
  }

  /// What is wrong with the file as a whole, apart from tests that failed.
  package var flaws: [String] {
    var flaws = problems
    if let bailOut { flaws.append("bailed out" + (bailOut.isEmpty ? "" : ": \(bailOut)")) }
    if let plan {
      if plan != tests.count {
        flaws.append("planned \(plan) tests but ran \(tests.count)")
      }
    } else if skipReason == nil {
      flaws.append(tests.isEmpty ? "no plan and no tests found" : "no plan found")
    }
    return flaws
  }

  private mutating func readPlan(_ text: String) -> Bool {
    guard text.hasPrefix("1..") else { return false }
    let digits = text.dropFirst(3).prefix { $0.isASCII && $0.isNumber }
    guard let count = Int(digits) else { return false }
    if plan != nil { problems.append("more than one plan") }
    plan = count
    let rest = text.dropFirst(3 + digits.count).drop { $0 == " " || $0 == "#" }
    if count == 0 {
      skipReason = String(
        rest.lowercased().hasPrefix("skip") ? rest.dropFirst(4).drop { $0 == " " } : rest)
    }
    return true
  }

  private mutating func readTest(_ text: String, _ file: String?, _ line: Int?) {
    var rest = Substring(text)
    let isOK = !rest.hasPrefix("not ok")
    rest = isOK ? rest : rest.dropFirst("not ".count)
    guard rest.hasPrefix("ok"), rest.dropFirst(2).first.map({ $0 == " " }) ?? true else { return }
    rest = rest.dropFirst(2).drop { $0 == " " }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    let expected = tests.count + 1
    let number = Int(digits) ?? expected
    if number != expected {
      problems.append("tests out of sequence: found \(number) but expected \(expected)")
    }
    rest = rest.dropFirst(digits.count).drop { $0 == " " }
    if rest.hasPrefix("-") { rest = rest.dropFirst().drop { $0 == " " } }
    let (description, directive, reason) = Self.directive(of: rest)
    tests.append(
      TAPTest(
        number: number, isOK: isOK, description: description, directive: directive,
        reason: reason, line: line, file: file))
  }

  /// Parts `name # TODO why`; a `#` with a backslash before it is text.
  private static func directive(
    of text: Substring
  ) -> (description: String, directive: TAPTest.Directive?, reason: String?) {
    var previous: Character = " "
    for index in text.indices {
      if text[index] == "#", previous != "\\" {
        let rest = text[text.index(after: index)...].drop { $0 == " " }
        let word = rest.prefix(4).lowercased()
        if let directive = TAPTest.Directive(rawValue: word) {
          let reason = rest.dropFirst(4).drop { !$0.isWhitespace }.drop { $0.isWhitespace }
          var name = text[..<index]
          while name.last == " " { name.removeLast() }
          return (String(name), directive, reason.isEmpty ? nil : String(reason))
        }
      }
      previous = text[index]
    }
    return (String(text), nil, nil)
  }
}
