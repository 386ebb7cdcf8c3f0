import Diagnostics
import Glibc

/// Reads the words of the Compose Specification into service definitions.
struct ComposeReader {
  private static let topLevelNotDone: Set<String> = [
    "networks", "volumes", "configs", "secrets", "include", "models",
  ]
  private static let serviceWords: Set<String> = [
    "command", "entrypoint", "environment", "env_file", "working_dir", "depends_on", "healthcheck",
    "restart", "ports", "profiles", "stop_signal", "stop_grace_period", "user",
  ]
  private static let serviceNotDone: Set<String> = [
    "annotations", "attach", "blkio_config", "build", "cap_add", "cap_drop", "cgroup",
    "cgroup_parent", "configs", "container_name", "cpu_count", "cpu_percent", "cpu_shares", "cpus",
    "cpuset", "credential_spec", "deploy", "develop", "device_cgroup_rules", "devices", "dns",
    "dns_opt", "dns_search", "domainname", "expose", "extends", "external_links", "extra_hosts",
    "gpus", "group_add", "hostname", "image", "init", "ipc", "isolation", "labels", "links",
    "logging", "mac_address", "mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit",
    "models", "network_mode", "networks", "oom_kill_disable", "oom_score_adj", "pid", "pids_limit",
    "platform", "post_start", "pre_stop", "privileged", "provider", "pull_policy", "read_only",
    "runtime", "scale", "secrets", "security_opt", "shm_size", "stdin_open", "storage_opt",
    "sysctls", "tmpfs", "tty", "ulimits", "use_api_socket", "userns_mode", "uts", "volumes",
    "volumes_from",
  ]

  private let context: ComposeFile.Context
  private var values: ComposeValues
  /// Where each dependency was written, to point at it when it is wrong.
  private var dependencyPlaces: [String: [String: SourceLocation]] = [:]
  private var leftOut: Set<String> = []

  init(_ context: ComposeFile.Context) {
    self.context = context
    values = ComposeValues(context)
  }

  var warnings: [Diagnostic] { values.warnings }

  mutating func read(_ text: String) throws -> [ServiceDefinition] {
    guard let root = try YAMLReader.read(text, file: context.file), !root.isNull else { return [] }
    var services: [ServiceDefinition] = []
    for (name, key, value) in try values.entries(of: root, "the file") {
      switch name {
      case "services":
        if !value.isNull { services = try readServices(value) }
      case "name", "version":
        continue
      case _ where name.hasPrefix("x-"):
        continue
      default:
        warnAbout(name, key, notDone: Self.topLevelNotDone, known: ["services", "name"])
      }
    }
    dropDependenciesOnLeftOut(&services)
    try check(services)
    return services
  }

  private mutating func warnAbout(
    _ word: String, _ key: YAMLNode, notDone: Set<String>, known: Set<String>, in place: String = ""
  ) {
    let diagnostic =
      if notDone.contains(word) {
        Diagnostic(
          code: "compose_word_not_done",
          message: "\(word) is not done by homebase: it runs plain processes, without containers",
          hint: "the word is left alone; a container engine that gets this file will use it",
          location: values.place(key))
      } else {
        Diagnostic(
          code: "compose_word_unknown", message: "\(word) is no word of a compose file\(place)",
          hint: nearest(to: word, in: known.union(notDone)).map { "did you mean \($0)?" }
            ?? "remove it, or begin it with x- to keep it for yourself",
          location: values.place(key))
      }
    values.warn(once: "\(place)/\(word)", diagnostic)
  }

  private mutating func readServices(_ node: YAMLNode) throws -> [ServiceDefinition] {
    let entries = try values.entries(of: node, "services") {
      .duplicateService($0, firstLine: $1)
    }
    var services: [ServiceDefinition] = []
    for (name, key, value) in entries where !name.hasPrefix("x-") {
      guard Self.isServiceName(name) else {
        throw ComposeError(.badServiceName(name), at: values.place(key))
      }
      if let service = try readService(name, key, value) {
        services.append(service)
      } else {
        leftOut.insert(name)
      }
    }
    return services
  }

