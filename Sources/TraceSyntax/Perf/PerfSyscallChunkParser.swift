import CTraceScan

/// Tracepoints of system calls in the text of `perf script` -> line events, whose text is rewritten into strace's spelling. One per worker.
///
/// ```
/// nginx  8263 [001]  3226.040298:   syscalls:sys_enter_recvfrom: fd: 0x0000000a, ubuf: 0x55cf9ff496c0, size: 0x00001012, flags: 0x00000000
/// nginx  8263 [001]  3226.040312:    syscalls:sys_exit_recvfrom: 0x8
/// nginx  8263 [001]  3226.040318:       raw_syscalls:sys_enter: NR 232 (c, 55cf9feec870, 200, c2cc, 0, 0)
/// nginx  8263 [001]  3226.040338:        raw_syscalls:sys_exit: NR 232 = 1
/// ```
/// An entry is a call's first half and its exit the second; how long it took is the difference of their stamps. Arguments are printed as numbers,
/// as by `strace -e raw=all`. Other tracepoints, call chains and perf's own records are no calls.
final class PerfSyscallChunkParser {
  typealias Text = UnsafeBufferPointer<UInt8>
  private let strace = StraceLineParser()
  private let shapes = PerfTraceArguments.shared
  private let catalog = SyscallCatalog.shared
  private lazy var takesDescriptor = catalog.takesDescriptor
  private let clone = SyscallCatalog.shared.id(of: "clone")
  private let unshare = SyscallCatalog.shared.id(of: "unshare")
  private let signalReturn = SyscallCatalog.shared.id(of: "rt_sigreturn")

  deinit { strace.deallocate() }

  /// Like `StraceChunkParser.parse`; the events refer to what the parser wrote into the buffer's side text.
  func parse(_ bytes: Pointer, count: Int, into events: LineEventBuffer) {
    let side = events.side
    side.count = 0
    side.reserve(count + count / 4 + 4096)
    events.removeAll(text: UnsafePointer(side.base))
    ChunkLines.forEach(bytes, count: count) { one($0, $1, events) }
    events.text = UnsafePointer(side.base)
  }

  private func one(_ start: Pointer, _ lineEnd: Pointer, _ events: LineEventBuffer) {
    events.reserve(1)
    // A value takes `, ` and `flags=` more than it has bytes, at most.
    events.side.reserve((lineEnd - start) * 4 + 256)
    let event = events.base + events.count
    event.initialize(to: LineEvent())
    line(start, lineEnd, &event.pointee, events.side)
    if event.pointee.kind == .resumed, role(event.pointee.syscall) == .clone,
      let child = TaskNumber.onHost(of: event.pointee.tid, event.pointee.result)
    {
      events.births.append(.init(line: events.count, parent: event.pointee.tid, child: child))
    }
    events.count += 1
  }

  private func role(_ id: SyscallID) -> SyscallRole {
    Int(id.rawValue) < catalog.count ? catalog.roles[Int(id.rawValue)] : .other
  }

  // MARK: Lines

  private func line(_ start: Pointer, _ end: Pointer, _ event: inout LineEvent, _ side: SideText) {
    let text = Text(start: start, count: end - start)
    if text.allSatisfy(PerfScriptHeader.isBlank) {
      event.kind = .blank
    } else if start[0] == UInt8(ascii: "#") {
      event.kind = .note
    } else if let header = PerfScriptHeader(start, end), let time = header.time {
      event.stamp = time
      event.stampKind = .sinceStart
      event.flags.insert(.fineStamp)
      event.tid = header.tid.flatMap { Int32(exactly: $0) }.map { max(0, $0) } ?? 0
      if call(header, &event, side) { return }
      event.kind = .event
      if header.event.isEmpty { record(header.rest, &event) }
    } else if PerfScriptHeader.isBlank(start[0]), let frame = PerfScriptFrame(start, end), !frame.module.isEmpty {
      event.kind = .stack
    }
    keep(text, &event, side)
  }

  /// The line as it is.
  private func keep(_ text: Text, _ event: inout LineEvent, _ side: SideText) {
    event.offset = UInt32(truncatingIfNeeded: side.count)
    event.length = UInt32(truncatingIfNeeded: text.count)
    event.bodyStart = event.offset
    event.argumentsStart = event.offset
    event.argumentsEnd = event.offset + event.length
    var out = SideWriter(side)
    out.put(text)
    out.put(UInt8(ascii: "\n"))
    side.count = out.count
  }

