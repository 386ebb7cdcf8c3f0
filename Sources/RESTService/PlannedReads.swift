import HTTPService
import REST
import RESTRequests
import Synchronization

/// Reads that came before, as they were understood and planned: apps ask the same again and again.
///
/// Belongs to one reading of the schema and goes with it. What is kept is bounded: entries, and the
/// length of what names them.
final class PlannedReads: Sendable {
  /// A read, and the statement that it became.
  struct Read: Sendable {
    var request: RESTRequest
    var statement: RESTStatement
  }

  private struct State {
    var reads: [String: Read] = [:]
    /// Hashes of names that came once: a read by a key that never comes again is not kept.
    var seen: Set<Int> = []
  }

  static let capacity = 512
  private static let longestName = 4096
  private let state = Mutex(State())

  /// What a request depends on besides the schema and its role; nil for one that is not kept.
  static func name(of request: HTTPRequest) -> String? {
    guard request.method == "GET" || request.method == "HEAD" else { return nil }
    var name = "\(request.method) \(request.path)?\(request.query)"
    for header in request.headers {
      switch header.name {
      case "accept", "accept-profile", "prefer", "range", "content-type":
        name += "\n\(header.name):\(header.value)"
      default: continue
      }
    }
    return name.utf8.count <= longestName ? name : nil
  }

  /// The read of a name; nil when it is not kept.
  subscript(_ name: String) -> Read? { state.withLock { $0.reads[name] } }

  /// Keeps a read that came before.
  func keep(_ read: Read, as name: String) {
    state.withLock { state in
      guard !state.seen.insert(name.hashValue).inserted else {
        if state.seen.count > 8 * Self.capacity { state.seen.removeAll(keepingCapacity: true) }
        return
      }
      // Forgetting all of them at once costs less than knowing which is the oldest.
      if state.reads.count >= Self.capacity { state.reads.removeAll(keepingCapacity: true) }
      state.reads[name] = read
    }
  }

  /// How many are kept.
  var count: Int { state.withLock { $0.reads.count } }
}
