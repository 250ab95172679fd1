import Foundation

/// A folder of text files that goes away with the test run.
public struct TemporaryFolder: Sendable {
  public let path: String

  /// All of them lie in one, removed when the process ends.
  private static let root: String = {
    let path = NSTemporaryDirectory() + "tracestat-tests-\(ProcessInfo.processInfo.processIdentifier)"
    atexit { try? FileManager.default.removeItem(atPath: TemporaryFolder.root) }
    return path
  }()

  public init(_ files: [String: String]) throws {
    path = "\(Self.root)/\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files { try write(Array(text.utf8), to: name) }
  }

  /// A folder with one log.
  public init(log text: String) throws { try self.init(["strace.log": text]) }
  public var log: String { "\(path)/strace.log" }

  public func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  public func callAsFunction(_ names: String...) -> [String] { names.map { "\(path)/\($0)" } }
}
