// OwnCluster: a whole homebase cluster, platform included, for one test.
//
// The image is built once a run, in a folder of its own; each test copies it and starts a server.
// Never: more than a few servers at once, on machines of two cores.

package import DatabaseCluster
internal import FoundationEssentials
internal import Glibc
internal import ProcessSupervision
internal import Synchronization

/// Gives a function a running cluster of its own, and ends it.
///
/// - Parameters:
///   - settings: `[db.settings]` of a project.
///   - body: May do anything to the cluster.
/// - Returns: What `body` returns.
/// - Throws: `ClusterError`, and what `body` throws.
package nonisolated(nonsending) func withOwnCluster<Result>(
  settings: ClusterSettings = ClusterSettings(),
  _ body: nonisolated(nonsending) (Cluster) async throws -> Result
) async throws -> Result {
  await places.enter()
  defer { places.leave() }
  let folder = try makeTemporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let environment = ProcessInfo.processInfo.environment
  let cluster = try await Cluster.prepare(
    dataFolder: folder + "/data", socketFolder: folder + "/socket", cacheFolder: cache.folder,
    installation: try PostgresInstallation.find(preferringMajor: 15, environment: environment),
    user: try Cluster.serverUser(environment: environment), port: 5432, settings: settings)
  // All of them have one port: no two could listen on it.
  let command = cluster.serverCommand() + ["-c", "listen_addresses="]
  let server = try await ChildProcess.spawn(
    ChildRequest(
      executable: command[0], arguments: command, environment: cluster.environment,
      user: cluster.user, deathSignal: SIGQUIT))
  do {
    try await cluster.waitUntilReady(isRunning: { server.exitStatus == nil })
    let result = try await body(cluster)
    server.send(SIGQUIT)
    _ = await server.waitForExit()
    return result
  } catch {
    server.send(SIGQUIT)
    _ = await server.waitForExit()
    throw error
  }
}

/// A folder below /tmp that PostgreSQL's user can pass through.
private func makeTemporaryFolder() throws -> String {
  var template = Array("/tmp/homebase-test-XXXXXX".utf8CString)
  guard let path = mkdtemp(&template) else {
    throw TemporaryClusterError(description: "no folder under /tmp: errno \(errno)")
  }
  chmod(path, 0o755)
  return String(cString: path)
}

/// Where this run's image is.
private struct Cache: Sendable {
  let folder: String

  init() {
    // Without a folder of its own the run shares one: slower to make, as good to use.
    folder = (try? makeTemporaryFolder()) ?? "/tmp/homebase-test-image"
    atexit { try? FileManager.default.removeItem(atPath: cache.folder) }
  }
}

private let cache = Cache()
private let places = Places(3)

/// Lets so many in at a time.
private final class Places: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(_ count: Int) {
    state = Mutex(State(free: count))
  }

  func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.free > 0 else {
          state.waiting.append(continuation)
          return false
        }
        state.free -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free += 1
      return nil
    }
    next?.resume()
  }
}
