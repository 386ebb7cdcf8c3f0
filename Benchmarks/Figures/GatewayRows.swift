import Glibc

/// The gateway alone, in front of a service that answers at once.
func gatewayRows(_ workspace: Workspace) throws -> [Figure] {
  let stage = try GatewayStage(workspace)
  defer { stage.end() }
  let seconds = workspace.options.count(10, quick: 3)
  // Taking turns: what else the machine does slows both.
  var direct: [Double] = []
  var through: [Double] = []
  for _ in 0..<3 {
    direct.append(try stage.load(stage.servicePort, clients: 1, seconds).median)
    through.append(try stage.load(stage.gatewayPort, clients: 1, seconds).median)
  }
  let added = (Times(through).median - Times(direct).median) * 1000
  let before = stage.processorSeconds()
  let many = try stage.load(stage.gatewayPort, clients: 32, seconds)
  let used = stage.processorSeconds() - before
  let perCore = many.perSecond * Double(seconds) / used

  let idle = try stage.memory()
  var most = idle
  let up = try stage.transfer(["-T", stage.bigFile], &most)
  let down = try stage.transfer(["-o", "/dev/null"], &most)
  let slow = try stage.transfer(["-o", "/dev/null", "--limit-rate", "150M"], &most)
  return [
    Figure(
      what: "the gateway in front of a service that answers at once, one connection",
      ours: "p50 \(show(Times(through).median)) ms",
      floor: "the service itself \(show(Times(direct).median)) ms",
      ratio: "\(show(added)) µs more", goal: "≤ 40 µs", isMet: added <= 40),
    Figure(
      what: "the same, 32 connections, by the gateway's own processor time",
      ours: "\(show(perCore)) requests a second on one core",
      floor: "\(show(many.perSecond)) a second in all",
      ratio: "–", goal: "≥ 20,000", isMet: perCore >= 20_000),
    Figure(
      what: "1 GB up, down, and down to a slow reader: the gateway's memory (PSS)",
      ours: "\(show(idle)) MiB before, at most \(show(most)) MiB", floor: "–",
      ratio: "\(show(up)) / \(show(down)) / \(show(slow)) s", goal: "flat", isMet: most - idle <= 16
    ),
  ]
}

/// The two processes, and the load.
private final class GatewayStage {
  let servicePort = 20_000 + Int(getpid() % 10_000)
  let gatewayPort = 31_000 + Int(getpid() % 10_000)
  let bigFile: String
  private let workspace: Workspace
  private let wrk = "/usr/bin/wrk"
  private let script: String
  private var service: pid_t = 0
  private var gateway: pid_t = 0

  init(_ workspace: Workspace) throws {
    self.workspace = workspace
    guard exists(wrk) else { throw FigureError.noSense("no wrk: apt-get install wrk") }
    let folder = try workspace.freshFolder("gateway")
    bigFile = "\(folder)/zeros"
    script = "\(folder)/figure.lua"
    try write(wrkReport, to: script)
    try run(["/usr/bin/truncate", "-s", "1G", bigFile], environment: workspace.environment)
    let configuration = "\(folder)/gateway.json"
    try write(
      """
      {"listeners": [{"address": "127.0.0.1", "port": \(gatewayPort)}],
       "services": {"rest": "\(folder)/rest.sock"},
       "stacks": [{"id": "main", "keys": {}}], "default_stack": "main"}
      """, to: configuration)
    service = try child([
      "/proc/self/exe", "respond", "\(folder)/rest.sock", String(servicePort),
    ])
    gateway = try child([
      workspace.options.homebase, "serve", "gateway", "--configuration", configuration,
    ])
    let deadline = ContinuousClock.now + .seconds(20)
    while true {
      let answer = try run(
        ["/usr/bin/curl", "-s", "http://127.0.0.1:\(gatewayPort)/rest/v1/x"],
        environment: workspace.environment, check: false)
      if answer.output == "[]" { return }
      guard ContinuousClock.now < deadline else {
        throw FigureError.noSense("the gateway does not answer: \(answer.output)")
      }
      try pause(milliseconds: 50)
    }
  }

  private func child(_ arguments: [String]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in Int32(0)...1 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    return try spawn(arguments, environment: workspace.environment, actions: &actions)
  }

  func end() {
    for process in [gateway, service] where process > 0 {
      kill(process, SIGTERM)
      waitpid(process, nil, 0)
    }
  }

  func load(_ port: Int, clients: Int, _ seconds: Int) throws -> Rate {
    try wrkRate(
      try run(
        [
          wrk, "-t", "1", "-c", String(clients), "-d", "\(seconds)s", "-s", script,
          "http://127.0.0.1:\(port)/rest/v1/x",
        ], environment: workspace.environment
      ).output)
  }

  /// Sends or takes 1 GB.
  ///
  /// - Returns: Seconds.
  func transfer(_ options: [String], _ most: inout Double) throws -> Double {
    let name = options[0] == "-T" ? "x" : "big"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_RDWR, 0)
    let began = ContinuousClock.now
    let process = try spawn(
      ["/usr/bin/curl", "-sf"] + options + ["http://127.0.0.1:\(gatewayPort)/rest/v1/\(name)"],
      environment: workspace.environment, actions: &actions)
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      most = max(most, try memory())
      try pause(milliseconds: 20)
    }
    guard status == 0 else { throw FigureError.noSense("curl ended with \(status)") }
    return milliseconds(ContinuousClock.now - began) / 1000
  }

  /// User and system time of the gateway, in seconds.
  func processorSeconds() -> Double {
    let fields =
      (readText("/proc/\(gateway)/stat") ?? "").split(separator: ")").last?
      .split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return .nan
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Its proportional set size, in MiB.
  func memory() throws -> Double { try proportionalSize(of: gateway) }
}
