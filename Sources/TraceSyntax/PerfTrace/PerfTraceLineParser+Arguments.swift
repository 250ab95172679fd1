import CTraceScan

// `fd: 4</etc/hosts>, buf: 0x7ffc, count: 64` -> `4</etc/hosts>, 0x7ffc, 64`: a call's text in strace's spelling.
extension PerfTraceLineParser {
  /// Appends `name(arguments)` to the side text and points the event there.
  @inline(__always)
  func write(
    _ name: Pointer, _ count: Int, _ low: Pointer, _ close: Pointer, _ event: inout LineEvent, _ side: SideText
  ) {
    let start = side.base + side.count
    start.update(from: name, count: count)
    var out = start + count
    out[0] = UInt8(ascii: "(")
    out += 1
    let arguments = out
    var end = close
    // perf before 5.0 pads inside the parentheses.
    while end > low, end[-1] == UInt8(ascii: " ") { end -= 1 }
    if let shape = shapes[event.syscall], event.kind != .resumed {
      writeArguments(low, end, shape, &out)
    } else {
      out.update(from: low, count: end - low)
      out += end - low
    }
    event.offset = UInt32(truncatingIfNeeded: side.count)
    event.bodyStart = event.offset
    event.argumentsStart = event.offset + UInt32(truncatingIfNeeded: arguments - start)
    event.argumentsEnd = event.offset + UInt32(truncatingIfNeeded: out - start)
    out[0] = UInt8(ascii: ")")
    out[1] = UInt8(ascii: "\n")
    event.length = UInt32(truncatingIfNeeded: out + 1 - start)
    if event.kind != .resumed {
      // perf prints descriptors in decimal; what is in hex is a pointer.
      if arguments[0] == UInt8(ascii: "-") || isDigit(arguments[0]), arguments[1] != UInt8(ascii: "x") {
        strace.parseDescriptor(Pointer(arguments), Pointer(out) + 1, &event)
      }
      if event.flags.contains(.decorated) { event.flags.insert(.lateName) }
      strace.scanPayload(Pointer(side.base), &event)
    }
    side.count += out + 2 - start
  }

  /// Each printed argument at the place its name has; zeros at the places left out.
  private func writeArguments(
    _ low: Pointer, _ end: Pointer, _ shape: PerfTraceArguments.Shape, _ out: inout UnsafeMutablePointer<UInt8>
  ) {
    let first = out
    var p = low
    var place = 0
    var setsDescriptorFlags = false
    while p < end {
      if p[0] == UInt8(ascii: " ") { p += 1 }
      var count = 0
      while isNameByte(p[count]) { count += 1 }
      var style = PerfTraceArguments.Style.plain
      var prefix: StaticString = ""
      var value = p
      let isNamed = count > 0 && p[count] == UInt8(ascii: ":") && p[count + 1] == UInt8(ascii: " ") && p + count + 1 < end
      if isNamed {
        value = p + count + 2
        let word = PerfTraceArguments.firstEight(p, count)
        var k = place
        while k < shape.count, shape.arguments[k].word != word || shape.arguments[k].count != count { k += 1 }
        if k < shape.count {
          while place < k {
            writeZero(shape.arguments[place], first, &out)
            place += 1
          }
        }
      }
      if place < shape.count {
        style = shape.arguments[place].style
        prefix = shape.arguments[place].prefix
      }
      place += 1
      separate(first, &out)
      let valueEnd = Self.valueEnd(value, end, isNamed: isNamed)
      let written = out
      if style == .fcntlArgument, setsDescriptorFlags {
        // F_SETFD: perf since 4.20 prints any flag but 0 as 0, and before as CLOEXEC; what is 0 it leaves out.
        Self.put("FD_CLOEXEC", &out)
      } else {
        writeValue(value, valueEnd, style, prefix, &out)
      }
      if style == .flags, out - written == 7, StraceLineParser.hasPrefix(Pointer(written), Pointer(out), "F_SETFD") {
        setsDescriptorFlags = true
      }
      p = valueEnd + 1
    }
    while place < shape.count {
      writeZero(shape.arguments[place], first, &out)
      place += 1
    }
  }

