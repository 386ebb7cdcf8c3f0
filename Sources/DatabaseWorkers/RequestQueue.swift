import Diagnostics
import FoundationEssentials
import HTTPClient
import PostgresClient

/// Sends what waits in `net.http_request_queue`, and puts what comes back into
/// `net._http_response`.
///
/// A batch is one transaction: rows are taken, sent, answered and only then gone, so that a worker
/// that dies has lost none. Some batches run side by side: a slow server holds up its own only.
struct RequestQueue: Sendable {
  private let parameters: ConnectionParameters
  private let log: @Sendable (String) -> Void
  private let wakeUp = WakeUp()

  /// Batches at the same time.
  private static let mostBatches = 4
  /// Unless `pg_net.batch_size` says otherwise.
  private static let batchSize = "200"

  init(parameters: ConnectionParameters, log: @escaping @Sendable (String) -> Void) {
    self.parameters = parameters
    self.log = log
  }

  /// Says that requests may wait.
  func wake() { wakeUp.signal() }

  /// Sends requests when it is woken, until the task is cancelled.
  func run() async {
    let pool = PostgresPool(parameters: parameters, maximumConnections: Self.mostBatches)
    await withTaskGroup(of: Void.self) { group in
      let turns = Turns(count: Self.mostBatches)
      await wakeUp.wait(atMost: nil)
      while !Task.isCancelled {
        await turns.take()
        // Whoever finds a full batch wakes the next.
        group.addTask {
          let count = await sendBatch(pool)
          await turns.give()
          if count > 0 { wakeUp.signal() }
        }
        await wakeUp.wait(atMost: nil)
      }
      group.cancelAll()
    }
    await pool.close()
  }

  /// Takes some rows, sends them, answers them.
  ///
  /// Returns how many rows there were.
  private func sendBatch(_ pool: PostgresPool) async -> Int {
    do {
      return try await pool.withConnection { connection in
        let isThere = try await connection.query(
          "select to_regclass('net.http_request_queue') is not null")
        guard isThere.firstValue == "t" else { return 0 }
        _ = try await connection.query("begin")
        do {
          let requests = try await take(connection)
          guard !requests.isEmpty else {
            _ = try await connection.query("rollback")
            return 0
          }
          wakeUp.signal()
          let answers = await send(requests)
          try await put(answers, connection)
          _ = try await connection.query("commit")
          return requests.count
        } catch {
          _ = try? await connection.query("rollback")
          throw error
        }
      }
    } catch is CancellationError {
      return 0
    } catch {
      if !Task.isCancelled {
        log("requests were not sent: \(Diagnostic(describing: error).message)")
      }
      return 0
    }
  }

  private struct Waiting: Sendable {
    var id: Int
    var request: HTTPClientRequest
  }

  private func take(_ connection: PostgresConnection) async throws -> [Waiting] {
    let rows = try await connection.query(
      """
      delete from net.http_request_queue
       where id in (
         select id from net.http_request_queue
          order by id
          limit coalesce(nullif(current_setting('pg_net.batch_size', true), ''), $1)::integer
            for update skip locked)
      returning id, method, url,
        (select json_agg(json_build_array(key, coalesce(value, '')))
           from jsonb_each_text(headers)),
        encode(body, 'hex'), timeout_milliseconds
      """, [Self.batchSize])
    return rows.rows.compactMap { row in
      guard let id = row[0].flatMap({ Int($0) }), let method = row[1], let url = row[2] else {
        return nil
      }
      let pairs =
        row[3].flatMap { try? JSONDecoder().decode([[String]].self, from: Data($0.utf8)) } ?? []
      var headers = pairs.map { HTTPClientRequest.Header(name: $0[0], value: $0[1]) }
      if !headers.contains(where: { $0.name.lowercased() == "user-agent" }) {
        headers.append(HTTPClientRequest.Header(name: "User-Agent", value: "pg_net/0.19.5"))
      }
      return Waiting(
        id: id,
        request: HTTPClientRequest(
          method: method.uppercased(), url: url, headers: headers,
          body: row[4].map { bytes(ofHexadecimal: $0) },
          timeoutInMilliseconds: row[5].flatMap { Int($0) } ?? 5_000, redirects: 30))
    }
  }

  private func send(_ requests: [Waiting]) async -> [Answer] {
    await withTaskGroup { group in
      for waiting in requests {
        group.addTask {
          do throws(HTTPClientError) {
            return Answer(waiting.id, try await HTTPTransport.send(waiting.request))
          } catch {
            return Answer(waiting.id, error)
          }
        }
      }
      var answers: [Answer] = []
      for await answer in group { answers.append(answer) }
      return answers
    }
  }

  /// A row of `net._http_response`.
  private struct Answer: Sendable, Encodable {
    var id: Int
    var status: Int?
    var contentType: String?
    var headers: [String: String]?
    var content: String?
    var isTimeout: Bool?
    var error: String?

    private enum CodingKeys: String, CodingKey {
      case id, headers, content
      case status = "status_code"
      case contentType = "content_type"
      case isTimeout = "timed_out"
      case error = "error_msg"
    }

    init(_ id: Int, _ response: HTTPClientResponse) {
      self.id = id
      status = response.status
      contentType = response.contentType
      headers = Dictionary(
        response.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      // PostgreSQL's text has no NUL.
      let text = String(decoding: response.body, as: UTF8.self)
      content = text.contains("\0") ? text.filter { $0 != "\0" } : text
      isTimeout = false
    }

    init(_ id: Int, _ error: HTTPClientError) {
      self.id = id
      self.error = error.words
      if case .timedOut = error { isTimeout = true }
    }
  }

  private func put(_ answers: [Answer], _ connection: PostgresConnection) async throws {
    let rows = String(decoding: try JSONEncoder().encode(answers), as: UTF8.self)
    _ = try await connection.query(
      """
      insert into net._http_response
        (id, status_code, content_type, headers, content, timed_out, error_msg)
      select id, status_code, content_type, headers, content, timed_out, error_msg
        from json_to_recordset($1::json) as answer (
          id bigint, status_code integer, content_type text, headers jsonb, content text,
          timed_out boolean, error_msg text)
      """, [rows])
    _ = try await connection.query(
      """
      delete from net._http_response
       where created < now()
         - coalesce(nullif(current_setting('pg_net.ttl', true), ''), '6 hours')::interval
      """)
  }
}

/// Reads pairs of hexadecimal digits, as `encode(…, 'hex')` writes them.
///
/// - Parameter text: Digits of either case.
/// - Returns: The bytes; a half pair at the end is left out.
func bytes(ofHexadecimal text: String) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.utf8.count / 2)
  var high: UInt8?
  for digit in text.utf8 {
    let value: UInt8 =
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
      default: 0
      }
    if let first = high {
      bytes.append(first << 4 | value)
      high = nil
    } else {
      high = value
    }
  }
  return bytes
}

/// Lets so many tasks go on at a time.
private actor Turns {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(count: Int) { free = count }

  func take() async {
    if free > 0 {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func give() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}
