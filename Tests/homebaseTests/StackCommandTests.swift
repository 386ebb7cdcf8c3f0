import Console
import ControlSocket
import Diagnostics
import FoundationEssentials
import Glibc
import StackProtocol
import Synchronization
import Testing

@testable import homebase

let sampleStatus = StackStatus(
  project: "sasarjan", stack: "local", state: .running,
  supervisor: .init(
    pid: 7, version: "0.1.0", uptime: Milliseconds(.seconds(185)), residentBytes: 9 << 20),
  services: [
    ServiceStatus(
      name: "postgres", state: .healthy, pid: 4711, restarts: 1,
      uptime: Milliseconds(.seconds(42)), residentBytes: 34 << 20,
      lastExit: .init(signal: "KILL", at: Timestamp(Date(timeIntervalSince1970: 0)), log: ["bye"])),
    ServiceStatus(name: "gateway", state: .healthy, pid: 9, uptime: Milliseconds(.seconds(42))),
    ServiceStatus(name: "web", state: .starting, pid: 12, uptime: Milliseconds(.milliseconds(20))),
  ],
  spares: .init(ready: 2, wanted: 2), migrations: .init(applied: 15, pending: ["16_late.sql"]),
  urls: [
    "API_URL": "http://127.0.0.1:54321",
    "DB_URL": "postgresql://postgres:postgres@127.0.0.1:54322/postgres",
  ], keys: ["ANON_KEY": "a$b\"c"])

@Suite struct StackCommandTests {
  let answers: World.Answers = { _, _ in sampleStatus }

