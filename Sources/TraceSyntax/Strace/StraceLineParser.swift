import CTraceScan

// The hot loop: bytes of one line -> LineEvent. Shape of a line (strace's own terms):
//
//   3721  07:08:55 <... read resumed>"\3\0\0"..., 4096) = 1537 <0.000031>
//   PREFIX         BODY                                 RESULT TIME
//
// The prefix is read from the left, the time and the result from the right; what is between is looked at only for reads and
// writes (one vector scan for AMF0). Reading from the right is safe: a string or an annotation cannot end a line with
// `) = N`, since its closing quote or bracket would follow. Rare result forms take a slower path (+Result).
// A line that fits nothing becomes `.other`; nothing here throws or allocates.
// To change it: the prefix is in +Prefix, the right end in +Result; the reference parser in the tests must agree.

typealias Pointer = UnsafePointer<UInt8>

@inline(__always) func isDigit(_ c: UInt8) -> Bool { c &- 48 < 10 }
@inline(__always) func isNameByte(_ c: UInt8) -> Bool {
  (c | 0x20) &- 97 < 26 || c &- 48 < 10 || c == UInt8(ascii: "_")
}

/// Parses one line at a time; a value per worker. It is one pointer, so that handing it on costs a register.
struct StraceLineParser {
  let memory: UnsafeMutablePointer<Memory>

  /// Tables, and what the lines before taught: stamps and error texts repeat for thousands of lines.
  struct Memory {
    /// Fields of pids, as wide as the last; 0 without one. strace pads to five digits and a blank.
    var tids = TidFields(width: 6)
    /// `07:08:55` or the first eight digits of `1795247280.123456` as a word, and its nanoseconds.
    var stampWord: UInt64 = 0
    var stamp: Int64 = 0
    /// Of the stamp word; none as long as there is no such stamp.
    var stampKind = StampKind.none
    var errors = ErrorTexts()
    let names = RecentNames()
    let decorations = DecorationTexts()
    let syscalls = SyscallCatalog.shared.table
    let errnos = Errno.table
    /// Whether the line at hand, an unusual one, may hold an AMF0 header.
    var mayHoldAMF = true
    /// Whether bytes of a call's buffers are scanned for AMF0 headers, by syscall number.
    let carriesPayload = UnsafeMutablePointer<Bool>.allocate(capacity: Int(UInt16.max) + 1)
  }

  init() {
    memory = .allocate(capacity: 1)
    memory.initialize(to: Memory())
    let carriesPayload = memory.pointee.carriesPayload
    carriesPayload.initialize(repeating: false, count: Int(UInt16.max) + 1)
    for (index, role) in SyscallCatalog.shared.roles.enumerated() { carriesPayload[index] = role.isRead || role.isWrite }
  }

  func deallocate() {
    memory.pointee.carriesPayload.deallocate()
    memory.pointee.errors.deallocate()
    memory.pointee.names.deallocate()
    memory.pointee.decorations.deallocate()
    memory.pointee.tids.deallocate()
    memory.deinitialize(count: 1)
    memory.deallocate()
  }

  /// Parses the bytes [start, end) of a chunk that begins at `base`; 64 readable bytes follow `end`.
  ///
  /// - Parameter mayHoldAMF: whether the bytes around may hold an AMF0 header: known for many lines at once.
  @inline(__always)
  func parse(
    _ start: Pointer, _ lineEnd: Pointer, base: Pointer, mayHoldAMF: Bool, into event: UnsafeMutablePointer<LineEvent>
  ) {
    if parseUsualLine(start, lineEnd, base, mayHoldAMF: mayHoldAMF, event) { return }
    memory.pointee.mayHoldAMF = mayHoldAMF
    event.initialize(to: LineEvent())
    parseAnyLine(start, lineEnd, base: base, into: &event.pointee)
  }

  @inline(never)
  private func parseAnyLine(_ start: Pointer, _ lineEnd: Pointer, base: Pointer, into event: inout LineEvent) {
    var end = lineEnd
    if end > start, end[-1] == UInt8(ascii: "\r") { end -= 1 }
    event.offset = UInt32(truncatingIfNeeded: start - base)
    event.length = UInt32(truncatingIfNeeded: end - start)
    if end == start {
      event.kind = .blank
      event.bodyStart = event.offset
      event.argumentsStart = event.offset
      event.argumentsEnd = event.offset
      return
    }
    var p = start
    // Blanks or one of the rarer pieces may follow what is known.
    if let prefix = knownPrefix(start), isNameByte(prefix.body[0]) || prefix.body[0] == UInt8(ascii: "<") {
      p = prefix.body
      event.tid = prefix.tid
      event.stamp = prefix.stamp
      event.stampKind = memory.pointee.stampKind
      if prefix.isFine { event.flags.insert(.fineStamp) }
    } else {
      parsePrefix(&p, end, &event)
    }
    event.bodyStart = UInt32(truncatingIfNeeded: p - base)
    event.argumentsStart = event.bodyStart
    event.argumentsEnd = event.offset + event.length
    guard p < end else { return }
    let c = p[0]
    if isNameByte(c) {
      parseCall(p, end, base, &event)
    } else if c == UInt8(ascii: "<") {
      parseResumed(p, end, base, &event)
    } else {
      parseOtherBody(p, start, end, &event)
    }
  }

