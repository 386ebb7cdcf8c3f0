import Glibc

/// A service that answers at once, for measuring what stands in front of it: `[]` to every request,
/// 1 GB of zeros to `/big`, and a body of any length is read and dropped.
///
/// One thread and poll: nothing in it but system calls. It runs as a process of its own, until its
/// parent ends.
enum InstantServer {
  static let bigBody = 1 << 30

  private struct Client {
    var head: [UInt8] = []
    var bodyLeft = 0
    var isBig = false
  }

  /// Serves for ever.
  ///
  /// - Parameters:
  ///   - path: Of a unix socket that is made.
  ///   - port: Of the loopback address.
  static func run(path: String, port: UInt16) -> Never {
    let parent = getppid()
    signal(SIGPIPE, SIG_IGN)
    var polls = [listen(path: path), listen(port: port)].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    var clients: [Int32: Client] = [:]
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      guard poll(&polls, UInt(polls.count), 1000) > 0 else {
        if getppid() != parent { exit(0) }
        continue
      }
      var closed: Set<Int32> = []
      var accepted: [Int32] = []
      for (index, entry) in polls.enumerated() where entry.revents != 0 {
        if index < 2 {
          let client = accept(entry.fd, nil, nil)
          if client >= 0 { accepted.append(client) }
          continue
        }
        let count = read(entry.fd, &buffer, buffer.count)
        guard count > 0, var client = clients.removeValue(forKey: entry.fd),
          take(buffer[..<count], &client, entry.fd)
        else {
          close(entry.fd)
          clients[entry.fd] = nil
          closed.insert(entry.fd)
          continue
        }
        clients[entry.fd] = client
      }
      polls.removeAll { closed.contains($0.fd) }
      for client in accepted {
        var yes: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
        clients[client] = Client()
        polls.append(pollfd(fd: client, events: Int16(POLLIN), revents: 0))
      }
    }
  }

  /// Takes bytes of a client, and answers each request that is complete.
  private static func take(
    _ bytes: ArraySlice<UInt8>, _ client: inout Client, _ descriptor: Int32
  ) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      if client.bodyLeft > 0 {
        let count = min(client.bodyLeft, rest.count)
        client.bodyLeft -= count
        rest = rest.dropFirst(count)
        if client.bodyLeft == 0, !answer(&client, descriptor) { return false }
        continue
      }
      client.head.append(rest.removeFirst())
      guard client.head.suffix(4).elementsEqual("\r\n\r\n".utf8) else { continue }
      let head = String(decoding: client.head, as: UTF8.self).lowercased()
      client.head.removeAll(keepingCapacity: true)
      client.isBig = head.hasPrefix("get /big")
      for line in head.split(separator: "\r\n") where line.hasPrefix("content-length: ") {
        client.bodyLeft = Int(line.dropFirst("content-length: ".count)) ?? 0
      }
      if client.bodyLeft == 0, !answer(&client, descriptor) { return false }
    }
    return true
  }

  private static let small = Array(
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]".utf8)
  private static let zeros = [UInt8](repeating: 0, count: 1 << 20)

  private static func answer(_ client: inout Client, _ descriptor: Int32) -> Bool {
    guard client.isBig else { return writeAll(small, to: descriptor) }
    client.isBig = false
    guard
      writeAll(
        Array("HTTP/1.1 200 OK\r\nContent-Length: \(bigBody)\r\n\r\n".utf8), to: descriptor)
    else { return false }
    for _ in 0..<bigBody / zeros.count where !writeAll(zeros, to: descriptor) { return false }
    return true
  }

  private static func listen(path: String) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { place in
      place.copyBytes(from: Array(path.utf8.prefix(place.count - 1)))
    }
    unlink(path)
    return bound(descriptor, &address)
  }

  private static func listen(port: UInt16) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return bound(descriptor, &address)
  }

  private static func bound<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard result == 0, Glibc.listen(descriptor, 512) == 0 else {
      perror("figures: the instant service")
      exit(2)
    }
    return descriptor
  }
}
