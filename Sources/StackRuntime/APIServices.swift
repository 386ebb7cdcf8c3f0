import DatabaseCluster
import DatabaseLifecycle
import Diagnostics
import FoundationEssentials
import Gateway
import PostgresClient
import ProcessSupervision
import ProjectConfiguration
import RESTService
import Synchronization
import WebTokens

/// The gateway and the REST service of a running stack: their files, their door, their pauses.
final class APIServices: Sendable {
  private let files: ServiceFiles
  private let cluster: Cluster
  private let door: PortReservation
  private let lifeline: Lifeline
  private let control: GatewayControl
  private let watching = Mutex<Task<Void, Never>?>(nil)

  /// Writes what the services are told.
  ///
  /// - Parameters:
  ///   - project: Whose.
  ///   - cluster: What REST connects to, and whose user both run as.
  ///   - ports: What the stack listens on.
  ///   - door: The gateway's.
  ///   - issuers: Who else signs tokens of the project's users.
  /// - Throws: A diagnostic: a certificate or a signing key is of no use, a file cannot be written.
  init(
    _ project: ProjectContext, cluster: Cluster, ports: ServicePorts, door: PortReservation,
    issuers: [TokenKeysConfiguration.Issuer]
  ) throws {
    let files = try ServiceFiles(project.locations, user: cluster.user)
    self.files = files
    self.cluster = cluster
    self.door = door
    lifeline = try Lifeline()
    let address = cluster.parameters(
      database: ProjectDatabase.name, user: RESTServiceConfiguration.user)
    try files.write(
      RESTServiceConfiguration(
        project, files: files,
        database: .init(
          host: address.host, port: address.port, name: address.database, user: address.user),
        signingKeys: try project.signingKeys(), issuers: issuers, port: ports.api ?? door.port),
      to: files.rest)
    let generation = GatewayControl.firstGeneration()
    let configuration = GatewayConfiguration(
      project, files: files, tls: try Self.tls(project, files), generation: generation)
    try files.write(configuration, to: files.gateway)
    control = GatewayControl(
      socket: files.controlSocket, stack: ServiceStack.main,
      generation: generation,
      save: { generation in
        var configuration = configuration
        for index in configuration.stacks.indices {
          configuration.stacks[index].generation = generation
        }
        try files.write(configuration, to: files.gateway)
      })
  }

  /// Copies the certificate to where the gateway's user can read it and nobody else the key.
  ///
  /// When the configuration names none, one for localhost is made and kept with the project's data.
  private static func tls(
    _ project: ProjectContext, _ files: ServiceFiles
  ) throws -> GatewayConfiguration.TLS? {
    guard project.configuration.api.tls.enabled else { return nil }
    let named = try project.certificate()
    let source = try named ?? ownCertificate(project)
    for (file, copy) in [
      (source.certificate, files.certificate), (source.key, files.certificateKey),
    ] {
      guard let text = FileManager.default.contents(atPath: file) else {
        throw GatewayError.unusableCertificate(file: file, reason: "it cannot be read")
      }
      try files.write(text, to: copy)
    }
    return .init(certificate: files.certificate, key: files.certificateKey)
  }

  private static func ownCertificate(
    _ project: ProjectContext
  ) throws -> GatewayConfiguration.TLS {
    let made = try LocalCertificate.ensure(in: "\(project.locations.dataFolder)/tls")
    return .init(certificate: made.certificate, key: made.key)
  }

  /// Gives the services of a plan what they need.
  func join(_ plan: inout ServicePlan) {
    plan.serveAPI(files, door: door.descriptor, lifeline: lifeline, cluster: cluster)
  }

  /// Keeps requests away while databases change places.
  var gate: SwapGate { control.gate }

  /// Closes the door when the gateway is given up.
  ///
  /// Clients are refused then, instead of waiting in a queue that nobody empties. A gateway that is
  /// started again by hand opens it.
  ///
  /// - Parameters:
  ///   - supervisor: Before its start.
  ///   - plan: Its services.
  func watch(_ supervisor: ServiceSupervisor, _ plan: ServicePlan) async {
    guard let name = plan.name(of: ServicePlan.gateway) else { return }
    let door = door
    let events = await supervisor.events()
    let task = Task { [weak supervisor] in
      for await event in events where event.service == name && event.state == .failed {
        let gateway = await supervisor?.status(measuresMemory: false).first { $0.name == name }
        // Without a process: one that hangs may come to itself again.
        if let gateway, gateway.state == .failed, gateway.pid == nil { door.letServerBind() }
      }
    }
    watching.withLock { $0 = task }
  }

  /// Forgets the keys, once no service runs.
  func end() {
    watching.withLock { $0?.cancel() }
    files.remove()
  }
}
