import Glibc

/// One psql that stays: what it times is the server's work and one round trip, without a process.
final class PsqlSession {
  private var pid: pid_t
  private let input: Int32
  private let output: Int32
  private var buffered: [UInt8] = []
  private var marks = 0

  /// Connects.
  ///
  /// - Parameters:
  ///   - connection: Options of psql, or an address.
  ///   - workspace: Ends the session with the rows that it is for.
  /// - Throws: `FigureError`.
  init(_ connection: [String], _ workspace: Workspace) throws {
    var toChild: [Int32] = [-1, -1]
    var fromChild: [Int32] = [-1, -1]
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else {
      throw FigureError.notStarted("psql", errno: errno)
    }
    for descriptor in toChild + fromChild { closeOnExec(descriptor) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 2)
    pid = try spawn(
      [workspace.psql, "-XqAt", "-v", "ON_ERROR_STOP=1"] + connection,
      environment: workspace.environment, actions: &actions)
    Glibc.close(toChild[0])
    Glibc.close(fromChild[1])
    input = toChild[1]
    output = fromChild[0]
    workspace.keep(self)
    _ = try query("select 1")
  }

  /// Runs SQL.
  ///
  /// - Returns: What psql printed.
  @discardableResult
  func query(_ sql: String) throws -> String {
    try say("\(sql);")
  }

  /// Runs SQL or `\i FILE`.
  ///
  /// - Returns: The server's time with the round trips, in milliseconds, as `\timing` says it.
  func time(_ sql: String) throws -> Double {
    let text = try say("\\timing on\n\(sql)\n\\timing off")
    let times = text.split(separator: "\n").compactMap { line -> Double? in
      guard line.hasPrefix("Time: ") else { return nil }
      return Double(line.dropFirst(6).prefix { $0 != " " })
    }
    guard !times.isEmpty else { throw FigureError.noSense("psql measured nothing: \(text)") }
    return times.reduce(0, +)
  }

  private func say(_ text: String) throws -> String {
    marks += 1
    let mark = "-- end \(marks)"
    // The command of a shell makes psql write out what it holds back.
    guard writeAll(Array("\(text)\n\\echo '\(mark)'\n\\! true\n".utf8), to: input) else {
      throw FigureError.failed("psql", status: -1, output: try readUntil(nil))
    }
    return try readUntil(mark)
  }

  private func readUntil(_ mark: String?) throws -> String {
    let end = mark.map { Array("\($0)\n".utf8) }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      if let end, let start = position(of: end) {
        let text = String(decoding: buffered[..<start], as: UTF8.self)
        buffered.removeFirst(start + end.count)
        return text
      }
      let count = read(output, &chunk, chunk.count)
      if count < 0 && errno == EINTR {
        if wasInterrupted() { throw FigureError.interrupted }
        continue
      }
      guard count > 0 else {
        let text = String(decoding: buffered, as: UTF8.self)
        throw FigureError.failed("psql", status: 3, output: text)
      }
      buffered.append(contentsOf: chunk[..<count])
    }
  }

  private func position(of end: [UInt8]) -> Int? {
    guard buffered.count >= end.count, buffered.suffix(end.count).elementsEqual(end) else {
      return nil
    }
    return buffered.count - end.count
  }

  /// Ends the session.
  func close() {
    guard pid > 0 else { return }
    Glibc.close(input)
    Glibc.close(output)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    pid = 0
  }
}
