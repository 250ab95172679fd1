import Glibc
import HeapModule

/// The files of a `strace -ff` set as one log: lines merged by stamp, ties in argument order, each with the pid of its file's
/// suffix in front, just as `strace -f -o` would have written it.
final class MergedSource: NotingSource {
  /// The stamp of a line on a clock common to all files; nil where the line has none (it then stays with the line before it).
  typealias StampOf = (UnsafeRawBufferPointer) -> Int64?

  /// A file and its line next in turn: [start, end) of the chunk, newline included where there is one.
  private final class Member: Comparable {
    let order: Int
    let prefix: [UInt8]
    let reader: LineChunkReader
    let file: FileSource
    private let chunk = LineChunk(capacity: 64 << 10)
    private var start = 0
    private var end = 0
    private(set) var stamp = Int64.min

    init(order: Int, pid: Int32, path: String, options: InputOptions) throws {
      let opened = try openSource(path, options)
      self.order = order
      prefix = Array("\(pid) ".utf8)
      reader = LineChunkReader(opened.source, longestLine: options.longestLine)
      file = opened.file
    }

    var line: UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: chunk.bytes + start, count: end - start)
    }

    /// Moves to the next line; false at the end.
    func advance(_ stampOf: StampOf) -> Bool {
      if end == chunk.count {
        end = 0
        guard reader.next(into: chunk) else { return false }
      }
      start = end
      let found = memchr(chunk.bytes + start, Int32(UInt8(ascii: "\n")), chunk.count - start)
      end = found.map { $0 - UnsafeMutableRawPointer(chunk.bytes) + 1 } ?? chunk.count
      // Files of threads born later may start earlier than a continuation's line: a stamp never goes back within a file.
      if let stamp = stampOf(line) { self.stamp = stamp }
      return true
    }

    static func < (a: Member, b: Member) -> Bool { (a.stamp, a.order) < (b.stamp, b.order) }
    static func == (a: Member, b: Member) -> Bool { a === b }
  }

  let path: String
  private var heap = Heap<Member>()
  private var members: [Member] = []
  private let format: TraceFiles.Format
  /// Bytes of merged lines that did not fit into the caller's buffer: [sent, count) is still to go.
  private var pending: [UInt8] = []
  private var sent = 0

  var storedOffset: Int64 { members.reduce(0) { $0 + $1.file.storedOffset } }
  var notes: [InputDamage] { members.flatMap(\.reader.damages) }

  init(_ files: [(path: String, pid: Int32)], _ options: InputOptions, _ format: TraceFiles.Format) throws {
    path = files.first?.path ?? ""
    self.format = format
    for (order, file) in files.enumerated() {
      let member = try Member(order: order, pid: file.pid, path: file.path, options: options)
      members.append(member)
      if member.advance(format.stamp) { heap.insert(member) }
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if sent == pending.count { merge(atLeast: min(buffer.count, 1 << 20)) }
    let count = min(buffer.count, pending.count - sent)
    pending.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sent..<(sent + count)]))
    }
    sent += count
    return count
  }

  private func merge(atLeast wanted: Int) {
    pending.removeAll(keepingCapacity: true)
    sent = 0
    while pending.count < wanted, let member = heap.popMin() {
      if member.line.first != UInt8(ascii: " ") || !format.isAddition(member.line) { pending += member.prefix }
      pending += member.line
      if pending.last != UInt8(ascii: "\n") { pending.append(UInt8(ascii: "\n")) }
      if member.advance(format.stamp) { heap.insert(member) }
    }
  }
}
