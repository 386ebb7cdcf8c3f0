import CProcess
import Diagnostics
import FoundationEssentials
import Glibc
import ProcessSupervision
import ProjectConfiguration

/// The configuration files and sockets of the services that stand before the database.
///
/// Both live beside the control socket: files with keys are gone after a reboot, and a file that is
/// written at every reset costs no disk. The files' folder is the supervisor's own, so that nobody
/// puts a link in their place; the sockets' folder belongs to the services' user.
struct ServiceFiles: Sendable {
  private let folder: String
  private let sockets: String
  private let user: UserIdentity?

  /// The gateway's configuration.
  var gateway: String { "\(folder)/gateway.json" }
  /// The REST service's configuration.
  var rest: String { "\(folder)/rest.json" }
  /// The gateway's certificate, when it serves https.
  var certificate: String { "\(folder)/certificate.pem" }
  /// The key of it.
  var certificateKey: String { "\(folder)/certificate-key.pem" }
  /// Where the gateway is told to pause.
  var controlSocket: String { "\(sockets)/gateway.sock" }
  /// Where the REST service listens.
  var restSocket: String { "\(sockets)/rest.sock" }

  /// Makes the sockets' folder.
  ///
  /// - Parameters:
  ///   - locations: Of the project; its folders exist.
  ///   - user: Whom the services run as; nil: this process's user.
  /// - Throws: A diagnostic with the path.
  init(_ locations: StateLocations, user: UserIdentity?) throws {
    folder = locations.runtimeFolder
    sockets = locations.servicesFolder
    self.user = user
    guard mkdir(sockets, 0o700) == 0 || errno == EEXIST else { throw Self.failure(sockets) }
    let descriptor = open(sockets, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw Self.failure(sockets) }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o700) == 0, giveAway(descriptor) else { throw Self.failure(sockets) }
    // What a killed service left: nobody listens there, and a probe need not find that out.
    for socket in [controlSocket, restSocket] { unlink(socket) }
  }

  /// Replaces a file as a whole, readable for the services' user alone.
  ///
  /// - Parameters:
  ///   - contents: All of it.
  ///   - path: One of this value's files.
  /// - Throws: A diagnostic with the path; the old file is untouched then.
  func write(_ contents: Data, to path: String) throws {
    let temporary = "\(path).\(UInt32.random(in: 0 ... .max)).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure(path) }
    var rest = contents[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else { break }
      rest = rest.dropFirst(max(0, count))
    }
    let isWritten = rest.isEmpty && giveAway(descriptor)
    let failure = Self.failure(path)
    guard close(descriptor) == 0, isWritten, rename(temporary, path) == 0 else {
      unlink(temporary)
      throw failure
    }
  }

  /// Replaces a configuration.
  ///
  /// - Parameters:
  ///   - configuration: What the service is to do.
  ///   - path: Its file.
  /// - Throws: A diagnostic with the path.
  func write(_ configuration: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try write(try encoder.encode(configuration), to: path)
  }

  /// Deletes what holds keys, once no service runs.
  func remove() {
    for path in [gateway, rest, certificate, certificateKey] { unlink(path) }
  }

  private func giveAway(_ descriptor: Int32) -> Bool {
    guard let user else { return true }
    return fchown(descriptor, user.userID, user.groupID) == 0
  }

  private static func failure(_ path: String) -> Diagnostic {
    Diagnostic(
      code: "service_file_failed",
      message: "cannot write \(path): \(String(cString: strerror(errno)))",
      hint: "the folder must be yours and its disk not full; `homebase doctor` looks at both")
  }
}

/// A pipe whose other end only this process has: who reads it learns that this process is gone.
final class Lifeline: Sendable {
  /// For the services.
  let reader: Int32
  private let writer: Int32

  /// - Throws: A diagnostic when there is no descriptor left.
  init() throws {
    var ends: (reader: Int32, writer: Int32) = (-1, -1)
    guard homebase_pipe(&ends.reader, &ends.writer) == 0 else {
      throw Diagnostic(
        code: "lifeline_failed", message: "cannot make a pipe: \(String(cString: strerror(errno)))",
        hint: "too many files may be open: `ulimit -n`")
    }
    (reader, writer) = ends
  }

  deinit {
    close(reader)
    close(writer)
  }
}
