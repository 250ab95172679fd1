// swift-tools-version: 6.1
// Data flows one way: each target depends only on those above it.
import PackageDescription

// Without ISA-L, whatever is installed: Debian has no static library of it.
let inflaters: [Target.Dependency] = Context.environment["TRACESTAT_WITHOUT_ISAL"] == nil ? ["CISAL", "CZlib"] : ["CZlib"]

let package = Package(
  name: "tracestat",
  products: [
    .library(name: "Tracestat", targets: ["Tracestat"]),
    .executable(name: "tracestat", targets: ["TracestatCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    // Optional, without it zlib inflates: its module map says how.
    .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
    .target(name: "CProcessors"),
    .target(name: "CTraceScan"),
    .target(
      name: "TraceInput",
      dependencies: inflaters + ["CLZMA", "CZstd", .product(name: "HeapModule", package: "swift-collections")]),
    .target(name: "TraceSyntax", dependencies: ["CTraceScan"]),
    .target(name: "TraceProtocols"),
    .target(name: "TraceCalls", dependencies: ["TraceInput", "TraceSyntax"]),
    .target(name: "TraceProcesses", dependencies: ["TraceCalls", "TraceProtocols"]),
    .target(name: "TraceAnalyses", dependencies: ["TraceProcesses"]),
    .target(name: "TraceRules", dependencies: ["TraceAnalyses", .product(name: "Yams", package: "Yams")]),
    .target(name: "TraceReports", dependencies: ["CZlib", "TraceAnalyses", "TraceRules"]),
    .target(
      name: "TracePartials",
      dependencies: ["CZlib", "TraceReports", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["Partial.proto"]),
    .target(name: "Tracestat", dependencies: ["CProcessors", "TracePartials", "TraceRules"]),
    .executableTarget(
      name: "TracestatCommand",
      dependencies: [
        "Tracestat", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "FrozenStreams", dependencies: ["Tracestat"], path: "Samples/FrozenStreams"),
    .executableTarget(name: "SlowestWrites", dependencies: ["Tracestat"], path: "Samples/SlowestWrites"),
    .target(name: "TraceTestSupport", dependencies: ["TraceInput", "TraceSyntax"], path: "Tests/TraceTestSupport"),
    .testTarget(name: "TraceAnalysesTests", dependencies: ["TraceAnalyses", "Tracestat", "TraceTestSupport"]),
    .testTarget(name: "TraceCallsTests", dependencies: ["TraceCalls", "TraceTestSupport"]),
    .testTarget(name: "TraceInputTests", dependencies: ["CLZMA", "TraceInput", "TraceSyntax", "TraceTestSupport"]),
    .testTarget(name: "TracePartialsTests", dependencies: ["Tracestat", "TracePartials", "TraceTestSupport"]),
    .testTarget(name: "TraceProcessesTests", dependencies: ["TraceProcesses", "TraceProtocols", "TraceTestSupport"]),
    .testTarget(name: "TraceProtocolsTests", dependencies: ["TraceProtocols", "TraceTestSupport"]),
    .testTarget(name: "TraceRulesTests", dependencies: ["TraceRules", "TraceTestSupport"]),
    .testTarget(name: "TraceSyntaxTests", dependencies: ["CTraceScan", "TraceSyntax", "TraceTestSupport"]),
    .testTarget(name: "TracestatCommandTests", dependencies: ["TracestatCommand", "TraceTestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
