import FoundationEssentials
import Glibc

/// Times in milliseconds, and what people say of them.
struct Times {
  private var sorted: [Double]

  init(_ times: [Double]) {
    sorted = times.sorted()
  }

  var median: Double { percentile(50) }

  /// The smallest time that at least so many percent of all do not exceed.
  func percentile(_ percent: Double) -> Double {
    guard !sorted.isEmpty else { return .nan }
    let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }

  var most: Double { sorted.last ?? .nan }
  var count: Int { sorted.count }
}

/// A program that was run to its end.
struct Run {
  var milliseconds: Double
  var status: Int32
  var output: String
}

enum RunError: Error {
  case notStarted(String)
  case failed(String, status: Int32, output: String)
}

/// Runs a program and measures from before its start to after its end.
///
/// - Parameters:
///   - arguments: The absolute path first.
///   - environment: Added to that of this process.
///   - check: Whether an exit code other than 0 is an error.
/// - Returns: The time, the exit code, and standard output and error together.
/// - Throws: `RunError`.
@discardableResult
func run(
  _ arguments: [String], environment: [String: String] = [:], check: Bool = true,
  discardsOutput: Bool = false
) throws -> Run {
  var ends: [Int32] = [-1, -1]
  guard pipe(&ends) == 0 else { throw RunError.notStarted("pipe") }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  if discardsOutput {
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
  } else {
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
  }
  posix_spawn_file_actions_addclose(&actions, ends[0])
  posix_spawn_file_actions_addclose(&actions, ends[1])

  var variables = ProcessInfo.processInfo.environment
  variables.merge(environment) { $1 }
  let argv = arguments.map { strdup($0) } + [nil]
  let envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for pointer in argv + envp { free(pointer) } }

  var pid: pid_t = 0
  let start = ContinuousClock.now
  let error = posix_spawn(&pid, arguments[0], &actions, nil, argv, envp)
  close(ends[1])
  defer { close(ends[0]) }
  guard error == 0 else { throw RunError.notStarted("\(arguments[0]): errno \(error)") }
  var output: [UInt8] = []
  if !discardsOutput {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(ends[0], &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { break }
      output.append(contentsOf: buffer[..<count])
    }
  }
  var status: Int32 = 0
  while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
  let elapsed = ContinuousClock.now - start
  let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  let text = String(decoding: output, as: UTF8.self)
  if check && code != 0 {
    throw RunError.failed(arguments.joined(separator: " "), status: code, output: text)
  }
  return Run(milliseconds: milliseconds(elapsed), status: code, output: text)
}

func milliseconds(_ duration: Duration) -> Double {
  let (seconds, attoseconds) = duration.components
  return Double(seconds) * 1000 + Double(attoseconds) / 1e15
}

/// A number with the places that it deserves.
func show(_ value: Double) -> String {
  if value.isNaN { return "–" }
  if value >= 100 { return String(Int(value.rounded())) }
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}

func ratio(_ value: Double) -> String {
  if value.isNaN { return "–" }
  let hundredths = Int((value * 100).rounded())
  let fraction = hundredths % 100
  return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) ×"
}

/// A row of the table of figures.
struct Figure {
  var what: String
  var ours: String
  var floor: String
  var ratio: String
  var goal: String
  var isMet: Bool
}
