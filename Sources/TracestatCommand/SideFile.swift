import Tracestat

/// A small file beside the log.
enum SideFile {
  /// All of its bytes.
  /// - Parameter kind: what it should be, for the message when it is far too large for that.
  static func read(_ path: String, as kind: String) throws -> [UInt8] {
    try read(FileSource(path: path), path, as: kind)
  }

  /// All of its bytes; compressed ones are unpacked, as far as they are whole.
  static func readUnpacked(_ path: String, as kind: String) throws -> [UInt8] {
    let any = TraceFiles.Format(line: { _ in TraceFiles.Format.Line(stamp: nil) }, pid: { _ in nil })
    return try read(TraceFiles([path], arrangement: .sequence).open(any).source, path, as: kind)
  }

  private static func read(_ source: some ByteSource, _ path: String, as kind: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = try block.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { return bytes }
      bytes += block[..<count]
      guard bytes.count < 256 << 20 else { throw InputError(path: path, reason: "is too large for \(kind)") }
    }
  }
}
