import Foundation
import TraceTestSupport

/// Runs the built `tracestat`, found beside this test bundle.
enum Tool {
  struct Outcome {
    var status: Int32
    var output: [UInt8]
    var errors: String
    var text: String { String(decoding: output, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
  }

  static let path: String = {
    let places = [CommandLine.arguments[0], Bundle.main.bundlePath, Bundle.main.executablePath ?? ""]
    for place in places {
      var folder = URL(fileURLWithPath: place)
      for _ in 0..<4 {
        let candidate = folder.appendingPathComponent("tracestat").path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue { return candidate }
        folder.deleteLastPathComponent()
      }
    }
    return "/no/tracestat/beside/the/tests"
  }()

  static func run(_ arguments: String..., input: String? = nil) throws -> Outcome { try run(arguments, input: input) }

  /// Outputs go through files: no pipe can fill up.
  static func run(_ arguments: [String], input: String? = nil) throws -> Outcome {
    try launch(URL(fileURLWithPath: path), arguments, input: input)
  }

  /// Runs a shell line in which `"$0"` is the tool and `"$1"` ... are the arguments.
  static func shell(_ script: String, _ arguments: String...) throws -> Outcome {
    try launch(URL(fileURLWithPath: "/bin/sh"), ["-c", script, path] + arguments, input: nil)
  }

  private static func launch(_ executable: URL, _ arguments: [String], input: String?) throws -> Outcome {
    let folder = try TemporaryFolder(["output": "", "errors": ""])
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ["PATH": "/usr/bin:/bin", "LANG": "C"]
    process.standardOutput = FileHandle(forWritingAtPath: "\(folder.path)/output")
    process.standardError = FileHandle(forWritingAtPath: "\(folder.path)/errors")
    process.standardInput = FileHandle(forReadingAtPath: input ?? "/dev/null")
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/output"))),
      errors: try String(contentsOfFile: "\(folder.path)/errors", encoding: .utf8))
  }

  static func fixture(_ name: String) -> String { Fixture.path("Fixtures/strace/\(name).log") }
  static func packed(_ name: String) -> String { Fixture.path("Fixtures/packed/\(name)") }
  static let reports = [
    "fd-timeline", "fds", "connections", "rtmp", "http", "dns", "futex", "threads", "stalls", "summary", "ledger",
  ]
  /// Reports that are asked for by an option of another.
  static let views = [
    ["fds", "--leaks"], ["fds", "--growth"], ["rtmp", "--sessions"], ["rtmp", "--fan-out"], ["rtmp", "--freezes"],
  ]
}