  /// `PERF_RECORD_LOST lost 12`: that many events are missing.
  private func record(_ text: Text, _ event: inout LineEvent) {
    guard let lost = PerfScriptHeader.lostEvents(text) else { return }
    event.kind = .note
    event.flags.insert(.lostEvents)
    event.result = lost
  }

  // MARK: Calls

  /// The tracepoints that are halves of calls.
  static func half(_ name: Text) -> (isEntry: Bool, call: Text)? {
    for (prefix, isEntry) in [("syscalls:sys_enter_", true), ("syscalls:sys_exit_", false)] where name.starts(with: prefix.utf8) {
      let call = Text(rebasing: name.dropFirst(prefix.utf8.count))
      return call.isEmpty ? nil : (isEntry, call)
    }
    if name.elementsEqual("raw_syscalls:sys_enter".utf8) { return (true, Text(start: nil, count: 0)) }
    if name.elementsEqual("raw_syscalls:sys_exit".utf8) { return (false, Text(start: nil, count: 0)) }
    return nil
  }

  private func call(_ header: PerfScriptHeader, _ event: inout LineEvent, _ side: SideText) -> Bool {
    guard let (isEntry, name) = Self.half(header.event) else { return false }
    if name.isEmpty { return rawCall(header.rest, isEntry, &event, side) }
    let known = Self.spellings.first { name.elementsEqual($0.kernel.description.utf8) }
    let spelled = known.map { Text(start: $0.strace.utf8Start, count: $0.strace.utf8CodeUnitCount) } ?? name
    var out = SideWriter(side)
    open(spelled, isEntry, &event, &out)
    if isEntry {
      arguments(header.rest, &event, &out)
    } else if !result(header.rest, &event) || isChildsReturn(event) {
      return false
    }
    close(&event, &out, side)
    return true
  }

  /// Whether a new task returns 0 from the clone that made it: the call is its maker's, and strace prints it once.
  private func isChildsReturn(_ event: LineEvent) -> Bool {
    role(event.syscall) == .clone && event.result == 0 && event.errno == .none
  }

  /// `NR 232 (c, 55cf9feec870, 200, c2cc, 0, 0)`, `NR 232 = 1`.
  private func rawCall(_ rest: Text, _ isEntry: Bool, _ event: inout LineEvent, _ side: SideText) -> Bool {
    guard rest.starts(with: "NR ".utf8), let base = rest.baseAddress else { return false }
    let end = base + rest.count
    var p = base + 3
    let numberStart = p
    while p < end, PerfScriptHeader.isDigit(p[0]) { p += 1 }
    guard let number = PerfScriptHeader.number(numberStart, p), p + 3 <= end else { return false }
    let text = Array((UInt16(exactly: number).flatMap { SyscallNumbers.names[$0] } ?? "syscall_\(number)").utf8)
    var out = SideWriter(side)
    text.withUnsafeBufferPointer { open($0, isEntry, &event, &out) }
    let more = Text(start: p, count: end - p)
    if isEntry {
      rawArguments(more, &event, &out)
    } else {
      guard more.starts(with: " = ".utf8), result(Text(rebasing: more.dropFirst(3)), &event), !isChildsReturn(event) else {
        return false
      }
    }
    close(&event, &out, side)
    return true
  }

  /// Names that the kernel's own differ from in tracepoints (its SYSCALL_DEFINE), as strace and `man 2` know them.
  private static let spellings: [(kernel: StaticString, strace: StaticString)] = [
    ("newfstat", "fstat"), ("newstat", "stat"), ("newlstat", "lstat"), ("newuname", "uname"), ("umount", "umount2"),
    ("sendfile64", "sendfile"),
  ]

