import CTraceScan
import Glibc

/// The first line of a sample of `perf script`, in any choice of its fields (`-F`; tools/perf/builtin-script.c, `perf_sample__fprintf_start`):
///
/// ```
/// java 4407 81234.501277: cycles:
/// mux: 2  5121/5125 [001]  3207.250016409:   10101010 cpu-clock:ppp:
///           nginx  6110 [001]  3300.000031:    syscalls:sys_exit_recvfrom: 0x8
///            true 7310 4015.100213:          1 cycles:u:  ffffffff9a001140 [unknown] ([unknown])
/// two_ways 6021 cpu-clock:
/// ```
/// A comm may hold blanks and digits, so the line is read from its stamp to the left: `[cpu]`, then `tid` or `pid/tid`, and what is
/// left is the comm. Only without a stamp the first number after a word is the tid.
struct PerfScriptHeader {
  typealias Text = UnsafeBufferPointer<UInt8>
  var comm = Text(start: nil, count: 0)
  var pid: Int64?
  var tid: Int64?
  var cpu: Int64?
  /// Nanoseconds of perf's clock, by default since the machine started.
  var time: Int64?
  var period: Int64?
  /// Without its colon; empty where `-F` left it out.
  var event = Text(start: nil, count: 0)
  /// What follows the event: nothing, a tracepoint's payload, or the only frame.
  var rest = Text(start: nil, count: 0)

  /// What stands before and behind a line's time.
  typealias Stamp = (time: Int64, start: Pointer, end: Pointer)

  /// nil where the line is none.
  init?(_ start: Pointer, _ end: Pointer) { self.init(start, end, Self.stamp(start, end)) }

  /// The same, of a line whose stamp was looked for.
  init?(_ start: Pointer, _ end: Pointer, _ stamp: Stamp?) {
    var end = end
    while end > start, Self.isBlank(end[-1]) { end -= 1 }
    var start = start
    while start < end, Self.isBlank(start[0]) { start += 1 }
    guard start < end else { return nil }
    if let stamp {
      time = stamp.time
      readTask(start, stamp.start)
      readEvent(stamp.end, end)
    } else if !readWithoutStamp(start, end) {
      return nil
    }
  }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  /// The first ` 3207.250016: ` of a line: six digits of fraction, or nine with --ns.
  static func stamp(_ start: Pointer, _ end: Pointer) -> Stamp? {
    var next = start
    while next < end, let found = memchr(next, CInt(UInt8(ascii: ":")), end - next) {
      let colon = Pointer(found.assumingMemoryBound(to: UInt8.self))
      next = colon + 1
      guard next == end || isBlank(next[0]) else { continue }
      let fraction = digits(start, colon)
      let point = colon - fraction.count - 1
      guard fraction.count == 6 || fraction.count == 9, point > start, point[0] == UInt8(ascii: ".") else { continue }
      let seconds = digits(start, point)
      let whole = point - seconds.count
      guard seconds.count > 0, seconds.count < 19, whole == start || isBlank(whole[-1]), seconds.value < 1 << 33 else { continue }
      return (seconds.value * 1_000_000_000 + fraction.value * (fraction.count == 6 ? 1000 : 1), whole, colon + 1)
    }
    return nil
  }

  /// How many digits are right before `end`, and, of 18 and fewer, their number.
  @inline(__always)
  private static func digits(_ start: Pointer, _ end: Pointer) -> (count: Int, value: Int64) {
    if end - start >= 8 {
      let word = trace_load8(end - 8)
      let count = DecimalWord.trailing(word)
      if count < 8 { return (count, count == 0 ? 0 : DecimalWord.last(count, of: word)) }
    }
    var p = end
    while p > start, isDigit(p[-1]) { p -= 1 }
    return (end - p, number(p, end) ?? 0)
  }

  /// Digits, with a minus perhaps (`:-1 -1` is a task perf knows nothing of); nil where it is another text or too large.
  static func number(_ start: Pointer, _ end: Pointer) -> Int64? {
    var p = start
    let isNegative = p < end && p[0] == UInt8(ascii: "-")
    if isNegative { p += 1 }
    guard p < end, end - p < 19 else { return nil }
    var value: Int64 = 0
    while p < end {
      guard isDigit(p[0]) else { return nil }
      value = value &* 10 &+ Int64(p[0] &- 48)
      p += 1
    }
    return isNegative ? -value : value
  }

