import PostgresClient
import TestCluster
import Testing

@Suite struct ListeningTests {
  /// Realtime and schema-cache reloads stand on it: all that is committed arrives, in order.
  @Test func notificationsArriveInOrder() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { sender async throws in
      try await cluster.withConnection { listener async throws in
        let stream = try await listener.listen(to: #"My "channel""#)
        for number in 0..<100 {
          try await sender.query("select pg_notify($1, $2)", [#"My "channel""#, "\(number)"])
        }
        var received: [PostgresNotification] = []
        for await notification in stream {
          received.append(notification)
          if received.count == 100 { break }
        }
        #expect(received.map(\.payload) == (0..<100).map { "\($0)" })
        #expect(received.first?.senderPID == sender.backendPID)
        #expect(received.first?.channel == #"My "channel""#)
      }
    }
  }

  /// A listening connection works like any other; two streams of a channel both get everything.
  @Test func listenersShareAConnection() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      let first = try await connection.listen(to: "shared")
      let second = try await connection.listen(to: "shared")
      let other = try await connection.listen(to: "other")
      try await connection.pipeline([.init("notify shared, 'a'"), .init("notify other, 'b'")])
      var iterators = [first, second, other].map { $0.makeAsyncIterator() }
      var payloads: [String?] = []
      for index in iterators.indices {
        payloads.append(await iterators[index].next(isolation: nil)?.payload)
      }
      #expect(payloads == ["a", "a", "b"])
    }
  }

  /// A stream nobody reads any more must not keep the server sending.
  @Test func lastStreamDroppedUnlistens() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      do {
        let stream = try await connection.listen(to: "gone")
        let count = try await connection.query("select count(*) from pg_listening_channels()")
        #expect(count.firstValue == "1")
        withExtendedLifetime(stream) {}
      }
      try await connection.waitUntil("not exists (select from pg_listening_channels())")
    }
  }

  /// When the session ends, a listener must not wait for ever.
  @Test func streamEndsWithTheConnection() async throws {
    let cluster = try await TemporaryCluster.shared()
    let connection = try await PostgresConnection.connect(cluster.parameters())
    let stream = try await connection.listen(to: "ending")
    async let closing: Void = connection.close()
    for await _ in stream {}
    await closing
    await #expect(throws: PostgresError.closed) { try await connection.listen(to: "ending") }
  }

  /// The server would cut a long name and notify under the cut one.
  @Test func longNamesAreRefused() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      let error = await #expect(throws: PostgresError.self) {
        _ = try await connection.listen(to: String(repeating: "x", count: 64))
      }
      #expect(error?.sqlstate == "22023")
    }
  }
}
