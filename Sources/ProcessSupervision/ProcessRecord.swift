import CProcess
import FoundationEssentials
import Glibc

/// The processes of a supervisor, on disk: for the start after a night in which all was killed.
struct ProcessRecord: Codable, Sendable, Hashable {
  /// A process that cannot be taken for another one.
  struct Entry: Codable, Sendable, Hashable {
    var service: String
    var pid: Int32
    /// `/proc/PID/stat` field 22, clock ticks since boot.
    var startTime: UInt64

    /// True: the same process still runs.
    var isAlive: Bool {
      guard let entry = ProcessTable.entry(of: pid) else { return false }
      return entry.startTime == startTime && entry.state != "Z"
    }
  }

  /// Start times count from a boot: of another one, they say nothing.
  var boot: String
  /// What the children's `HOMEBASE_SERVICE` begins with.
  var instance: String
  var supervisor: Entry
  var parent: Entry
  var children: [Entry]

  func write(to path: String) {
    guard let data = try? JSONEncoder().encode(self) else { return }
    let temporary = "\(path).\(getpid()).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    let bytes = [UInt8](data)
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    // A record that a full disk cut short must not replace a whole one.
    guard count == bytes.count, rename(temporary, path) == 0 else {
      unlink(temporary)
      return
    }
  }

  static func read(_ path: String) -> ProcessRecord? {
    guard let bytes = readWhole(path) else { return nil }
    return try? JSONDecoder().decode(ProcessRecord.self, from: Data(bytes))
  }
}

/// A process of an earlier supervisor that was found alive, and ended.
package struct Leftover: Sendable, Hashable {
  /// The service that it belonged to.
  package var service: String
  package var pid: Int32
  /// The short name of its program.
  package var program: String
}

/// Ends what an earlier supervisor and its guardian left when both were killed.
///
/// A guardian that is still at work is waited for. Nothing is ended whose start time differs from
/// the record's, unless its environment names the recorded supervisor. PostgreSQL gets SIGINT (a
/// fast shutdown) and three seconds, all others SIGTERM and one, then SIGKILL.
///
/// - Parameter recordFile: What `ServiceSupervisor` wrote; removed at the end.
/// - Returns: What was found; empty after an orderly end, or when the supervisor still runs.
package func sweepLeftovers(recordFile: String) async -> [Leftover] {
  guard let record = ProcessRecord.read(recordFile) else {
    unlink(recordFile)
    return []
  }
  guard record.boot == ProcessTable.bootIdentifier else {
    unlink(recordFile)
    return []
  }
  if record.supervisor.isAlive { return [] }
  let clock = ContinuousClock()
  let patience = clock.now + .seconds(5)
  while isGuardian(record.parent), clock.now < patience {
    try? await Task.sleep(for: .milliseconds(20))
  }
  let found = survivors(of: record)
  let start = clock.now
  var left = found
  for process in left { kill(process.pid, process.program == "postgres" ? SIGINT : SIGTERM) }
  for process in left { kill(process.pid, SIGCONT) }
  while !left.isEmpty, start.duration(to: clock.now) < .seconds(8) {
    let passed = start.duration(to: clock.now)
    for process in left {
      if passed > (process.program == "postgres" ? .seconds(3) : .seconds(1)) {
        kill(process.pid, SIGKILL)
      }
    }
    try? await Task.sleep(for: .milliseconds(20))
    left = survivors(of: record)
  }
  unlink(recordFile)
  return found
}

private func isGuardian(_ entry: ProcessRecord.Entry) -> Bool {
  entry.isAlive && ProcessTable.entry(of: entry.pid)?.name == "homebase-guard"
}

/// Recorded children that live, their descendants, and whoever bears the supervisor's mark.
private func survivors(of record: ProcessRecord) -> [Leftover] {
  var services: [Int32: String] = [:]
  let alive = record.children.filter(\.isAlive)
  for child in alive { services[child.pid] = child.service }
  for child in alive {
    for pid in ProcessTable.descendants(of: [child.pid]) { services[pid] = child.service }
  }
  for pid in ProcessTable.allPIDs() where services[pid] == nil {
    guard let mark = ProcessTable.environmentValue(ServiceMark.variable, of: pid),
      mark.hasPrefix("\(record.instance)/")
    else { continue }
    services[pid] = String(mark.dropFirst(record.instance.count + 1))
  }
  services[getpid()] = nil
  return services.keys.sorted().compactMap { pid in
    guard let entry = ProcessTable.entry(of: pid), entry.state != "Z" else { return nil }
    return Leftover(service: services[pid] ?? "", pid: pid, program: entry.name)
  }
}

/// The variable that tells whose a process is, however far it forked away.
enum ServiceMark {
  static let variable = "HOMEBASE_SERVICE"

  static func newInstance() -> String {
    String(UInt64.random(in: 0...UInt64.max), radix: 16)
      + String(UInt64.random(in: 0...UInt64.max), radix: 16)
  }
}
