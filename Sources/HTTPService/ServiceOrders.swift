import Dispatch
import Glibc

/// What a service is told by its supervisor or a person: to end, or to read its file again.
///
/// SIGTERM, SIGINT and the end of the lifeline end it; SIGHUP has it read its file again. Make it
/// before the service starts: what is said meanwhile is not lost.
package final class ServiceOrders {
  private enum Word {
    case reload, stop
  }

  private let words: AsyncStream<Word>
  private let sources: [any DispatchSourceProtocol]

  /// Listens from now on.
  ///
  /// - Parameter lifeline: A pipe of which only the supervisor has the other end.
  package init(lifeline: Int32?) {
    let (words, speaker) = AsyncStream.makeStream(of: Word.self)
    self.words = words
    var sources: [any DispatchSourceProtocol] = [SIGTERM, SIGINT, SIGHUP].map { number in
      // Ignored, it reaches the source alone.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { speaker.yield(number == SIGHUP ? .reload : .stop) }
      return source
    }
    if let lifeline {
      let source = DispatchSource.makeReadSource(fileDescriptor: lifeline)
      source.setEventHandler { speaker.yield(.stop) }
      sources.append(source)
    }
    self.sources = sources
    for source in sources { source.resume() }
  }

  deinit { for source in sources { source.cancel() } }

  /// Waits until the service is to end.
  ///
  /// - Parameter reload: Reads the service's file again; the next word waits for its end.
  package func untilStop(reload: () async -> Void) async {
    for await word in words {
      guard word == .reload else { return }
      await reload()
    }
  }
}
