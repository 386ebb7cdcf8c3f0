import CProcess
import FoundationEssentials
import Glibc
import Testing

@testable import ProcessSupervision

@Suite struct LogTests {
  /// Both streams, times, an unfinished last line, and nothing lost between pieces of a pipe.
  @Test func linesArriveWithTimeAndStream() async throws {
    try await withLogs { logs, feed in
      try feed.write("one\ntw")
      try feed.write("o\r\nlast")
      try feed.writeError("bad\n")
      feed.close()
      #expect(Set(await logs.lastLines(of: "a")) == ["one", "two", "last", "bad"])
      let entries = logs.archive.tail()
      #expect(
        entries.filter { $0.stream == .output }.map(\.text) == ["one", "two", "last"])
      #expect(entries.filter { $0.stream == .error }.map(\.text) == ["bad"])
      #expect(entries.allSatisfy { $0.service == "a" && $0.time.count == 24 })
    }
  }

  /// A hundred services that say nothing must not cost a hundred files at each start.
  @Test func quietServiceHasNoFile() async throws {
    try await withLogs { logs, feed in
      await logs.flush()
      #expect(logs.archive.services.isEmpty)
      try feed.write("at last\n")
      feed.close()
      _ = await logs.lastLines(of: "a")
      #expect(logs.archive.services == ["a"])
    }
  }

  /// A service without line ends must not fill the memory: its line comes in pieces.
  @Test func endlessLineIsCut() async throws {
    try await withLogs(LogLimits(lineSizeInBytes: 1000)) { logs, feed in
      try feed.write(String(repeating: "x", count: 2500) + "\nend\n")
      feed.close()
      #expect(await logs.lastLines(of: "a").map(\.count) == [1000, 1000, 500, 3])
    }
  }

  /// The disk must not fill: old files go, the newest lines stay.
  @Test func filesRotateBySize() async throws {
    try await withLogs(LogLimits(fileSizeInBytes: 10_000, fileCount: 3)) { logs, feed in
      for number in 0..<100 {
        try feed.write("line \(number) " + String(repeating: "y", count: 500) + "\n")
        _ = await logs.lastLines(of: "a", 1)
      }
      feed.close()
      _ = await logs.lastLines(of: "a")
      let names = try FileManager.default.contentsOfDirectory(atPath: logs.folder).sorted()
      #expect(names == ["a.log", "a.log.1", "a.log.2"])
      for name in names {
        let bytes = try #require(readWhole("\(logs.folder)/\(name)"))
        #expect(bytes.count <= 10_000)
      }
      let entries = logs.archive.tail(lines: 25)
      #expect(entries.count == 25)
      #expect(entries.map { $0.text.split(separator: " ")[1] } == (75..<100).map { "\($0)" })
    }
  }

  /// A service that prints 100 MB must neither grow us nor stall, and its end must be there.
  @Test func aHundredMegabytes() async throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let logs = ServiceLogs(folder: folder)
    let supervisor = try ServiceSupervisor(
      services: [
        ServiceDefinition(
          name: "loud",
          command: [
            "/bin/sh", "-c",
            "yes 'a line of some length, as services print it' | "
              + "head -c 100000000; echo; echo the end",
          ]),
        ServiceDefinition(
          name: "after", command: ["true"],
          dependencies: [Dependency("loud", .completedSuccessfully)]),
      ], logs: logs)
    try await supervisor.start()
    let status = await supervisor.status()
    #expect(status[0].hasCompleted)
    #expect(status[0].lastExit?.lastLines.last == "the end")
    #expect(status[0].lastExit?.lastLines.count == 50)
    let tail = logs.archive.tail(services: ["loud"], lines: 3)
    #expect(tail.contains { $0.text == "the end" })
    let size = try FileManager.default.contentsOfDirectory(atPath: folder).reduce(0) {
      $0 + (readWhole("\(folder)/\($1)")?.count ?? 0)
    }
    #expect(size <= 30 * 1024 * 1024 + 1024)
    await supervisor.stop()
  }

  /// `logs` of several services reads as one story.
  @Test func tailMergesByTimeAndKeepsEachOrder() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func line(_ second: Int, _ text: String) -> String {
      "\(LogTime.text(of: Int64(second) * 1000)) out \(text)\n"
    }
    try (line(1, "a1") + line(4, "a4") + line(2, "set back")).write(
      toFile: "\(folder)/a.log", atomically: true, encoding: .utf8)
    try (line(2, "b2") + line(3, "b3") + "a torn line\n" + line(5, "b5")).write(
      toFile: "\(folder)/b.log", atomically: true, encoding: .utf8)
    try line(0, "b0").write(toFile: "\(folder)/b.log.1", atomically: true, encoding: .utf8)
    let archive = LogArchive(folder: folder)
    #expect(archive.services == ["a", "b"])
    #expect(
      archive.tail().map(\.text) == ["b0", "a1", "b2", "b3", "a4", "set back", "b5"])
    #expect(archive.tail(since: 3000).map(\.text) == ["b3", "a4", "b5"])
    #expect(archive.tail(services: ["b"], lines: 2).map(\.text) == ["b3", "b5"])
    #expect(archive.tail(services: ["gone"]).isEmpty)
    #expect(archive.tail(lines: 0).isEmpty)
  }

  /// `logs -f` sees lines as they come, of the services that were asked for.
  @Test func followersReadAlong() async throws {
    try await withLogs { logs, feed in
      var all = logs.follow().makeAsyncIterator()
      var others = logs.follow(services: ["b"]).makeAsyncIterator()
      try feed.write("hello\n")
      logs.note(service: "b", "started")
      let both = [await all.next()?.text, await all.next()?.text]
      #expect(Set(both) == ["hello", "started"])
      let note = await others.next()
      #expect(note?.text == "started" && note?.stream == .supervisor && note?.service == "b")
      feed.close()
    }
  }

  /// Times go into files and come back the same, also before 1970 and at a leap day.
  @Test func timesSurviveTheFile() throws {
    for time: Int64 in [0, 1, 951_782_400_123, 1_795_561_599_999, -1] {
      let text = LogTime.text(of: time)
      #expect(Array(text.utf8).withUnsafeBytes { LogTime.parse($0) } == time)
    }
    #expect(LogTime.text(of: 951_782_400_123) == "2000-02-29T00:00:00.123Z")
    #expect(Array("2000-02-29 00:00:00.123Z".utf8).withUnsafeBytes { LogTime.parse($0) } == nil)
  }
}

/// The writing ends of a service's pipes.
private struct Feed {
  let output: Int32
  let error: Int32

  func write(_ text: String) throws { try put(text, output) }
  func writeError(_ text: String) throws { try put(text, error) }

  private func put(_ text: String, _ descriptor: Int32) throws {
    let bytes = Array(text.utf8)
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    #expect(count == bytes.count)
  }

  func close() {
    Glibc.close(output)
    Glibc.close(error)
  }
}

private func withLogs(
  _ limits: LogLimits = LogLimits(), _ body: (ServiceLogs, Feed) async throws -> Void
) async throws {
  let folder = try temporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let logs = ServiceLogs(folder: folder, limits: limits)
  var outputRead: Int32 = -1
  var outputWrite: Int32 = -1
  var errorRead: Int32 = -1
  var errorWrite: Int32 = -1
  try #require(homebase_pipe(&outputRead, &outputWrite) == 0)
  try #require(homebase_pipe(&errorRead, &errorWrite) == 0)
  logs.attach(service: "a", output: outputRead, error: errorRead)
  try await body(logs, Feed(output: outputWrite, error: errorWrite))
}
