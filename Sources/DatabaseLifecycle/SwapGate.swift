/// What keeps requests away from the live database while it is exchanged or copied.
///
/// Clients of the server itself are kept away by `Swap`; this is for whoever stands before services
/// that hold sessions, so that their clients wait instead of losing an answer.
package struct SwapGate: Sendable {
  /// Lets no request begin any more, and waits for those that have begun; bounded, and without an
  /// error: who does not answer does not hold up a reset.
  package var close: @Sendable () async -> Void
  /// Lets them go on, against what is the live database now; called after each `close`, whatever
  /// happened in between, and does not wait.
  package var open: @Sendable () -> Void

  package init(
    close: @escaping @Sendable () async -> Void, open: @escaping @Sendable () -> Void
  ) {
    self.close = close
    self.open = open
  }

  /// Nobody stands before the database.
  package static let none = SwapGate(close: {}, open: {})

  /// Does something while the gate is closed.
  ///
  /// - Parameters:
  ///   - isolation: The caller's.
  ///   - preparing: What needs no closed gate: it runs while the gate closes.
  ///   - work: What needs it.
  /// - Returns: What the work returns.
  /// - Throws: What either of them throws; the gate is open then too.
  func whileClosed<Prepared: Sendable, Result>(
    isolation: isolated (any Actor)? = #isolation,
    preparing: () async throws -> Prepared, _ work: (Prepared) async throws -> Result
  ) async throws -> Result {
    defer { open() }
    async let closed: Void = close()
    let prepared = try await preparing()
    await closed
    return try await work(prepared)
  }

  /// Does something while the gate is closed, when nothing can be prepared.
  func whileClosed<Result>(
    isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Result
  ) async throws -> Result {
    try await whileClosed(preparing: {}, { try await work() })
  }
}
