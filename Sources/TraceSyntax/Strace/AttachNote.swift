/// What strace says when it attaches a task: `strace: Process 1234 attached with 67 threads` for a process named with -p (and -f),
/// `strace: Process 1234 attached` for one of a single thread, and for every task born later.
public struct AttachNote: Sendable, Equatable {
  /// The number given with -p; with threads, that of the process.
  public let tid: Int32
  /// 1 where strace says nothing of threads.
  public let threads: Int

  /// Reads a line of strace's standard error; nil where it says something else.
  public init?(_ line: UnsafeRawBufferPointer) {
    let text = Arguments(UnsafeRawBufferPointer(rebasing: line.prefix(512)))
    // Behind `strace: `, the program's path, or, before 4.11, nothing.
    guard let start = text.first("Process "), start == 0 || line[start - 1] == UInt8(ascii: " ") else { return nil }
    var i = start + 8
    guard let tid = Self.number(line, &i), tid > 0, Self.moves(line, &i, over: " attached") else { return nil }
    self.tid = tid
    if Self.moves(line, &i, over: " with "), let threads = Self.number(line, &i), threads > 0,
      Self.moves(line, &i, over: " threads")
    {
      self.threads = Int(threads)
    } else {
      threads = 1
    }
  }

  /// All of a text, in order.
  public static func all(in text: UnsafeRawBufferPointer) -> [AttachNote] {
    text.split(separator: UInt8(ascii: "\n")).compactMap { AttachNote(UnsafeRawBufferPointer(rebasing: $0)) }
  }

  private static func number(_ line: UnsafeRawBufferPointer, _ i: inout Int) -> Int32? {
    var value: Int64 = 0
    let first = i
    while i < line.count, isDigit(line[i]), value <= Int64(Int32.max) {
      value = value * 10 + Int64(line[i] &- 48)
      i += 1
    }
    return i > first ? Int32(exactly: value) : nil
  }

  private static func moves(_ line: UnsafeRawBufferPointer, _ i: inout Int, over word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard line.count - i >= count,
      line[i..<(i + count)].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: count))
    else { return false }
    i += count
    return true
  }
}
