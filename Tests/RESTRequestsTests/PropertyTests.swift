import Testing

@testable import RESTRequests

/// What holds for any request, tried with random ones.
@Suite struct PropertyTests {
  /// A new one each run; a failure's comment tells it, to be put here.
  static let seed = UInt64.random(in: 0...UInt64.max)

  /// What is printed is read back as the same value, whatever names and values hold.
  @Test func printedTreesAreReadBack() throws {
    print("RESTRequests property seed \(Self.seed)")
    var random = RandomTree(seed: Self.seed)
    for round in 0..<300 {
      let (select, filter, tree, order) = (
        random.select(), random.filter(), random.tree(), random.order()
      )
      let embed = (0..<(round % 3)).map { _ in random.name() }
      let prefix = embed.map { TreePrinter.quoted($0) + "." }.joined()
      guard case .group(let connective, let isNegated, _) = tree else { continue }
      // The connective is the key; its value begins at the parenthesis.
      let printed = TreePrinter.tree(tree).drop { $0 != "(" }
      let parts = [
        ("select", TreePrinter.select(select)),
        (
          prefix + TreePrinter.field(filter.field),
          TreePrinter.operation(filter) { $0 }
        ),
        ("\(prefix)\(isNegated ? "not." : "")\(connective.rawValue)", String(printed)),
        ("\(prefix)order", TreePrinter.order(order)),
      ]
      let text = parts.map { "\(TreePrinter.encoded($0.0))=\(TreePrinter.encoded($0.1))" }
        .joined(separator: "&")
      let comment = Comment(rawValue: "seed \(Self.seed), round \(round): \(parts)")
      do {
        let parameters = try query(text)
        #expect(parameters.select == select, comment)
        #expect(parameters.filters.map(\.value) == [filter], comment)
        #expect(parameters.filters.map(\.embed) == [embed], comment)
        #expect(parameters.trees.map(\.value) == [tree], comment)
        #expect(parameters.order.map(\.value) == [order], comment)
      } catch {
        Issue.record(error, comment)
        return
      }
    }
  }

  /// Nothing a client sends ends the process, and what is refused is refused by a known code.
  @Test func randomBytesAreReadOrRefused() throws {
    var random = SeededNumbers(state: Self.seed)
    let pieces = [
      "select=", "order=", "or=", "and=", "not.", "limit=", "columns=", "on_conflict=", "a", "b.c",
      "eq.", "in.(", "is.null", "fts(english).", "like(any).{", "->", "->>", "::", ":", "...", "!",
      "!inner", "(", ")", ",", "\"", "\\", "*", "count()", ".sum()", "-", "1", "%22", "%", "%00",
      "%ff", "+", "&", ";", "=", ".desc", ".nullslast", "{", "}", "[", "]", "true", "null", "e9",
      "\\u00", "\n", "\t", "ü", "😀",
    ]
    for round in 0..<2000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        if Int.random(in: 0..<10, using: &random) == 0 {
          bytes.append(UInt8.random(in: 0...255, using: &random))
        } else {
          bytes += pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8
        }
      }
      let comment = Comment(rawValue: "seed \(Self.seed), round \(round): \(bytes)")
      func read(_ body: () throws(RESTError) -> Void) {
        do {
          try body()
        } catch {
          #expect(error.code.hasPrefix("PGRST1") || error.code == "22021", comment)
          #expect((400..<500).contains(error.status), comment)
          #expect(!error.message.isEmpty, comment)
        }
      }
      bytes.withUnsafeBufferPointer { bytes in
        for isFunctionRead in [false, true] {
          read { () throws(RESTError) in
            _ = try QueryParameters(QueryString(bytes), isFunctionRead: isFunctionRead)
          }
        }
        for type in [MediaType.json, .csv, .urlEncoded] {
          read { () throws(RESTError) in
            _ = try RequestBody(
              bytes, type: type, columns: nil, isFunction: round % 2 == 0, limits: RequestLimits())
          }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        _ = MediaType.accepted(text)
        _ = Preferences(headers: [text], allowsTransactionEnd: true)
        _ = RowRange(header: text)
      }
    }
  }

  /// A second reading only words the error: both readings agree on what is one.
  @Test func notesChangeNothing() {
    var random = SeededNumbers(state: Self.seed)
    let alphabet = Array("ab1*.,:()!->\"\\ cousnt".utf8)
    for round in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...14, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      bytes.withUnsafeBufferPointer { bytes in
        var first = GrammarParser(bytes, limits: RequestLimits(), takesNotes: false)
        var second = GrammarParser(bytes, limits: RequestLimits(), takesNotes: true)
        #expect(
          (try? first.selectItems()) == (try? second.selectItems()),
          "seed \(Self.seed), round \(round): \(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }
}