  private func open(_ name: Text, _ isEntry: Bool, _ event: inout LineEvent, _ out: inout SideWriter) {
    event.offset = UInt32(truncatingIfNeeded: out.count)
    event.bodyStart = event.offset
    out.put(Text(rebasing: name.prefix(60)))
    out.put(UInt8(ascii: "("))
    event.argumentsStart = UInt32(truncatingIfNeeded: out.count)
    // Padding follows what is written.
    event.syscall =
      strace.memory.pointee.syscalls.find(out.base + Int(event.offset), min(name.count, 60)).map(SyscallID.init) ?? .unknown
    event.kind = isEntry ? .unfinished : .resumed
    guard isEntry, role(event.syscall) == .exit || event.syscall == signalReturn else { return }
    // perf sees no end of these: the task is gone, or, after a signal's handler, the number of the call.
    event.kind = .whole
    event.flags.insert(.noResult)
    if event.syscall != signalReturn { event.flags.insert(.endsTask) }
  }

  private func close(_ event: inout LineEvent, _ out: inout SideWriter, _ side: SideText) {
    event.argumentsEnd = UInt32(truncatingIfNeeded: out.count)
    out.put(UInt8(ascii: ")"))
    event.length = UInt32(truncatingIfNeeded: out.count) - event.offset
    out.put(UInt8(ascii: "\n"))
    side.count = out.count
  }

  /// `0x8`, `8`, `0xfffffffffffffff5`: from -4095 to -1 an error's number (MAX_ERRNO of linux/err.h).
  private func result(_ text: Text, _ event: inout LineEvent) -> Bool {
    guard let bits = Self.number(text[...]) else { return false }
    event.result = Int64(bitPattern: bits)
    if (-4095 ... -1).contains(event.result) {
      event.errno = Errno(rawValue: UInt16(-event.result))
      event.result = -1
    }
    return true
  }

  // MARK: Arguments

  /// `fd: 0x0000000a, ubuf: 0x55cf9ff496c0`; since Linux 6.19 a string of the program's may follow its address: `filename: 0x7ffc "/etc/passwd"`.
  private func arguments(_ text: Text, _ event: inout LineEvent, _ out: inout SideWriter) {
    var rest = text[...]
    var place = 0
    while !rest.isEmpty {
      guard let colon = rest.firstIndex(of: UInt8(ascii: ":")) else { break }
      let name = rest[..<colon]
      let value = rest[(colon + 1)...].drop(while: PerfScriptHeader.isBlank)
      let end = Self.valueEnd(value)
      if place > 0 { out.put(", ") }
      let isDescriptor = name.suffix(2).elementsEqual("fd".utf8) || name.elementsEqual("fildes".utf8)
      put(value[..<end], isDescriptor: isDescriptor, place, event, &out)
      place += 1
      rest = value[end...].dropFirst().drop(while: PerfScriptHeader.isBlank)
    }
    takeDescriptor(text: place > 0, &event, out)
  }

