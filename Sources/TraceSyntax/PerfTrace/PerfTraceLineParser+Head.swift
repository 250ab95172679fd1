import CTraceScan

// The left end: `%10.3f (%6.3f ms): comm/tid `, each part optional (perf config trace.show_timestamp, show_duration; one thread alone has
// no name), and the lines that are no calls.
extension PerfTraceLineParser {
  enum Times { case none, one, both }

  /// `     0.694 ( 0.018 ms): `. `?` for the stamp and blanks for the duration: the call began before perf did.
  @inline(__always)
  static func parseTimes(_ p: inout Pointer, _ event: inout LineEvent) -> Times {
    var q = p
    _ = StraceLineParser.skipBlanks(&q)
    var hasStamp = false
    if q[0] == UInt8(ascii: "?"), q[1] == UInt8(ascii: " ") {
      hasStamp = true
      q += 2
    } else if let nanoseconds = milliseconds(&q) {
      guard q[0] == UInt8(ascii: " "), nanoseconds < 8_000_000_000_000_000_000 else { return .none }
      event.stamp = nanoseconds
      event.stampKind = .sinceStart
      event.flags.insert(.fineStamp)
      hasStamp = true
      q += 1
    }
    guard q[0] == UInt8(ascii: "(") else {
      if hasStamp { p = q }
      return hasStamp && event.stampKind != .none ? .one : .none
    }
    q += 1
    _ = StraceLineParser.skipBlanks(&q)
    if let nanoseconds = milliseconds(&q), nanoseconds >= 0 {
      guard q[0] == UInt8(ascii: " "), q[1] == UInt8(ascii: "m"), q[2] == UInt8(ascii: "s") else { return .none }
      // Above this no sum of times can overflow; a call of 31 years is damage.
      guard nanoseconds < 1_000_000_000_000_000_000 else { return .none }
      event.duration = nanoseconds
      q += 3
    }
    guard q[0] == UInt8(ascii: ")"), q[1] == UInt8(ascii: ":"), q[2] == UInt8(ascii: " ") else { return .none }
    p = q + 3
    return hasStamp ? .both : .one
  }

  /// `4364511.840` -> nanoseconds. What began before perf's first event has a negative stamp, printed without its sign
  /// (`18446744073709.508`): that comes out negative.
  @inline(__always)
  private static func milliseconds(_ p: inout Pointer) -> Int64? {
    guard isDigit(p[0]) else { return nil }
    var q = p
    var count = 0
    let whole = StraceLineParser.digits(&q, &count)
    guard count <= 14, whole <= 18_446_744_073_709, q[0] == UInt8(ascii: "."), isDigit(q[1]), isDigit(q[2]), isDigit(q[3]) else {
      return nil
    }
    let fraction = Int64(q[1] &- 48) * 100 + Int64(q[2] &- 48) * 10 + Int64(q[3] &- 48)
    p = q + 4
    return Int64(bitPattern: UInt64(whole) &* 1_000_000 &+ UInt64(fraction) * 1000)
  }

  /// `comm/tid `, `:4547/4547 ` (perf does not know the name) or `tid `. A name holds anything, blanks, slashes and digits included, and
  /// has at most 15 bytes; what follows tells where it ends.
  @inline(__always)
  func parseTask(_ p: inout Pointer, _ end: Pointer, _ event: inout LineEvent) {
    var count = 0
    while isNameByte(p[count]), count < 32 { count += 1 }
    if p[count] == UInt8(ascii: "("), strace.memory.pointee.syscalls.find(p, count) != nil { return }
    let slash = Int(trace_index16(p, UInt8(ascii: "/")))
    if slash < 16, readTask(p + slash + 1, &p, end, &event) { return }
    if isDigit(p[0]), readTask(p, &p, end, &event) { return }
    let name = p
    var i = slash + 1
    while i < 17, name + i < end {
      if name[i] == UInt8(ascii: "/"), readTask(name + i + 1, &p, end, &event) { return }
      i += 1
    }
  }

  @inline(__always)
  private func readTask(_ number: Pointer, _ p: inout Pointer, _ end: Pointer, _ event: inout LineEvent) -> Bool {
    var q = number
    var count = 0
    let value = StraceLineParser.digits(&q, &count)
    guard count > 0, count <= 8, q[0] == UInt8(ascii: " "), q + 1 < end, Self.startsBody(q + 1, end) else { return false }
    event.tid = Int32(truncatingIfNeeded: value)
    p = q + 1
    return true
  }

  /// A call, its second half, or an event.
  @inline(__always)
  private static func startsBody(_ p: Pointer, _ end: Pointer) -> Bool {
    if p[0] == UInt8(ascii: " ") { return StraceLineParser.hasPrefix(p, end, " ... [") }
    var q = p
    while isNameByte(q[0]) { q += 1 }
    return q > p && (q[0] == UInt8(ascii: "(") || isEvent(p, end))
  }

  /// `minfault [...`, `majfault [...`, or a tracepoint: `sched:sched_switch(` and, before perf 4.20, `sched:sched_switch:`.
  static func isEvent(_ p: Pointer, _ end: Pointer) -> Bool {
    if StraceLineParser.hasPrefix(p, end, "minfault [") || StraceLineParser.hasPrefix(p, end, "majfault [") { return true }
    var q = p
    while isNameByte(q[0]) || q[0] == UInt8(ascii: "-") { q += 1 }
    guard q > p, q[0] == UInt8(ascii: ":"), isNameByte(q[1]) else { return false }
    q += 1
    while isNameByte(q[0]) { q += 1 }
    return q[0] == UInt8(ascii: "(") || q[0] == UInt8(ascii: ":")
  }

  /// A line without a stamp.
  func parseOther(_ start: Pointer, _ end: Pointer, _ event: inout LineEvent) {
    if StraceLineParser.hasPrefix(start, end, "LOST ") {
      var q = start + 5
      var count = 0
      let lost = StraceLineParser.digits(&q, &count)
      guard count > 0, StraceLineParser.hasPrefix(q, end, " events") else { return }
      event.kind = .note
      event.flags.insert(.lostEvents)
      event.result = lost
      return
    }
    // A callchain (-g) is indented by 38 columns; so is a heading of the summary.
    var p = start
    if StraceLineParser.skipBlanks(&p) >= 30, p < end, p[0] != UInt8(ascii: "("), end - start <= Self.longest {
      event.kind = .stack
      return
    }
    for text in Self.notes where StraceLineParser.hasPrefix(start, end, text) {
      event.kind = .note
      return
    }
  }

  /// What perf says among the events.
  private static let notes: [StaticString] = [
    "Problems reading syscall ", "Invalid syscall ", "Warning:", "WARNING:", "perf: ", "[ perf ", "Error:", "Couldn't ",
  ]
}
