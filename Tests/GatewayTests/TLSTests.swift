import Diagnostics
import FoundationEssentials
import Glibc
import NIOCore
import ProcessSupervision
import Synchronization
import TestSockets
import Testing

@testable import Gateway

/// A door that speaks TLS, judged by curl and openssl.
@Suite struct TLSTests {
  private static let key = "apikey: sb_publishable_one"

  /// A world with a certificate for localhost.
  private func withTLS(
    _ change: (inout GatewayConfiguration) -> Void = { _ in },
    service: (@Sendable (any Channel) -> EventLoopFuture<Void>)? = nil,
    body: (World, GatewayConfiguration.TLS) async throws -> Void
  ) async throws {
    try await withWorld(
      { configuration, folder in
        let files = try LocalCertificate.ensure(in: folder)
        configuration.listeners[0].tls = .init(certificate: files.certificate, key: files.key)
        change(&configuration)
      }, service: service,
      body: { world in
        try await body(world, try #require(world.configuration.listeners[0].tls))
      })
  }

  private func curl(_ files: GatewayConfiguration.TLS, _ arguments: [String], input: String? = nil)
    async throws -> String
  {
    let result = try await runTool(
      ["/usr/bin/curl", "-sS", "--cacert", files.certificate, "-H", Self.key] + arguments,
      input: input, timeout: .seconds(60))
    return result.output + result.errorOutput
  }

  private func openssl(_ arguments: [String], input: String = "") async throws -> String {
    let result = try await runTool(
      ["/usr/bin/openssl"] + arguments, input: input, timeout: .seconds(60))
    return result.output + result.errorOutput
  }

  /// Clients that check names and signatures take the certificate, by all three names.
  @Test func curlAgrees() async throws {
    try await withTLS { world, files in
      let path = "\(world.port)/rest/v1/x"
      for host in ["localhost", "127.0.0.1"] {
        let answer = try await curl(files, ["https://\(host):\(path)"])
        #expect(answer.contains("GET /x\n") && answer.contains("x-forwarded-proto: https\n"))
      }
      let facts = try await curl(
        files,
        ["-o", "/dev/null", "-w", "%{http_version} %{http_code} %{ssl_verify_result}"]
          + ["--http2", "https://localhost:\(path)"])
      #expect(facts == "1.1 200 0")
      let old = try await curl(files, ["--tls-max", "1.2", "https://localhost:\(path)"])
      #expect(old.contains("GET /x\n"), "\(old)")
      let mine = try await curl(
        files, ["--resolve", "evil:\(world.port):127.0.0.1", "https://evil:\(path)"])
      #expect(mine.contains("no alternative certificate subject name"), "\(mine)")
      // One connection for several requests, one of them with a body.
      let two = try await curl(
        files, ["https://localhost:\(path)", "-d", "name=value", "https://localhost:\(path)2"])
      #expect(two.contains("POST /x\n") && two.contains("POST /x2\n"))
    }
  }

  /// Nothing older than TLS 1.2, nothing but HTTP/1.1.
  @Test func otherProtocolsAreRefused() async throws {
    try await withTLS { world, files in
      let client = [
        "s_client", "-connect", "127.0.0.1:\(world.port)", "-CAfile", files.certificate,
        "-verify_return_error",
      ]
      let good = try await openssl(client + ["-alpn", "h2,http/1.1"])
      #expect(good.contains("ALPN protocol: http/1.1"), "\(good)")
      #expect(good.contains("Verify return code: 0 (ok)"))
      let other = try await openssl(client + ["-alpn", "h2"])
      #expect(other.contains("no application protocol"), "\(other)")
      let old = try await openssl(client + ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
      #expect(old.contains("protocol version"), "\(old)")
      #expect(world.log.lines.withLock { $0 }.contains { $0.hasPrefix("a client's TLS ended") })
    }
  }

  /// Records carry bodies both ways; a slow reader does not fill the gateway.
  @Test func largeBodiesPass() async throws {
    try await withTLS { world, files in
      let base = "https://localhost:\(world.port)/rest/v1"
      let body = String(repeating: "0123456789abcdef", count: 125_000)
      let file = "\(world.folder)/echoed"
      let said = try await curl(
        files, ["-v", "--data-binary", "@-", "-o", file, "\(base)/echo"], input: body)
      let isSame = try Data(contentsOf: URL(filePath: file)) == Data(body.utf8)
      #expect(isSame, "\(said)")
      let slow = try await curl(
        files,
        ["-o", "/dev/null", "-w", "%{size_download}", "--limit-rate", "16M"]
          + ["\(base)/bytes/33554432"])
      #expect(slow == "33554432")
      let held = await world.server.counters().mostBytesHeld
      #expect(held > 0 && held < 2 * 1024 * 1024, "\(held)")
    }
  }

  @Test func tunnelsPass() async throws {
    let service = rawService { buffer, context in
      if String(buffer: buffer).hasPrefix("GET /socket/") {
        RawService.say(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            + "opened;", context)
      } else {
        context.writeAndFlush(NIOAny(buffer), promise: nil)
        context.close(promise: nil)
      }
    }
    try await withTLS(
      service: service,
      body: { world, files in
        let answer = try await openssl(
          [
            "s_client", "-quiet", "-connect", "127.0.0.1:\(world.port)", "-CAfile",
            files.certificate,
          ],
          input: "GET /realtime/v1/websocket?apikey=sb_publishable_one HTTP/1.1\r\nHost: a\r\n"
            + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nframe")
        #expect(answer.contains(" 101 ") && answer.contains("opened;frame"), "\(answer)")
      })
  }

  /// The commonest mistake has an answer that a person understands.
  @Test func plainHTTPIsToldSo() async throws {
    try await withTLS { world, _ in
      let answer = try await get(world.port, "/rest/v1/x", [Self.key])
      #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("https://"), "\(answer)")
      #expect(world.log.lines.withLock { $0 }.contains { $0.contains("https://") })
      // What is neither is closed.
      let noise = (try? await converse(world.port, "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}")) ?? ""
      #expect(!noise.contains("HTTP"))
      #expect(await world.server.counters().requests == 0)
    }
  }

  /// A client that says nothing, or stops in the middle of its handshake, does not stay.
  @Test func handshakesAreBounded() async throws {
    try await withTLS {
      $0.limits = .init()
      $0.limits?.headTimeoutMilliseconds = 500
    } body: { world, _ in
      async let silent = converse(world.port, "")
      async let half = converse(world.port, "\u{16}\u{3}\u{1}\u{0}\u{50}\u{1}")
      let (first, second) = try await (silent, half)
      #expect(first == "" && second == "")
    }
  }

  @Test func answersOfItsOwnAreEncrypted() async throws {
    try await withTLS {
      $0.limits = .init()
      $0.limits?.connections = 1
    } body: { world, files in
      try await withClient(world.port) { _, writer in
        try await writer.write(ByteBuffer(string: "\u{16}"))
        while await world.server.counters().connections == 0 { await Task.yield() }
        let answer = try await curl(files, ["-i", "https://localhost:\(world.port)/rest/v1/x"])
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("too many"), "\(answer)")
      }
    }
  }

  /// Each mistake in the files is told with the file's name, before anything has changed.
  @Test func unusableFilesAreNamed() async throws {
    try await withFolder { folder in
      let good = try LocalCertificate.ensure(in: folder)
      let (missing, text, locked) = ("\(folder)/no.pem", "\(folder)/text.pem", "\(folder)/locked")
      try Data("no PEM".utf8).write(to: URL(filePath: text))
      let other = "\(folder)/other.pem"
      _ = try await openssl(["ecparam", "-name", "prime256v1", "-genkey", "-out", other])
      _ = try await openssl(
        ["ec", "-in", other, "-aes128", "-passout", "pass:x", "-out", locked])
      for (certificate, key, name) in [
        (missing, good.key, missing), (good.certificate, missing, missing),
        (text, good.key, text), (good.certificate, text, text), (good.certificate, other, other),
        (good.certificate, locked, locked), (good.key, good.key, good.key),
      ] {
        let error = #expect(throws: GatewayError.self) {
          try TLSContext(.init(certificate: certificate, key: key))
        }
        guard case .unusableCertificate(let file, _) = error else {
          Issue.record("\(certificate) with \(key): \(String(describing: error))")
          continue
        }
        #expect(file == name, "\(certificate) with \(key): \(String(describing: error))")
        #expect(error?.diagnostic.message.contains(name) == true)
      }
    }
  }

  /// A renewed certificate is taken by a reload, and a broken one leaves the door as it was.
  @Test func reloadsRenewTheCertificate() async throws {
    try await withTLS { world, files in
      let url = "https://localhost:\(world.port)/rest/v1/x"
      let old = try Data(contentsOf: URL(filePath: files.certificate))
      try Data("nothing".utf8).write(to: URL(filePath: files.certificate))
      await #expect(throws: GatewayError.self) {
        try await world.server.reload(world.configuration)
      }
      try old.write(to: URL(filePath: files.certificate))
      #expect(try await curl(files, [url]).contains("GET /x\n"))
      try FileManager.default.removeItem(atPath: files.certificate)
      _ = try LocalCertificate.ensure(in: world.folder)
      #expect(try await curl(files, [url]).contains("certificate"))
      try await world.server.reload(world.configuration)
      #expect(try await curl(files, [url]).contains("GET /x\n"))
    }
  }

