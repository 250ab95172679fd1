import CTraceScan

// The right end of a call line:  `) = VALUE [decoration] [ERROR (text)] [(aux)]* [<TIME>]`, or `<unfinished ...>`.
extension StraceLineParser {
  enum Tail { case complete, unfinished, detached, incomplete }

  /// Where the arguments end before ` <unfinished ...>` at the end of the line.
  @inline(__always)
  static func startOfUnfinished(_ low: Pointer, _ end: Pointer) -> Pointer? {
    guard end - low > 16, (end - 8).word == unfinishedEnd, (end - 16).word == unfinishedStart else { return nil }
    var start = end - 16
    while start > low, start[-1] == UInt8(ascii: " ") { start -= 1 }
    return start
  }

  @inline(never)
  func parseTail(_ low: Pointer, _ end: Pointer, _ base: Pointer, _ event: inout LineEvent) -> Tail {
    var r = end
    if r > low, r[-1] == UInt8(ascii: " ") { r = Self.trimmed(r, low) }
    guard r - low >= 4 else { return .incomplete }
    if r[-1] == UInt8(ascii: ">") {
      // ` <0.000071>`: below ten seconds, microseconds.
      if r - low > 12, (r - 11).pair == Self.blankAngle, r[-8] == UInt8(ascii: "."), let micros = Self.shortSeconds((r - 9).word)
      {
        event.duration = micros &* 1000
        r -= 11
      } else if isDigit(r[-2]) {
        var q = r - 2
        while q > low, isDigit(q[0]) || q[0] == UInt8(ascii: ".") { q -= 1 }
        if q[0] == UInt8(ascii: "<"), q > low, q[-1] == UInt8(ascii: " ") {
          event.duration = Self.seconds(q + 1, r - 1)
          r = q - 1
        }
      } else if r[-2] == UInt8(ascii: "."), r[-3] == UInt8(ascii: ".") {
        let tail = parseCut(low, r, base, &event)
        if tail != .incomplete { return tail }
      }
    }
    if parsePlainResult(low, r, base, &event) { return .complete }
    if parseOddResult(low, r, base, &event) { return .complete }
    return parseOldCut(low, r, base, &event)
  }

  @inline(never)
  private static func trimmed(_ end: Pointer, _ low: Pointer) -> Pointer {
    var r = end
    while r > low, r[-1] == UInt8(ascii: " ") { r -= 1 }
    return r
  }

  /// `D.DDDDDD` as a word -> microseconds; nil when one of them is no digit.
  @inline(__always)
  static func shortSeconds(_ word: UInt64) -> Int64? {
    // Below a millisecond, most are: "0.000" and three digits.
    if word & 0xff_ffff_ffff == 0x30_3030_2e30 {
      let digits = (word &>> 40) ^ 0x30_3030
      guard ((digits &+ 0x76_7676) | digits) & 0x80_8080 == 0 else { return nil }
      return Int64(truncatingIfNeeded: (digits & 0xff) &* 100 &+ ((digits &>> 8) & 0xff) &* 10 &+ digits &>> 16)
    }
    let seconds = Int64(word & 0xff) &- 48
    guard DecimalWord.trailing(word) == 6, UInt64(bitPattern: seconds) < 10 else { return nil }
    return seconds &* 1_000_000 &+ DecimalWord.last(6, of: word)
  }

  /// ` <unfinished ...>`, ` <detached ...>`, ` <pid changed to N ...>` at the end of the line.
  @inline(__always)
  private func parseCut(
    _ low: Pointer, _ end: Pointer, _ base: Pointer, _ event: inout LineEvent
  ) -> Tail {
    if let start = Self.startOfUnfinished(low, end) {
      event.argumentsEnd = UInt32(truncatingIfNeeded: start - base)
      return .unfinished
    }
    var q = end - 5
    guard q > low, q[0] == UInt8(ascii: " ") else { return .incomplete }
    var scanned = 0
    while q >= low, q[0] != UInt8(ascii: "<"), scanned < 160 {
      q -= 1
      scanned += 1
    }
    guard q >= low, q[0] == UInt8(ascii: "<") else { return .incomplete }
    let tail: Tail
    switch q[1] {
    case UInt8(ascii: "u"): tail = .unfinished
    case UInt8(ascii: "d"): tail = .detached
    case UInt8(ascii: "p"), UInt8(ascii: "C"): tail = .unfinished
    default: return .incomplete
    }
    while q > low, q[-1] == UInt8(ascii: " ") { q -= 1 }
    event.argumentsEnd = UInt32(truncatingIfNeeded: q - base)
    return tail
  }