  /// What a person sees most often: short, aligned, what to do next.
  @Test func statusIsAPage() async throws {
    var status = sampleStatus
    status.urls["MAILPIT_URL"] = "http://127.0.0.1:54324"
    let answers: World.Answers = { [status] _, _ in status }
    try await withWorld(running: true, answers) { world async throws in
      let ran = try await world.run(["status"])
      #expect(ran.code == 0)
      #expect(ran.errors == "")
      #expect(
        ran.output == """
          sasarjan is running · 15 migrations applied · 2 spares ready · up 3 min 5 s

            service   state      pid     up  memory  restarts
            postgres  healthy   4711   42 s   34 MB         1
            gateway   healthy      9   42 s                 0
            web       starting    12  20 ms                 0

            API_URL   http://127.0.0.1:54321
            DB_URL    postgresql://postgres:postgres@127.0.0.1:54322/postgres
            ANON_KEY  a$b"c

          kept free for services to come: MAILPIT_URL

          1 migration not applied yet:
            16_late.sql
          apply with: homebase migration up

          """)
    }
  }

  /// The document of `status` is the one of the contract, and nothing else is on standard output.
  @Test func statusIsADocument() async throws {
    try await withWorld(running: true, answers) { world async throws in
      let ran = try await world.run(["--output-format", "json", "status"])
      #expect(
        try JSONDecoder().decode(StackStatus.self, from: Data(ran.output.utf8)) == sampleStatus)
    }
  }

  /// A stopped stack is no failure: scripts ask whether it runs.
  @Test func statusOfAStoppedStack() async throws {
    try await withWorld(running: false) { world async throws in
      let ran = try await world.run(["status"])
      #expect(ran.code == 0)
      #expect(
        ran.output
          == "my-project is stopped\n\n  API_URL  http://a\n\nstart it with: homebase start\n")
      let json = try await world.run(["status", "--output-format", "json"])
      #expect(json.code == 0 && json.output.contains(#""state":"stopped""#))
    }
  }

  /// What apps read with `supabase status -o env` they read here.
  @Test(arguments: [
    (
      ["-o", "env"],
      "ANON_KEY=\"a\\$b\\\"c\"\nAPI_URL=\"http://127.0.0.1:54321\"\n"
        + "DB_URL=\"postgresql://postgres:postgres@127.0.0.1:54322/postgres\"\n"
    ),
    (
      ["-o", "env", "--override-name", "api.url=A,auth.anon_key=B", "--override-name", "DB_URL=C"],
      "A=\"http://127.0.0.1:54321\"\nB=\"a\\$b\\\"c\"\n"
        + "C=\"postgresql://postgres:postgres@127.0.0.1:54322/postgres\"\n"
    ),
    (
      ["-o", "json"],
      #"{"ANON_KEY":"a$b\"c","API_URL":"http://127.0.0.1:54321","#
        + #""DB_URL":"postgresql://postgres:postgres@127.0.0.1:54322/postgres"}"# + "\n"
    ),
    (
      ["-o", "toml", "--override-name", "db.url=D"],
      "ANON_KEY = \"a$b\\\"c\"\nAPI_URL = \"http://127.0.0.1:54321\"\n"
        + "D = \"postgresql://postgres:postgres@127.0.0.1:54322/postgres\"\n"
    ),
    (
      ["-o", "yaml"],
      "ANON_KEY: \"a$b\\\"c\"\nAPI_URL: \"http://127.0.0.1:54321\"\n"
        + "DB_URL: \"postgresql://postgres:postgres@127.0.0.1:54322/postgres\"\n"
    ),
  ])
  func namesForScripts(options: [String], text: String) async throws {
    try await withWorld(running: true, answers) { world async throws in
      #expect(try await world.run(["status"] + options).output == text)
    }
  }

  /// A service that failed shows how it ended and what it said last.
  @Test func aFailedServiceIsExplained() async throws {
    var status = sampleStatus
    status.state = .degraded
    status.services[0].state = .failed
    let failed = status
    try await withWorld(running: true) { _, _ in
      failed
    } body: { world async throws in
      let ran = try await world.run(["status"])
      #expect(ran.code == 0)
      #expect(
        ran.output.contains(
          "postgres was ended by signal KILL\n    bye\nsee more with: homebase logs postgres\n"))
      #expect(try await world.run(["start"]).code == 1)
    }
  }

  /// The first start starts a supervisor, the second says that it runs.
  @Test func startTwice() async throws {
    try await withWorld(running: false) { request, reply in
      reply.progress(ControlProgress(step: "postgres", message: "starting postgres"))
      let start = try request.arguments(as: StartRequest.self)
      #expect(start.exclude == ["auth", "gateway", "web"])
      var status = sampleStatus
      status.took = Milliseconds(.milliseconds(140))
      return status
    } body: { world async throws in
      let first = try await world.run(["start", "-x", "gotrue,kong", "-x", "vector,web"])
      #expect(first.code == 0)
      #expect(
        first.errors == "starting the project in \(world.place.root)\nstarting postgres\n")
      #expect(first.output.hasPrefix("started sasarjan in 140 ms · 15 migrations applied"))
      let second = try await world.run(["start", "-x", "gotrue,kong,web"])
      #expect(second.code == 0)
      #expect(second.errors == "starting postgres\n")
      #expect(world.launches.load(ordering: .relaxed) == 1)
    }
  }

  @Test func aStackThatRanIsSaid() async throws {
    var status = sampleStatus
    status.wasRunning = true
    let running = status
    try await withWorld(running: true) { _, _ in
      running
    } body: { world async throws in
      let ran = try await world.run(["start"])
      #expect(ran.output.hasPrefix("sasarjan is running already · 15 migrations applied"))
    }
  }

  /// Two starts at the same moment must not make two supervisors.
  @Test func startsAtOnceMakeOneSupervisor() async throws {
    try await withWorld(running: false, answers) { world async throws in
      async let one = world.run(["start"])
      async let two = world.run(["start"])
      async let three = world.run(["start"])
      let codes = try await [one.code, two.code, three.code]
      #expect(codes == [0, 0, 0])
      #expect(world.launches.load(ordering: .relaxed) == 1)
    }
  }

  /// `stop` returns when nothing is left, and keeps or deletes the data as it was told.
  @Test func stopAndStopAgain() async throws {
    try await withWorld(running: true, answers) { world async throws in
      let first = try await world.run(["stop"])
      #expect(first.code == 0)
      #expect(first.output.hasPrefix("stopped my-project in "))
      #expect(first.output.hasSuffix(" · its data is kept\n"))
      #expect(access(world.place.controlSocket, F_OK) != 0)
      #expect(try await world.run(["stop"]).output == "my-project was not running\n")
      #expect(access(world.place.dataFolder, F_OK) == 0)
      let other = try await world.run(["stop", "--project-id", "other"])
      #expect(other.code == 2 && other.errors.contains("is my-project, not other"))
      let same = try await world.run(["stop", "--backup", "--all", "--project-id", "my-project"])
      #expect(same.code == 0)
      let last = try await world.run(["stop", "--no-backup"])
      #expect(last.output == "my-project was not running · its data is deleted\n")
      #expect(last.errors.contains("this deletes \(world.place.dataFolder)\n"))
      #expect(access(world.place.dataFolder, F_OK) != 0)
      let none = try await world.run(["stop", "--no-backup"])
      #expect(none.output == "my-project was not running · it had no data to delete\n")
    }
  }

  /// `restart` takes a new supervisor, `restart SERVICE` keeps it.
  @Test func restart() async throws {
    try await withWorld(running: true, answers) { world async throws in
      let service = try await world.run(["restart", "web"])
      #expect(service.output.hasPrefix("restarted web"))
      #expect(world.launches.load(ordering: .relaxed) == 0)
      let all = try await world.run(["restart"])
      #expect(all.code == 0)
      #expect(all.output.hasPrefix("restarted sasarjan in "))
      #expect(world.launches.load(ordering: .relaxed) == 1)
      #expect(world.requests == ["restart", "stop", "start"])
    }
  }

  /// Logs stream: a line is shown when it comes, for scripts as one document a line.
  @Test func logs() async throws {
    let at = Timestamp(Date(timeIntervalSince1970: 1_795_000_000.25))
    try await withWorld(running: true) { request, reply in
      let logs = try request.arguments(as: LogsRequest.self)
      #expect(logs.service == nil || logs.service == "auth")
      #expect(logs.lines == nil || logs.lines == 5)
      try await reply.stream(LogLine(time: at, service: "postgres", message: "ready"))
      try await reply.stream(LogLine(time: at, service: "web", message: "hello"))
      return LogsEnd(lines: 2)
    } body: { world async throws in
      let text = try await world.run(["logs", "gotrue", "-n", "5"])
      #expect(
        text.output
          == "11:06:40.250 postgres │ ready\n11:06:40.250 web      │ hello\n")
      let json = try await world.run(["logs", "-f", "--output-format", "json"])
      #expect(
        json.output
          == #"{"message":"ready","service":"postgres","time":"2026-11-18T11:06:40.250Z"}"# + "\n"
          + #"{"message":"hello","service":"web","time":"2026-11-18T11:06:40.250Z"}"# + "\n")
    }
  }

  /// After a crash the logs are wanted most: they are read from the files without a supervisor.
  @Test func logsOfAStoppedStack() async throws {
    try await withWorld(running: false) { world async throws in
      #expect(try await world.run(["logs"]).errors.hasPrefix("error: "))
      for (service, lines) in [
        ("postgres", "2026-11-18T11:06:40.250Z out ready\n2026-11-18T11:06:42.250Z err bad\n"),
        ("web", "2026-11-18T11:06:41.250Z sys started\n"),
        ("supervisor", "2026-11-18T11:06:41.250Z out of no service\n"),
      ] {
        let file = "\(world.place.logsFolder)/\(service).log"
        try Data(lines.utf8).write(to: URL(filePath: file))
      }
      let all = try await world.run(["logs"])
      #expect(all.code == 0)
      #expect(
        all.output == "11:06:40.250 postgres │ ready\n11:06:41.250 web      │ started\n"
          + "11:06:42.250 postgres │ bad\n")
      let last = try await world.run(["logs", "postgres", "-f", "-n", "1"])
      #expect(last.output == "11:06:42.250 postgres │ bad\n")
      #expect(last.errors.hasPrefix("nothing runs, so there is nothing to follow"))
      let unknown = try await world.run(["logs", "nobody"])
      #expect(unknown.code == 2 && unknown.errors.contains("there are: postgres, web"))
    }
  }

  @Test(arguments: [
    ("90s", 90), ("10m", 600), ("1h30m", 5400), ("2d", 172_800), ("45", 45), ("", nil),
    ("10x", nil), ("m", nil), ("1h5", nil), ("-5m", nil),
  ])
  func sinceIsReadAsPeopleTypeIt(text: String, seconds: Int?) {
    #expect(Moment(argument: text) == seconds.map { .ago(seconds: $0) })
  }

  /// Variables stand for options, homebase's own before the Supabase CLI's.
  @Test func theEnvironmentCounts() async throws {
    try await withWorld(running: false) { world async throws in
      let elsewhere = try await world.run(
        ["status"], environment: ["HOMEBASE_WORKDIR": "/elsewhere", "SUPABASE_WORKDIR": "/x"])
      #expect(elsewhere.errors == "error: no project in /elsewhere\n")
      let option = try await world.run(
        ["--workdir", world.place.root, "status"], environment: ["SUPABASE_WORKDIR": "/x"])
      #expect(option.code == 0)
      let json = try await world.run(
        ["status"], environment: ["SUPABASE_OUTPUT_FORMAT": "json", "HOMEBASE_WORKDIR": "/x"])
      #expect(json.output.hasPrefix(#"{"error":{"#))
    }
  }

  /// `doctor` is red when something is, and says the command that mends it.
  @Test func doctor() async throws {
    let checks = [
      DoctorCheck { _, _ in [.init(name: "postgresql", isOK: true, detail: "15.18")] },
      DoctorCheck { place, _ in
        [.init(name: "disk space", isOK: false, detail: "5 MB", fix: "rm -r x")]
      },
    ]
    try await withWorld(running: false) { world async throws in
      let text = try await world.run(["doctor"], checks: checks)
      #expect(text.code == 1)
      #expect(
        text.output
          == "ok   postgresql  15.18\nfix  disk space  5 MB\ndisk space: rm -r x\n1 thing to mend\n"
      )
      let json = try await world.run(["doctor", "--output-format", "json"], checks: [checks[0]])
      #expect(json.code == 0)
      #expect(
        json.output == #"{"checks":[{"detail":"15.18","name":"postgresql","ok":true}]}"# + "\n")
      let real = try await world.run(["doctor"], checks: DoctorCheck.all)
      #expect(real.output.contains("project         \(world.place.root)\n"))
    }
  }
}