  @Test func theLocalCertificateIsRight() async throws {
    try await withFolder { folder in
      let (certificate, key) = try LocalCertificate.ensure(in: "\(folder)/")
      let text = try await openssl(["x509", "-in", certificate, "-noout", "-text"])
      for part in [
        "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1", "CA:FALSE",
        "TLS Web Server Authentication", "ecdsa-with-SHA256", "ASN1 OID: prime256v1",
      ] { #expect(text.contains(part), "\(part): \(text)") }
      for check in [["-checkhost", "localhost"], ["-checkip", "127.0.0.1"], ["-checkip", "::1"]] {
        let answer = try await openssl(["x509", "-in", certificate, "-noout"] + check)
        #expect(answer.contains("does match"))
      }
      let verified = try await openssl(
        ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", certificate, certificate])
      #expect(verified.hasSuffix(": OK\n"), "\(verified)")
      var found = stat()
      #expect(stat(key, &found) == 0 && found.st_mode & 0o777 == 0o600)
    }
  }

  @Test func theLocalCertificateIsKept() async throws {
    try await withFolder { folder in
      let first = try LocalCertificate.ensure(in: folder)
      func bytes() throws -> Data { try Data(contentsOf: URL(filePath: first.certificate)) }
      let old = try bytes()
      _ = try LocalCertificate.ensure(in: folder)
      #expect(try bytes() == old)
      // A month before its end, and with another's key, it is made again.
      let now = Int64(time(nil))
      _ = try LocalCertificate.ensure(in: folder, now: now + 790 * 86400)
      #expect(try bytes() == old)
      _ = try LocalCertificate.ensure(in: folder, now: now + 800 * 86400)
      let renewed = try bytes()
      #expect(renewed != old)
      try old.write(to: URL(filePath: first.certificate))
      _ = try LocalCertificate.ensure(in: folder)
      let fitting = try bytes()
      #expect(fitting != old && fitting != renewed)
    }
  }

  /// Two starts at once must not leave one's key beside the other's certificate.
  @Test func manyMayAskAtOnce() async throws {
    try await withFolder { folder in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            let files = try LocalCertificate.ensure(in: folder)
            _ = try TLSContext(.init(certificate: files.certificate, key: files.key))
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func foldersThatCannotBeWrittenAreNamed() {
    #expect(throws: GatewayError.self) { try LocalCertificate.ensure(in: "/proc/nothing") }
  }
}