  /// ` <unfinished ... exit status 7>` (strace 4.5), ` <Cannot restart pid 7 with ptrace(...): No such process>`.
  private func parseOldCut(_ low: Pointer, _ end: Pointer, _ base: Pointer, _ event: inout LineEvent) -> Tail {
    guard end[-1] == UInt8(ascii: ">") else { return .incomplete }
    for mark in [" <unfinished ... exit status ", " <Cannot restart pid ", " <ptrace(SYSCALL):"] as [StaticString] {
      let count = UInt64(mark.utf8CodeUnitCount)
      guard let at = trace_find(low, UInt64(end - low), mark.utf8Start, count), end - at < 200 else { continue }
      var q = at
      while q > low, q[-1] == UInt8(ascii: " ") { q -= 1 }
      event.argumentsEnd = UInt32(truncatingIfNeeded: q - base)
      return .unfinished
    }
    return .incomplete
  }

  /// `) = 123`, `) = -1 EAGAIN (text)`.
  @inline(__always)
  private func parsePlainResult(
    _ low: Pointer, _ end: Pointer, _ base: Pointer, _ event: inout LineEvent
  ) -> Bool {
    var r = end
    var errno = Errno.none
    if r[-1] == UInt8(ascii: ")"), let known = memory.pointee.errors.find(r, low) {
      errno = known.errno
      r -= known.count
    } else if r[-1] == UInt8(ascii: ")") {
      var q = r - 2
      while q > low, q[0] != UInt8(ascii: "("), q[0] != UInt8(ascii: ")") { q -= 1 }
      guard q > low + 4, q[0] == UInt8(ascii: "("), q[-1] == UInt8(ascii: " ") else { return false }
      let nameEnd = q - 1
      q = nameEnd
      while q > low, isNameByte(q[-1]) { q -= 1 }
      guard q[0] == UInt8(ascii: "E"), nameEnd - q > 2, q > low, q[-1] == UInt8(ascii: " ") else { return false }
      errno = memory.pointee.errnos.find(q, nameEnd - q).map(Errno.init) ?? .unnamed
      memory.pointee.errors.learn(q - 1, end, errno)
      r = q - 1
    }
    // `) = 123`, `)       = -1`: the digits and what is before them are in one word.
    if r - low > 8 {
      let word = (r - 8).word
      let digits = DecimalWord.trailing(word)
      let sign = digits < 4 && r[-digits - 1] == UInt8(ascii: "-") ? 1 : 0
      if digits > 0, digits + sign <= 4, digits == 1 || r[-digits] != UInt8(ascii: "0") {
        let before = UInt32(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: 32 &- (digits &+ sign) &* 8))
        var close = r - digits - sign - 4
        if before == Self.blanksEquals { close = Self.beforeBlanks(close, low) }
        if before == Self.closeEquals || (before == Self.blanksEquals && close > low && close[0] == UInt8(ascii: ")")) {
          let value = DecimalWord.last(digits, of: word)
          event.result = sign == 0 ? value : -value
          event.errno = errno
          event.argumentsEnd = UInt32(truncatingIfNeeded: close - base)
          return true
        }
      }
    }
    var q = r
    while q > low, isDigit(q[-1]) { q -= 1 }
    if q == r {
      guard errno != .none, q > low, q[-1] == UInt8(ascii: "?") else { return false }
      q -= 1
    } else if r - q > 18 || (q[0] == UInt8(ascii: "0") && r - q > 1) {
      return false
    }
    let valueStart = q
    let negative = q[-1] == UInt8(ascii: "-")
    if negative { q -= 1 }
    guard q - low >= 4, q[-1] == UInt8(ascii: " "), q[-2] == UInt8(ascii: "="), q[-3] == UInt8(ascii: " ")
    else { return false }
    q -= 4
    while q > low, q[0] == UInt8(ascii: " ") { q -= 1 }
    guard q[0] == UInt8(ascii: ")") else { return false }
    var value: Int64 = 0
    var p = valueStart
    while p < r {
      value = value &* 10 &+ Int64(p[0] &- 48)
      p += 1
    }
    if valueStart[0] == UInt8(ascii: "?") { value = 0 }
    event.result = negative ? -value : value
    event.errno = errno
    event.argumentsEnd = UInt32(truncatingIfNeeded: q - base)
    return true
  }

  private static var unfinishedStart: UInt64 { 0x7369_6e69_666e_753c }  // "<unfinis"
  static var unfinishedEnd: UInt64 { 0x3e2e_2e2e_2064_6568 }  // "hed ...>"
  private static var blankAngle: UInt16 { 0x3c20 }  // " <"
  static var closeEquals: UInt32 { 0x203d_2029 }  // ") = "
  static var blanksEquals: UInt32 { 0x203d_2020 }  // "  = "

  /// The last byte up to `from` that is no blank, or `low`.
  @inline(__always)
  static func beforeBlanks(_ from: Pointer, _ low: Pointer) -> Pointer {
    var p = from
    while p - low >= 8 {
      let others = (p - 7).word ^ 0x2020_2020_2020_2020
      if others != 0 { return p - others.leadingZeroBitCount >> 3 }
      p -= 8
    }
    while p > low, p[0] == UInt8(ascii: " ") { p -= 1 }
    return p
  }

  /// Every other form: the right-most `) = ` after which the rest of the line reads as a result.
  private func parseOddResult(
    _ low: Pointer, _ end: Pointer, _ base: Pointer, _ event: inout LineEvent
  ) -> Bool {
    var q = end - 2
    while q >= low {
      defer { q -= 1 }
      guard q[0] == UInt8(ascii: "="), q[1] == UInt8(ascii: " "), q > low, q[-1] == UInt8(ascii: " ") else { continue }
      var close = q - 1
      while close > low, close[0] == UInt8(ascii: " ") { close -= 1 }
      guard close[0] == UInt8(ascii: ")") else { continue }
      guard readResult(q + 2, end, &event) else { continue }
      event.argumentsEnd = UInt32(truncatingIfNeeded: close - base)
      // `read(3,  <unfinished ...>) = ?`: the arguments printed at exit never came.
      if event.flags.contains(.noResult), close - low >= 16, close[-1] == UInt8(ascii: ">"),
        close[-2] == UInt8(ascii: ".")
      {
        var cut = close - 1
        while cut > low, cut[0] != UInt8(ascii: "<") { cut -= 1 }
        while cut > low, cut[-1] == UInt8(ascii: " ") { cut -= 1 }
        event.argumentsEnd = UInt32(truncatingIfNeeded: cut - base)
      }
      return true
    }
    return false
  }

  /// VALUE [decoration] [error] [(aux)]* from the left, to the very end.
  private func readResult(_ start: Pointer, _ end: Pointer, _ event: inout LineEvent) -> Bool {
    var p = start
    var value: UInt64 = 0
    var flags = LineFlags()
    var negative = false
    if p[0] == UInt8(ascii: "?") {
      flags.insert(.noResult)
      p += 1
    } else {
      if p[0] == UInt8(ascii: "-") {
        negative = true
        p += 1
      }
      guard p < end, isDigit(p[0]) else { return false }
      var radix: UInt64 = 10
      if p[0] == UInt8(ascii: "0") {
        if p[1] == UInt8(ascii: "x") {
          radix = 16
          p += 2
        } else {
          radix = 8
        }
      }
      while p < end, let digit = Self.digit(p[0], radix) {
        let (product, overflow) = value.multipliedReportingOverflow(by: radix)
        let (sum, carry) = product.addingReportingOverflow(digit)
        if overflow || carry {
          flags.insert(.hugeResult)
          value = .max
        } else if !flags.contains(.hugeResult) {
          value = sum
        }
        p += 1
      }
    }
    if p < end, p[0] == UInt8(ascii: "<") {
      guard let after = Self.afterDecoration(p, end) else { return false }
      flags.insert(.decoratedResult)
      p = after
    }
    if let translated = Self.translatedPid(&p, end) { value = translated }
    var errno = Errno.none
    while p < end {
      guard p[0] == UInt8(ascii: " "), p + 1 < end else { return false }
      p += 1
      if p[0] == UInt8(ascii: "E"), errno == .none {
        let name = p
        while p < end, isNameByte(p[0]) { p += 1 }
        guard p - name > 2 else { return false }
        errno = memory.pointee.errnos.find(name, p - name).map(Errno.init) ?? .unnamed
      } else if p[0] == UInt8(ascii: "(") {
        // Aux texts hold anything, brackets and strings included; the last one ends the line.
        guard end[-1] == UInt8(ascii: ")") else { return false }
        if errno == .none, end - p > 8, p[1] == UInt8(ascii: "e"), p[2] == UInt8(ascii: "r"), p[3] == UInt8(ascii: "r"),
          p[4] == UInt8(ascii: "n"), p[5] == UInt8(ascii: "o"), p[6] == UInt8(ascii: " ")
        {
          var q = p + 7
          var count = 0
          errno = Errno(rawValue: UInt16(clamping: Self.digits(&q, &count)))
        }
        p = end
      } else if p[0] == UInt8(ascii: "<"), end - p >= 13, p[1] == UInt8(ascii: "u"), p[2] == UInt8(ascii: "n"),
        p[3] == UInt8(ascii: "a"), end[-1] == UInt8(ascii: ">")
      {
        flags.remove(.noResult)
        flags.insert(.unavailable)
        p = end
      } else {
        return false
      }
    }
    if errno != .none { flags.remove(.noResult) }
    if value > UInt64(Int64.max) { flags.insert(.hugeResult) }
    event.flags.formUnion(flags)
    event.errno = errno
    let signed = Int64(bitPattern: value)
    event.result = negative ? 0 &- signed : signed
    return true
  }

  /// ` /* 22603 in strace's PID NS */` of --pidns-translation: that number is the one that lines begin with.
  private static func translatedPid(_ p: inout Pointer, _ end: Pointer) -> UInt64? {
    guard hasPrefix(p, end, " /* ") else { return nil }
    var q = p + 4
    var count = 0
    let number = digits(&q, &count)
    let rest: StaticString = " in strace's PID NS */"
    guard count > 0, hasPrefix(q, end, rest) else { return nil }
    p = q + rest.utf8CodeUnitCount
    return UInt64(number)
  }

  /// Past `<...>` or `<...>(deleted)` at `open`: the first `>` at depth 0 that the end, a blank or `(` follows. Quotes hold
  /// anything (`<UNIX-STREAM:[1->2,"/tmp/s"]>`), `->` is no bracket, `<char 1:3>` nests.
  static func afterDecoration(_ open: Pointer, _ end: Pointer) -> Pointer? {
    var p = open + 1
    var depth = 1
    var quoted = false
    // Paths escape `<` and `>` and hold quotes as they are; only UNIX socket names stand in quotes.
    let isPath = p < end && p[0] == UInt8(ascii: "/")
    while p < end {
      let c = p[0]
      if c == UInt8(ascii: "\\") {
        p += 1
      } else if quoted {
        if c == UInt8(ascii: "\"") { quoted = false }
      } else if c == UInt8(ascii: "\""), !isPath {
        quoted = true
      } else if c == UInt8(ascii: "<") {
        depth += 1
      } else if c == UInt8(ascii: ">"), p[-1] != UInt8(ascii: "-") {
        depth -= 1
        if depth == 0 {
          p += 1
          if end - p >= 9, p[0] == UInt8(ascii: "("), p[1] == UInt8(ascii: "d"), p[8] == UInt8(ascii: ")") { p += 9 }
          return p
        }
      }
      p += 1
    }
    return nil
  }

  @inline(__always)
  private static func digit(_ c: UInt8, _ radix: UInt64) -> UInt64? {
    if isDigit(c) {
      let value = UInt64(c &- 48)
      return value < radix ? value : nil
    }
    let letter = (c | 0x20) &- 97
    return radix == 16 && letter < 6 ? UInt64(letter) + 10 : nil
  }

  /// `1.002345` in [p, end) -> nanoseconds; unknown when it is not that.
  @inline(never)
  static func seconds(_ start: Pointer, _ end: Pointer) -> Int64 {
    var p = start
    var value: Int64 = 0
    while p < end, isDigit(p[0]) {
      if p - start >= 9 { return LineEvent.unknownDuration }
      value = value &* 10 &+ Int64(p[0] &- 48)
      p += 1
    }
    var nanoseconds: Int64 = 0
    if p < end, p[0] == UInt8(ascii: ".") {
      p += 1
      var count = 0
      while p < end, isDigit(p[0]), count < 9 {
        nanoseconds = nanoseconds &* 10 &+ Int64(p[0] &- 48)
        count += 1
        p += 1
      }
      nanoseconds = nanoseconds &* nanosecondScale(count)
    }
    return p == end ? value * 1_000_000_000 + nanoseconds : LineEvent.unknownDuration
  }
}
