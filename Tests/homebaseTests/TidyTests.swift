import ArgumentParser
import FoundationEssentials
import Testing

@testable import homebase

/// What the compiler cannot check: the rules of the house.
@Suite struct TidyTests {
  static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

  /// One source file.
  struct Source {
    var module: String
    var path: String
    var lines: [Substring]
  }

  static func text(_ path: String) throws -> String {
    let data = try #require(FileManager.default.contents(atPath: "\(root)/\(path)"), "\(path)")
    return String(decoding: data, as: UTF8.self)
  }

  static func sources() throws -> [Source] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: "\(root)/Sources")
    return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
      let text = try text("Sources/\(name)")
      return Source(
        module: String(name.split(separator: "/")[0]), path: name,
        lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    }
  }

  /// What every other room stands on, also those of its own floor.
  static let ground = "Diagnostics"

  /// Each module's floor, from the README's table; C modules are below the house.
  static func floors() throws -> [String: Int] {
    var floors: [String: Int] = [:]
    for line in try text("README.md").split(separator: "\n") where line.hasPrefix("| ") {
      let cells = line.split(separator: "|").map { $0.trimmed }
      guard cells.count == 3, let floor = Int(cells[0]), cells[1].hasPrefix("`") else { continue }
      floors[String(cells[1].dropFirst().dropLast())] = floor
    }
    return floors
  }

  static func isC(_ module: String) -> Bool {
    module.hasPrefix("C") && module.dropFirst().first?.isUppercase == true
  }

  /// The README shows the whole house: who adds a room says there what it is.
  @Test func everyModuleHasItsFloor() throws {
    let floors = try Self.floors()
    let modules = Set(try Self.sources().map(\.module)).filter { !Self.isC($0) }
    #expect(modules == Set(floors.keys))
    let readme = try Self.text("README.md")
    for module in try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/Sources") {
      #expect(readme.contains("`\(module)`"), "README.md says what \(module) is")
    }
  }

  /// A file that lies in the folder and is not part of the executable would be missed by users only.
  @Test func everyPlatformFileIsEmbedded() throws {
    let code = try Self.text("Sources/CPlatformSQL/CPlatformSQL.c")
    let names = try FileManager.default.subpathsOfDirectory(
      atPath: "\(Self.root)/Sources/CPlatformSQL")
    for name in names where name.hasSuffix(".sql") || name.hasSuffix(".control") {
      #expect(code.contains("#embed \"\(name)\""), "Sources/CPlatformSQL/\(name)")
      #expect(code.contains("FILE_AT(\"\(name)\""), "Sources/CPlatformSQL/\(name)")
    }
  }

  /// A module that imports from its own floor or above makes two rooms one.
  @Test func importsGoDown() throws {
    let floors = try Self.floors()
    for source in try Self.sources() {
      let floor = floors[source.module] ?? -1
      for (number, line) in source.lines.enumerated() {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"), place <= 1, words.count > place + 1
        else { continue }
        let name = String(words[place + 1])
        guard name != Self.ground, let other = floors[name] else { continue }
        #expect(
          other < floor,
          "Sources/\(source.path):\(number + 1): \(source.module) (floor \(floor)) imports \(other)"
        )
      }
    }
  }

  /// What Package.swift lets a module import is below it too.
  @Test func dependenciesGoDown() throws {
    let floors = try Self.floors()
    let package = try Self.text("Package.swift")
    for module in floors.keys {
      guard
        let start = package.firstRange(of: "room(\"\(module)\"")
          ?? package.firstRange(of: "\"\(module)\",\n      [")
      else { continue }
      let declared = package[start.upperBound...].prefix { $0 != ")" }
      for name in declared.split(separator: "\"").map(String.init) {
        guard name != Self.ground, let other = floors[name], let floor = floors[module]
        else { continue }
        #expect(other < floor, "Package.swift: \(module) depends on \(name)")
      }
    }
  }

  /// ICU doubles the program and its time to start; one import is enough to pull it in.
  @Test func nobodyImportsFoundation() throws {
    for source in try Self.sources() {
      for line in source.lines where line.hasSuffix("import Foundation") {
        Issue.record("Sources/\(source.path): \(line); FoundationEssentials has what is needed")
      }
    }
  }

  /// Where the compiler is told to look away, the next reader is told why.
  @Test func everyUncheckedSendableHasItsReason() throws {
    for source in try Self.sources() {
      for (number, line) in source.lines.enumerated() where line.contains("@unchecked Sendable") {
        let near = source.lines[max(0, number - 6)...min(number + 6, source.lines.count - 1)]
        #expect(
          near.contains { $0.trimmed.hasPrefix("//") },
          "Sources/\(source.path):\(number + 1): say in a comment why it is safe")
      }
    }
  }

  /// An error that leaves a module can say itself to a person.
  @Test func everyErrorIsADiagnostic() throws {
    let sources = try Self.sources()
    for source in sources {
      for line in source.lines {
        let words = line.split { " :,{".contains($0) }
        guard words.count > 3, words[0] == "package", ["enum", "struct"].contains(words[1]),
          words[2...].dropFirst().contains("Error")
        else { continue }
        let conforms = sources.filter { $0.module == source.module }.contains { other in
          other.lines.contains {
            $0.contains("DiagnosticConvertible")
              && ($0.contains("extension \(words[2]):") || $0.contains(" \(words[2]):"))
          }
        }
        #expect(conforms, "Sources/\(source.path): \(words[2]) is no DiagnosticConvertible")
      }
    }
  }

  /// A room's first file says what it is, where to start and what never happens.
  @Test func everyRoomSaysWhatItIs() throws {
    let sources = try Self.sources()
    for module in Set(sources.map(\.module)) where !Self.isC(module) {
      let named = module == "homebase" ? "homebase/main.swift" : "\(module)/\(module).swift"
      let file = sources.first { $0.path == named }
      #expect(file?.lines.first?.hasPrefix("// \(module): ") == true, "Sources/\(named)")
      #expect(file?.lines.contains { $0.contains("Never: ") } == true, "Sources/\(named): Never")
    }
  }

  /// `--help` of every command says what it does, and its options what they are.
  @Test func everyCommandIsExplained() {
    func look(_ command: any ParsableCommand.Type, _ path: String) {
      let configuration = command.configuration
      let name = "\(path) \(configuration.commandName ?? "")"
      #expect(!configuration.abstract.isEmpty, "\(name): an abstract")
      #expect(configuration.abstract.hasSuffix("."), "\(name): a sentence")
      #expect(configuration.abstract.count <= 100, "\(name): a short one")
      for group in configuration.groupedSubcommands {
        for next in group.subcommands { look(next, name) }
      }
      for next in configuration.subcommands { look(next, name) }
    }
    look(Homebase.self, "")
  }

  /// A table of expectations about files that are not there tests nothing.
  @Test func corporaTablesNameExistingFiles() throws {
    let folder = "\(Self.root)/Tests/Corpora"
    let all = try FileManager.default.subpathsOfDirectory(atPath: folder)
    let tables = all.filter { $0.hasSuffix(".tsv") }
    #expect(!tables.isEmpty)
    for table in tables {
      let project = table.split(separator: "/").dropLast().joined(separator: "/")
      let below = all.filter { $0.hasPrefix(project + "/") }
      for line in try Self.text("Tests/Corpora/\(table)").split(separator: "\n")
      where !line.hasPrefix("#") {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
        if table.hasSuffix("expected.tsv"), cells.count > 2, cells[0] == "applied" {
          #expect(
            below.contains { $0.hasSuffix("/\(cells[1])_\(cells[2]).sql") },
            "Tests/Corpora/\(table): \(cells[1])_\(cells[2]).sql")
        }
        if table.hasSuffix("expectations.tsv"), cells.count > 1 {
          // The folder of the migrations has another name here than in a project.
          let name = cells[1].split(separator: "/").last ?? ""
          #expect(
            below.contains {
              $0.hasPrefix("\(project)/\(cells[0])/")
                && (name == "-" || $0.hasSuffix("/\(name)"))
            },
            "Tests/Corpora/\(table): \(cells[0])/\(cells[1])")
        }
      }
    }
  }
}

extension StringProtocol {
  /// Without spaces at both ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
