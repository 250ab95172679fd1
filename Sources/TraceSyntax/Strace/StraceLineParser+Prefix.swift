import CTraceScan

// PREFIX := pid? secontext? absolute? relative? [number]? [ip]?   each ends with blanks; see `man strace` under -f -t -r -n -i.
// Judged per line: logs get pasted together, and on stderr `[pid N]` comes and goes.
extension StraceLineParser {
  /// A prefix as the lines before had it.
  struct KnownPrefix {
    /// Where the line goes on.
    var body: Pointer
    var tid: Int32
    var stamp: Int64
    /// The stamp has a fraction.
    var isFine: Bool
  }

  /// The prefix as the lines before had it, nearly always: a pid in a field of the same width, and a stamp that begins like theirs. What
  /// follows need not wait for any digit to be counted.
  @inline(__always)
  func knownPrefix(_ start: Pointer) -> KnownPrefix? {
    var q = start + memory.pointee.tids.width
    guard q.word == memory.pointee.stampWord else { return nil }
    var stamp = memory.pointee.stamp
    var isFine = true
    switch memory.pointee.stampKind {
    case .timeOfDay:
      if q[8] == UInt8(ascii: " ") {
        isFine = false
        q += 9
      } else {
        let fraction = (q + 9).word
        guard q[8] == UInt8(ascii: "."), DecimalWord.leading(fraction) == 6, q[15] == UInt8(ascii: " ") else { return nil }
        stamp &+= DecimalWord.first(6, of: fraction) &* 1000
        q += 16
      }
    case .epoch:
      let (tens, ones, fraction) = (q[8] &- 48, q[9] &- 48, (q + 11).word)
      guard tens < 10, ones < 10, q[10] == UInt8(ascii: "."), DecimalWord.leading(fraction) == 6, q[17] == UInt8(ascii: " ")
      else { return nil }
      stamp &+= (Int64(tens) &* 10 &+ Int64(ones)) &* 1_000_000_000 &+ DecimalWord.first(6, of: fraction) &* 1000
      q += 18
    default: return nil
    }
    guard let tid = memory.pointee.tids.tid(start.word) else { return nil }
    return KnownPrefix(body: q, tid: tid, stamp: stamp, isFine: isFine)
  }

  /// Any prefix. Remembers the common ones for the lines to come.
  @inline(never)
  func parsePrefix(_ p: inout Pointer, _ end: Pointer, _ event: inout LineEvent) {
    var q = p
    if isDigit(q[0]) {
      // Digit by digit: tids of a log have one length, so the branches are foreseen and what follows need not wait for a count.
      var count = 0
      let value = Self.digits(&q, &count)
      if q[0] == UInt8(ascii: " "), count < 8, value < TaskNumber.limit {
        event.tid = Int32(truncatingIfNeeded: value)
        q += 1
        var blanks = 1
        if q[0] == UInt8(ascii: " ") { blanks += Self.skipBlanks(&q) }
        p = q
        // `%-5u ` after the pid; more blanks are the padding of a relative stamp.
        let start = q - count - blanks
        if isDigit(q[0]) {
          parseStamp(&p, end, padded: blanks > max(1, 6 - count), &event)
          if event.stampKind == memory.pointee.stampKind, q - start <= 8 { memory.pointee.tids.width = q - start }
        }
        if p[0] == UInt8(ascii: "(") || p[0] == UInt8(ascii: "[") { parseRarePrefix(&p, end, &event) }
        return
      }
      if q[0] == UInt8(ascii: "<"), count < 8, value < TaskNumber.limit {
        guard let after = Self.afterComm(q, end) else { return }
        event.tid = Int32(truncatingIfNeeded: value)
        p = after
        let blanks = Self.skipBlanks(&p)
        if isDigit(p[0]) { parseStamp(&p, end, padded: blanks > 1, &event) }
        parseRarePrefix(&p, end, &event)
        return
      }
      parseStamp(&p, end, padded: false, &event)
      if event.stampKind == memory.pointee.stampKind { memory.pointee.tids.width = 0 }
      parseRarePrefix(&p, end, &event)
      return
    }
    if q[0] == UInt8(ascii: "[") {
      if end - q > 7, q[1] == UInt8(ascii: "p"), q[2] == UInt8(ascii: "i"), q[3] == UInt8(ascii: "d"),
        q[4] == UInt8(ascii: " ")
      {
        q += 5
        _ = Self.skipBlanks(&q)
        var count = 0
        let value = Self.digits(&q, &count)
        guard (1...8).contains(count), value < TaskNumber.limit else { return }
        if q[0] == UInt8(ascii: "<") {
          guard let after = Self.afterComm(q, end) else { return }
          q = after
        }
        guard q[0] == UInt8(ascii: "]") else { return }
        q += 1
        let blanks = Self.skipBlanks(&q)
        event.tid = Int32(truncatingIfNeeded: value)
        event.flags.insert(.bracketedPid)
        p = q
        if isDigit(q[0]) { parseStamp(&p, end, padded: blanks > 1, &event) }
      }
      parseRarePrefix(&p, end, &event)
      return
    }
    if q[0] == UInt8(ascii: " ") {
      // `-r` without pid: padded to width 6. Stack frames and tables also start so; their next bytes are no stamp.
      let blanks = Self.skipBlanks(&q)
      if isDigit(q[0]) {
        var r = q
        parseStamp(&r, end, padded: true, &event)
        if event.stampKind == .relative, blanks > 0 { p = r }
        parseRarePrefix(&p, end, &event)
      } else if q[0] == UInt8(ascii: "("), q[1] == UInt8(ascii: "+") {
        p = q
        parseRarePrefix(&p, end, &event)
      }
    } else if q[0] == UInt8(ascii: "(") {
      parseRarePrefix(&p, end, &event)
    } else if q[0] == UInt8(ascii: "@") {
      parseHostPrefix(&p, end, &event)
    }
  }

