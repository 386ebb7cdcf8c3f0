import Diagnostics
import FoundationEssentials
import PostgresClient
import ProcessSupervision
import SQLScript
import Testing

@testable import DatabaseCluster

/// What `Tests/Corpora/platform` holds: see its README.
@Suite struct PlatformCorpusTests {
  static let corpus =
    #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Corpora/platform"

  static func text(_ path: String) throws -> String {
    let data = try #require(FileManager.default.contents(atPath: "\(corpus)/\(path)"), "\(path)")
    return String(decoding: data, as: UTF8.self)
  }

  static func files(in folder: String) -> [String] {
    FileTree.names(in: "\(corpus)/\(folder)").filter { $0.hasSuffix(".sql") }.sorted()
      .map { "\(folder)/\($0)" }
  }

  /// Runs a file as `postgres`, a statement at a time, in a database of its own.
  private func run(_ file: String) async throws {
    let (cluster, database) = try await SharedServer.shared.database()
    let connection = try await cluster.connect(database, as: "postgres")
    for statement in SQLScript.split(try Self.text(file)) where !statement.isEmpty {
      do {
        _ = try await connection.execute(statement.text)
      } catch {
        Issue.record("\(file):\(statement.line): \(error.diagnostic.message)")
        break
      }
    }
    await connection.close()
    let admin = try await PostgresConnection.connect(cluster.adminParameters())
    _ = try await admin.query("drop database \(database) with (force)")
    await admin.close()
  }

  /// Each case stands for so many real projects: one that fails is projects that do not start.
  @Test(arguments: files(in: "objects"))
  func objectsAreAsProjectsUseThem(file: String) async throws {
    try await run(file)
  }

  /// `create extension` of what Debian lacks: the name alone would be a lie.
  @Test(arguments: files(in: "extensions"))
  func extensionsDoWhatTheirNamesSay(file: String) async throws {
    try await run(file)
  }

  /// Every extension that homebase brings has a case.
  @Test func everyExtensionHasACase() {
    let cases = Set(Self.files(in: "extensions"))
    for name in ExtensionFiles.own.keys {
      #expect(cases.contains("extensions/\(name).sql"), "\(name)")
    }
  }

  /// A project's data must outlive a newer homebase, and end in the schema that a new one gets.
  @Test func olderPlatformIsBroughtUpToDate() async throws {
    let cluster = try await SharedServer.shared.cluster()
    let admin = try await PostgresConnection.connect(cluster.adminParameters())
    var dumps: [String] = []
    for (number, isOld) in [true, false].enumerated() {
      let name = "upgrade_\(number)"
      _ = try await admin.query(
        isOld
          ? "create database \(name) template template0"
          : "create database \(name) template \(PlatformSchema.templateDatabase)")
      _ = try await admin.execute(
        PlatformSchema.databaseSettings(database: name, jwtSecret: "secret", jwtExpiry: 3600))
      let superuser = try await cluster.connect(name, as: PlatformSchema.superuser)
      if isOld {
        for script in ["schemas", "auth", "storage", "realtime", "history"] {
          _ = try await superuser.execute(try Self.text("version-1/\(script).sql"))
        }
        _ = try await superuser.execute(PlatformSchema.exposure(true))
        _ = try await superuser.execute(try Self.text("version-1/delegation.sql"))
      }
      let project = try await cluster.connect(name, as: "postgres")
      for statement in SQLScript.split(try Self.text("version-1/project.sql"))
      where !statement.isEmpty {
        _ = try await project.execute(statement.text)
      }
      let count = "select count(*) from auth.users"
      let before = try await project.query(count).firstValue
      if isOld {
        #expect(try await PlatformSchema.version(in: superuser) == 1)
        for _ in 1...2 { _ = try await superuser.execute(PlatformSchema.upgrade(from: 1)) }
      }
      #expect(try await PlatformSchema.version(in: superuser) == PlatformSchema.version)
      #expect(try await project.query(count).firstValue == before)
      #expect(before != "0")
      await project.close()
      await superuser.close()
      dumps.append(try await dump(name, cluster))
    }
    await admin.close()
    let (old, new) = (dumps[0], dumps[1])
    #expect(old == new, "\(firstDifference(old, new))")
  }

  private func dump(_ database: String, _ cluster: Cluster) async throws -> String {
    let system = try PostgresInstallation.find(preferringMajor: 15, environment: [:])
    let result = try await runTool(
      [
        system.binFolder + "/pg_dump", "--schema-only", "--host", cluster.socketFolder, "--port",
        String(cluster.port), "--username", PlatformSchema.superuser, database,
      ], environment: cluster.environment, user: cluster.user)
    #expect(result.status.isSuccess, "\(result.errorOutput)")
    // A dump's first and last lines have a random word.
    return result.output.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict") }
      .joined(separator: "\n")
  }

  private func firstDifference(_ left: String, _ right: String) -> String {
    let lines = (left.split(separator: "\n"), right.split(separator: "\n"))
    for (one, other) in zip(lines.0, lines.1) where one != other { return "\(one)\n\(other)" }
    return "one is longer"
  }
}
