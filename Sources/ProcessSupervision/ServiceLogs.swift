import CProcess
import Glibc
import Synchronization

/// Takes in what all services print: one thread, a file a service, memory that does not grow.
///
/// The thread reads a pipe only as fast as it writes to disk; a service that prints faster waits
/// in its own write, as it would on a terminal.
package final class ServiceLogs: Sendable {
  /// The folder of the log files.
  package let folder: String
  private let limits: LogLimits
  private let wake = homebase_eventfd()
  private let inbox = Mutex<[@Sendable (borrowing LogPump) -> Void]>([])
  private let followers = Mutex<Followers>(Followers())

  private struct Followers {
    var next = 0
    var all: [Int: Follower] = [:]
  }

  /// Begins to take logs into a folder that exists.
  ///
  /// - Parameters:
  ///   - folder: Of the log files.
  ///   - limits: How much is kept.
  package init(folder: String, limits: LogLimits = LogLimits()) {
    self.folder = folder
    self.limits = limits
    let wake = wake
    startThread(named: "homebase-logs") { [weak self] in
      let pump = LogPump(folder: folder, limits: limits, wake: wake)
      while true {
        pump.waitAndRead { self?.followers.withLock { Array($0.all.values) } ?? [] }
        guard let self else { break }
        let work = inbox.withLock { inbox -> [@Sendable (borrowing LogPump) -> Void] in
          defer { inbox = [] }
          return inbox
        }
        for item in work { item(pump) }
      }
      pump.end()
    }
  }

  deinit {
    // The thread sees that we are gone, empties the pipes, and closes all.
    homebase_eventfd_signal(wake)
    for follower in followers.withLock({ $0.all.values }) { follower.continuation.finish() }
  }

  private func perform(_ body: @escaping @Sendable (borrowing LogPump) -> Void) {
    inbox.withLock { $0.append(body) }
    homebase_eventfd_signal(wake)
  }

  /// Takes the read ends of a new instance's pipes; they are closed here, at their end.
  ///
  /// - Parameters:
  ///   - service: Whose.
  ///   - output: The read end of its standard output, nonblocking.
  ///   - error: The read end of its standard error, nonblocking.
  package func attach(service: String, output: Int32, error: Int32) {
    perform { pump in
      pump.file(of: service).forgetTail()
      pump.attach(output, service: service, stream: .output)
      pump.attach(error, service: service, stream: .error)
    }
  }

  /// Writes a line about a service into its log.
  ///
  /// - Parameters:
  ///   - service: Whose log.
  ///   - text: One line.
  package func note(service: String, _ text: String) {
    perform { [self] pump in
      pump.note(service, text, followers.withLock { Array($0.all.values) })
    }
  }

  /// Reads what is left in the pipes of an instance that has ended.
  ///
  /// - Parameters:
  ///   - service: Whose.
  ///   - lines: How many are asked for.
  /// - Returns: The last lines that it printed.
  package func lastLines(of service: String, _ lines: Int = 50) async -> [String] {
    await withCheckedContinuation { continuation in
      perform { [self] pump in
        pump.drain(service, followers.withLock { Array($0.all.values) })
        continuation.resume(returning: pump.file(of: service).lastLines(lines))
      }
    }
  }

  /// Waits until all notes that were given before are in the files.
  package func flush() async {
    await withCheckedContinuation { continuation in
      perform { _ in continuation.resume() }
    }
  }

  /// All lines from now on, merged as they come.
  ///
  /// A reader that is slower than the services loses the oldest lines, not our memory; the files
  /// have them.
  ///
  /// - Parameter services: Whose; nil: all.
  /// - Returns: A stream that ends when the logs do, or with its task.
  package func follow(services: Set<String>? = nil) -> AsyncStream<LogEntry> {
    AsyncStream(bufferingPolicy: .bufferingNewest(4096)) { continuation in
      let identifier = followers.withLock { followers in
        followers.next += 1
        followers.all[followers.next] = Follower(services: services, continuation: continuation)
        return followers.next
      }
      continuation.onTermination = { [weak self] _ in
        guard let self else { return }
        followers.withLock { $0.all[identifier] = nil }
      }
    }
  }

  /// The files, for what was printed before.
  package var archive: LogArchive { LogArchive(folder: folder) }
}

/// Somebody who reads along.
struct Follower: Sendable {
  let services: Set<String>?
  let continuation: AsyncStream<LogEntry>.Continuation
}

/// The log thread's own state: made, used and ended on that thread only.
final class LogPump {
  private final class Source {
    let descriptor: Int32
    let file: LogFile
    let stream: LogStream
    var partial: [UInt8] = []

    init(descriptor: Int32, file: LogFile, stream: LogStream) {
      self.descriptor = descriptor
      self.file = file
      self.stream = stream
    }
  }

