import Diagnostics
import Glibc
import Testing

@testable import ProjectConfiguration

/// A listening or bound socket of a test, as a stranger's program has it.
private func stranger(port: Int, listens: Bool) -> Int32? {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var yes: Int32 = 1
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  let isBound = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        && (!listens || listen(descriptor, 1) == 0)
    }
  }
  if isBound { return descriptor }
  close(descriptor)
  return nil
}

@Suite struct PortTests {
  /// Held means held: nobody else gets the port, not even with SO_REUSEADDR, until we let go.
  @Test func heldPortIsTaken() throws {
    var reservation: PortReservation? = try PortReservation.reserve(port: 0)
    let port = try #require(reservation?.port)
    #expect(stranger(port: port, listens: true) == nil)
    let error = #expect(throws: PortError.self) { try PortReservation.reserve(port: port) }
    guard case .taken(port, let owner) = error else {
      Issue.record("not taken: \(String(describing: error))")
      return
    }
    #expect(owner?.pid == getpid())
    #expect(owner?.name?.isEmpty == false)
    #expect(error?.diagnostic.message.contains("(pid \(getpid()))") == true)
    reservation = nil
    let again = try #require(stranger(port: port, listens: true))
    close(again)
  }

  /// PostgreSQL binds by itself: it can, while another stack still cannot.
  @Test func serverMayBind() throws {
    let reservation = try PortReservation.reserve(port: 0)
    reservation.letServerBind()
    let server = try #require(stranger(port: reservation.port, listens: true))
    close(server)
    // The server is gone, as after a crash: the port is still ours.
    #expect(throws: PortError.self) { try PortReservation.reserve(port: reservation.port) }
    let restarted = try #require(stranger(port: reservation.port, listens: true))
    close(restarted)
  }

  /// A taken port moves to the next free one, and says who has it.
  @Test func takenPortMoves() throws {
    let first = try PortReservation.reserve(port: 0)
    let (second, reason) = try PortReservation.reserve(preferred: first.port)
    #expect(second.port > first.port)
    #expect(reason?.diagnostic.code == "port_taken")
    let (third, _) = try PortReservation.reserve(
      preferred: first.port, avoiding: [second.port, second.port + 1])
    #expect(third.port > second.port + 1)
  }

  /// A moved port comes back as soon as it is free; until then it stays where it moved, and says so.
  @Test func theWishIsTriedBeforeTheMemory() throws {
    var stranger: PortReservation? = try PortReservation.reserve(port: 0)
    let wish = try #require(stranger?.port)
    var moved: PortReservation? = try PortReservation.reserve(port: 0)
    let remembered = try #require(moved?.port)
    moved = nil
    let (second, reason) = try PortReservation.reserve(preferred: wish, remembered: remembered)
    #expect(second.port == remembered && reason?.diagnostic.code == "port_taken")
    stranger = nil
    let (third, none) = try PortReservation.reserve(preferred: wish, remembered: remembered)
    #expect(third.port == wish && none == nil)
  }

  /// Where a port moved to outlives the process; a wish that came true is forgotten.
  @Test func movesAreRemembered() throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/ports.json"
    let probe = try PortReservation.reserve(port: 0)
    var memory = PortMemory(file: file)
    #expect(memory[54_322] == nil)
    try memory.remember(probe.port, for: 54_322)
    try memory.remember(6000, for: 54_321)
    try memory.remember(54_321, for: 54_321)
    let saved = PortMemory(file: file)
    #expect(saved[54_322] == probe.port && saved[54_321] == nil)
  }

  /// A file that was cut off costs at most another free port.
  @Test(arguments: ["", "{", "[]", "{\"54322\":\"x\"}", "{\"x\":1}", "{\"54322\":99999}"])
  func brokenMemoryIsEmpty(_ text: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("ports.json", text)
    #expect(PortMemory(file: "\(folder.path)/ports.json")[54_322] == nil)
  }

  /// A folder that is gone is said, not ignored.
  @Test func memoryThatCannotBeWritten() throws {
    let folder = try TemporaryFolder()
    var memory = PortMemory(file: "\(folder.path)/gone/ports.json")
    let error = #expect(throws: PortError.self) { try memory.remember(1, for: 2) }
    #expect(error?.diagnostic.code == "port_not_remembered")
  }

  /// Numbers that are no ports do not reach the system.
  @Test func noPorts() {
    #expect(throws: PortError.notAPort(70_000)) { try PortReservation.reserve(port: 70_000) }
    #expect(PortOwner.find(port: 0) == nil)
  }
}
