/// Who has a connection, who waits, and who is next; a pure value.
///
/// An element is never given out twice before it is given back, and nobody overtakes.
struct PoolQueue<Element> {
  /// What a caller gets: a place, and what is on it.
  enum Grant {
    /// An idle one.
    case use(Element)
    /// A free place: the caller opens a new one for it.
    case open
  }

  let limit: Int
  private(set) var idle: [Element] = []
  /// In use, or being opened for somebody.
  private(set) var taken = 0
  /// In the order of coming.
  private(set) var waiting: [Int] = []

  init(limit: Int) {
    self.limit = max(limit, 1)
  }

  /// Asks for a place.
  ///
  /// - Parameter isUsable: Idle ones that fail it are thrown away.
  /// - Returns: Nil when the caller has to wait: `wait`.
  mutating func take(where isUsable: (Element) -> Bool) -> Grant? {
    guard taken < limit, waiting.isEmpty else { return nil }
    taken += 1
    // The last one in is the warmest.
    while let element = idle.popLast() {
      if isUsable(element) { return .use(element) }
    }
    return .open
  }

  mutating func wait(_ number: Int) {
    waiting.append(number)
  }

  /// Leaves the queue.
  ///
  /// - Parameter number: From `wait`.
  /// - Returns: False when it had its turn already.
  mutating func leave(_ number: Int) -> Bool {
    guard let position = waiting.firstIndex(of: number) else { return false }
    waiting.remove(at: position)
    return true
  }

  /// Gives a place back.
  ///
  /// - Parameter element: Nil when it broke, or could not be opened.
  /// - Returns: Who is next, and with what.
  mutating func giveBack(_ element: Element?) -> (number: Int, grant: Grant)? {
    guard waiting.isEmpty else {
      return (waiting.removeFirst(), element.map { .use($0) } ?? .open)
    }
    taken -= 1
    if let element { idle.append(element) }
    return nil
  }

  /// Throws out all that wait and all that is idle.
  ///
  /// - Returns: Both, to be told and closed.
  mutating func empty() -> (waiting: [Int], idle: [Element]) {
    defer { (waiting, idle) = ([], []) }
    return (waiting, idle)
  }
}
