import Glibc

/// A file among those that ``MergedSource`` merges, and its line next in turn: [start, end) of the chunk, newline included where
/// there is one.
final class MergedFile: Comparable {
  let order: Int
  let reader: LineChunkReader
  let file: FileSource
  /// What goes in front of its lines.
  var prefix: [UInt8] = []
  var host = 0
  /// Whether a line of it was merged.
  var isBegun = false
  /// Its rest goes before everything else.
  var isFinishing = false
  private let format: TraceFiles.Format
  private let chunk = LineChunk(capacity: 64 << 10)
  private var start = 0
  private var end = 0
  private var merged: Int64 = 0
  private var clock: CyclicClock?
  /// A stamp of the files before it, for clocks without a date.
  var near: Int64?
  private(set) var line = TraceFiles.Format.Line(stamp: nil, isOfTask: false)
  /// Of the line, else of the last line before it that has one: lines without stamps stay where they are.
  private(set) var stamp = Int64.min

  init(_ path: String, order: Int, _ options: InputOptions, _ format: TraceFiles.Format) throws {
    let opened = try openSource(path, options)
    self.order = order
    self.format = format
    reader = LineChunkReader(opened.source, longestLine: options.longestLine)
    file = opened.file
  }

  var text: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: chunk.bytes + start, count: end - start)
  }

  /// The lines at hand.
  var chunkText: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: chunk.bytes, count: chunk.count) }

  /// Whether so little of it is left that another file's beginning before its end is no overlap: a sixteenth, and a chunk at most.
  var isNearlyRead: Bool { reader.isAtEnd && Int64(chunk.count - start) * 16 < merged }

  /// Moves to the next line; false at the end.
  func advance() -> Bool {
    merged += Int64(end - start)
    if end == chunk.count {
      end = 0
      guard reader.next(into: chunk) else { return false }
    }
    start = end
    let found = memchr(chunk.bytes + start, Int32(UInt8(ascii: "\n")), chunk.count - start)
    end = found.map { $0 - UnsafeMutableRawPointer(chunk.bytes) + 1 } ?? chunk.count
    line = format.line(text)
    if let stamp = line.stamp {
      var clock = self.clock ?? CyclicClock(cycle: line.cycle, near: near)
      self.stamp = clock.rise(to: stamp)
      self.clock = clock
    }
    return true
  }

  static func < (a: MergedFile, b: MergedFile) -> Bool {
    if a.isFinishing != b.isFinishing { return a.isFinishing }
    return (a.stamp, a.order) < (b.stamp, b.order)
  }
  static func == (a: MergedFile, b: MergedFile) -> Bool { a === b }
}
