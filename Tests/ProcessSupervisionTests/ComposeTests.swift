import Diagnostics
import FoundationEssentials
import Glibc
import Testing

@testable import ProcessSupervision

@Suite struct ComposeTests {
  private func parse(
    _ text: String, variables: [String: String] = [:], profiles: Set<String> = [],
    folder: String = "/base"
  ) throws -> ComposeFile {
    try ComposeFile.parse(
      text,
      .init(
        file: "local.yaml", baseFolder: folder, variables: variables, profiles: profiles))
  }

  /// The file that a team writes on its first day, word by word.
  @Test func aWholeFileIsRead() throws {
    let file = try parse(
      """
      name: shop
      services:
        db:
          x-homebase: postgres
        web:
          command: npm run "dev server" -- --port ${WEB_PORT:-3000}
          working_dir: ./web
          environment:
            NODE_ENV: development
            PORT: 3000
            EMPTY:
            FROM_SHELL:
          depends_on:
            db: {condition: service_healthy}
            cache: {condition: service_started, required: false, restart: true}
          healthcheck:
            test: ["CMD", "curl", "-f", "http://localhost:3000"]
            interval: 1m30s
            timeout: 500ms
            retries: 5
            start_period: 2s
            start_interval: 0.1s
          restart: on-failure:3
          ports: ["3000:3000", "127.0.0.1:9229:9229/tcp"]
          profiles: [dev]
          stop_signal: SIGINT
          stop_grace_period: 1h2m3s
        cache:
          entrypoint: [redis-server]
          command: ["--port", "6379"]
          environment:
            - A=b=c
            - FROM_SHELL
          healthcheck: {test: redis-cli ping}
      """, variables: ["FROM_SHELL": "yes"], profiles: ["dev"])
    #expect(file.warnings.isEmpty)
    #expect(file.services.map(\.name) == ["db", "web", "cache"])
    let (database, web, cache) = (file.services[0], file.services[1], file.services[2])
    #expect(database.builtIn == "postgres" && database.restart == .unlessStopped)
    #expect(web.command == ["npm", "run", "dev server", "--", "--port", "3000"])
    #expect(web.workingDirectory == "/base/web")
    #expect(
      web.environment == ["NODE_ENV": "development", "PORT": "3000", "FROM_SHELL": "yes"])
    #expect(
      web.dependencies == [
        Dependency("db", .healthy),
        Dependency("cache", .started, isRequired: false, restartsAlong: true),
      ])
    #expect(
      web.probeTiming
        == ProbeTiming(
          interval: .seconds(90), timeout: .milliseconds(500), retries: 5,
          startPeriod: .seconds(2), startInterval: .milliseconds(100)))
    #expect(cache.workingDirectory == "/base" && database.workingDirectory == nil)
    #expect(web.restart == .onFailure(most: 3))
    #expect(web.ports.map(\.published) == [3000, 9229])
    #expect(web.ports[1].hostAddress == "127.0.0.1")
    #expect(web.stopSignal == SIGINT && web.stopGracePeriod == .seconds(3723))
    #expect(web.isEnabled && web.location?.line == 5)
    #expect(cache.command == ["redis-server", "--port", "6379"])
    #expect(cache.environment == ["A": "b=c", "FROM_SHELL": "yes"])
    guard case .command(let words)? = cache.probe else {
      Issue.record("no command probe")
      return
    }
    #expect(words == ["/bin/sh", "-c", "redis-cli ping"])
  }

  /// Anchors, aliases and merge keys are how Compose users share settings.
  @Test func anchorsAndMergesWork() throws {
    let file = try parse(
      """
      x-common: &common
        restart: always
        environment: &env {A: "1", B: "2"}
      x-more: &more
        stop_signal: INT
        restart: "no"
      services:
        a:
          <<: [*common, *more]
          command: a
          environment:
            <<: *env
            B: mine
        b: {<<: *common, command: &words [b, c]}
        c: {command: *words}
      """)
    let (first, second, third) = (file.services[0], file.services[1], file.services[2])
    #expect(first.restart == .always && first.stopSignal == SIGINT)
    #expect(first.environment == ["A": "1", "B": "mine"])
    #expect(second.environment == ["A": "1", "B": "2"])
    #expect(third.command == ["b", "c"])
    #expect(file.warnings.isEmpty)
  }

  /// A file made for containers must run here, with each word said once and no more.
  @Test func containerWordsWarnOnce() throws {
    let file = try parse(
      """
      version: "3.9"
      volumes: {data: {}}
      services:
        a:
          image: x
          command: a
        b:
          image: y
          build: .
          comand: b
          command: b
        only-image:
          image: redis
        c:
          command: c
          depends_on: [only-image, a]
          ports: ["8080:80"]
      """)
    let codes = file.warnings.map(\.code)
    #expect(codes.filter { $0 == "compose_word_not_done" }.count == 3)
    #expect(file.warnings.map { $0.location?.line } == [2, 5, 9, 10, 12, 17])
    #expect(
      file.warnings[1].message
        == "image is not done by homebase: it runs plain processes, without containers")
    #expect(file.warnings[3].hint == "did you mean command?")
    #expect(file.warnings[4].code == "compose_service_left_out")
    #expect(file.warnings[5].code == "compose_ports_not_mapped")
    #expect(file.services.map(\.name) == ["a", "b", "c"])
    #expect(file.services[2].dependencies == [Dependency("a")])
  }

  /// Every mistake must name its line and what was expected.
  @Test(arguments: [
    ("services:\n  a:\n    command: a\n  a:\n    command: b", 4, "compose_duplicate"),
    ("services:\n  a:\n    command: a\n    command: b", 4, "compose_duplicate"),
    ("services: [a]", 1, "compose_wrong_type"),
    ("services:\n  a: text", 2, "compose_wrong_type"),
    ("services:\n  a:\n    command: {a: b}", 3, "compose_wrong_type"),
    ("services:\n  a:\n    command: 'say \"hello'", 3, "compose_bad_value"),
    ("services:\n  a:\n    command: a\n    environment: X", 4, "compose_wrong_type"),
    ("services:\n  a:\n    command: a\n    depends_on:\n    - b", 5, "compose_unknown_dependency"),
    ("services:\n  a:\n    command: a\n    depends_on: [a]", 4, "compose_cycle"),
    (
      "services:\n  a: {command: a, depends_on: [b]}\n  b: {command: b, depends_on: [a]}", 2,
      "compose_cycle"
    ),
    (
      "services:\n  a:\n    command: a\n    depends_on:\n      b: {condition: ready}\n  b: {command: b}",
      5, "compose_bad_value"
    ),
    ("services:\n  a:\n    command: a\n    stop_signal: SIGNOPE", 4, "compose_bad_value"),
    ("services:\n  a:\n    command: a\n    stop_grace_period: soon", 4, "compose_bad_value"),
    ("services:\n  a:\n    command: a\n    stop_grace_period: 10", 4, "compose_bad_value"),
    ("services:\n  a:\n    command: a\n    restart: sometimes", 4, "compose_bad_value"),
    ("services:\n  a:\n    command: a\n    ports: [\"70000\"]", 4, "compose_bad_value"),
    ("services:\n  a:\n    command: a\n    ports: [\"x:80\"]", 4, "compose_bad_value"),
    (
      "services:\n  a:\n    command: a\n    healthcheck:\n      test: [RUN, x]", 5,
      "compose_bad_value"
    ),
    (
      "services:\n  a:\n    command: a\n    healthcheck:\n      retries: many", 5,
      "compose_bad_value"
    ),
    ("services:\n  a:\n    command: a\n    env_file: gone.env", 4, "compose_missing_env_file"),
    ("services:\n  a:\n    command: ${NAME:?set the name}", 3, "compose_missing_variable"),
    ("services:\n  a:\n    command: cost $ 5", 3, "compose_bad_value"),
    ("services:\n  a:\n    command: a\n    user: nobody-like-this", 4, "compose_bad_value"),
    ("services:\n  a b:\n    command: a", 2, "compose_bad_name"),
    ("services:\n  ../a:\n    command: a", 2, "compose_bad_name"),
    ("services:\n  a:\n   command: [a\n  b: c", 4, "compose_syntax"),
    ("services:\n\ta: b", 2, "compose_syntax"),
    ("services: *nothing", 1, "compose_syntax"),
    (
      "services:\n  a: {command: a, depends_on: [b]}\n  b: {command: b, profiles: [x]}", 2,
      "compose_disabled_dependency"
    ),
  ])
  func mistakesAreNamed(text: String, line: Int, code: String) throws {
    let error = try #require(#expect(throws: ComposeError.self) { try parse(text) })
    #expect(error.diagnostic.code == code)
    #expect(error.diagnostic.location?.line == line)
    #expect(error.diagnostic.location?.file == "local.yaml")
    #expect(error.diagnostic.hint?.isEmpty == false)
  }

  /// An empty file, or one of nothing but comments, is a project without services.
  @Test(arguments: ["", "# nothing yet\n", "services:\n", "---\n...\n"])
  func emptyFilesHaveNoServices(text: String) throws {
    #expect(try parse(text).services.isEmpty)
  }

  /// A text of nested aliases must not eat the machine.
  @Test func aliasBombsAreRefused() {
    var text = "x-0: &a0 {k: v}\n"
    for number in 1...40 {
      text += "x-\(number): &a\(number) {<<: [*a\(number - 1), *a\(number - 1)]}\n"
    }
    text += "services: *a40\n"
    let error = #expect(throws: ComposeError.self) { try parse(text) }
    #expect(error?.problem == .tooLarge)
    let deep = String(repeating: "[", count: 5000)
    #expect(throws: ComposeError.self) { try parse(deep) }
  }

  /// Variables as Compose fills them in; an unset one is said once.
  @Test(arguments: [
    ("$A-${A}", "1-1"), ("${X:-d}", "d"), ("${X-d}", "d"), ("${E:-d}", "d"), ("${E-d}", ""),
    ("${A:+yes}${X+no}", "yes"), ("$$A", "$A"), ("${X:-${A}}", "1"), ("${A:-${X:?gone}}", "1"),
    ("${X}", ""), ("${A:?no}", "1"), ("a${X:-}b", "ab"),
  ])
  func interpolation(text: String, expected: String) throws {
    var interpolation = Interpolation(variables: ["A": "1", "E": ""])
    #expect(try interpolation.apply(text) == expected)
  }

  /// Words as a shell would split them.
  @Test(arguments: [
    ("a  b\tc", ["a", "b", "c"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]),
    (#"a\ b "c\"d" 'e\f'"#, ["a b", "c\"d", #"e\f"#]), ("", []), ("''", [""]),
    ("a\"b\"'c'", ["abc"]),
  ])
  func shellWords(text: String, expected: [String]) {
    #expect(ShellWords.split(text) == expected)
  }

  /// An env_file gives way to what the service itself says.
  @Test func environmentFilesAreRead() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try """
    # comment
    export A=1
    B = "two\\nlines"  # why
    C='$A'
    D=${A}-x # note
    """.write(toFile: "\(folder)/a.env", atomically: true, encoding: .utf8)
    let file = try parse(
      """
      services:
        a:
          command: a
          env_file: [a.env, {path: none.env, required: false}]
          environment: {A: over}
      """, folder: folder)
    #expect(
      file.services[0].environment == ["A": "over", "B": "two\nlines", "C": "$A", "D": "1-x"])
  }

  /// Probes without a program to start, in a word that container engines leave alone.
  @Test func ownProbes() throws {
    let file = try parse(
      """
      services:
        a: {command: a, healthcheck: {test: [NONE], x-homebase-probe: "tcp://127.0.0.1:80"}}
        b: {command: b, healthcheck: {x-homebase-probe: "http://[::1]:8080/up?x=1"}}
        c: {command: c, healthcheck: {test: x, disable: true}}
      """)
    guard case .tcp("127.0.0.1", 80)? = file.services[0].probe,
      case .http("::1", 8080, "/up?x=1")? = file.services[1].probe
    else {
      Issue.record("wrong probes")
      return
    }
    #expect(file.services[2].probe == nil)
  }
}
