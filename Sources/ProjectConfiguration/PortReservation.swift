package import Diagnostics
import Glibc

/// A port of 127.0.0.1 that is held, not probed: nobody else can take it while this value lives.
///
/// While it listens, connections wait in the kernel's queue: hand `descriptor` to the service. A
/// server that insists on binding by itself, as PostgreSQL does, may do so after `letServerBind()`:
/// the port stays bound, so that the kernel gives it to no outgoing connection, and other stacks see
/// it taken. Both end with the process, however it ends.
package final class PortReservation: Sendable {
  /// The port.
  package let port: Int
  /// The listening socket, close-on-exec.
  package let descriptor: Int32
  /// An abstract socket with the port's name: two stacks cannot hold one port, also while no server
  /// listens on it.
  private let lock: Int32

  private init(port: Int, descriptor: Int32, lock: Int32) {
    self.port = port
    self.descriptor = descriptor
    self.lock = lock
  }

  deinit {
    close(descriptor)
    if lock >= 0 { close(lock) }
  }

  /// Takes one port.
  ///
  /// - Parameter port: 0 takes any free one.
  /// - Returns: The port, held.
  /// - Throws: `PortError.taken` with who has it.
  package static func reserve(port: Int) throws(PortError) -> PortReservation {
    guard (0...65_535).contains(port) else { throw .notAPort(port) }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .failed(port: port, reason: SystemError.last.description) }
    var lock: Int32 = -1
    do throws(PortError) {
      if port != 0 { lock = try takeLock(port) }
      let bound = try bindAndListen(descriptor, port)
      if port == 0 { lock = try takeLock(bound) }
      return PortReservation(port: bound, descriptor: descriptor, lock: lock)
    } catch {
      close(descriptor)
      if lock >= 0 { close(lock) }
      throw error
    }
  }

  /// Takes the preferred port, else the one that was used before, else the next free one.
  ///
  /// - Parameters:
  ///   - preferred: The port in the configuration.
  ///   - remembered: What `PortMemory` has for it.
  ///   - avoiding: Ports that other services of this project wish for.
  /// - Returns: The port, held, and why it is another one: `PortError.taken` with the owner.
  /// - Throws: `PortError.noneFree` when two hundred ports in a row are taken.
  package static func reserve(
    preferred: Int, remembered: Int? = nil, avoiding: Set<Int> = []
  ) throws(PortError) -> (reservation: PortReservation, movedBecause: PortError?) {
    let reason: PortError
    do throws(PortError) {
      return (try reserve(port: preferred), nil)
    } catch {
      guard case .taken = error else { throw error }
      reason = error
    }
    if let remembered, remembered != preferred,
      let reservation = try? reserve(port: remembered)
    {
      return (reservation, reason)
    }
    let last = min(65_535, preferred + 200)
    for port in preferred..<last where !avoiding.contains(port + 1) {
      do throws(PortError) {
        return (try reserve(port: port + 1), reason)
      } catch {
        guard case .taken = error else { throw error }
      }
    }
    throw .noneFree(from: preferred, through: last)
  }

  /// Stops listening but keeps the port, so that a server which sets SO_REUSEADDR can bind it.
  ///
  /// Connections that waited are refused.
  package func letServerBind() {
    // On Linux a listening socket that is shut down stays bound to the port it was bound to.
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  private static func bindAndListen(_ descriptor: Int32, _ port: Int) throws(PortError) -> Int {
    // Without it, connections of the last run that are in TIME_WAIT would block the port.
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isHeld = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 512) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isHeld else {
      switch errno {
      case EADDRINUSE: throw .taken(port: port, owner: PortOwner.find(port: port))
      case EACCES: throw .notPermitted(port: port)
      default: throw .failed(port: port, reason: SystemError.last.description)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static func takeLock(_ port: Int) throws(PortError) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .failed(port: port, reason: SystemError.last.description) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array("\0homebase.port.\(port)".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0
      }
    }
    guard isBound else {
      let failure = SystemError.last
      close(descriptor)
      if failure.code == EADDRINUSE {
        throw .taken(port: port, owner: PortOwner.find(port: port))
      }
      throw .failed(port: port, reason: failure.description)
    }
    return descriptor
  }
}

/// Why a port cannot be had.
package enum PortError: Error, Sendable, Hashable {
  /// Somebody listens there, or another stack holds it; the owner is nil when it cannot be seen.
  case taken(port: Int, owner: PortOwner?)
  /// A port below 1024.
  case notPermitted(port: Int)
  /// A number outside of 0 to 65535.
  case notAPort(Int)
  /// All of them are taken.
  case noneFree(from: Int, through: Int)
  /// The system says no.
  case failed(port: Int, reason: String)
  /// The choice cannot be written down.
  case cannotRemember(file: String, reason: String)
}

extension PortError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .taken(let port, let owner):
      Diagnostic(
        code: "port_taken",
        message:
          "port \(port) is taken by \(owner.map(String.init(describing:)) ?? "another process")",
        hint: owner?.pid.map {
          "end it with `kill \($0)`, or choose another port in the configuration"
        }
          ?? "see who has it with `sudo ss -ltnp`, or choose another port in the configuration")
    case .notPermitted(let port):
      Diagnostic(
        code: "port_not_permitted", message: "port \(port) needs root",
        hint: "choose a port from 1024 up")
    case .notAPort(let port):
      Diagnostic(
        code: "port_invalid", message: "\(port) is not a port",
        hint: "choose one from 0 to 65535", category: .usage)
    case .noneFree(let first, let last):
      Diagnostic(
        code: "port_none_free", message: "no port from \(first) to \(last) is free",
        hint: "choose another port in the configuration")
    case .failed(let port, let reason):
      Diagnostic(
        code: "port_failed", message: "port \(port) cannot be bound: \(reason)",
        hint: "run `homebase doctor`")
    case .cannotRemember(let file, let reason):
      Diagnostic(
        code: "port_not_remembered", message: "cannot write \(file): \(reason)",
        hint: "the port is used, but may be another next time; make the folder writable")
    }
  }
}