  /// How many events perf says that it lost, `PERF_RECORD_LOST lost 12`; nil for its other records, which are no samples either.
  static func lostEvents(_ text: Text) -> Int64? {
    let words = text.split(separator: UInt8(ascii: " "))
    guard words.count == 3, words[0].elementsEqual("PERF_RECORD_LOST".utf8), words[1].elementsEqual("lost".utf8),
      let base = UnsafeBufferPointer(rebasing: words[2]).baseAddress, let lost = number(base, base + words[2].count)
    else { return nil }
    return max(0, lost)
  }

  /// Everything before the stamp.
  private mutating func readTask(_ start: Pointer, _ stop: Pointer) {
    var end = stop
    // `[001]`, and with -F misc letters (`KU`) after it.
    for _ in 0..<3 {
      while end > start, Self.isBlank(end[-1]) { end -= 1 }
      var word = end
      while word > start, !Self.isBlank(word[-1]) { word -= 1 }
      if takeTask(word, end) {
        end = word
        break
      }
      let isCPU = word < end && word[0] == UInt8(ascii: "[") && end[-1] == UInt8(ascii: "]")
      let isFlags = end - word <= 4 && word > start && Text(start: word, count: end - word).allSatisfy { $0 &- 65 < 26 }
      guard isCPU || (isFlags && hasTask(start, word)) else { break }
      if isCPU { cpu = Self.number(word + 1, end - 1) }
      end = word
    }
    while end > start, Self.isBlank(end[-1]) { end -= 1 }
    comm = Text(start: start, count: end - start)
  }

  /// Whether the word before `end`, `[cpu]` aside, is a task's number.
  private func hasTask(_ start: Pointer, _ stop: Pointer) -> Bool {
    var copy = self
    var end = stop
    for _ in 0..<2 {
      while end > start, Self.isBlank(end[-1]) { end -= 1 }
      var word = end
      while word > start, !Self.isBlank(word[-1]) { word -= 1 }
      if copy.takeTask(word, end) { return true }
      end = word
    }
    return false
  }

  /// `5125` or `5121/5125`.
  private mutating func takeTask(_ word: Pointer, _ end: Pointer) -> Bool {
    var slash = word
    while slash < end, slash[0] != UInt8(ascii: "/") { slash += 1 }
    if slash == end {
      guard let number = Self.number(word, end) else { return false }
      tid = number
      return true
    }
    guard let process = Self.number(word, slash), let thread = Self.number(slash + 1, end) else { return false }
    pid = process
    tid = thread
    return true
  }

  /// `   10101010 cpu-clock:ppp: rest`, each part if it is there.
  private mutating func readEvent(_ start: Pointer, _ end: Pointer) {
    let first = Self.word(start, end)
    if let number = Self.number(first.start, first.end) {
      let second = Self.word(first.end, end)
      if second.start == second.end || second.end[-1] == UInt8(ascii: ":") {
        period = number
        takeEvent(second, end)
        return
      }
    }
    takeEvent(first, end)
  }

  private mutating func takeEvent(_ word: (start: Pointer, end: Pointer), _ end: Pointer) {
    var next = word.start
    if word.end - word.start > 1, word.end[-1] == UInt8(ascii: ":") {
      event = Text(start: word.start, count: word.end - word.start - 1)
      next = Self.word(word.end, end).start
    }
    rest = Text(start: next, count: end - next)
  }

  private static func word(_ from: Pointer, _ end: Pointer) -> (start: Pointer, end: Pointer) {
    var start = from
    while start < end, isBlank(start[0]) { start += 1 }
    var stop = start
    while stop < end, !isBlank(stop[0]) { stop += 1 }
    return (start, stop)
  }

  /// TASK_COMM_LEN of linux/sched.h without its zero.
  private static var longestComm: Int { 15 }

  /// `two_ways 6021 cpu-clock:`; with an event alone after the task, a number before it perhaps.
  private mutating func readWithoutStamp(_ start: Pointer, _ end: Pointer) -> Bool {
    var word = Self.word(Self.word(start, end).end, end)
    while word.start < word.end {
      if takeTask(word.start, word.end) {
        var after = Self.word(word.end, end)
        let hasCPU = after.end - after.start > 2 && after.start[0] == UInt8(ascii: "[") && after.end[-1] == UInt8(ascii: "]")
        if hasCPU {
          cpu = Self.number(after.start + 1, after.end - 1)
          after.start = after.end
        }
        readEvent(after.start, end)
        var stop = word.start
        while stop > start, Self.isBlank(stop[-1]) { stop -= 1 }
        if !event.isEmpty || (rest.isEmpty && period == nil && stop - start <= Self.longestComm) {
          comm = Text(start: start, count: stop - start)
          return true
        }
        self.pid = nil
        self.tid = nil
        self.cpu = nil
        self.period = nil
      }
      word = Self.word(word.end, end)
    }
    return false
  }
}
