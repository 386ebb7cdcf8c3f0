import FoundationEssentials
import Glibc
import ProcessSupervision
import Testing

/// Asks the compiler that these tests were built with whether generated files compile.
enum SwiftCompiler {
  /// Which modules the files can import.
  enum Clients: String {
    /// None of supabase-swift.
    case none
    /// `Supabase`, with the one type of it that generated files use.
    case supabase
    /// `PostgrestMacros`, without the macros themselves: see `withoutMacros`.
    case macros
  }

  /// Checks files of one module, as strictly as this house checks its own.
  ///
  /// - Parameters:
  ///   - files: Texts.
  ///   - clients: What they can import.
  /// - Returns: What the compiler said; empty when all is well.
  /// - Throws: When the compiler cannot be run.
  static func complaints(about files: [String], clients: Clients) async throws -> String {
    try await withFolder { folder in
      var arguments = try await stubs(clients, in: folder)
      for (number, file) in files.enumerated() {
        let path = "\(folder)/File\(number).swift"
        try file.write(toFile: path, atomically: false, encoding: .utf8)
        arguments.append(path)
      }
      return try await run(["-typecheck", "-module-name", "Generated"] + arguments)
    }
  }

  /// What is left of a file when its macros have been expanded to nothing.
  static func withoutMacros(_ file: String) -> String {
    file.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line -> String? in
      if line.hasPrefix("@Table(") { return nil }
      guard line.hasPrefix("  @"), let range = line.ranges(of: "var ").last else {
        return String(line)
      }
      // The name follows the last `var`: neither names nor types hold a space.
      return "  " + line[range.lowerBound...]
    }.joined(separator: "\n")
  }

  /// Runs the compiler.
  static func run(_ arguments: [String]) async throws -> String {
    let features = ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"]
    let strict = ["-swift-version", "6", "-warnings-as-errors", "-package-name", "p"]
    let result = try await runTool(
      [compiler, "-parse-as-library"] + strict
        + features.flatMap { ["-enable-upcoming-feature", $0] } + arguments)
    return result.status.isSuccess
      ? "" : String((result.output + result.errorOutput).suffix(4000))
  }

  /// Gives a function a folder, and removes it.
  static func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("/tmp/homebase-swiftc-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
  }

  private static let compiler: String = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { "\($0)/swiftc" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    } ?? "/usr/bin/swiftc"
  }()

  /// Makes the module, and says where it is.
  private static func stubs(_ clients: Clients, in folder: String) async throws -> [String] {
    let module: String
    let text: String
    switch clients {
    case .none: return []
    case .supabase:
      module = "Supabase"
      text = """
        public enum AnyJSON: Codable, Hashable, Sendable {
          case null, bool(Bool), integer(Int), double(Double), string(String)
          case object([String: AnyJSON]), array([AnyJSON])
        }
        """
    case .macros:
      module = "PostgrestMacros"
      text = """
        public protocol PostgrestSchema: Sendable { static var name: String { get } }
        public enum PublicSchema: PostgrestSchema { public static let name = "public" }
        public enum JSONValue: Codable, Hashable, Sendable { case null }
        """
    }
    let source = "\(folder)/\(module).swift"
    try text.write(toFile: source, atomically: false, encoding: .utf8)
    let complaints = try await run([
      "-emit-module", "-module-name", module, "-o", "\(folder)/\(module).swiftmodule", source,
    ])
    try #require(complaints == "")
    return ["-I", folder]
  }
}
