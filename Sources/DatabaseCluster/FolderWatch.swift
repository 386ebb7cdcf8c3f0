import CProcess
import Dispatch
import Glibc

/// Tells that files of a folder have changed, so that nobody has to look again and again.
///
/// Unchecked: libdispatch's objects may be used from any thread; the overlay does not say so.
final class FolderWatch: @unchecked Sendable {
  /// A value for each change, and one a period for what the folder does not show.
  let changes: AsyncStream<Void>
  private let source: (any DispatchSourceRead)?
  private let timer: any DispatchSourceTimer

  /// Begins to watch: what is read after this is changed with a word.
  ///
  /// - Parameters:
  ///   - folder: Whose files; one that cannot be watched is looked at once a period.
  ///   - period: After so many milliseconds without a change there is a value as well.
  init(_ folder: String, periodInMilliseconds period: Int) {
    let (changes, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    self.changes = changes
    let queue = DispatchQueue.global(qos: .userInitiated)
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(
      deadline: .now() + .milliseconds(period), repeating: .milliseconds(period))
    timer.setEventHandler { continuation.yield() }
    timer.activate()
    let watch = homebase_inotify_create()
    guard watch >= 0, homebase_inotify_watch(watch, folder) >= 0 else {
      if watch >= 0 { close(watch) }
      source = nil
      return
    }
    let source = DispatchSource.makeReadSource(fileDescriptor: watch, queue: queue)
    source.setEventHandler {
      withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
        while read(watch, buffer.baseAddress, buffer.count) > 0 {}
      }
      continuation.yield()
    }
    source.setCancelHandler { close(watch) }
    source.activate()
    self.source = source
  }

  deinit {
    source?.cancel()
    timer.cancel()
  }
}
