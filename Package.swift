// swift-tools-version: 6.2
import PackageDescription

// Floors: a module depends only on modules of the floors below it. README.md shows the house.

let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
    swiftSettings: settings)
}

let package = Package(
  name: "homebase",
  products: [.executable(name: "homebase", targets: ["homebase"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    // C, each a thin door to one system facility.
    .target(name: "CProcess"),
    .target(name: "CCurl"),
    .target(name: "CLibpq"),
    // What the executable exported would stand in for the libcrypto that libpq and libcurl load.
    .target(
      name: "COpenSSL",
      linkerSettings: [
        .linkedLibrary(":libcrypto.a"),
        .unsafeFlags(["-Xlinker", "--exclude-libs=libcrypto.a"]),
      ]),
    .target(name: "CTLS"),
    .target(name: "CPlatformSQL", exclude: ["extensions", "platform"]),
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "CPgQuery", linkerSettings: [.linkedLibrary(":libpg_query.a")]),
    .target(name: "CTOML"),

    // Floor 0
    room("Diagnostics"),
    room("Console", ["Diagnostics"]),
    room("Cryptography", ["Diagnostics", "COpenSSL"]),

    // Floor 1
    room("ProcessSupervision", ["Diagnostics", "CProcess", "CLibYAML"]),
    room("PostgresClient", ["Diagnostics", "CLibpq", "CProcess"]),
    room("ProjectConfiguration", ["Diagnostics", "Cryptography", "CTOML"]),
    room("SQLScript", ["Diagnostics", "CPgQuery"]),
    room("ControlSocket", ["Diagnostics", "CProcess"]),
    room("StackProtocol", ["Diagnostics"]),
    room("RESTRequests", ["Diagnostics"]),
    room("WebTokens", ["Diagnostics", "Cryptography"]),
    room("HTTPMessages", ["Diagnostics", .product(name: "NIOCore", package: "swift-nio")]),
    room("HTTPClient", ["Diagnostics", "CCurl"]),

    // Floor 2
    room(
      "DatabaseCluster",
      [
        "Diagnostics", "Cryptography", "ProcessSupervision", "PostgresClient",
        "ProjectConfiguration", "CProcess", "CPlatformSQL",
      ]),
    room("SchemaCatalog", ["Diagnostics", "PostgresClient"]),
    room("IssuerKeys", ["Diagnostics", "HTTPClient", "WebTokens"]),
    room(
      "HTTPService",
      [
        "Diagnostics", "HTTPMessages", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),

    // Floor 3
    room(
      "DatabaseLifecycle",
      [
        "Diagnostics", "Cryptography", "ProcessSupervision", "PostgresClient", "SQLScript",
        "ProjectConfiguration", "DatabaseCluster", "CProcess",
      ]),
    room(
      "SchemaDump", ["Diagnostics", "PostgresClient", "ProcessSupervision", "SchemaCatalog"]),
    room("SchemaDiff", ["PostgresClient", "SchemaCatalog"]),
    room("MockData", ["Diagnostics", "PostgresClient", "SQLScript", "SchemaCatalog"]),
    room("TypeGeneration", ["Console", "SchemaCatalog"]),
    room("DatabaseAdvice", ["Diagnostics", "PostgresClient", "SQLScript"]),
    room("SQLTests", ["Diagnostics", "PostgresClient", "ProcessSupervision", "SQLScript"]),

    // Floor 4
    room("DatabaseWorkers", ["Diagnostics", "PostgresClient", "DatabaseCluster", "HTTPClient"]),
    room("REST", ["Diagnostics", "PostgresClient", "SchemaCatalog", "RESTRequests"]),

    // Floor 4
    room(
      "RESTService",
      [
        "Diagnostics", "PostgresClient", "WebTokens", "RESTRequests", "HTTPMessages", "HTTPService",
        "REST", .product(name: "NIOCore", package: "swift-nio"),
      ]),
    room(
      "Gateway",
      [
        "Diagnostics", "Cryptography", "HTTPMessages", "HTTPService", "CTLS",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),

    // Floor 5
    room(
      "StackRuntime",
      [
        "Diagnostics", "ProcessSupervision", "PostgresClient", "ProjectConfiguration",
        "ControlSocket", "StackProtocol", "DatabaseCluster", "SchemaCatalog", "SchemaDiff",
        "SchemaDump", "DatabaseLifecycle", "MockData", "IssuerKeys", "WebTokens", "Gateway",
        "RESTService", "CProcess",
      ]),

    // Floor 6
    .executableTarget(
      name: "homebase",
      dependencies: [
        "Diagnostics", "Console", "ControlSocket", "StackProtocol", "ProcessSupervision",
        "PostgresClient",
        "ProjectConfiguration", "SQLScript", "SchemaCatalog", "SchemaDump", "TypeGeneration",
        "DatabaseCluster", "DatabaseLifecycle", "DatabaseWorkers", "DatabaseAdvice", "MockData",
        "SQLTests", "StackRuntime", "Gateway", "RESTService", "CProcess",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // Measures the figures of Benchmarks/README.md; runs homebase, imports nothing of it.
    .executableTarget(name: "figures", path: "Benchmarks/Figures", swiftSettings: settings),

    // A real PostgreSQL for tests: made once a run, copied for each test that wants its own.
    .target(
      name: "TestCluster",
      dependencies: ["PostgresClient", "DatabaseCluster", "ProcessSupervision"],
      path: "Tests/TestCluster", swiftSettings: settings),
    // Raw bytes over real sockets, for tests of what speaks HTTP.
    .target(
      name: "TestSockets",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Tests/TestSockets", swiftSettings: settings),
    tests(of: "Diagnostics"),
    tests(of: "Console", ["Diagnostics"]),
    tests(of: "Cryptography", ["Diagnostics"]),
    tests(of: "ProcessSupervision", ["Diagnostics", "CProcess"]),
    tests(of: "PostgresClient", ["Diagnostics", "TestCluster"]),
    tests(of: "ProjectConfiguration", ["Diagnostics", "Cryptography"]),
    tests(of: "SQLScript", ["Diagnostics", "PostgresClient", "TestCluster"]),
    tests(of: "ControlSocket", ["Diagnostics"]),
    tests(of: "StackProtocol", ["Diagnostics"]),
    tests(of: "RESTRequests", ["Diagnostics"]),
    tests(of: "WebTokens", ["Diagnostics", "Cryptography"]),
    tests(
      of: "RESTService",
      [
        "Cryptography", "PostgresClient", "WebTokens", "RESTRequests", "HTTPService", "REST",
        "TestCluster", .product(name: "NIOCore", package: "swift-nio"),
      ]),
    tests(
      of: "HTTPMessages",
      [
        "Diagnostics", "TestSockets",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ]),
    tests(
      of: "IssuerKeys",
      [
        "Diagnostics", "Cryptography", "WebTokens",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    tests(of: "REST", ["PostgresClient", "RESTRequests", "SchemaCatalog", "TestCluster"]),
    tests(
      of: "DatabaseCluster", ["Diagnostics", "PostgresClient", "ProcessSupervision", "SQLScript"]),
    tests(of: "SchemaCatalog", ["PostgresClient", "TestCluster"]),
    tests(
      of: "HTTPService",
      [
        "Diagnostics", "ProcessSupervision", "TestSockets",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    tests(of: "DatabaseWorkers", ["PostgresClient", "ProcessSupervision", "TestCluster"]),
    tests(
      of: "Gateway",
      [
        "Diagnostics", "HTTPMessages", "HTTPService", "ProcessSupervision", "TestSockets",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    tests(of: "SchemaDump", ["PostgresClient"]),
    tests(of: "SchemaDiff", ["PostgresClient", "SchemaCatalog", "TestCluster"]),
    tests(
      of: "DatabaseLifecycle",
      [
        "Diagnostics", "PostgresClient", "ProcessSupervision", "ProjectConfiguration",
        "DatabaseCluster", "TestCluster",
      ]),
    tests(
      of: "MockData",
      ["Diagnostics", "PostgresClient", "SQLScript", "SchemaCatalog", "TestCluster"]
    ),
    tests(
      of: "TypeGeneration",
      ["PostgresClient", "ProcessSupervision", "SchemaCatalog", "TestCluster"]),
    tests(
      of: "DatabaseAdvice",
      ["Diagnostics", "PostgresClient", "DatabaseCluster", "TestCluster"]),
    tests(of: "SQLTests", ["Diagnostics", "PostgresClient", "SQLScript", "TestCluster"]),
    tests(
      of: "StackRuntime",
      [
        "Diagnostics", "ProjectConfiguration", "ProcessSupervision", "StackProtocol",
        "DatabaseLifecycle", "Gateway", "RESTService", "WebTokens",
      ]),
    tests(
      of: "homebase",
      [
        "Diagnostics", "Console", "ControlSocket", "StackProtocol", "PostgresClient", "SchemaDump",
        "ProjectConfiguration", "SchemaCatalog", "TypeGeneration", "TestCluster",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
