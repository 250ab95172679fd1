import Foundation
import TraceInput

/// Files that tests read, found from this file's own place.
public enum Fixture {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// A file or folder under Tests.
  public static func path(_ name: String) -> String { root.appendingPathComponent(name).path }
  /// `Samples/NAME.strace.xz`.
  public static func sample(_ name: String) -> String {
    root.deletingLastPathComponent().appendingPathComponent("Samples/\(name).strace.xz").path
  }

  /// A file beside the samples, such as `NAME.truth/tids.tsv`.
  public static func sampleTruth(_ name: String) throws -> String {
    let url = root.deletingLastPathComponent().appendingPathComponent("Samples/\(name)")
    return String(decoding: try Data(contentsOf: url), as: UTF8.self)
  }

  public static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: root.appendingPathComponent(name))) }
  public static func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  /// The first whole lines of a sample, about so many bytes.
  public static func samplePrefix(_ name: String, bytes wanted: Int) throws -> [UInt8] {
    try unpacked(sample(name), bytes: wanted)
  }

  /// All of a packed file beside the samples, such as `NAME.truth/jstack.txt.xz`.
  public static func unpackedSampleTruth(_ name: String) throws -> [UInt8] {
    try unpacked(root.deletingLastPathComponent().appendingPathComponent("Samples/\(name)").path, bytes: .max)
  }

  /// All of a packed file under Tests.
  public static func unpacked(_ name: String) throws -> [UInt8] { try unpacked(path(name), bytes: .max) }

  private static func unpacked(_ path: String, bytes wanted: Int) throws -> [UInt8] {
    var result: [UInt8] = []
    let source = try TraceFiles([path]).open(TraceFiles.Format(line: { _ in .init(stamp: nil) }, pid: { _ in nil })).source
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while result.count < wanted {
      let count = try block.withUnsafeMutableBytes { try source.read(into: $0) }
      guard count > 0 else { break }
      result += block[..<count]
    }
    if let newline = result.lastIndex(of: UInt8(ascii: "\n")) { result.removeSubrange((newline + 1)...) }
    return result
  }
}