  /// `name(arguments) = result <time>` and its cut forms.
  @inline(__always)
  private func parseCall(
    _ start: Pointer, _ end: Pointer, _ base: Pointer, _ event: inout LineEvent
  ) {
    // Known names are shorter than 32 bytes, and a match in the table proves that all of them are name bytes.
    var count = Int(trace_index16(start, UInt8(ascii: "(")))
    if count == 16 { count += Int(trace_index16(start + 16, UInt8(ascii: "("))) }
    if count < 32, start + count < end, let id = memory.pointee.syscalls.find(start, count) {
      event.syscall = SyscallID(rawValue: id)
      finishCall(start + count + 1, end, base, &event)
      return
    }
    var p = start
    while p < end, isNameByte(p[0]) { p += 1 }
    if p < end, p[0] == UInt8(ascii: "(") {
      finishOddCall(p + 1, end, base, &event)
    } else {
      parseUnusualName(start, p, end, base, &event)
    }
  }

  /// ``finishCall`` for calls that are rare: one copy of it.
  @inline(never)
  func finishOddCall(_ arguments: Pointer, _ end: Pointer, _ base: Pointer, _ event: inout LineEvent) {
    finishCall(arguments, end, base, &event)
  }

  /// From the byte after the opening parenthesis to the end of the line.
  @inline(__always)
  func finishCall(_ arguments: Pointer, _ end: Pointer, _ base: Pointer, _ event: inout LineEvent) {
    event.argumentsStart = UInt32(truncatingIfNeeded: arguments - base)
    parseDescriptor(arguments, end, &event)
    switch parseTail(arguments, end, base, &event) {
    case .complete: event.kind = .whole
    case .unfinished: event.kind = .unfinished
    case .detached: event.kind = .detached
    case .incomplete: event.kind = .partial
    }
    scanPayload(base, &event)
  }

  /// `<... name resumed>rest`; one blank before `)` is old spelling and needs no care.
  @inline(__always)
  private func parseResumed(
    _ start: Pointer, _ end: Pointer, _ base: Pointer, _ event: inout LineEvent
  ) {
    guard end - start > 14, start[1] == UInt8(ascii: "."), start[2] == UInt8(ascii: "."),
      start[3] == UInt8(ascii: "."), start[4] == UInt8(ascii: " ")
    else { return }
    let name = start + 5
    var count = Int(trace_index16(name, UInt8(ascii: " ")))
    if count == 16 {
      while name + count < end, isNameByte(name[count]) { count += 1 }
    }
    var p = name + count
    // " resumed" is the eight bytes after the name.
    guard end - p >= 9, trace_load8(p) == Self.resumedWord, p[8] == UInt8(ascii: ">") else { return }
    event.bodyStart = UInt32(truncatingIfNeeded: name - base)
    event.syscall = memory.pointee.syscalls.find(name, count).map(SyscallID.init) ?? .unknown
    p += 9
    if p < end, p[0] == UInt8(ascii: " ") { p += 1 }
    event.argumentsStart = UInt32(truncatingIfNeeded: p - base)
    switch parseTail(p, end, base, &event) {
    case .complete: event.kind = .resumed
    case .unfinished:
      event.kind = .resumed
      event.flags.insert(.stillOpen)
    case .detached: event.kind = .detached
    case .incomplete: event.kind = .partial
    }
    scanPayload(base, &event)
  }

  @inline(__always)
  func scanPayload(_ base: Pointer, _ event: inout LineEvent) {
    guard memory.pointee.mayHoldAMF, memory.pointee.carriesPayload[Int(event.syscall.rawValue)] else { return }
    let text = base + Int(event.argumentsStart)
    if trace_contains_amf(text, UInt64(event.argumentsEnd - event.argumentsStart)) != 0 { event.flags.insert(.amf) }
  }

  /// " resumed" as ``trace_load8`` reads it.
  static let resumedWord = UInt64(littleEndian: 0x6465_6d75_7365_7220)
}
