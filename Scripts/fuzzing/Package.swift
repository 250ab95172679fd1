// swift-tools-version: 6.1
// Fuzzing lives in a package of its own: its flags and its entry points are no business of those who build tracestat.
// Scripts/fuzz and Scripts/cut-everywhere build and run it.
import PackageDescription

let package = Package(
  name: "fuzzing",
  dependencies: [.package(name: "tracestat", path: "../..")],
  targets: [
    .target(name: "CFuzzer"),
    .target(name: "LineChecks", dependencies: [.product(name: "Tracestat", package: "tracestat")]),
    .executableTarget(
      name: "fuzz", dependencies: ["CFuzzer", "LineChecks", .product(name: "Tracestat", package: "tracestat")],
      path: "Sources/Fuzz"),
    .executableTarget(
      name: "cut-everywhere", dependencies: ["LineChecks", .product(name: "Tracestat", package: "tracestat")],
      path: "Sources/CutEverywhere"),
  ],
  swiftLanguageModes: [.v6]
)