  @inline(__always)
  private func separate(_ first: UnsafeMutablePointer<UInt8>, _ out: inout UnsafeMutablePointer<UInt8>) {
    guard out > first else { return }
    out[0] = UInt8(ascii: ",")
    out[1] = UInt8(ascii: " ")
    out += 2
  }

  @inline(__always)
  private func writeZero(
    _ argument: PerfTraceArguments.Argument, _ first: UnsafeMutablePointer<UInt8>, _ out: inout UnsafeMutablePointer<UInt8>
  ) {
    guard argument.style != .optional else { return }
    separate(first, &out)
    switch argument.style {
    case .cloneFlags: Self.put("flags=0", &out)
    // WAIT and UNSPEC are zero.
    case .futex: Self.put("FUTEX_WAIT", &out)
    case .family: Self.put("AF_UNSPEC", &out)
    default:
      out[0] = UInt8(ascii: "0")
      out += 1
    }
  }

  // MARK: Values

  /// Where the value at `p` ends: before `, name: `, or at the end. What a file's name or a string holds is no end.
  @inline(__always)
  private static func valueEnd(_ p: Pointer, _ end: Pointer, isNamed: Bool) -> Pointer {
    var q = p
    if q < end, q[0] == UInt8(ascii: "\"") { return afterMark(q + 1, end, UInt8(ascii: "\""), isNamed) }
    if q < end, q[0] == UInt8(ascii: "{") || q[0] == UInt8(ascii: "[") { return afterBraces(q, end) }
    while q < end {
      // The two bytes that matter, 64 places a step.
      var mask = trace_equal_mask(q, UInt8(ascii: ",")) | trace_equal_mask(q, UInt8(ascii: "<"))
      while mask != 0 {
        let at = q + mask.trailingZeroBitCount
        guard at < end else { return end }
        if at[0] == UInt8(ascii: ",") {
          if isSeparator(at, end, isNamed) { return at }
        } else if at > p, isDigit(at[-1]) {
          return afterMark(at + 1, end, UInt8(ascii: ">"), isNamed)
        }
        mask &= mask &- 1
      }
      q += 64
    }
    return end
  }

  /// `, name: `, or `, ` where names are not printed (trace.show_arg_names=no).
  @inline(__always)
  private static func isSeparator(_ p: Pointer, _ end: Pointer, _ isNamed: Bool) -> Bool {
    guard p + 2 < end, p[0] == UInt8(ascii: ","), p[1] == UInt8(ascii: " ") else { return false }
    if !isNamed { return true }
    var q = p + 2
    while isNameByte(q[0]) { q += 1 }
    return q > p + 2 && q + 1 < end && q[0] == UInt8(ascii: ":") && q[1] == UInt8(ascii: " ")
  }

  /// The first `mark` that a separator or the end follows.
  private static func afterMark(_ start: Pointer, _ end: Pointer, _ mark: UInt8, _ isNamed: Bool) -> Pointer {
    var q = start
    while q < end {
      var mask = trace_equal_mask(q, mark)
      while mask != 0 {
        let at = q + mask.trailingZeroBitCount
        guard at < end else { return end }
        if at + 1 == end || isSeparator(at + 1, end, isNamed) { return at + 1 }
        mask &= mask &- 1
      }
      q += 64
    }
    return end
  }

