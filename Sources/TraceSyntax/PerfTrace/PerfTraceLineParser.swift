import CTraceScan

// One line of perf trace -> LineEvent. Shape of a line (tools/perf/builtin-trace.c of Linux):
//
//      4.017 ( 0.622 ms): wrk-2/4416 futex(uaddr: 0x55e642ccf160, op: WAIT|PRIVATE_FLAG, val: 2)   = 0
//      STAMP  DURATION    comm/TID   CALL                                                          RESULT
//
// The stamp is the start of the call, in milliseconds, on the line of its end too (` ... [continued]: futex())`), so the end is put
// together here. The result is read from the right by strace's parser: both print `) = -1 EAGAIN (text)`. Arguments are `name: value`,
// zeros left out; +Arguments writes them as strace would.
// To change it: the left end is in +Head, rare results in +Result, names of arguments in PerfTraceArguments; the reference parser in the
// tests must agree.

/// Parses one line at a time; a value per worker.
struct PerfTraceLineParser {
  /// Reads results and descriptors, which both programs print alike.
  let strace = StraceLineParser()
  let shapes = PerfTraceArguments.shared
  let roles = SyscallCatalog.shared.roles
  private let signalReturn = SyscallCatalog.shared.id(of: "rt_sigreturn") ?? .unknown

  func deallocate() { strace.deallocate() }

  /// Longer lines are not perf's: it cuts the text of a call at 2 kB.
  static let longest = 16 << 10
  /// Bytes that the rewritten text of a line may take: a prefix (`FUTEX_`) for each flag, four for an escaped byte, and zeros filled in.
  static func room(for count: Int) -> Int { count > longest ? count + 2 : count * 8 + 256 }

  @inline(__always)
  func isClone(_ id: SyscallID) -> Bool { Int(id.rawValue) < roles.count && roles[Int(id.rawValue)] == .clone }

  /// Parses the bytes [start, end) and appends their text to `side`, which has ``room(for:)`` it; 64 readable bytes follow `end`.
  func parse(_ start: Pointer, _ lineEnd: Pointer, into event: inout LineEvent, _ side: SideText) {
    var end = lineEnd
    if end > start, end[-1] == UInt8(ascii: "\r") { end -= 1 }
    guard end > start else {
      event.kind = .blank
      keep(start, end, &event, side)
      return
    }
    var p = start
    guard end - start <= Self.longest, Self.parseTimes(&p, &event) != .none, p < end else {
      event = LineEvent()
      parseOther(start, end, &event)
      keep(start, end, &event, side)
      return
    }
    let task = p
    parseTask(&p, end, &event)
    // In front of the call's text, for whoever asks for the task's name.
    if p - task < 32 {
      (side.base + side.count).update(from: task, count: p - task)
      side.count += p - task
    }
    defer { if event.stamp < 0 { event.stamp = 0 } }
    if isNameByte(p[0]) {
      parseCall(p, start, end, &event, side)
    } else if StraceLineParser.hasPrefix(p, end, " ... [continued]: ") {
      parseContinued(p + 18, start, end, &event, side)
    } else {
      keep(start, end, &event, side)
    }
  }

  /// `name(arguments)   = result`, or `name(arguments)   ...`.
  @inline(__always)
  private func parseCall(
    _ name: Pointer, _ start: Pointer, _ end: Pointer, _ event: inout LineEvent, _ side: SideText
  ) {
    var count = Int(trace_index16(name, UInt8(ascii: "(")))
    if count == 16 { count += Int(trace_index16(name + 16, UInt8(ascii: "("))) }
    if count < 32, name + count < end, let id = strace.memory.pointee.syscalls.find(name, count) {
      event.syscall = SyscallID(rawValue: id)
    } else {
      count = 0
      while name + count < end, isNameByte(name[count]) { count += 1 }
      guard name + count < end, name[count] == UInt8(ascii: "(") else {
        if Self.isEvent(name, end) { event.kind = .event }
        keep(start, end, &event, side)
        return
      }
    }
    let arguments = name + count + 1
    var close = arguments
    if let opening = Self.openingEnd(arguments, end) {
      close = opening
      event.kind = .unfinished
      // perf sees no end of it: the number of the call is gone when the kernel leaves it.
      if event.syscall == signalReturn {
        event.kind = .whole
        event.flags.insert(.noResult)
      }
    } else if let result = parseResult(arguments, end, &event) {
      close = result
      event.kind = .whole
      if event.flags.contains(.noResult), role(event.syscall) == .exit { event.flags.insert(.endsTask) }
    } else if role(event.syscall) == .exit, !StraceLineParser.contains(arguments, end, ")") {
      // perf before 5.0 leaves the line of exit open.
      close = end
      event.kind = .whole
      event.flags.formUnion([.noResult, .endsTask])
    } else {
      event.kind = .partial
      keep(start, end, &event, side)
      return
    }
    write(name, count, arguments, close, &event, side)
  }

  /// `name())   = result`: the second half, which repeats no arguments and bears the stamp of the first.
  @inline(__always)
  private func parseContinued(
    _ name: Pointer, _ start: Pointer, _ end: Pointer, _ event: inout LineEvent, _ side: SideText
  ) {
    var count = 0
    while name + count < end, isNameByte(name[count]) { count += 1 }
    guard count > 0, name + count < end, name[count] == UInt8(ascii: "(") else {
      keep(start, end, &event, side)
      return
    }
    event.syscall = strace.memory.pointee.syscalls.find(name, count).map(SyscallID.init) ?? .unknown
    let stated = event.stampKind
    var arguments = name + count + 1
    if arguments < end, arguments[0] == UInt8(ascii: ")") { arguments += 1 }
    guard parseResult(arguments, end, &event) != nil else {
      event.kind = .partial
      keep(start, end, &event, side)
      return
    }
    event.kind = .resumed
    if stated != .none, event.duration > 0 { event.stamp += event.duration }
    // A new task's own return from the clone that made it: perf looks for a task 0 to name, finds none and prints nothing.
    if stated == .none, event.flags.contains(.unavailable), isClone(event.syscall) { event.flags.remove(.unavailable) }
    write(name, count, arguments, arguments, &event, side)
  }

  @inline(__always)
  func role(_ id: SyscallID) -> SyscallRole { Int(id.rawValue) < roles.count ? roles[Int(id.rawValue)] : .other }

  /// The closing parenthesis of `...)   ...`, where the line is the first half of a call.
  @inline(__always)
  private static func openingEnd(_ low: Pointer, _ end: Pointer) -> Pointer? {
    var r = end
    while r > low, r[-1] == UInt8(ascii: " ") { r -= 1 }
    guard r - low >= 5, r[-1] == UInt8(ascii: "."), r[-2] == UInt8(ascii: "."), r[-3] == UInt8(ascii: "."),
      r[-4] == UInt8(ascii: " ")
    else { return nil }
    r -= 4
    while r > low, r[-1] == UInt8(ascii: " ") { r -= 1 }
    return r > low && r[-1] == UInt8(ascii: ")") ? r - 1 : nil
  }

  /// The line as it is.
  func keep(_ start: Pointer, _ end: Pointer, _ event: inout LineEvent, _ side: SideText) {
    let out = side.base + side.count
    out.update(from: start, count: end - start)
    out[end - start] = UInt8(ascii: "\n")
    event.offset = UInt32(truncatingIfNeeded: side.count)
    event.length = UInt32(truncatingIfNeeded: end - start)
    event.bodyStart = event.offset
    event.argumentsStart = event.offset
    event.argumentsEnd = event.offset + event.length
    side.count += end - start + 1
  }
}
