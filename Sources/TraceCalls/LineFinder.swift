import Glibc
import TraceInput
import TraceSyntax

/// Finds lines of a log by their numbers, in the order and numbering that the analyses use.
public enum LineFinder {
  public typealias Line = (number: Int, text: [UInt8])

  /// The lines with these numbers (from 1) that the log has, without their ends.
  /// With them the log's first bytes, as ``CallReader/head`` gives them.
  ///
  /// - Throws: `InputError` when nothing can be read.
  public static func lines(_ range: ClosedRange<Int>, of files: TraceFiles) throws -> (lines: [Line], head: [UInt8]) {
    let source = try files.open(TraceFiles.Format(LogSampler())).source
    let reader = LineChunkReader(source, longestLine: files.options.longestLine)
    let chunk = LineChunk()
    var found: [Line] = []
    var number = 0
    while number < range.upperBound, reader.next(into: chunk) {
      var start = 0
      while start < chunk.count, number < range.upperBound {
        let newline = memchr(chunk.bytes + start, Int32(UInt8(ascii: "\n")), chunk.count - start)
        let end = newline.map { $0 - UnsafeMutableRawPointer(chunk.bytes) } ?? chunk.count
        number += 1
        if range.contains(number) {
          found.append((number, Array(UnsafeBufferPointer(start: chunk.bytes + start, count: end - start))))
        }
        start = end + 1
      }
    }
    if found.isEmpty, let damage = reader.damages.first {
      throw InputError(
        path: damage.path, reason: "\(damage.reason) at byte \(damage.storedOffset), before line \(range.lowerBound)")
    }
    return (found, reader.head)
  }
}
