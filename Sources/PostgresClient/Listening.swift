extension PostgresConnection {
  /// Listens to a channel.
  ///
  /// Notifications are kept without limit until they are taken. The stream ends with the
  /// connection; when the last stream of a channel is dropped, the server is told to UNLISTEN.
  ///
  /// - Parameter channel: The name as NOTIFY spells it when quoted; at most 63 bytes.
  /// - Returns: All notifications that are committed from now on.
  /// - Throws: `PostgresError.server`, with SQLSTATE 22023 for a name that is too long.
  package func listen(
    to channel: String
  ) async throws(PostgresError) -> AsyncStream<PostgresNotification> {
    // The server would cut it, and notify under the cut name.
    guard channel.utf8.count <= 63 else {
      throw .server(
        ServerError(sqlstate: "22023", message: "channel name too long"), statementIndex: nil)
    }
    // Before LISTEN is sent: the first notification may come right behind its answer.
    let (stream, number) = session.addListener(on: channel)
    do throws(PostgresError) {
      try await query("listen \(quoteIdentifier(channel))")
    } catch {
      session.removeListener(number, on: channel)
      throw error
    }
    return stream
  }
}
