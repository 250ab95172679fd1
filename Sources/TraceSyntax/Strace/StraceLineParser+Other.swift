import CTraceScan
import Glibc

// Everything that is not `name(` or `<... name resumed>`: rare, so written for clarity.
extension StraceLineParser {
  /// What a call's first argument says when it is a descriptor.
  struct FirstArgument {
    var descriptor = LineEvent.noDescriptor
    /// ``LineEvent/decoration``.
    var decoration: UInt32 = 0
    var isDecorated = false
  }

  /// The number in the first argument, with its decoration noted; `-e raw=` prints it in hex.
  @inline(__always)
  func firstArgument(_ arguments: Pointer, _ end: Pointer, tid: Int32) -> FirstArgument {
    var value = Int32(truncatingIfNeeded: arguments[0] &- 48)
    if UInt32(bitPattern: value) < 10 {
      var digits = 1
      while digits < 8, isDigit(arguments[digits]) {
        value = value &* 10 &+ Int32(truncatingIfNeeded: arguments[digits] &- 48)
        digits += 1
      }
      // By two bytes: it is nearly always this, and no switch over one.
      if (arguments + digits).pair == Self.commaBlank { return FirstArgument(descriptor: value) }
      let after = arguments[digits]
      if after == UInt8(ascii: ",") || after == UInt8(ascii: ")") || after == UInt8(ascii: " ") {
        return FirstArgument(descriptor: value)
      }
      if after == UInt8(ascii: "<") {
        let decoration = memory.pointee.decorations.fingerprint(arguments + digits, end, tid: tid, descriptor: value)
        return FirstArgument(descriptor: value, decoration: decoration, isDecorated: true)
      }
      if after == UInt8(ascii: "x"), digits == 1 {
        // An address has more than eight digits; none of them is below '0', as a comma, a blank and a parenthesis are.
        let hex = (arguments + 2).word
        if ((hex &- 0x3030_3030_3030_3030) | hex) & 0x8080_8080_8080_8080 == 0, isNameByte(arguments[10]) {
          return FirstArgument()
        }
      }
    }
    return Self.unusualFirstArgument(arguments, end)
  }

  private static var commaBlank: UInt16 { 0x202c }  // ", "

  /// Large, negative, hexadecimal, or named by -N; or no number at all.
  @inline(never)
  private static func unusualFirstArgument(_ arguments: Pointer, _ end: Pointer) -> FirstArgument {
    var p = arguments
    // -N names arguments: `read(fd=3, ...`.
    if p[0] &- 97 < 26 {
      while isNameByte(p[0]) { p += 1 }
      // fd, dfd, epfd, fd_in, old_fd ...; not `clone(child_stack=0x4ba2f0`, whose stack is low in memory.
      let name = UnsafeRawBufferPointer(start: arguments, count: p - arguments)
      guard p[0] == UInt8(ascii: "="), name.indices.dropLast().contains(where: { name[$0] == 0x66 && name[$0 + 1] == 0x64 })
      else {
        return FirstArgument()
      }
      p += 1
    }
    let negative = p[0] == UInt8(ascii: "-")
    if negative { p += 1 }
    guard isDigit(p[0]), p < end else { return FirstArgument() }
    var value: Int64 = 0
    if p[0] == UInt8(ascii: "0"), p[1] == UInt8(ascii: "x") {
      p += 2
      var count = 0
      while count < 9 {
        let c = p[0]
        let letter = (c | 0x20) &- 97
        if isDigit(c) {
          value = value &* 16 &+ Int64(c &- 48)
        } else if letter < 6 {
          value = value &* 16 &+ Int64(letter) + 10
        } else {
          break
        }
        p += 1
        count += 1
      }
      guard count > 0, count < 9 else { return FirstArgument() }
      if value > Int64(Int32.max) { value -= 1 << 32 }
    } else {
      let start = p
      while isDigit(p[0]), p - start < 11 {
        value = value &* 10 &+ Int64(p[0] &- 48)
        p += 1
      }
      if value > Int64(UInt32.max) { return FirstArgument() }
      if value > Int64(Int32.max) { value -= 1 << 32 }
    }
    let isDecorated = p[0] == UInt8(ascii: "<")
    guard isDecorated || p[0] == UInt8(ascii: ",") || p[0] == UInt8(ascii: ")") || p[0] == UInt8(ascii: " ") else {
      return FirstArgument()
    }
    return FirstArgument(descriptor: Int32(truncatingIfNeeded: negative ? -value : value), isDecorated: isDecorated)
  }

