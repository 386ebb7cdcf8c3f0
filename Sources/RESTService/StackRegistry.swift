import HTTPService
import RESTRequests
import Synchronization

/// The stacks that the service knows, each with the database of its newest generation.
final class StackRegistry: Sendable {
  private struct Entry {
    var stack: RESTServiceConfiguration.Stack
    var database: StackDatabase?
  }

  private struct State {
    var entries: [String: Entry] = [:]
    /// Whose the requests are that name no stack.
    var first: String?
  }

  private let state = Mutex(State())
  private let report: @Sendable (String) -> Void

  init(report: @escaping @Sendable (String) -> Void) { self.report = report }

  /// Takes the stacks of a configuration; those that are as they were keep their sessions.
  func take(_ stacks: [RESTServiceConfiguration.Stack]) async {
    let dropped = state.withLock { state in
      let old = state.entries
      state.entries = [:]
      state.first = stacks.first?.id
      for stack in stacks {
        let known = old[stack.id]
        state.entries[stack.id] = Entry(
          stack: stack, database: known?.stack == stack ? known?.database : nil)
      }
      return old.values.compactMap(\.database).filter { database in
        state.entries[database.stack.id]?.database !== database
      }
    }
    for database in dropped { await database.close() }
  }

  /// Ends all sessions.
  func close() async { await take([]) }

  /// The database that a request is about.
  ///
  /// A higher generation than the one before means that a reset has put another database in its
  /// place; requests that were on their way meanwhile are turned away.
  ///
  /// - Parameters:
  ///   - id: Of the stack; nil for the first.
  ///   - generation: What the gateway says; nil for the newest that is known.
  /// - Returns: It, beginning to read what it holds when it is new.
  /// - Throws: `RESTError` (503).
  func database(_ id: String?, generation: Int?) throws(RESTError) -> StackDatabase {
    let (database, replaced, isNew) = try state.withLock {
      (state) throws(RESTError) -> (StackDatabase, StackDatabase?, Bool) in
      guard let id = id ?? state.first, let entry = state.entries[id] else {
        throw .noStack(id ?? "")
      }
      if let database = entry.database {
        guard let generation, generation != database.generation else {
          return (database, nil, false)
        }
        guard generation > database.generation ?? Int.min else { throw .unavailable }
      }
      let database = StackDatabase(entry.stack, generation: generation, report: report)
      state.entries[id]?.database = database
      return (database, entry.database, true)
    }
    if isNew { database.start() }
    // Nobody waits for the old sessions' end.
    if let replaced { Task { await replaced.close() } }
    return database
  }
}
