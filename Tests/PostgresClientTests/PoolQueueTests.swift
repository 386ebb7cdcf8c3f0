import Testing

@testable import PostgresClient

@Suite struct PoolQueueTests {
  /// Whatever the order of events: the bound holds, nobody overtakes, nothing is lent twice.
  @Test func holdsItsPromisesInAnyOrder() {
    let seed = UInt64.random(in: .min ... .max)
    print("holdsItsPromisesInAnyOrder: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let limit = 3
    var queue = PoolQueue<Int>(limit: limit)
    var lent: [Int] = []
    var lastElement = 0
    var lastNumber = 0
    var expectedOrder: [Int] = []

    func open() -> Int {
      lastElement += 1
      return lastElement
    }

    for _ in 0..<20_000 {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0..<5:
        if let grant = queue.take(where: { $0 % 7 != 0 }) {
          let element = if case .use(let idle) = grant { idle } else { open() }
          #expect(!lent.contains(element), "seed \(seed)")
          lent.append(element)
        } else {
          lastNumber += 1
          queue.wait(lastNumber)
          expectedOrder.append(lastNumber)
        }
      case 5..<9:
        guard let index = lent.indices.randomElement(using: &generator) else { continue }
        let element = lent.remove(at: index)
        let isBroken = Bool.random(using: &generator)
        guard let next = queue.giveBack(isBroken ? nil : element) else { continue }
        #expect(next.number == expectedOrder.removeFirst(), "seed \(seed)")
        let given = if case .use(let warm) = next.grant { warm } else { open() }
        #expect(!lent.contains(given), "seed \(seed)")
        lent.append(given)
      default:
        guard let number = expectedOrder.randomElement(using: &generator) else { continue }
        expectedOrder.removeAll { $0 == number }
        let wasWaiting = queue.leave(number)
        #expect(wasWaiting, "seed \(seed)")
      }
      #expect(queue.taken == lent.count && queue.taken <= limit, "seed \(seed)")
      #expect(queue.taken + queue.idle.count <= lastElement + limit, "seed \(seed)")
      #expect(queue.waiting == expectedOrder, "seed \(seed)")
      #expect(queue.waiting.isEmpty || queue.taken == limit, "seed \(seed)")
    }
  }
}
