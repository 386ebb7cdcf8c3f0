internal import CLibpq
internal import Glibc

/// One call's talk with the server, from its first byte to the moment the connection is free.
///
/// Subclasses: `Request` (statements and their results), `CopyIn`, `CopyOut`.
class Operation: @unchecked Sendable {
  // Unchecked: every field, also of the subclasses, is touched only under the lock of the one
  // session that the operation was given to.

  /// How far an operation has come.
  enum Stage {
    case new
    case waiting
    case running
    case finished
  }

  /// What an operation needs next.
  enum Progress {
    /// More from the server.
    case waits
    /// Its caller must take what is there before more is read.
    case isFull
    /// The server must take what we sent before more is sent.
    case needsRoom
    /// Nothing: the connection is free.
    case isFinished
    /// The talk cannot go on: the connection must end.
    case isStuck(PostgresError)
  }

  var stage = Stage.new
  var isCancelled = false
  /// What the server said before it ended the session.
  var lastWords: ServerError?

  /// Hands the first bytes to libpq; the session flushes them.
  ///
  /// - Parameters:
  ///   - link: An idle connection.
  ///   - cache: The statements prepared on it.
  /// - Throws: Why libpq does not take them; nothing was sent then.
  func begin(_ link: OpaquePointer, _ cache: inout StatementCache) throws(PostgresError) {}

  /// Takes what has arrived.
  ///
  /// - Parameters:
  ///   - link: The connection, after `PQconsumeInput`.
  ///   - cache: The statements prepared on it.
  ///   - effects: Whom to wake when the lock is released.
  /// - Returns: What is needed next.
  func advance(
    _ link: OpaquePointer, _ cache: inout StatementCache, _ effects: inout Effects
  ) -> Progress { .isFinished }

  /// Ends the operation from outside: its caller gets the error; called once at most.
  ///
  /// - Parameters:
  ///   - error: What the caller gets.
  ///   - effects: Whom to wake when the lock is released.
  func fail(_ error: PostgresError, _ effects: inout Effects) {}

  /// The caller is gone and wants no more data; the talk must still come to its end.
  ///
  /// - Parameter link: The connection, while the operation runs.
  func abandon(_ link: OpaquePointer) {}

  /// What libpq has to say when it refuses to send.
  static func refusal(_ link: OpaquePointer) -> PostgresError {
    let message = firstLine(text(pq_error_message(link)) ?? "")
    return pq_status(link) == CONNECTION_BAD
      ? .connectionLost(message) : .protocolViolation(message)
  }

  /// Turns a server's error into what the caller gets.
  ///
  /// - Parameters:
  ///   - answer: A result whose status is an error.
  ///   - index: The statement, where there were several.
  /// - Returns: `.cancelled` when it is the answer to our cancel request.
  func error(in answer: ServerAnswer, at index: Int? = nil) -> PostgresError {
    let error = answer.serverError
    if error.isLast {
      lastWords = error
      return .connectionLost(error.asLastWords)
    }
    if isCancelled && error.sqlstate == "57014" { return .cancelled }
    guard answer.isFromServer else { return .connectionLost(firstLine(error.message)) }
    return .server(error, statementIndex: index)
  }
}

extension ServerError {
  /// Whether the server ended the session with it.
  var isLast: Bool { severity == "FATAL" || severity == "PANIC" }

  /// As the reason of a lost connection.
  var asLastWords: String { "\(message) (\(sqlstate))" }
}

/// What must happen once the lock is released: callers woken, streams ended, notices handed over.
///
/// Under the lock it would be slower (a woken caller runs into the lock at once) or a deadlock (a
/// stream that ends calls back).
struct Effects: Sendable {
  private var actions: [@Sendable () -> Void] = []

  mutating func add(_ action: @escaping @Sendable () -> Void) {
    actions.append(action)
  }

  func run() {
    for action in actions { action() }
  }
}

/// Whether a text would end early as a C string.
///
/// - Parameter text: Any text; `String` is always UTF-8.
/// - Returns: Whether there is a NUL in it.
func hasNUL(_ text: String) -> Bool {
  let contiguous = text.utf8.withContiguousStorageIfAvailable {
    utf8 in utf8.baseAddress.map { memchr($0, 0, utf8.count) != nil } ?? false
  }
  return contiguous ?? text.utf8.contains(0)
}

/// Lays parameters out for libpq in one piece of memory, on the stack while they are small.
///
/// - Parameters:
///   - values: Texts without NUL; nil is SQL's null.
///   - body: Gets one pointer a value, valid during the call.
/// - Returns: What `body` returned.
func withParameters(
  _ values: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Int32
) -> Int32 {
  guard !values.isEmpty else { return body(nil) }
  var size = 0
  for value in values { size += value.map { $0.utf8.count + 1 } ?? 0 }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { bytes in
    withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: values.count) {
      pointers in
      var next = bytes.baseAddress
      for (index, value) in values.enumerated() {
        guard var value, let start = next else {
          pointers.initializeElement(at: index, to: nil)
          continue
        }
        pointers.initializeElement(at: index, to: UnsafePointer(start))
        let count = value.withUTF8 { utf8 in
          if let source = utf8.baseAddress { memcpy(start, source, utf8.count) }
          return utf8.count
        }
        start[count] = 0
        next = start + count + 1
      }
      return body(pointers.baseAddress.map { UnsafePointer($0) })
    }
  }
}