  /// `@2 ` and the line's own prefix: the line is of the third of several logs that are merged.
  @inline(never)
  private func parseHostPrefix(_ p: inout Pointer, _ end: Pointer, _ event: inout LineEvent) {
    var q = p + 1
    var count = 0
    let host = Self.digits(&q, &count)
    guard (1...3).contains(count), host < 512, q[0] == UInt8(ascii: " ") else { return }
    q += 1
    p = q
    if q[0] != UInt8(ascii: "@") { parsePrefix(&p, end, &event) }
    event.tid = TaskNumber.of(host: Int32(truncatingIfNeeded: host), TaskNumber.tid(event.tid))
  }

  /// `07:08:55[.f]`, `1795247280[.f]`, or `0.000123` (relative); leaves `p` alone where it is none of these.
  private func parseStamp(
    _ p: inout Pointer, _ end: Pointer, padded: Bool, _ event: inout LineEvent
  ) {
    var q = p
    let word = q.word
    if word == memory.pointee.stampWord, memory.pointee.stampKind == .timeOfDay, q[8] == UInt8(ascii: " ") {
      q += 9
      if q[0] == UInt8(ascii: " ") { _ = Self.skipBlanks(&q) }
      event.stamp = memory.pointee.stamp
      event.stampKind = .timeOfDay
      p = q
      return
    }
    if q[2] == UInt8(ascii: ":"), q[5] == UInt8(ascii: ":"), isDigit(q[1]), isDigit(q[3]), isDigit(q[4]),
      isDigit(q[6]), isDigit(q[7])
    {
      let hours = Int64(q[0] &- 48) * 10 + Int64(q[1] &- 48)
      let minutes = Int64(q[3] &- 48) * 10 + Int64(q[4] &- 48)
      let seconds = Int64(q[6] &- 48) * 10 + Int64(q[7] &- 48)
      q += 8
      let fraction = Self.fraction(&q, &event)
      guard q[0] == UInt8(ascii: " "), q < end else { return }
      _ = Self.skipBlanks(&q)
      let whole = (hours * 3600 + minutes * 60 + seconds) * 1_000_000_000
      memory.pointee.stampWord = word
      memory.pointee.stamp = whole
      memory.pointee.stampKind = .timeOfDay
      event.stamp = whole + fraction
      event.stampKind = .timeOfDay
      p = q
      return
    }
    var count = 0
    let value = Self.digits(&q, &count)
    let hasFraction = q[0] == UInt8(ascii: ".")
    guard count <= 9 || (count <= 11 && value < 9_000_000_000) else { return }
    let fraction = Self.fraction(&q, &event)
    guard q[0] == UInt8(ascii: " "), q < end else { return }
    _ = Self.skipBlanks(&q)
    if count >= 9 {
      event.stampKind = .epoch
      if count == 10 {
        memory.pointee.stampWord = word
        memory.pointee.stamp = value / 100 * 100_000_000_000
        memory.pointee.stampKind = .epoch
      }
    } else if hasFraction || padded {
      event.stampKind = .relative
    } else {
      return
    }
    event.stamp = value * 1_000_000_000 + fraction
    p = q
  }

