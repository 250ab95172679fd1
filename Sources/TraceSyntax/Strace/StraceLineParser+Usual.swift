import CTraceScan

// Nearly every line of a log with -T: the prefix of the line before, a known name, `) = 123 <0.000071>` or ` <unfinished ...>`. Read in one go, in
// registers, and written once. What is not of that shape in every byte that counts is left to the parts that read any line; both say the
// same of a line that both understand.
extension StraceLineParser {
  /// Whether the bytes [start, end) of a chunk that begins at `base` are such a line; `event` is then initialised, else some of it is written.
  /// What is known is written at once: there are more fields than registers.
  @inline(__always)
  func parseUsualLine(
    _ start: Pointer, _ end: Pointer, _ base: Pointer, mayHoldAMF: Bool, _ event: UnsafeMutablePointer<LineEvent>
  ) -> Bool {
    // What is looked at from the right may lie before the line, but not before the chunk.
    guard end - base >= 32, end[-1] == UInt8(ascii: ">"), let prefix = knownPrefix(start) else { return false }
    event.pointee.stampKind = memory.pointee.stampKind
    event.pointee.tid = prefix.tid
    event.pointee.stamp = prefix.stamp
    event.pointee.offset = UInt32(truncatingIfNeeded: start - base)
    event.pointee.length = UInt32(truncatingIfNeeded: end - start)
    var flags: LineFlags = prefix.isFine ? .fineStamp : []
    var name = prefix.body
    let isResumed = name[0] == UInt8(ascii: "<")
    let syscall: UInt16
    var arguments: Pointer
    if isResumed {
      guard name.halfWord == Self.resumedStart, name[4] == UInt8(ascii: " ") else { return false }
      name += 5
      guard let known = usualName(name, endedBy: UInt8(ascii: " ")) else { return false }
      syscall = known.syscall
      guard (name + known.count).word == Self.resumedWord, name[known.count + 8] == UInt8(ascii: ">") else { return false }
      arguments = name + known.count + 9
      if arguments[0] == UInt8(ascii: " ") { arguments += 1 }
      event.pointee.descriptor = LineEvent.noDescriptor
      event.pointee.decoration = 0
    } else {
      guard let known = usualName(name, endedBy: UInt8(ascii: "(")) else { return false }
      syscall = known.syscall
      arguments = name + known.count + 1
      let first = firstArgument(arguments, end, tid: prefix.tid)
      event.pointee.descriptor = first.descriptor
      event.pointee.decoration = first.decoration
      if first.isDecorated { flags.insert(.decorated) }
    }
    event.pointee.syscall = SyscallID(rawValue: syscall)
    event.pointee.bodyStart = UInt32(truncatingIfNeeded: name - base)
    event.pointee.argumentsStart = UInt32(truncatingIfNeeded: arguments - base)
    let argumentsEnd: Pointer
    if (end - 8).word == Self.unfinishedEnd {
      guard !isResumed, let stop = Self.startOfUnfinished(arguments, end) else { return false }
      argumentsEnd = stop
      event.pointee.kind = .unfinished
      event.pointee.errno = .none
      event.pointee.duration = LineEvent.unknownDuration
      event.pointee.result = 0
    } else {
      guard let close = usualTail(arguments, end, event) else { return false }
      argumentsEnd = close
      event.pointee.kind = isResumed ? .resumed : .whole
    }
    event.pointee.argumentsEnd = UInt32(truncatingIfNeeded: argumentsEnd - base)
    if mayHoldAMF, memory.pointee.carriesPayload[Int(syscall)],
      trace_contains_amf(arguments, UInt64(argumentsEnd - arguments)) != 0
    {
      flags.insert(.amf)
    }
    event.pointee.flags = flags
    return true
  }

  /// The length and the number of a name that `end` follows; nil where it is long or unknown.
  @inline(__always)
  private func usualName(_ name: Pointer, endedBy end: UInt8) -> (count: Int, syscall: UInt16)? {
    memory.pointee.names.find(name, endedBy: end) ?? learnName(name, endedBy: end)
  }

  @inline(never)
  private func learnName(_ name: Pointer, endedBy end: UInt8) -> (count: Int, syscall: UInt16)? {
    let count = Int(trace_index16(name, end))
    guard count < 16, let syscall = memory.pointee.syscalls.find(name, count) else { return nil }
    memory.pointee.names.learn(name, count, endedBy: end, syscall)
    return (count, syscall)
  }

  /// `) = 123 <0.000071>`, most lines that show a result: where the digits are among the last 32 bytes tells its shape at once. Where the
  /// arguments end, with what the right end says written; nil for any other.
  @inline(__always)
  private func usualTail(_ low: Pointer, _ end: Pointer, _ event: UnsafeMutablePointer<LineEvent>) -> Pointer? {
    let digits = trace_digit_mask32(end - 32)
    guard digits &>> 21 & 0b011_1111_0100 == 0b011_1111_0100, let duration = Self.usualDuration((end - 11).word, (end - 9).word)
    else { return nil }
    event.pointee.duration = duration
    let value = end - 11
    let count = (~(digits &<< 11)).leadingZeroBitCount
    if count == 0 {
      guard let error = usualError(low, value) else { return nil }
      event.pointee.errno = error.errno
      event.pointee.result = -1
      return error.close
    }
    // No zero before other digits; in one piece, since numbers of one digit and of more come as they like.
    let zeroAhead = (Int(value[-count] ^ UInt8(ascii: "0")) &- 1) & (1 &- count)
    guard count <= 8, value - low >= count + 4, zeroAhead >= 0 else { return nil }
    event.pointee.errno = .none
    event.pointee.result = DecimalWord.last(count, of: (value - 8).word)
    return Self.usualClose(value - count - 4, low)
  }

  /// ` <0.000071` as the words of its first and of its last eight bytes, the digits known to be digits, in nanoseconds.
  @inline(__always)
  private static func usualDuration(_ first: UInt64, _ last: UInt64) -> Int64? {
    // All six digits always: whether a call took a millisecond is not to be foreseen.
    guard first & 0xff00_ffff == 0x2e00_3c20 else { return nil }
    return (Int64(last & 0xff) &- 48) &* 1_000_000_000 &+ DecimalWord.last(6, of: last) &* 1000
  }

  /// The parenthesis of `) = ` or `)       = `, whose last four bytes are at `p`.
  @inline(__always)
  private static func usualClose(_ p: Pointer, _ low: Pointer) -> Pointer? {
    let bytes = p.halfWord
    if bytes == closeEquals { return p }
    guard bytes == blanksEquals else { return nil }
    let close = beforeBlanks(p, low)
    return close[0] == UInt8(ascii: ")") ? close : nil
  }

  /// `) = -1 EAGAIN (Resource temporarily unavailable)` with a text that was met before: the parenthesis, and the error.
  @inline(never)
  private func usualError(_ low: Pointer, _ end: Pointer) -> (errno: Errno, close: Pointer)? {
    guard end[-1] == UInt8(ascii: ")"), let known = memory.pointee.errors.find(end, low) else { return nil }
    let value = end - known.count
    guard value - low >= 6, (value - 2).pair == Self.minusOne, let close = Self.usualClose(value - 6, low) else { return nil }
    return (known.errno, close)
  }

  private static var minusOne: UInt16 { 0x312d }  // "-1"
  private static var resumedStart: UInt32 { 0x2e2e_2e3c }  // "<..."
}
