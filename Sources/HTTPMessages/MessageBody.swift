package import NIOCore

/// Takes a message's body out of what a connection reads, piece by piece.
package struct MessageBody: Sendable {
  /// How the end of a body is known.
  private enum Framing: Sendable {
    case length(UInt64)
    case chunkSize
    case chunk(UInt64)
    case chunkEnd
    case trailer
    case untilClose
    case ended
  }

  /// What there is to do next.
  package enum Step {
    case piece(ByteBuffer)
    case needsMore
    case ended
  }

  /// Longer lines around chunks are nobody's but an attacker's.
  private static let lineLimit = 4096
  private var framing: Framing
  private var trailerBytes = 0

  private init(_ framing: Framing) { self.framing = framing }

  /// A body that is not there, or has ended.
  package static let none = MessageBody(.ended)
  /// A body in chunks.
  package static let chunked = MessageBody(.chunkSize)
  /// A body that ends with its connection.
  package static let untilClose = MessageBody(.untilClose)
  /// A body of so many bytes.
  package static func length(_ count: UInt64) -> MessageBody {
    MessageBody(count == 0 ? .ended : .length(count))
  }

  /// Whether all of it has been taken.
  package var hasEnded: Bool {
    if case .ended = framing { return true }
    return false
  }

  /// Whether the connection's end is the body's.
  package var endsWithConnection: Bool {
    if case .untilClose = framing { return true }
    return false
  }

  /// Takes the next piece.
  ///
  /// - Parameter input: What was read; the piece and its frame are moved out of it.
  /// - Returns: A piece, or why there is none.
  /// - Throws: A chunk that is not one.
  package mutating func next(_ input: inout ByteBuffer) throws(SyntaxFault) -> Step {
    while true {
      switch framing {
      case .ended: return .ended
      case .untilClose:
        guard let piece = input.readSlice(length: input.readableBytes), piece.readableBytes > 0
        else { return .needsMore }
        return .piece(piece)
      case .length(let left):
        guard let (piece, rest) = take(left, &input) else { return .needsMore }
        framing = rest == 0 ? .ended : .length(rest)
        return .piece(piece)
      case .chunk(let left):
        guard let (piece, rest) = take(left, &input) else { return .needsMore }
        framing = rest == 0 ? .chunkEnd : .chunk(rest)
        return .piece(piece)
      case .chunkEnd:
        // Said at once: the line's end may never come.
        guard input.readableBytesView.first ?? .carriageReturn == .carriageReturn else {
          throw .badRequest("chunk end")
        }
        guard let line = try takeLine(&input) else { return .needsMore }
        guard line.readableBytes == 0 else { throw .badRequest("chunk end") }
        framing = .chunkSize
      case .chunkSize:
        guard let line = try takeLine(&input) else { return .needsMore }
        let size = try chunkSize(line)
        framing = size == 0 ? .trailer : .chunk(size)
      case .trailer:
        guard let line = try takeLine(&input) else { return .needsMore }
        trailerBytes += line.readableBytes
        guard trailerBytes <= Self.lineLimit else { throw .badRequest("trailer") }
        if line.readableBytes == 0 { framing = .ended }
      }
    }
  }

  private func take(_ left: UInt64, _ input: inout ByteBuffer) -> (ByteBuffer, UInt64)? {
    let count = min(UInt64(input.readableBytes), left)
    guard count > 0, let piece = input.readSlice(length: Int(count)) else { return nil }
    return (piece, left - count)
  }

  /// A line without its CR LF; nil when its end has not come.
  private func takeLine(_ input: inout ByteBuffer) throws(SyntaxFault) -> ByteBuffer? {
    let view = input.readableBytesView
    guard let end = view.firstIndex(where: { $0 == .lineFeed || $0 == .carriageReturn }) else {
      if view.count > Self.lineLimit { throw .badRequest("chunk line") }
      return nil
    }
    guard view[end] == .carriageReturn else { throw .badRequest("chunk line") }
    guard end + 1 < view.endIndex else { return nil }
    guard view[end + 1] == .lineFeed, end - view.startIndex <= Self.lineLimit else {
      throw .badRequest("chunk line")
    }
    let line = input.readSlice(length: end - view.startIndex)
    input.moveReaderIndex(forwardBy: 2)
    return line
  }

  /// The number at a line's start; an extension may follow it after a semicolon.
  private func chunkSize(_ line: ByteBuffer) throws(SyntaxFault) -> UInt64 {
    var size: UInt64 = 0
    var digits = 0
    for byte in line.readableBytesView {
      if let digit = byte.hexadecimal {
        digits += 1
        guard digits <= 15 else { throw .badRequest("chunk size") }
        size = size << 4 | UInt64(digit)
      } else if byte == UInt8(ascii: ";"), digits > 0 {
        return size
      } else {
        throw .badRequest("chunk size")
      }
    }
    guard digits > 0 else { throw .badRequest("chunk size") }
    return size
  }
}

/// What stands around the pieces of a body that is sent.
package enum BodyFrame: Sendable {
  case none, length, chunked, untilClose

  private static let lineEnd = ByteBuffer(string: "\r\n")
  private static let last = ByteBuffer(string: "0\r\n\r\n")

  /// Writes a piece with what stands around it.
  package func write(_ piece: ByteBuffer, to write: (ByteBuffer) -> Void) {
    guard piece.readableBytes > 0 else { return }
    switch self {
    case .none: break
    case .length, .untilClose: write(piece)
    case .chunked:
      write(ByteBuffer(string: String(piece.readableBytes, radix: 16) + "\r\n"))
      write(piece)
      write(Self.lineEnd)
    }
  }

  /// Writes what says that the body has ended.
  package func writeEnd(to write: (ByteBuffer) -> Void) {
    if case .chunked = self { write(Self.last) }
  }
}

extension ByteBuffer {
  /// Puts what was read behind what is there; nothing is copied when nothing is there.
  package mutating func take(_ buffer: ByteBuffer) {
    if readableBytes == 0 { self = buffer } else { writeImmutableBuffer(buffer) }
  }
}
