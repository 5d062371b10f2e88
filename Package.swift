// swift-tools-version: 6.2
import PackageDescription

/// Every target: Swift 6 mode, no implicit anything, warnings are errors.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

func grdb() -> Target.Dependency { .product(name: "GRDB", package: "GRDB.swift") }
func crypto() -> Target.Dependency { .product(name: "Crypto", package: "swift-crypto") }
func cryptoExtras() -> Target.Dependency {
  .product(name: "CryptoExtras", package: "swift-crypto")
}
func logging() -> Target.Dependency { .product(name: "Logging", package: "swift-log") }
func yams() -> Target.Dependency { .product(name: "Yams", package: "Yams") }
func hummingbird() -> Target.Dependency {
  .product(name: "Hummingbird", package: "hummingbird")
}
func argumentParser() -> Target.Dependency {
  .product(name: "ArgumentParser", package: "swift-argument-parser")
}

/// A module of the product. `may` is the whole list of what it may import: the walls of
/// Docs/architecture.md. An arrow only ever points down this list.
func module(_ name: String, may: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: may, swiftSettings: strict)
}

func tests(_ name: String, of dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "xerosync",
  products: [.executable(name: "xerosync", targets: ["xerosync"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    module("Domain", may: [crypto()]),
    module("Reconciler", may: ["Domain"]),
    module("Matcher"),
    module("Snapshot", may: ["Domain", grdb()]),
    module("Transport", may: [crypto(), logging()]),
    module(
      "Connectors", may: ["Domain", "Transport", crypto(), cryptoExtras(), logging()]),
    module("ConfigurationFile", may: ["Domain", yams()]),
    module(
      "Engine",
      may: [
        "Domain", "Reconciler", "Matcher", "Snapshot", "Transport", "Connectors", crypto(),
        logging(),
      ]),
    module("Sandbox", may: [hummingbird(), crypto(), cryptoExtras()]),
    .executableTarget(
      name: "xerosync",
      dependencies: [
        "Domain", "Reconciler", "Matcher", "Snapshot", "Transport", "Connectors",
        "ConfigurationFile", "Engine", "Sandbox", argumentParser(), crypto(), hummingbird(),
        logging(),
      ],
      swiftSettings: strict),
    // A world for tests: the sandbox in process, a clock that is moved, judges.
    .target(
      name: "TestSupport",
      dependencies: [
        "Domain", "Snapshot", "Transport", "Connectors", "Engine", "Sandbox", logging(), grdb(),
      ],
      path: "Tests/Support", swiftSettings: strict),
    tests("DomainTests", of: ["Domain"]),
    tests("ReconcilerTests", of: ["Domain", "Reconciler"]),
    tests("MatcherTests", of: ["Matcher"]),
    tests("SnapshotTests", of: ["Domain", "Snapshot", grdb()]),
    tests("TransportTests", of: ["Transport", logging()]),
    tests(
      "ConnectorsTests",
      of: [
        "Domain", "Transport", "Connectors", "ConfigurationFile", "Engine", "Sandbox",
        "TestSupport",
        cryptoExtras(),
        logging(),
      ]),
    tests("ConfigurationFileTests", of: ["Domain", "ConfigurationFile"]),
    tests(
      "EngineTests",
      of: [
        "Domain", "Reconciler", "Matcher", "Snapshot", "Transport", "Connectors",
        "ConfigurationFile", "Engine", "Sandbox", "TestSupport", logging(),
      ]),
    tests(
      "SimulationTests",
      of: ["Domain", "Snapshot", "Transport", "Engine", "Sandbox", "TestSupport"]),
    tests("SandboxTests", of: ["Sandbox"]),
    tests("HouseRulesTests", of: []),
    tests("DocsTests", of: ["Domain", "ConfigurationFile"]),
  ]
)
