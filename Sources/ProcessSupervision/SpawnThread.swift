import CProcess
import Dispatch
import Glibc
import Synchronization

/// The one thread that makes all children, and never ends.
///
/// A parent-death signal follows the thread that made the child: one made on a pool's thread would
/// be killed when the pool lets that thread go, five seconds later.
final class SpawnThread: Sendable {
  static let shared = SpawnThread()

  private let work = Mutex<[@Sendable () -> Void]>([])
  private let wake = DispatchSemaphore(value: 0)
  private let identifier = Mutex<Int32>(0)

  private init() {
    startThread(named: "homebase-spawn") { [self] in
      identifier.withLock { $0 = homebase_thread_id() }
      while true {
        wake.wait()
        let next = work.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        next?()
      }
    }
  }

  /// The kernel's id of the thread: the children below it are ours by name.
  var threadID: Int32 { identifier.withLock { $0 } }

  func perform(_ body: @escaping @Sendable () -> Void) {
    work.withLock { $0.append(body) }
    wake.signal()
  }
}

/// Starts a detached thread; FoundationEssentials has none.
///
/// - Parameters:
///   - name: What `ps -L` shows, at most 15 bytes.
///   - body: Runs on the thread; the thread ends with it.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
  let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  pthread_attr_setstacksize(&attributes, 256 * 1024)
  var thread = pthread_t()
  let status = pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
      homebase_set_name(start.name)
      // A reader that went away is an error to handle here, not the end of the process.
      var brokenPipe = sigset_t()
      sigemptyset(&brokenPipe)
      sigaddset(&brokenPipe, SIGPIPE)
      pthread_sigmask(SIG_BLOCK, &brokenPipe, nil)
      start.body()
      return nil
    }, start.toOpaque())
  pthread_attr_destroy(&attributes)
  if status != 0 {
    // No thread to be had: the work still has to be done, on a pool's thread.
    let kept = start.takeRetainedValue()
    DispatchQueue.global().async { kept.body() }
  }
}

private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}
