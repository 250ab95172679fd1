/// The name in front of a task's number: `     0.510 ( 0.036 ms): VM Thread/24462 read(`.
enum PerfTraceComm {
  /// TASK_COMM_LEN of linux/sched.h without its zero.
  private static let longest = 15

  /// - Parameters:
  ///   - head: the beginning of a line, up to somewhere behind the number.
  ///   - tid: the number. A name holds anything, slashes and digits included.
  /// - Returns: nil where perf printed none, or does not know it (`:24462/24462`).
  static func comm(in head: UnsafeRawBufferPointer, of tid: Int32) -> String? {
    let start = taskStart(head)
    guard start < head.count else { return nil }
    for slash in start..<head.count where head[slash] == UInt8(ascii: "/") {
      guard slash - start <= longest else { return nil }
      guard number(head, slash + 1) == tid else { continue }
      let name = UnsafeRawBufferPointer(rebasing: head[start..<slash])
      if name.isEmpty || (name[0] == UInt8(ascii: ":") && number(head, start + 1) != nil) { return nil }
      return String(decoding: name, as: UTF8.self)
    }
    return nil
  }

  /// Behind `     0.510 ( 0.036 ms): `, of which any part may be missing.
  private static func taskStart(_ head: UnsafeRawBufferPointer) -> Int {
    var place = skip(head, 0) { $0 == UInt8(ascii: " ") }
    let stamp = skip(head, place) { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "?") || $0 &- 48 < 10 }
    if stamp > place, stamp < head.count, head[stamp] == UInt8(ascii: " ") { place = stamp + 1 }
    guard place < head.count, head[place] == UInt8(ascii: "(") else { return place }
    let end = skip(head, place) { $0 != UInt8(ascii: ")") }
    guard end + 2 < head.count, head[end + 1] == UInt8(ascii: ":"), head[end + 2] == UInt8(ascii: " ") else { return place }
    return end + 3
  }

  private static func skip(_ head: UnsafeRawBufferPointer, _ from: Int, _ isSkipped: (UInt8) -> Bool) -> Int {
    var place = from
    while place < head.count, isSkipped(head[place]) { place += 1 }
    return place
  }

  /// A number with a blank or slash behind it.
  private static func number(_ head: UnsafeRawBufferPointer, _ from: Int) -> Int32? {
    let end = skip(head, from) { $0 &- 48 < 10 }
    guard end > from, end - from < 10, end < head.count, head[end] == UInt8(ascii: " ") || head[end] == UInt8(ascii: "/") else {
      return nil
    }
    return Int32(head[from..<end].reduce(Int64(0)) { $0 * 10 + Int64($1 &- 48) })
  }
}

extension LogSyntax {
  /// The name of a task as a line shows it: perf trace prints it with the number, strace with `-Y`.
  ///
  /// - Parameters:
  ///   - head: the beginning of the line, up to somewhere behind the number.
  ///   - tid: the number.
  public func comm(in head: UnsafeRawBufferPointer, of tid: Int32) -> String? {
    self == .perfTrace ? PerfTraceComm.comm(in: head, of: tid) : CommPrefix.comm(in: head)
  }
}
