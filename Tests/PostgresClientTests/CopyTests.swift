import PostgresClient
import Synchronization
import TestCluster
import Testing

/// Pieces made on demand; it knows how many were asked for.
private struct Pieces: AsyncSequence, Sendable {
  struct Broken: Error {}

  final class Counter: Sendable {
    let value = Mutex(0)
  }

  let count: Int
  let piece: [UInt8]
  var breaksAt = Int.max
  let taken = Counter()

  struct AsyncIterator: AsyncIteratorProtocol {
    let pieces: Pieces

    mutating func next() async throws -> [UInt8]? {
      let number = pieces.taken.value.withLock { value in
        value += 1
        return value
      }
      if number > pieces.breaksAt { throw Broken() }
      return number > pieces.count ? nil : pieces.piece
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self) }
}

@Suite struct CopyTests {
  private static let row = [UInt8](String(repeating: "0123456789", count: 10).utf8) + [0x0A]

  /// Seeds and snapshots go through here: 50 MB in, the same 50 MB out.
  @Test func fiftyMegabytesGoBothWays() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await connection.execute("create temp table c (t text)")
      let piece = Array(repeatElement(Self.row, count: 1_000).joined())
      let pieces = Pieces(count: 500, piece: piece)
      let result = try await connection.copyIn("copy c from stdin", pieces)
      #expect(result.command == "COPY 500000" && result.affectedRows == 500_000)