  /// The pieces few logs have: `(+ 0.000123) `, `[ 59] `, `[00007f51] `, `[unconfined_t] `, and a stamp after them.
  private func parseRarePrefix(_ p: inout Pointer, _ end: Pointer, _ event: inout LineEvent) {
    while p < end {
      var q = p
      if q[0] == UInt8(ascii: "("), q[1] == UInt8(ascii: "+") {
        q += 2
        _ = Self.skipBlanks(&q)
        var count = 0
        let value = Self.digits(&q, &count)
        guard count > 0, count <= 9 else { return }
        var scratch = LineEvent()
        let fraction = Self.fraction(&q, &scratch)
        guard q[0] == UInt8(ascii: ")") else { return }
        q += 1
        _ = Self.skipBlanks(&q)
        if event.stampKind == .none {
          event.stampKind = .relative
          event.stamp = value * 1_000_000_000 + fraction
          event.flags.formUnion(scratch.flags)
        }
        p = q
      } else if q[0] == UInt8(ascii: "["), end - q > 2 {
        // Never "[ Process PID=N runs in 64 bit mode. ]", which is a body.
        q += 1
        _ = Self.skipBlanks(&q)
        let content = q
        while q < end, q[0] != UInt8(ascii: "]"), q[0] != UInt8(ascii: " "), q - content < 256 { q += 1 }
        guard q < end, q > content, q[0] == UInt8(ascii: "]"), q[1] == UInt8(ascii: " ") else { return }
        q += 1
        _ = Self.skipBlanks(&q)
        p = q
        if isDigit(p[0]), event.stampKind == .none { parseStamp(&p, end, padded: false, &event) }
      } else {
        return
      }
    }
  }

  /// Up to eighteen digits; `count` tells how many there were in all.
  @inline(__always)
  static func digits(_ p: inout Pointer, _ count: inout Int) -> Int64 {
    var value: Int64 = 0
    let start = p
    while isDigit(p[0]) {
      if p - start < 18 { value = value &* 10 &+ Int64(p[0] &- 48) }
      p += 1
    }
    count = p - start
    return value
  }

  @inline(__always)
  static func skipBlanks(_ p: inout Pointer) -> Int {
    let start = p
    while p[0] == UInt8(ascii: " ") { p += 1 }
    return p - start
  }

  /// `.NNN` with up to nine digits -> nanoseconds.
  @inline(__always)
  static func fraction(_ p: inout Pointer, _ event: inout LineEvent) -> Int64 {
    guard p[0] == UInt8(ascii: ".") else { return 0 }
    p += 1
    let word = p.word
    if DecimalWord.leading(word) == 6 {
      p += 6
      event.flags.insert(.fineStamp)
      return DecimalWord.first(6, of: word) &* 1000
    }
    var value: Int64 = 0
    var count = 0
    while isDigit(p[0]) {
      if count < 9 {
        value = value &* 10 &+ Int64(p[0] &- 48)
        count += 1
      }
      p += 1
    }
    event.flags.insert(.fineStamp)
    return value &* nanosecondScale(count)
  }

  @inline(__always)
  static func nanosecondScale(_ digits: Int) -> Int64 {
    switch digits {
    case 6: return 1000
    case 9: return 1
    case 3: return 1_000_000
    case 0: return 0
    default:
      var scale: Int64 = 1
      for _ in digits..<9 { scale *= 10 }
      return scale
    }
  }

  /// Past `<comm>` of `-Y`; comm escapes `<` and `>`, and may hold blanks. Comms are at most 15 bytes, 60 escaped.
  private static func afterComm(_ open: Pointer, _ end: Pointer) -> Pointer? {
    var p = open + 1
    while p < end, p - open < 80 {
      if p[0] == UInt8(ascii: ">") { return p + 1 }
      p += 1
    }
    return nil
  }
}
