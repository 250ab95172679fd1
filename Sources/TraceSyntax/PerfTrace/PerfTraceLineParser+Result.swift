import CTraceScan

// The right end: strace's forms, and those that only perf prints.
extension PerfTraceLineParser {
  /// Reads the result; the closing parenthesis of the call, or nil where the line has no result.
  @inline(__always)
  func parseResult(_ low: Pointer, _ end: Pointer, _ event: inout LineEvent) -> Pointer? {
    let duration = event.duration
    let flags = event.flags
    if strace.parseTail(low, end, low, &event) == .complete {
      event.duration = duration
      if event.result == -1, event.errno == .none { parseNamelessError(low, end, &event) }
      if event.flags.contains(.decoratedResult) { event.flags.insert(.lateName) }
      return low + Int(event.argumentsEnd)
    }
    event.duration = duration
    event.flags = flags
    event.result = 0
    event.errno = .none
    return parseOwnResult(low, end, &event)
  }

  /// `= -1 (unknown) (INTERNAL ERROR: strerror_r(512, [buf], 128)=22)`, `= -1 (unknown) (Unknown error 512)`: a number that has no name
  /// outside the kernel, ERESTARTSYS and its kin.
  private func parseNamelessError(_ low: Pointer, _ end: Pointer, _ event: inout LineEvent) {
    guard end[-1] == UInt8(ascii: ")") else { return }
    for mark in ["strerror_r(", "nknown error "] as [StaticString] {
      let count = UInt64(mark.utf8CodeUnitCount)
      guard let at = trace_find(low, UInt64(end - low), mark.utf8Start, count) else { continue }
      var q = at + Int(count)
      var digits = 0
      let number = StraceLineParser.digits(&q, &digits)
      if digits > 0, let known = UInt16(exactly: number), known > 0 {
        event.errno = Errno(rawValue: known)
        return
      }
    }
    event.errno = .unnamed
  }

  /// `) = ` with nothing behind it (a task that perf does not know), with names of flags (fcntl), or with a text without parentheses
  /// (perf before 4.20: `) = -1 ENOENT No such file or directory`, `) = 0 Timeout`).
  private func parseOwnResult(_ low: Pointer, _ end: Pointer, _ event: inout LineEvent) -> Pointer? {
    var q = end - 1
    while q > low, !(q[0] == UInt8(ascii: "=") && q[-1] == UInt8(ascii: " ")) { q -= 1 }
    guard q > low else { return nil }
    var close = q - 1
    while close > low, close[0] == UInt8(ascii: " ") { close -= 1 }
    guard close[0] == UInt8(ascii: ")") else { return nil }
    var p = q + 1
    _ = StraceLineParser.skipBlanks(&p)
    guard p < end else {
      event.flags.insert(.unavailable)
      return close
    }
    if p[0] == UInt8(ascii: "-"), p[1] == UInt8(ascii: "1"), p[2] == UInt8(ascii: " ") {
      var name = p + 3
      let start = name
      while name < end, isNameByte(name[0]) { name += 1 }
      guard start[0] == UInt8(ascii: "E"), name - start > 2, name < end, name[0] == UInt8(ascii: " ") else { return nil }
      event.errno = strace.memory.pointee.errnos.find(start, name - start).map(Errno.init) ?? .unnamed
      event.result = -1
      return close
    }
    if StraceLineParser.hasPrefix(p, end, "0 Timeout"), end - p == 9 { return close }
    while p < end, isNameByte(p[0]) || p[0] == UInt8(ascii: "|") { p += 1 }
    guard p == end, isNameByte(end[-1]), !isDigit(q[2]) else { return nil }
    event.flags.insert(.unavailable)
    return close
  }
}