  /// Where a value ends: at a comma, none of those within a string in quotes.
  private static func valueEnd(_ value: Slice<Text>) -> Int {
    var i = value.startIndex
    var isQuoted = false
    while i < value.endIndex {
      switch value[i] {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "\\") where isQuoted: i += 1
      case UInt8(ascii: ",") where !isQuoted: return i
      default: break
      }
      i += 1
    }
    return value.endIndex
  }

  /// `(c, 55cf9feec870, 200)` behind a blank: as many as the call has, where that is known.
  private func rawArguments(_ text: Text, _ event: inout LineEvent, _ out: inout SideWriter) {
    let inner = text.drop { $0 != UInt8(ascii: "(") }.dropFirst().prefix { $0 != UInt8(ascii: ")") }
    let isFirstDescriptor = Int(event.syscall.rawValue) < takesDescriptor.count && takesDescriptor[Int(event.syscall.rawValue)]
    let most = event.syscall == unshare ? 1 : shapes[event.syscall]?.count ?? 6
    var place = 0
    for value in inner.split(separator: UInt8(ascii: ",")).prefix(most) {
      if place > 0 { out.put(", ") }
      let digits = value.drop(while: PerfScriptHeader.isBlank)
      put(digits, isHexadecimal: true, isDescriptor: place == 0 && isFirstDescriptor, place, event, &out)
      place += 1
    }
    takeDescriptor(text: place > 0, &event, out)
  }

  /// A value as strace would print it raw: descriptors in decimal, other numbers in hex, strings as they are.
  private func put(
    _ value: Slice<Text>, isHexadecimal: Bool = false, isDescriptor: Bool, _ place: Int, _ event: LineEvent,
    _ out: inout SideWriter
  ) {
    if place == 0, event.syscall == clone { out.put("flags=") }
    if let quote = value.firstIndex(of: UInt8(ascii: "\"")) {
      out.put(value[quote...])
    } else if let bits = Self.number(value, isHexadecimal: isHexadecimal) {
      let descriptor = Int32(truncatingIfNeeded: bits)
      if isDescriptor, bits >> 32 == 0 || bits >> 32 == 0xffff_ffff {
        // AT_FDCWD of linux/fcntl.h.
        if descriptor == -100 { out.put("AT_FDCWD") } else { out.put(decimal: descriptor) }
      } else {
        out.put(hexadecimal: bits)
      }
    } else {
      out.put(value)
    }
  }

  private func takeDescriptor(text isThere: Bool, _ event: inout LineEvent, _ out: SideWriter) {
    guard isThere else { return }
    let first = UnsafePointer(out.base) + Int(event.argumentsStart)
    if first[0] == UInt8(ascii: "-") || isDigit(first[0]), first[1] != UInt8(ascii: "x") {
      strace.parseDescriptor(first, UnsafePointer(out.base) + out.count, &event)
    }
  }

  /// A machine word: `0x1f`, `-1`, `31`; hex without a mark where the tracepoint prints it so.
  private static func number(_ text: Slice<Text>, isHexadecimal: Bool = false) -> UInt64? {
    var digits = text
    while let last = digits.last, PerfScriptHeader.isBlank(last) { digits = digits.dropLast() }
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits = digits.dropFirst() }
    var radix: UInt64 = isHexadecimal ? 16 : 10
    if digits.count > 2, digits.starts(with: "0x".utf8) {
      radix = 16
      digits = digits.dropFirst(2)
    }
    guard !digits.isEmpty, digits.count <= 20 else { return nil }
    var value: UInt64 = 0
    for byte in digits {
      let digit: UInt64
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(byte) - 48
      case UInt8(ascii: "a")...UInt8(ascii: "f") where radix == 16: digit = UInt64(byte) - 87
      default: return nil
      }
      let (product, isBeyond) = value.multipliedReportingOverflow(by: radix)
      let (sum, isAbove) = product.addingReportingOverflow(digit)
      guard !isBeyond, !isAbove else { return nil }
      value = sum
    }
    return isNegative ? 0 &- value : value
  }
}

/// Appends to a side text with room reserved.
private struct SideWriter {
  let base: UnsafeMutablePointer<UInt8>
  var count: Int

  init(_ side: SideText) {
    base = side.base
    count = side.count
  }

  mutating func put(_ byte: UInt8) {
    base[count] = byte
    count += 1
  }

  mutating func put(_ text: some Sequence<UInt8>) { for byte in text { put(byte) } }
  mutating func put(_ text: StaticString) { put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }

  mutating func put(decimal number: Int32) {
    if number < 0 { put(UInt8(ascii: "-")) }
    putDigits(UInt64(number.magnitude), radix: 10)
  }

  /// As strace prints raw numbers: 0 has no mark.
  mutating func put(hexadecimal number: UInt64) {
    if number != 0 { put("0x") }
    putDigits(number, radix: 16)
  }

  private mutating func putDigits(_ number: UInt64, radix: UInt64) {
    var places = 1
    var rest = number / radix
    while rest > 0 {
      places += 1
      rest /= radix
    }
    var left = number
    for i in (0..<places).reversed() {
      let digit = UInt8(truncatingIfNeeded: left % radix)
      base[count + i] = digit < 10 ? digit + 48 : digit + 87
      left /= radix
    }
    count += places
  }
}

/// Tells system calls of `perf script` in an unknown log.
enum PerfSyscallSampler {
  /// Whether a line is a tracepoint of a system call with its stamp.
  static func isTelling(_ line: UnsafeRawBufferPointer) -> Bool {
    guard let start = line.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
    let mark: StaticString = "syscalls:sys_e"
    let limit = min(line.count, 512)
    guard trace_find(start, UInt64(limit), mark.utf8Start, UInt64(mark.utf8CodeUnitCount)) != nil,
      let header = PerfScriptHeader(start, start + limit), header.time != nil
    else { return false }
    return PerfSyscallChunkParser.half(header.event) != nil
  }
}
