import Console
import ControlSocket
import Diagnostics
import FoundationEssentials
import StackProtocol
import Testing

@testable import homebase

@Suite struct ProjectCommandTests {
  /// A new project has something of each kind, in either layout.
  @Test(arguments: [
    ("supabase", "supabase/config.toml", "supabase/seed.sql"),
    ("homebase", "homebase.toml", "seeds/notes.sql"),
  ])
  func initMakesAProject(style: String, configuration: String, seed: String) async throws {
    try await withWorld(running: false) { world async throws in
      let ran = try await world.run(["init", "--style", style])
      #expect(ran.code == 0)
      #expect(ran.output.hasPrefix("made the project my project in \(world.place.root)\n"))
      #expect(ran.output.hasSuffix("start it with: homebase start\n"))
      #expect(world.read(configuration) == "# \(style) my project\n")
      #expect(world.read(seed)?.contains("example.com") == true)
      let base = style == "supabase" ? "supabase/" : ""
      for file in ["functions/hello/index.ts", "tests/notes.test.sql"] {
        #expect(world.read(base + file) != nil)
      }
      #expect(world.read("compose/local.yaml")?.contains("x-homebase: postgres") == true)
    }
  }

  /// Nobody's files are written over unasked.
  @Test func initRefusesToOverwrite() async throws {
    try await withWorld(running: false) { world async throws in
      try world.write("mine", to: "supabase/seed.sql")
      let refused = try await world.run(["init"])
      #expect(refused.code == 3)
      #expect(refused.errors.hasPrefix("error: there is a project already: supabase/seed.sql\n"))
      #expect(world.read("supabase/seed.sql") == "mine")
      #expect(world.read("supabase/config.toml") == nil)
      #expect(try await world.run(["init", "--force"]).code == 0)
      #expect(world.read("supabase/seed.sql") != "mine")
    }
  }

  /// A second project inside of one would be found in its place, or never.
  @Test(arguments: ["", "apps/web"])
  func initRefusesAProjectAround(folder: String) async throws {
    try await withWorld(running: false) { world async throws in
      try world.write("project_id = \"x\"\n", to: "supabase/config.toml")
      let here = folder.isEmpty ? world.place.root : "\(world.place.root)/\(folder)"
      try world.write("", to: "apps/web/package.json")
      let refused = try await world.run(["init", "--style", "homebase", "--workdir", here])
      #expect(refused.code == 3)
      #expect(
        refused.errors.hasPrefix(
          "error: this folder belongs to a project already: "
            + "\(world.place.root)/supabase/config.toml\n"))
      #expect(world.read("homebase.toml") == nil && world.read("apps/web/homebase.toml") == nil)
    }
  }

  @Test func seeds() async throws {
    try await withWorld(running: true) { request, _ in
      if request.command == SeedGenerateRequest.name {
        let asked = try request.arguments(as: SeedGenerateRequest.self)
        return SeedGenerateReport(
          took: Milliseconds(.milliseconds(80)), seed: asked.seed ?? 7,
          tables: [.init(name: "public.notes", rows: asked.rows, note: "unique")],
          sql: asked.returnsSQL ? "insert;\n" : nil, snapshot: asked.returnsSQL ? nil : "s")
      }
      return SeedReport(
        took: Milliseconds(.milliseconds(9)),
        files: [try request.arguments(as: SeedRequest.self).profile ?? "seed.sql"])
    } body: { world async throws in
      #expect(try await world.run(["seed"]).output == "  seed.sql\nseeded from 1 file in 9.0 ms\n")
      #expect(
        try await world.run(["seed", "--profile", "demo"]).output
          == "  demo\nseeded from 1 file in 9.0 ms\n")
      #expect(
        try await world.run(["seed", "generate", "--rows", "10"]).output == """
            public.notes  10 rows  unique
          made 10 rows in 1 table in 80 ms · undo with: homebase undo
          the same rows again with the same --rows and --seed 7

          """)
      let sql = try await world.run(["seed", "generate", "--sql", "--seed", "9"])
      #expect(sql.output == "insert;\n" && sql.errors == "-- seed 9\n")
    }
  }

  /// Rows without files are no seeding from files, and no rows are said to be none.
  @Test func mockRowsAreCounted() {
    func lines(_ rows: Int) -> [String] {
      SeedReport(
        took: Milliseconds(.milliseconds(9)), files: [],
        rows: [.init(name: "public.notes", rows: rows)]
      ).lines(for: .init())
    }
    #expect(lines(5).last == "made 5 rows in 1 table in 9.0 ms")
    #expect(lines(0).last?.hasPrefix("no rows made: ") == true)
  }

  /// What looks like real people's data is refused by policy.
  @Test func lintRefuses() async throws {
    try await withWorld(running: false) { world async throws in
      try world.write(
        "insert into people values ('alice.walker@gmail.com', '+491701234567');",
        to: "supabase/seed.sql")
      let ran = try await world.run(["seed", "lint"])
      #expect(ran.code == 3, "\(ran)")
    }
  }

  /// Seed files are found by themselves, read once, and named as the project knows them.
  @Test func seedFilesAreLinted() async throws {
    try await withWorld(running: false) { world async throws in
      try world.write("a@gmail.com", to: "supabase/seed.sql")
      try world.write("fine", to: "supabase/seeds/deep/b.sql")
      try world.write("a@gmail.com", to: "supabase/seeds/notes.md")
      let report = try lintSeedFiles(of: world.place, []) { text, file in
        text.contains("gmail")
          ? [Diagnostic(code: "x", message: "real?", location: .init(file: file, line: 1))] : []
      }
      #expect(report.files == 2)
      #expect(report.findings.map(\.location?.file) == ["supabase/seed.sql"])
      #expect(
        report.lines(for: .init()) == [
          "found: real?", "  at supabase/seed.sql:1",
          "1 place that may be real people's data in 2 files",
        ])
      #expect(throws: Diagnostic.self) {
        try lintSeedFiles(of: world.place, ["/nowhere.sql"]) { _, _ in [] }
      }
    }
  }
}
