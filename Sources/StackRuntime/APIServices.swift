import DatabaseCluster
import DatabaseLifecycle
import Diagnostics
import FoundationEssentials
import PostgresClient
import ProcessSupervision
import ProjectConfiguration
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
    let address = cluster.parameters(database: ProjectDatabase.name, user: RESTDocument.user)
    try files.write(
      RESTDocument(
        project, files: files,
        database: .init(
          host: address.host, port: address.port, name: address.database, user: address.user),
        signingKeys: try project.signingKeys(), issuers: issuers, port: ports.api ?? door.port),
      to: files.rest)
    let document = GatewayDocument(
      project, files: files, tls: try Self.tls(project, files),
      generation: GatewayControl.firstGeneration())
    try files.write(document, to: files.gateway)
    control = GatewayControl(
      socket: files.controlSocket, stack: ServiceStack.main,
      generation: document.stacks[0].generation,
      save: { generation in
        var document = document
        document.stacks[0].generation = generation
        try files.write(document, to: files.gateway)
      })
  }

  /// Copies the certificate to where the gateway's user can read it and nobody else the key.
  private static func tls(
    _ project: ProjectContext, _ files: ServiceFiles
  ) throws -> GatewayDocument.TLS? {
    guard project.configuration.api.tls.enabled, let named = try project.certificate() else {
      return nil
    }
    try files.write(named.certificate, to: files.certificate)
    try files.write(named.key, to: files.certificateKey)
    return .init(certificate: files.certificate, key: files.certificateKey)
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