  private static func isServiceName(_ name: String) -> Bool {
    guard let first = name.first, first.isLetter || first.isNumber, name.utf8.count <= 100 else {
      return false
    }
    return name.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_")
    }
  }

  /// nil: it has nothing that could be run here.
  private mutating func readService(
    _ name: String, _ key: YAMLNode, _ node: YAMLNode
  ) throws -> ServiceDefinition? {
    var service = ServiceDefinition(name: name, command: [], location: values.place(key))
    var entrypoint: [String] = []
    var command: [String] = []
    var fromFiles: [String: String] = [:]
    var environment: [String: String] = [:]
    var restart: RestartPolicy?
    for (word, wordKey, value) in try values.entries(of: node, "the service \(name)") {
      switch word {
      case "command": command = try values.command(value, word)
      case "entrypoint": entrypoint = try values.command(value, word)
      case "environment": environment = try readEnvironment(value)
      case "env_file": fromFiles = try readEnvironmentFiles(value)
      case "working_dir":
        service.workingDirectory = absolute(try values.text(value, word))
      case "depends_on": service.dependencies = try readDependencies(name, value)
      case "healthcheck": try readHealthCheck(value, &service)
      case "restart": restart = try readRestart(value)
      case "ports": service.ports = try readPorts(value)
      case "profiles": service.profiles = try values.list(value, word)
      case "stop_signal": service.stopSignal = try readSignal(value)
      case "stop_grace_period": service.stopGracePeriod = try values.duration(value, word)
      case "user": service.user = try readUser(value)
      case "x-homebase": service.builtIn = try values.text(value, word, "a service's name")
      case _ where word.hasPrefix("x-"): continue
      default:
        warnAbout(
          word, wordKey, notDone: Self.serviceNotDone, known: Self.serviceWords,
          in: "'s service")
      }
    }
    service.command = entrypoint + command
    service.environment = fromFiles.merging(environment) { _, new in new }
    // A built-in one may run as a user who cannot enter the project.
    if service.builtIn == nil, service.workingDirectory == nil {
      service.workingDirectory = context.baseFolder
    }
    // What homebase brings along is expected to stay; a user's own service does as Compose says.
    service.restart = restart ?? (service.builtIn == nil ? .never : .unlessStopped)
    service.isEnabled =
      service.profiles.isEmpty || !context.profiles.isDisjoint(with: service.profiles)
      || context.profiles.contains("*")
    guard !service.command.isEmpty || service.builtIn != nil else {
      values.warn(
        once: "service/\(name)",
        Diagnostic(
          code: "compose_service_left_out",
          message: "the service \(name) has no command and is left out",
          hint: "homebase runs processes, not images: give it a command, or x-homebase",
          location: values.place(key)))
      return nil
    }
    return service
  }

  private func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    if path == "." || path == "./" { return context.baseFolder }
    let rest = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    return "\(context.baseFolder)/\(rest)"
  }

  private mutating func readEnvironment(_ node: YAMLNode) throws -> [String: String] {
    var result: [String: String] = [:]
    switch node.content {
    case .scalar where node.isNull: break
    case .sequence(let items):
      for item in items {
        let text = try values.text(item, "environment")
        if let equals = text.firstIndex(of: "=") {
          result[String(text[..<equals])] = String(text[text.index(after: equals)...])
        } else if let value = context.variables[text] {
          result[text] = value
        }
      }
    case .mapping:
      for (name, _, value) in try values.entries(of: node, "environment") {
        result[name] = try values.optionalText(value, name) ?? context.variables[name]
      }
    case .scalar:
      throw values.wrongType("environment", "a mapping (NAME: value) or a list (NAME=value)", node)
    }
    return result
  }

  private mutating func readEnvironmentFiles(_ node: YAMLNode) throws -> [String: String] {
    let items: [YAMLNode] =
      if case .sequence(let list) = node.content { list } else { [node] }
    var result: [String: String] = [:]
    for item in items {
      var path = ""
      var isRequired = true
      if case .mapping = item.content {
        for (word, key, value) in try values.entries(of: item, "env_file") {
          switch word {
          case "path": path = try values.text(value, word)
          case "required": isRequired = try values.boolean(value, word)
          case "format": continue
          default:
            warnAbout(
              word, key, notDone: [], known: ["path", "required", "format"], in: "'s env_file")
          }
        }
      } else {
        path = try values.text(item, "env_file", "a path")
      }
      guard let bytes = readWhole(absolute(path)) else {
        if isRequired {
          throw ComposeError(.missingEnvironmentFile(path), at: values.place(item))
        }
        continue
      }
      let read = EnvironmentFile.read(
        String(decoding: bytes, as: UTF8.self), variables: context.variables)
      result.merge(read) { _, new in new }
    }
    return result
  }

  private mutating func readDependencies(
    _ service: String, _ node: YAMLNode
  ) throws -> [Dependency] {
    var result: [Dependency] = []
    switch node.content {
    case .scalar where node.isNull: break
    case .sequence(let items):
      for item in items {
        let name = try values.text(item, "depends_on", "a service's name")
        dependencyPlaces[service, default: [:]][name] = values.place(item)
        result.append(Dependency(name))
      }
    case .mapping:
      for (name, key, value) in try values.entries(of: node, "depends_on") {
        dependencyPlaces[service, default: [:]][name] = values.place(key)
        result.append(try readDependency(name, value))
      }
    case .scalar:
      throw values.wrongType(
        "depends_on", "a list of services, or a mapping with their conditions", node)
    }
    return result
  }

  private mutating func readDependency(_ name: String, _ node: YAMLNode) throws -> Dependency {
    var dependency = Dependency(name)
    guard !node.isNull else { return dependency }
    for (word, key, value) in try values.entries(of: node, "depends_on: \(name)") {
      switch word {
      case "condition":
        let text = try values.text(value, word)
        guard let condition = Dependency.Condition(rawValue: text) else {
          throw values.badValue(
            word, text,
            Dependency.Condition.allCases.map(\.rawValue).joined(separator: ", "), value)
        }
        dependency.condition = condition
      case "required": dependency.isRequired = try values.boolean(value, word)
      case "restart": dependency.restartsAlong = try values.boolean(value, word)
      default:
        warnAbout(
          word, key, notDone: [], known: ["condition", "required", "restart"], in: "'s depends_on")
      }
    }
    return dependency
  }

  private mutating func readHealthCheck(
    _ node: YAMLNode, _ service: inout ServiceDefinition
  ) throws {
    var isDisabled = false
    var ours: HealthProbe?
    for (word, key, value) in try values.entries(of: node, "healthcheck") {
      switch word {
      case "test": service.probe = try readTest(value)
      case "x-homebase-probe": ours = try readProbe(value)
      case "interval": service.probeTiming.interval = try values.duration(value, word)
      case "timeout": service.probeTiming.timeout = try values.duration(value, word)
      case "retries": service.probeTiming.retries = try values.count(value, word)
      case "start_period": service.probeTiming.startPeriod = try values.duration(value, word)
      case "start_interval": service.probeTiming.startInterval = try values.duration(value, word)
      case "disable": isDisabled = try values.boolean(value, word)
      case _ where word.hasPrefix("x-"): continue
      default:
        warnAbout(
          word, key, notDone: [],
          known: [
            "test", "interval", "timeout", "retries", "start_period", "start_interval", "disable",
            "x-homebase-probe",
          ], in: "'s healthcheck")
      }
    }
    if let ours { service.probe = ours }
    if isDisabled { service.probe = nil }
  }

  private mutating func readTest(_ node: YAMLNode) throws -> HealthProbe? {
    let expected = "[\"CMD\", program, arguments…], [\"CMD-SHELL\", line], [\"NONE\"] or a line"
    guard case .sequence(let items) = node.content else {
      return .command(["/bin/sh", "-c", try values.text(node, "test", expected)])
    }
    let words = try items.map { try values.text($0, "test") }
    switch (words.first, words.count) {
    case ("NONE", 1): return nil
    case ("CMD", 2...): return .command(Array(words.dropFirst()))
    case ("CMD-SHELL", 2): return .command(["/bin/sh", "-c", words[1]])
    default: throw values.badValue("test", words.joined(separator: " "), expected, node)
    }
  }

  /// `tcp://HOST:PORT`, `http://HOST:PORT/PATH` or `process`: probes without a program to start.
  private mutating func readProbe(_ node: YAMLNode) throws -> HealthProbe {
    let expected = "process, tcp://127.0.0.1:PORT or http://127.0.0.1:PORT/PATH"
    let text = try values.text(node, "x-homebase-probe", expected)
    if text == "process" { return .process }
    let wrong = values.badValue("x-homebase-probe", text, expected, node)
    let isHTTP = text.hasPrefix("http://")
    guard isHTTP || text.hasPrefix("tcp://") else { throw wrong }
    let rest = text.dropFirst(isHTTP ? 7 : 6)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let authority = rest[..<slash]
    guard let colon = authority.lastIndex(of: ":"),
      let port = Int(authority[authority.index(after: colon)...]), (1...65535).contains(port)
    else { throw wrong }
    let host = String(authority[..<colon]).filter { $0 != "[" && $0 != "]" }
    guard !host.isEmpty else { throw wrong }
    if !isHTTP { return .tcp(host: host, port: port) }
    let path = slash == rest.endIndex ? "/" : String(rest[slash...])
    return .http(host: host, port: port, path: path)
  }

  private mutating func readRestart(_ node: YAMLNode) throws -> RestartPolicy {
    let expected = "\"no\", on-failure, on-failure:N, always or unless-stopped"
    let text = try values.text(node, "restart", expected)
    switch text {
    // YAML reads a bare `no` as false; we see what was written.
    case "no", "false": return .never
    case "always": return .always
    case "unless-stopped": return .unlessStopped
    case "on-failure": return .onFailure(most: nil)
    case _ where text.hasPrefix("on-failure:"):
      if let count = Int(text.dropFirst(11)), count >= 0 { return .onFailure(most: count) }
    default: break
    }
    throw values.badValue("restart", text, expected, node)
  }

  private mutating func readSignal(_ node: YAMLNode) throws -> Int32 {
    let text = try values.text(node, "stop_signal", "a signal such as SIGTERM")
    guard let number = SignalName.number(of: text) else {
      throw values.badValue("stop_signal", text, "a signal such as SIGTERM", node)
    }
    return number
  }

  private mutating func readUser(_ node: YAMLNode) throws -> UserIdentity {
    let text = try values.text(node, "user", "a user's name")
    guard let user = try? UserIdentity.named(text) else {
      throw values.badValue("user", text, "a user of this machine", node)
    }
    return user
  }

  private mutating func readPorts(_ node: YAMLNode) throws -> [PortMapping] {
    guard case .sequence(let items) = node.content else {
      if node.isNull { return [] }
      throw values.wrongType("ports", "a list", node)
    }
    var result: [PortMapping] = []
    for item in items {
      if case .mapping = item.content {
        result.append(try readLongPort(item))
      } else {
        let text = try values.text(item, "ports")
        guard let ports = Self.shortPorts(text) else {
          throw values.badValue(
            "ports", text, "PORT, PORT:PORT or ADDRESS:PORT:PORT, each from 1 to 65535", item)
        }
        result += ports
      }
      if let moved = result.first(where: { ($0.published ?? $0.target) != $0.target }) {
        values.warn(
          once: "ports",
          Diagnostic(
            code: "compose_ports_not_mapped",
            message: "ports are not mapped by homebase: the process must listen on "
              + "\(moved.published ?? moved.target) itself",
            hint: "homebase runs plain processes; write the same number twice, or one",
            location: values.place(item)))
      }
    }
    return result
  }

  private mutating func readLongPort(_ node: YAMLNode) throws -> PortMapping {
    var port = PortMapping(published: nil, target: 0)
    let expected = "a port from 1 to 65535"
    for (word, key, value) in try values.entries(of: node, "ports") {
      switch word {
      case "target", "published":
        let text = try values.text(value, word)
        guard let number = Int(text), (1...65535).contains(number) else {
          throw values.badValue(word, text, expected, value)
        }
        if word == "target" { port.target = number } else { port.published = number }
      case "host_ip": port.hostAddress = try values.text(value, word)
      case "protocol": port.transport = try values.text(value, word)
      case "name", "mode", "app_protocol": continue
      default:
        warnAbout(
          word, key, notDone: [], known: ["target", "published", "host_ip", "protocol"],
          in: "'s ports")
      }
    }
    guard port.target > 0 else { throw values.badValue("target", "", expected, node) }
    return port
  }

  private static func shortPorts(_ text: String) -> [PortMapping]? {
    var rest = Substring(text)
    var transport = "tcp"
    if let slash = rest.lastIndex(of: "/") {
      transport = String(rest[rest.index(after: slash)...])
      guard ["tcp", "udp"].contains(transport) else { return nil }
      rest = rest[..<slash]
    }
    let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
    guard let last = parts.last, let targets = range(last) else { return nil }
    guard parts.count > 1 else {
      return targets.map { PortMapping(published: nil, target: $0, transport: transport) }
    }
    guard let published = range(parts[parts.count - 2]), published.count == targets.count else {
      return nil
    }
    let address = parts.dropLast(2).joined(separator: ":").filter { $0 != "[" && $0 != "]" }
    return zip(published, targets).map {
      PortMapping(
        hostAddress: address.isEmpty ? nil : address, published: $0, target: $1,
        transport: transport)
    }
  }

  private static func range(_ text: Substring) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
      first >= 1, last <= 65535, first <= last
    else { return nil }
    return first...last
  }

  // A service without a command is left out; what waits for it must not wait for ever.
  private func dropDependenciesOnLeftOut(_ services: inout [ServiceDefinition]) {
    for index in services.indices {
      services[index].dependencies.removeAll { leftOut.contains($0.service) }
    }
  }

  private func check(_ services: [ServiceDefinition]) throws {
    let byName = Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0) })
    for service in services {
      for dependency in service.dependencies {
        let place =
          dependencyPlaces[service.name]?[dependency.service]
          ?? SourceLocation(file: context.file)
        guard let other = byName[dependency.service] else {
          throw ComposeError(
            .unknownDependency(
              service: service.name, dependency: dependency.service,
              nearest: nearest(to: dependency.service, in: byName.keys)), at: place)
        }
        if service.isEnabled, !other.isEnabled, dependency.isRequired {
          throw ComposeError(
            .disabledDependency(
              service: service.name, dependency: other.name, profiles: other.profiles), at: place)
        }
      }
    }
    if let cycle = SupervisionGraph.cycle(in: services), let first = cycle.first {
      let next = cycle.dropFirst().first ?? first
      throw ComposeError(
        .cycle(cycle),
        at: dependencyPlaces[first]?[next] ?? SourceLocation(file: context.file))
    }
  }
}
