import CProcess
import Glibc

/// Ends what an ended service left behind: forked away, in another session, in any depth.
///
/// This process is a subreaper, so every orphan of a service becomes our own child. Whose it was is
/// told by its session, by the mark in its environment, or, when it overwrote that as PostgreSQL
/// does, by the program it runs.
struct Remainder: Sendable {
  let mark: String
  /// The leader's pid; its zombie still holds it, so no other process can have it.
  let session: Int32
  let executable: String?
  /// Programs of other running services: of those the program tells nothing.
  let otherExecutables: Set<String>

  /// Ends all of it.
  ///
  /// - Parameter grace: From SIGTERM to SIGKILL.
  /// - Returns: How many processes were found.
  func end(grace: Duration) async -> Int {
    let clock = ContinuousClock()
    let deadline = clock.now + grace
    let giveUp = deadline + .seconds(5)
    var told: Set<Int32> = []
    var wait = Duration.milliseconds(2)
    while true {
      let members = find()
      if members.isEmpty || clock.now > giveUp { return told.count }
      let isLate = clock.now >= deadline
      for pid in members {
        let isNew = told.insert(pid).inserted
        if isLate {
          kill(pid, SIGKILL)
        } else if isNew {
          // PostgreSQL's SIGTERM waits for its clients; SIGINT is the fast shutdown.
          kill(pid, ProcessTable.entry(of: pid)?.name == "postgres" ? SIGINT : SIGTERM)
          kill(pid, SIGCONT)
        }
      }
      try? await Task.sleep(for: wait)
      wait = min(wait * 1.5, .milliseconds(40))
    }
  }

  private func find() -> [Int32] {
    let roots = Self.orphans().filter { isOurs($0) }
    return roots + ProcessTable.descendants(of: roots)
  }

  private func isOurs(_ pid: Int32) -> Bool {
    if ProcessTable.entry(of: pid)?.session == session { return true }
    if let mark = ProcessTable.environmentValue(ServiceMark.variable, of: pid) {
      return mark == self.mark
    }
    guard let executable, !otherExecutables.contains(executable) else { return false }
    return ProcessTable.executable(of: pid) == executable
  }

  /// Children that the spawning thread did not make: adopted ones.
  ///
  /// Ended ones are taken away.
  static func orphans() -> [Int32] {
    let adopted = ProcessTable.children(
      of: getpid(), skippingThread: SpawnThread.shared.threadID)
    return adopted.filter { pid in
      var status: Int32 = 0
      return waitpid(pid, &status, WNOHANG) == 0
    }
  }
}
