package import Diagnostics
internal import Dispatch
internal import Glibc
package import PostgresClient
internal import ProcessSupervision

/// Why a dump was not made.
package enum DumpError: Error, DiagnosticConvertible {
  /// There is no program that could read a server of this major version.
  case noProgram(String, major: Int)
  /// The program said why, on its standard error.
  case failed(String, reason: String)
  /// What it wrote could not be taken.
  case notTaken(reason: String)

  package var diagnostic: Diagnostic {
    switch self {
    case .noProgram(let program, let major):
      Diagnostic(
        code: "pg_dump_missing",
        message: "there is no \(program) on this machine that reads PostgreSQL \(major)",
        hint: "sudo apt-get install postgresql-client-\(major)")
    case .failed(let program, let reason):
      Diagnostic(
        code: "dump_failed", message: "\(program) failed: \(reason)",
        hint: reason.contains("permission denied")
          ? "connect as the role that owns the tables, or leave them out with -x or -s" : nil)
    case .notTaken(let reason):
      Diagnostic(code: "dump_failed", message: "the dump could not be written: \(reason)")
    }
  }
}

extension Dump {
  /// Makes the dump of a database whose version nobody knows yet.
  ///
  /// - Parameters:
  ///   - parameters: The database; it is asked for its version first.
  ///   - environment: `HOMEBASE_PG_BIN` and `PATH` say where programs are.
  ///   - write: Takes pieces of the result, in order.
  /// - Throws: A diagnostic when it cannot be reached; as `run(_:major:environment:write:)`.
  package func run(
    _ parameters: ConnectionParameters, environment: [String: String],
    write: @escaping @Sendable (String) throws -> Void
  ) async throws {
    let connection: PostgresConnection
    do throws(PostgresError) {
      connection = try await PostgresConnection.connect(parameters)
    } catch {
      throw parameters.unreachable(error)
    }
    await connection.close()
    try await run(
      parameters, major: connection.serverVersion / 10_000, environment: environment, write: write)
  }

  /// Makes the dump, handing out its edited lines as they come.
  ///
  /// - Parameters:
  ///   - parameters: The password goes to the program in its environment.
  ///   - major: The server's major version.
  ///   - environment: `HOMEBASE_PG_BIN` and `PATH` say where programs are.
  ///   - write: Takes pieces of the result, in order.
  /// - Throws: `DumpError`, `ProcessError`, and what `write` throws.
  package func run(
    _ parameters: ConnectionParameters, major: Int, environment: [String: String],
    write: @escaping @Sendable (String) throws -> Void
  ) async throws {
    guard let path = Self.find(program, major: major, environment) else {
      throw DumpError.noProgram(program, major: major)
    }
    var variables = [
      "PATH": environment["PATH"] ?? "/usr/bin:/bin", "PGHOST": parameters.host,
      "PGPORT": "\(parameters.port)", "PGUSER": parameters.user,
      "PGDATABASE": parameters.database, "PGCLIENTENCODING": "UTF8", "LC_ALL": "C.UTF-8",
    ]
    if let password = parameters.password { variables["PGPASSWORD"] = password }
    for name in ["HOME", "PGSSLMODE", "PGSSLROOTCERT"] { variables[name] = environment[name] }
    if variables["PGPASSWORD"] == nil { variables["PGPASSFILE"] = environment["PGPASSFILE"] }

    let (outputEnd, output) = try Self.pipe()
    let (errorEnd, errors) = try Self.pipe()
    let child: ChildProcess
    do {
      // By its path: pg_dumpall looks for pg_dump beside itself.
      child = try await ChildProcess.spawn(
        ChildRequest(
          executable: path, arguments: [path, "--no-password"] + arguments,
          environment: variables, descriptors: [nil, output, errors]))
    } catch {
      for end in [outputEnd, output, errorEnd, errors] { close(end) }
      throw error
    }
    close(output)
    close(errors)
    async let complaints = Self.readAll(errorEnd)
    do {
      try await edit(outputEnd, write)
    } catch {
      child.send(SIGTERM)
      _ = await child.waitForExit()
      throw error
    }
    let said = await complaints
    guard await child.waitForExit().isSuccess else {
      throw DumpError.failed(program, reason: Self.reason(in: said, program))
    }
  }

  /// The whole dump as one text.
  ///
  /// - Parameters: As those of `run`.
  /// - Returns: SQL.
  /// - Throws: As `run`.
  package func text(
    _ parameters: ConnectionParameters, major: Int, environment: [String: String]
  ) async throws -> String {
    let collected = Collected()
    try await run(parameters, major: major, environment: environment) { collected.add($0) }
    return collected.text
  }

  /// Reads lines to the pipe's end, edits and writes them.
  private func edit(
    _ descriptor: Int32, _ write: @escaping @Sendable (String) throws -> Void
  ) async throws {
    let dump = self
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, any Error>) in
      DispatchQueue.global().async {
        defer { close(descriptor) }
        continuation.resume(
          with: Result {
            var filter = DumpFilter(dump)
            if !dump.opening.isEmpty { try write(dump.opening) }
            var pending: [UInt8] = []
            while let chunk = Self.readChunk(descriptor) {
              pending += chunk
              guard let end = pending.lastIndex(of: UInt8(ascii: "\n")) else { continue }
              let text = String(decoding: pending[..<end], as: UTF8.self)
              pending.removeSubrange(...end)
              var edited = ""
              for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if let line = filter.take(String(line)) { edited += line + "\n" }
              }
              try write(edited)
            }
            try write(String(decoding: pending, as: UTF8.self) + dump.closing)
          })
      }
    }
  }

  private static func readAll(_ descriptor: Int32) async -> String {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while let chunk = readChunk(descriptor) { bytes += chunk.prefix(64 << 10) }
        continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
      }
    }
  }

  /// Reads what is there, waiting for something; nil at the end.
  private static func readChunk(_ descriptor: Int32) -> [UInt8]? {
    while true {
      var failure: Int32 = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
        let size = read(descriptor, buffer.baseAddress, buffer.count)
        failure = size < 0 ? errno : 0
        count = max(0, size)
      }
      if failure == EINTR { continue }
      return chunk.isEmpty ? nil : chunk
    }
  }

  private static func pipe() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else {
      throw DumpError.notTaken(reason: String(cString: strerror(errno)))
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// The program's last words, without its name and the statement that it sent.
  private static func reason(in said: String, _ program: String) -> String {
    let lines = said.split(separator: "\n").map(String.init)
    let errors = lines.filter { $0.contains("error: ") && !$0.contains("error: query was") }
    let line = errors.first ?? lines.last ?? "it gave no reason"
    return line.replacing("\(program): ", with: "").replacing("error: ", with: "")
  }

  /// Finds a program of a server's major version, else of a newer one, which can read it too.
  private static func find(
    _ program: String, major: Int, _ environment: [String: String]
  ) -> String? {
    var folders: [String] = []
    if let chosen = environment["HOMEBASE_PG_BIN"], !chosen.isEmpty { folders.append(chosen) }
    for version in [major] + Array((major + 1)...(major + 10)) {
      folders += ["/usr/lib/postgresql/\(version)/bin", "/usr/pgsql-\(version)/bin"]
    }
    // Debian's own in the path picks the newest, by a wrapper that wants a cluster of its own.
    folders += (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }
}

/// A text that grows, from one thread at a time.
private final class Collected: @unchecked Sendable {
  // Unchecked: `Dump.run` calls its writer from one thread, and is awaited before the text is read.
  private(set) var text = ""

  func add(_ piece: String) { text += piece }
}