  private let folder: String
  private let limits: LogLimits
  private let wake: Int32
  private let epoll = homebase_epoll_create()
  private var files: [String: LogFile] = [:]
  private var sources: [UInt64: Source] = [:]
  private var nextToken: UInt64 = 1
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 128 * 1024, alignment: 16)
  private let scratch = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 256 * 1024, alignment: 16)

  init(folder: String, limits: LogLimits, wake: Int32) {
    self.folder = folder
    self.limits = limits
    self.wake = wake
    _ = homebase_epoll_add(epoll, wake, 0)
  }

  deinit {
    buffer.deallocate()
    scratch.deallocate()
  }

  func file(of service: String) -> LogFile {
    if let known = files[service] { return known }
    let made = LogFile(service: service, folder: folder, limits: limits)
    files[service] = made
    return made
  }

  func attach(_ descriptor: Int32, service: String, stream: LogStream) {
    let token = nextToken
    nextToken += 1
    sources[token] = Source(descriptor: descriptor, file: file(of: service), stream: stream)
    _ = homebase_epoll_add(epoll, descriptor, token)
  }

  func note(_ service: String, _ text: String, _ followers: [Follower]) {
    let line = Array(text.utf8.map { $0 == 10 ? 32 : $0 }) + [10]
    line.withUnsafeBytes { add($0, .supervisor, file(of: service), followers) }
  }

  /// Waits for a pipe or the inbox, and reads each ready pipe once: none starves another.
  func waitAndRead(_ followers: () -> [Follower]) {
    var tokens = [UInt64](repeating: 0, count: 64)
    let count = Int(homebase_epoll_wait(epoll, &tokens, 64, -1))
    guard count > 0 else { return }
    let followers = followers()
    for token in tokens.prefix(count) {
      if token == 0 {
        homebase_eventfd_drain(wake)
      } else if let source = sources[token] {
        _ = readOnce(source, token, followers)
      }
    }
  }

  /// Reads all that a service's pipes hold now, and its unfinished last line.
  func drain(_ service: String, _ followers: [Follower]) {
    for (token, source) in sources where source.file.service == service {
      // A grandchild may go on printing for ever: no more than a large pipe's worth.
      var rounds = 0
      while rounds < 64, readOnce(source, token, followers) { rounds += 1 }
      finishLine(source, followers)
    }
  }

  /// Empties and closes everything.
  func end() {
    for service in files.keys { drain(service, []) }
    for source in sources.values { close(source.descriptor) }
    sources = [:]
    files = [:]
    close(epoll)
    close(wake)
  }

  private func readOnce(_ source: Source, _ token: UInt64, _ followers: [Follower]) -> Bool {
    let count = read(source.descriptor, buffer.baseAddress, buffer.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return false }
    guard count > 0 else {
      finishLine(source, followers)
      _ = homebase_epoll_remove(epoll, source.descriptor)
      close(source.descriptor)
      sources[token] = nil
      return false
    }
    var bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    if !source.partial.isEmpty, let newline = firstNewline(bytes) {
      source.partial.append(contentsOf: bytes[...newline])
      finishLine(source, followers)
      bytes = UnsafeRawBufferPointer(rebasing: bytes[(newline + 1)...])
    }
    if let newline = bytes.lastIndex(of: 10) {
      let lines = UnsafeRawBufferPointer(rebasing: bytes[...newline])
      add(lines, source.stream, source.file, followers)
      bytes = UnsafeRawBufferPointer(rebasing: bytes[(newline + 1)...])
    }
    source.partial.append(contentsOf: bytes)
    if source.partial.count >= limits.lineSizeInBytes { finishLine(source, followers) }
    return true
  }

  private func firstNewline(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, let found = memchr(base, 10, bytes.count) else {
      return nil
    }
    return UnsafeRawPointer(found) - base
  }

  private func finishLine(_ source: Source, _ followers: [Follower]) {
    guard !source.partial.isEmpty else { return }
    if source.partial.last != 10 { source.partial.append(10) }
    source.partial.withUnsafeBytes { add($0, source.stream, source.file, followers) }
    source.partial.removeAll(keepingCapacity: true)
  }

  private func add(
    _ lines: UnsafeRawBufferPointer, _ stream: LogStream, _ file: LogFile, _ followers: [Follower]
  ) {
    let interested = followers.filter { $0.services?.contains(file.service) ?? true }
    file.add(lines, stream, scratch: scratch) { batch in
      guard !interested.isEmpty else { return }
      forEachLine(batch) { line in
        guard let entry = LogEntry(line: line, service: file.service) else { return }
        for follower in interested { follower.continuation.yield(entry) }
      }
    }
  }
}