  /// Notes the first argument.
  func parseDescriptor(_ arguments: Pointer, _ end: Pointer, _ event: inout LineEvent) {
    let first = firstArgument(arguments, end, tid: event.tid)
    event.descriptor = first.descriptor
    event.decoration = first.decoration
    if first.isDecorated { event.flags.insert(.decorated) }
  }

  /// `64:readv(`, `readv#64(` (x32), or no call at all.
  @inline(never)
  func parseUnusualName(
    _ start: Pointer, _ stop: Pointer, _ end: Pointer, _ base: Pointer, _ event: inout LineEvent
  ) {
    var p = stop
    if p < end, p[0] == UInt8(ascii: "#") || p[0] == UInt8(ascii: ":") {
      p += 1
      while p < end, isNameByte(p[0]) { p += 1 }
      if p < end, p[0] == UInt8(ascii: "("), p - start < 64 {
        finishOddCall(p + 1, end, base, &event)
        return
      }
    }
    if Self.isNote(start, end) { event.kind = .note }
  }

  @inline(never)
  func parseOtherBody(
    _ body: Pointer, _ start: Pointer, _ end: Pointer, _ event: inout LineEvent
  ) {
    switch body[0] {
    case UInt8(ascii: "-") where Self.hasPrefix(body, end, "--- "):
      event.kind = .signal
      event.argumentsStart = event.offset &+ UInt32(truncatingIfNeeded: body - start)
      event.argumentsEnd = event.offset &+ UInt32(truncatingIfNeeded: end - start)
    case UInt8(ascii: "+") where Self.hasPrefix(body, end, "+++ superseded by execve in pid "):
      event.kind = .superseded
      var p = body + 32
      var count = 0
      event.result = Self.digits(&p, &count)
    case UInt8(ascii: "+") where Self.hasPrefix(body, end, "+++ "):
      event.kind = .exit
    case UInt8(ascii: "?") where Self.hasPrefix(body, end, "???"):
      var p = body
      while p < end, p[0] == UInt8(ascii: "?") { p += 1 }
      if p < end, p[0] == UInt8(ascii: "(") { finishOddCall(p + 1, end, UnsafePointer(start - Int(event.offset)), &event) }
    case UInt8(ascii: ")"), UInt8(ascii: ","):
      if event.tid == 0, event.stampKind == .none { event.kind = .fragment }
    case UInt8(ascii: "["):
      if Self.hasPrefix(body, end, "[ Process PID=") { event.kind = .note }
    case UInt8(ascii: "/") where Self.isNote(body, end):
      event.kind = .note
    case UInt8(ascii: " ") where event.tid == 0 && event.stampKind == .none:
      if Self.hasPrefix(body, end, " > ") {
        event.kind = .stack
      } else if Self.hasPrefix(body, end, " | ") {
        event.kind = .dump
      } else if Self.hasPrefix(body, end, " <unfinished ...>") {
        event.kind = .fragment
      } else if Self.hasPrefix(body, end, " * ") || Self.hasPrefix(body, end, " = ") {
        event.kind = Self.contains(body, end, " in buffer ") || Self.contains(body, end, " in vector ") ? .dump : .other
      }
    default: break
    }
  }

  /// `strace: ...`, `/usr/bin/strace: ...`, and `Process N attached` of strace before 4.11.
  static func isNote(_ p: Pointer, _ end: Pointer) -> Bool {
    if hasPrefix(p, end, "strace: ") { return true }
    if hasPrefix(p, end, "Process ") {
      var q = p + 8
      var count = 0
      _ = digits(&q, &count)
      return count > 0
        && (hasPrefix(q, end, " attached") || hasPrefix(q, end, " detached") || hasPrefix(q, end, " resumed")
          || hasPrefix(q, end, " suspended"))
    }
    // The program's path, whatever it is called: `/opt/bin/strace-4.15: Process 7 attached`.
    guard p[0] == UInt8(ascii: "/") else { return false }
    let limit = p + min(end - p, 256)
    guard let name = trace_find(p, UInt64(limit - p), "/strace", 7) else { return false }
    var q = name + 7
    while q < limit, isNameByte(q[0]) || q[0] == UInt8(ascii: "-") || q[0] == UInt8(ascii: ".") { q += 1 }
    return hasPrefix(q, end, ": ")
  }

  static func hasPrefix(_ p: Pointer, _ end: Pointer, _ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    return end - p >= count && memcmp(p, text.utf8Start, count) == 0
  }

  static func contains(_ p: Pointer, _ end: Pointer, _ text: StaticString) -> Bool {
    trace_find(p, UInt64(max(0, end - p)), text.utf8Start, UInt64(text.utf8CodeUnitCount)) != nil
  }
}