  private static func afterBraces(_ start: Pointer, _ end: Pointer) -> Pointer {
    var depth = 0
    var q = start
    while q < end {
      switch q[0] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return q + 1 }
      default: break
      }
      q += 1
    }
    return end
  }

  @inline(__always)
  private func writeValue(
    _ p: Pointer, _ end: Pointer, _ style: PerfTraceArguments.Style, _ prefix: StaticString,
    _ out: inout UnsafeMutablePointer<UInt8>
  ) {
    guard p < end else { return }
    switch p[0] {
    case UInt8(ascii: "\""): return writeString(p + 1, end[-1] == UInt8(ascii: "\"") && end - p > 1 ? end - 1 : end, &out)
    // A path that perf took from a probe stands without quotes.
    case UInt8(ascii: "/"): return writeString(p, end, &out)
    case UInt8(ascii: "{"):
      if writeAddress(p, end, &out) { return }
    default: break
    }
    switch style {
    case .plain: writePlain(p, end, &out)
    case .flags, .optional: writeFlags(p, end, prefix, &out)
    case .cloneFlags:
      Self.put("flags=", &out)
      writeFlags(p, end, prefix, &out)
    case .directory:
      if end - p == 3, StraceLineParser.hasPrefix(p, end, "CWD") { Self.put("AT_FD", &out) }
      writePlain(p, end, &out)
    case .family: writeFamily(p, end, &out)
    case .futex: writeFutex(p, end, &out)
    case .ioctl: writeRequest(p, end, &out)
    case .fcntlArgument: writePlain(p, end, &out)
    }
  }

  /// As it is, but for what strace writes otherwise in a decoration: brackets and backslashes of a name, and that it is deleted.
  @inline(__always)
  private func writePlain(_ p: Pointer, _ end: Pointer, _ out: inout UnsafeMutablePointer<UInt8>) {
    if isDigit(p[0]), end[-1] == UInt8(ascii: ">"), !Self.isSimple(p, end) {
      writeDecorated(p, end, &out)
    } else {
      out.update(from: p, count: end - p)
      out += end - p
    }
  }

  /// Whether `4<name>` has nothing to escape.
  @inline(__always)
  private static func isSimple(_ p: Pointer, _ end: Pointer) -> Bool {
    guard end - p <= 64, end[-2] != UInt8(ascii: ")") else { return false }
    let opens = trace_equal_mask(p, UInt8(ascii: "<"))
    let odd = trace_equal_mask(p, UInt8(ascii: ">")) | trace_equal_mask(p, UInt8(ascii: "\\")) | (opens & (opens &- 1))
    // The closing bracket is the last byte.
    return odd.trailingZeroBitCount == end - p - 1
  }

  private func writeDecorated(_ p: Pointer, _ end: Pointer, _ out: inout UnsafeMutablePointer<UInt8>) {
    var q = p
    while q < end, q[0] != UInt8(ascii: "<") {
      out[0] = q[0]
      out += 1
      q += 1
    }
    guard q < end - 1 else { return }
    out[0] = UInt8(ascii: "<")
    out += 1
    q += 1
    var last = end - 1
    let deleted: StaticString = " (deleted)"
    let isDeleted = last - q > 10 && StraceLineParser.hasPrefix(last - 10, last, deleted)
    if isDeleted { last -= 10 }
    while q < last {
      let isBracket = q[0] == UInt8(ascii: "<") || q[0] == UInt8(ascii: ">")
      if isBracket || q[0] == UInt8(ascii: "\\") {
        writeByte(q[0], next: q[1], escapes: isBracket, &out)
      } else {
        out[0] = q[0]
        out += 1
      }
      q += 1
    }
    out[0] = UInt8(ascii: ">")
    out += 1
    if isDeleted { Self.put("(deleted)", &out) }
  }

  /// `"text"`: perf (6.12 and later, by BPF) writes what is not printable in decimal, `\0`, `\10`, `\255`, and nothing else escaped; strace
  /// in octal.
  private func writeString(_ p: Pointer, _ end: Pointer, _ out: inout UnsafeMutablePointer<UInt8>) {
    out[0] = UInt8(ascii: "\"")
    out += 1
    var q = p
    while q < end {
      if q[0] == UInt8(ascii: "\\"), isDigit(q[1]), q + 1 < end {
        var value = 0
        var digits = 1
        while digits <= 3, q + digits < end, isDigit(q[digits]), value * 10 + Int(q[digits] &- 48) < 256 {
          value = value * 10 + Int(q[digits] &- 48)
          digits += 1
        }
        q += digits
        writeByte(UInt8(truncatingIfNeeded: value), next: q < end ? q[0] : 0, escapes: true, &out)
      } else {
        writeByte(q[0], next: q[1], escapes: q[0] == UInt8(ascii: "\""), &out)
        q += 1
      }
    }
    out[0] = UInt8(ascii: "\"")
    out += 1
  }

  /// A byte as strace quotes it: octal as short as the byte after it allows.
  private func writeByte(_ byte: UInt8, next: UInt8, escapes: Bool, _ out: inout UnsafeMutablePointer<UInt8>) {
    if byte == UInt8(ascii: "\\") {
      Self.put("\\\\", &out)
      return
    }
    guard escapes || byte < 32 || byte == 127 else {
      out[0] = byte
      out += 1
      return
    }
    out[0] = UInt8(ascii: "\\")
    out += 1
    let isFull = isDigit(next)
    if isFull || byte >= 64 {
      out[0] = 48 + byte >> 6
      out += 1
    }
    if isFull || byte >= 8 {
      out[0] = 48 + (byte >> 3 & 7)
      out += 1
    }
    out[0] = 48 + byte & 7
    out += 1
  }

  /// `RDONLY|CLOEXEC` -> `O_RDONLY|O_CLOEXEC`; a number with O_CLOEXEC in it (accept4, timerfd_create ...) names that bit.
  private func writeFlags(_ p: Pointer, _ end: Pointer, _ prefix: StaticString, _ out: inout UnsafeMutablePointer<UInt8>) {
    if isDigit(p[0]), prefix.utf8CodeUnitCount > 0 {
      let number = CallArgument(UnsafeRawBufferPointer(start: p, count: end - p)).number ?? 0
      // All of O_, SOCK_, EFD_, TFD_, SFD_, IN_ and EPOLL_CLOEXEC are 02000000; MFD_CLOEXEC is 1 (memfd.h).
      let bit: Int64 = prefix.utf8Start[0] == UInt8(ascii: "M") ? (prefix.utf8Start[1] == UInt8(ascii: "F") ? 1 : 0) : 0x80000
      if bit != 0, number & bit != 0, prefix.utf8Start[0] != UInt8(ascii: "F"), prefix.utf8Start[0] != UInt8(ascii: "C") {
        Self.put(prefix, &out)
        Self.put("CLOEXEC", &out)
        guard number != bit else { return }
        out[0] = UInt8(ascii: "|")
        out += 1
      }
    }
    var q = p
    var startsWord = true
    while q < end {
      if startsWord, q[0] &- 65 < 26, !Self.starts(q, end, prefix) { Self.put(prefix, &out) }
      startsWord = q[0] == UInt8(ascii: "|")
      out[0] = q[0]
      out += 1
      q += 1
    }
  }

  /// `LOCAL`, `PF_LOCAL` -> `AF_UNIX`.
  private func writeFamily(_ p: Pointer, _ end: Pointer, _ out: inout UnsafeMutablePointer<UInt8>) {
    var q = p
    if StraceLineParser.hasPrefix(q, end, "PF_") || StraceLineParser.hasPrefix(q, end, "AF_") { q += 3 }
    guard q < end, !isDigit(q[0]) else {
      out.update(from: q, count: end - q)
      out += end - q
      return
    }
    Self.put("AF_", &out)
    if StraceLineParser.hasPrefix(q, end, "LOCAL") {
      Self.put("UNIX", &out)
    } else {
      out.update(from: q, count: end - q)
      out += end - q
    }
  }

  /// `WAIT_BITSET|PRIVATE_FLAG|CLOCK_REALTIME`, before 4.20 `WAIT_BITSET|PRIV|CLKRT`.
  private func writeFutex(_ p: Pointer, _ end: Pointer, _ out: inout UnsafeMutablePointer<UInt8>) {
    var q = p
    while q < end {
      var wordEnd = q
      while wordEnd < end, wordEnd[0] != UInt8(ascii: "|") { wordEnd += 1 }
      var word = q
      if StraceLineParser.hasPrefix(word, wordEnd, "FUTEX_") { word += 6 }
      if StraceLineParser.hasPrefix(word, wordEnd, "PRIV"), q > p {
        Self.put("_PRIVATE", &out)
      } else {
        if q > p {
          out[0] = UInt8(ascii: "|")
          out += 1
        }
        if word < wordEnd, !isDigit(word[0]) { Self.put("FUTEX_", &out) }
        if StraceLineParser.hasPrefix(word, wordEnd, "CLKRT") {
          Self.put("CLOCK_REALTIME", &out)
        } else {
          out.update(from: word, count: wordEnd - word)
          out += wordEnd - word
        }
      }
      q = wordEnd + 1
    }
  }

  /// The two requests that change close-on-exec, where perf prints their number (ioctls.h).
  private func writeRequest(_ p: Pointer, _ end: Pointer, _ out: inout UnsafeMutablePointer<UInt8>) {
    let number = isDigit(p[0]) ? CallArgument(UnsafeRawBufferPointer(start: p, count: end - p)).number : nil
    switch number {
    case 0x5451: Self.put("FIOCLEX", &out)
    case 0x5450: Self.put("FIONCLEX", &out)
    default: writePlain(p, end, &out)
    }
  }

  /// `{ .family: INET, port: 80, addr: 10.0.0.1 }` (by BPF) -> strace's `{sa_family=AF_INET, sin_port=htons(80), ...}`.
  private func writeAddress(_ p: Pointer, _ end: Pointer, _ out: inout UnsafeMutablePointer<UInt8>) -> Bool {
    guard StraceLineParser.hasPrefix(p, end, "{ .family: ") else { return false }
    let family = p + 11
    var familyEnd = family
    while familyEnd < end, isNameByte(familyEnd[0]) { familyEnd += 1 }
    guard familyEnd > family else { return false }
    Self.put("{sa_family=", &out)
    writeFamily(family, familyEnd, &out)
    var last = end
    if last[-1] == UInt8(ascii: "}") { last -= 1 }
    while last > familyEnd, last[-1] == UInt8(ascii: " ") { last -= 1 }
    if let path = Self.field(", path: ", familyEnd, last), path < last {
      Self.put(", sun_path=", &out)
      writeString(path, last, &out)
    } else if let port = Self.field(", port: ", familyEnd, last), let address = Self.field(", addr: ", port, last) {
      let isVersion6 = family[familyEnd - family - 1] == UInt8(ascii: "6")
      Self.put(isVersion6 ? ", sin6_port=htons(" : ", sin_port=htons(", &out)
      var q = port
      while q < last, isDigit(q[0]) {
        out[0] = q[0]
        out += 1
        q += 1
      }
      Self.put(isVersion6 ? "), inet_pton(AF_INET6, \"" : "), sin_addr=inet_addr(\"", &out)
      q = address
      while q < last, isNameByte(q[0]) || q[0] == UInt8(ascii: ".") || q[0] == UInt8(ascii: ":") {
        out[0] = q[0]
        out += 1
        q += 1
      }
      Self.put(isVersion6 ? "\", &sin6_addr)" : "\")", &out)
    }
    Self.put("}", &out)
    return true
  }

  /// Past `, port: ` and the like.
  private static func field(_ name: StaticString, _ p: Pointer, _ end: Pointer) -> Pointer? {
    let count = UInt64(name.utf8CodeUnitCount)
    return trace_find(p, UInt64(max(0, end - p)), name.utf8Start, count).map { $0 + Int(count) }
  }

  @inline(__always)
  private static func starts(_ p: Pointer, _ end: Pointer, _ prefix: StaticString) -> Bool {
    StraceLineParser.hasPrefix(p, end, prefix)
  }

  @inline(__always)
  private static func put(_ text: StaticString, _ out: inout UnsafeMutablePointer<UInt8>) {
    out.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    out += text.utf8CodeUnitCount
  }
}
