package import Diagnostics

/// One piece of a script: a statement with the comments before it.
///
/// It holds ranges into the script's bytes, which all statements share; `text` makes a copy.
package struct SQLStatement: Sendable {
  /// What the script left open, so that this piece runs to the end of the file.
  struct Open: Sendable, Hashable {
    var construct: OpenConstruct
    var offset: Int
  }

  let source: [UInt8]
  /// All bytes of the piece: leading blank and comments, the semicolon, the data of a COPY.
  package let range: Range<Int>
  /// The bytes to send: leading comments stay, white space around and the semicolon do not.
  ///
  /// A position that the server reports counts from here.
  package let textRange: Range<Int>
  /// Where the first token stands, behind the leading comments.
  package let firstTokenOffset: Int
  /// The line of the first token, counted from 1.
  package let line: Int
  /// Whether the piece is blank or comments only; the server has nothing to do.
  package let isEmpty: Bool
  /// Whether this is a line for psql (`\connect`, `\i`), which the server would not understand.
  package let isMetaCommand: Bool
  /// Whether the server will ask for data: `COPY … FROM stdin`.
  package let isCopyFromStdin: Bool
  /// The data in the script that follows a `COPY … FROM stdin;`, without the line `\.`.
  package let copyData: Range<Int>?
  let open: Open?

  /// The statement as it is to be sent, without a semicolon at its end.
  package var text: String {
    String(decoding: source[textRange], as: UTF8.self)
  }

  /// Every byte of the piece.
  package var piece: ArraySlice<UInt8> {
    source[range]
  }

  /// The bytes of the COPY data.
  package var copyBytes: ArraySlice<UInt8>? {
    copyData.map { source[$0] }
  }

  /// The line of the script where the COPY data starts, counted from 1.
  package var copyDataLine: Int? {
    copyData.map { lineAndColumn(of: $0.lowerBound, in: source).line }
  }

  /// What is left open at the end of the script, and where it was opened.
  package var unterminated: (construct: OpenConstruct, line: Int, column: Int)? {
    guard let open else { return nil }
    let place = lineAndColumn(of: open.offset, in: source)
    return (open.construct, place.line, place.column)
  }

  /// Says what the script left open, and where, before the server is asked.
  ///
  /// - Parameter file: The script's path.
  /// - Returns: nil when nothing is open.
  package func unterminatedDiagnostic(file: String) -> Diagnostic? {
    guard let open, let (construct, line, column) = unterminated else { return nil }
    return Diagnostic(
      code: "sql_unterminated", message: "\(construct.name) is never closed",
      hint: "it starts at this place and takes in the rest of the file; \(construct.remedy)",
      location: SourceLocation(file: file, line: line, column: column),
      excerpt: excerptLines(at: open.offset, showsCaret: true))
  }
}

extension OpenConstruct {
  fileprivate var name: String {
    switch self {
    case .string: "a string"
    case .quotedIdentifier: "a quoted identifier"
    case .dollarQuote(let delimiter): "the dollar quote \(delimiter)"
    case .comment: "a comment"
    case .parenthesis: "a parenthesis"
    case .atomicBody: "the function body BEGIN ATOMIC"
    case .copyData: "the data of a COPY"
    }
  }

  fileprivate var remedy: String {
    switch self {
    case .string: "close it with ' (a quote inside is written '')"
    case .quotedIdentifier: "close it with \""
    case .dollarQuote(let delimiter): "close it with \(delimiter)"
    case .comment: "close it with */ (comments nest)"
    case .parenthesis: "close it with )"
    case .atomicBody: "close it with END"
    case .copyData: "end it with a line that holds \\. and nothing else"
    }
  }
}