      var bytes = 0
      var largest = 0
      var endsWithRow = true
      for try await piece in connection.copyOut("copy c to stdout") {
        bytes += piece.count
        largest = max(largest, piece.count)
        endsWithRow = endsWithRow && piece.last == 0x0A
      }
      #expect(bytes == 500 * piece.count)
      #expect(endsWithRow)
      // Flat memory: what is gathered does not grow with what comes.
      #expect(largest < 200_000)
      #expect(try await connection.query("select count(*) from c").firstValue == "500000")
    }
  }

  /// A slow server must slow the producer down: memory is not a buffer.
  @Test func slowServerHoldsTheProducerBack() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withDatabase { name async throws in
      try await cluster.withConnection(to: name) { other async throws in
        try await cluster.withConnection(to: name) { connection async throws in
          try await other.execute(
            """
            create table slow (t text);
            create function wait() returns trigger language plpgsql as
              $$ begin perform pg_advisory_xact_lock_shared(1); return new; end $$;
            create trigger wait before insert on slow for each row execute function wait();
            select pg_advisory_lock(1);
            """)
          let pieces = Pieces(count: 3_000, piece: Self.row + Self.row)
          let large = Pieces(
            count: 500, piece: Array(repeatElement(Self.row, count: 1_000).joined()))
          let copying = Task { try await connection.copyIn("copy slow from stdin", large) }
          try await other.waitUntil(
            "exists (select from pg_stat_activity where pid = $1::int and wait_event = 'advisory')",
            ["\(connection.backendPID)"])
          for _ in 0..<300 { try await other.query("select 1") }
          let taken = large.taken.value.withLock { $0 }
          #expect(taken * 101_000 < 5_000_000)
          copying.cancel()
          await #expect(throws: PostgresError.cancelled) { try await copying.value }

          try await other.execute("select pg_advisory_unlock(1)")
          let result = try await connection.copyIn("copy slow from stdin", pieces)
          #expect(result.affectedRows == 6_000)
        }
      }
    }
  }

  /// A slow consumer must slow the server down.
  @Test func slowConsumerHoldsTheServerBack() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { watcher async throws in
      try await cluster.withConnection { connection async throws in
        let sql = "copy (select repeat('x', 99) from generate_series(1, 500000)) to stdout"
        var iterator = connection.copyOut(sql).makeAsyncIterator()
        var bytes = try await iterator.next()?.count ?? 0
        // The backend sits in its send: nobody has read ahead for us.
        try await watcher.waitUntil(
          "exists (select from pg_stat_activity where pid = $1::int "
            + "and wait_event = 'ClientWrite')", ["\(connection.backendPID)"])
        while let piece = try await iterator.next() { bytes += piece.count }
        #expect(bytes == 50_000_000)
      }
    }
  }

  /// A loop that is left early stops the server and gives the connection back.
  @Test func leavingTheLoopStopsTheCopy() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      for _ in 0..<5 {
        for try await piece in connection.copyOut(
          "copy (select generate_series(1, 1000000000)) to stdout")
        {
          #expect(piece.starts(with: "1\n2\n".utf8))
          break
        }
        #expect(try await connection.query("select 1").firstValue == "1")
      }
    }
  }

  /// Cancelled while data flows: an error, never a short file that looks complete.
  @Test func cancelledCopyOutThrows() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      let task = Task {
        var pieces = 0
        for try await _ in connection.copyOut(
          "copy (select generate_series(1, 1000000000)) to stdout")
        {
          pieces += 1
          if pieces == 3 { withUnsafeCurrentTask { $0?.cancel() } }
        }
      }
      await #expect(throws: PostgresError.cancelled) { try await task.value }
      #expect(try await connection.query("select 1").firstValue == "1")
    }
  }

  /// A stream that ends because its task is cancelled looks complete: half a file must not stay.
  @Test func cancelledCopyInKeepsNothing() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { watcher async throws in
      try await cluster.withConnection { connection async throws in
        try await connection.execute("create temp table c (t text)")
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        continuation.yield(Self.row)
        let task = Task { try await connection.copyIn("copy c from stdin", stream) }
        try await watcher.waitUntilActive(connection.backendPID)
        task.cancel()
        await #expect(throws: PostgresError.cancelled) { try await task.value }
        #expect(try await connection.query("select count(*) from c").firstValue == "0")
      }
    }
  }

  /// When the source breaks, its error is the news, and the server keeps nothing.
  @Test func brokenSourceKeepsNothing() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await connection.execute("create temp table c (t text)")
      let pieces = Pieces(
        count: 100, piece: Array(repeatElement(Self.row, count: 1_000).joined()), breaksAt: 20)
      await #expect(throws: Pieces.Broken.self) {
        try await connection.copyIn("copy c from stdin", pieces)
      }
      #expect(try await connection.query("select count(*) from c").firstValue == "0")
    }
  }

  /// The server's refusals come as its own errors, and the connection stays usable.
  @Test func refusedCopiesSayWhy() async throws {
    try await TemporaryCluster.shared().withConnection { connection async throws in
      try await connection.execute("create temp table c (n int)")
      func failure(_ sql: String, _ text: [UInt8]) async -> PostgresError? {
        await #expect(throws: PostgresError.self) {
          try await connection.copyIn(sql, Pieces(count: 1, piece: text))
        }
      }
      guard case .server(let error, _) = await failure("copy c from stdin", Array("1\nx\n".utf8))
      else {
        Issue.record("not a server error")
        return
      }
      #expect(error.sqlstate == "22P02")
      #expect(error.context?.contains("COPY c, line 2") == true)
      #expect(await failure("copy nope from stdin", [])?.sqlstate == "42P01")
      #expect(await failure("copy c from stdin", [0xFF, 0x0A])?.sqlstate == "22021")
      guard case .protocolViolation = await failure("select 1", []) else {
        Issue.record("a SELECT passed for a COPY")
        return
      }
      let wrongWay = await #expect(throws: PostgresError.self) {
        for try await _ in connection.copyOut("copy c from stdin") {}
      }
      guard case .protocolViolation = wrongWay else {
        Issue.record("\(String(describing: wrongWay))")
        return
      }
      let late = await #expect(throws: PostgresError.self) {
        for try await _ in connection.copyOut(
          "copy (select 1000 / (1000 - n) from generate_series(1, 1000) n) to stdout")
        {}
      }
      #expect(late?.sqlstate == "22012")
      #expect(try await connection.query("select count(*) from c").firstValue == "0")
    }
  }

  /// The session ends under a COPY: both directions must say so.
  @Test func lostConnectionEndsACopy() async throws {
    let cluster = try await TemporaryCluster.shared()
    try await cluster.withConnection { watcher async throws in
      for isIn in [true, false] {
        let connection = try await PostgresConnection.connect(cluster.parameters())
        try await connection.execute("create temp table c (t text)")
        let task = Task { () async throws -> Void in
          if isIn {
            let endless = Pieces(
              count: .max, piece: Array(repeatElement(Self.row, count: 100).joined()))
            try await connection.copyIn("copy c from stdin", endless)
          } else {
            for try await _ in connection.copyOut(
              "copy (select generate_series(1, 1000000000)) to stdout")
            {}
          }
        }
        try await watcher.waitUntilActive(connection.backendPID)
        try await watcher.query(
          "select pg_terminate_backend($1::int)", ["\(connection.backendPID)"])
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        guard case .connectionLost = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
      }
    }
  }
}
