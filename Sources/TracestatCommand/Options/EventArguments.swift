import ArgumentParser
import Tracestat

/// Events of outside that are marked in a report.
struct EventArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Mark outside events: CSV, TSV (columns time, what, [until]), JSON objects, or lines `TIME words`. Times: of day, dated, epoch in s, ms, us \
      or ns, @90 (seconds into the log).
      """, valueName: "file"))
  var events: String?

  @Option(
    name: .customLong("events-offset"),
    help: ArgumentHelp("Add this to the events' times, as -1h or +2.5s: another time zone or clock.", valueName: "time"))
  var offset: OffsetArgument?

  mutating func validate() throws {
    if offset != nil, events == nil { throw ValidationError("--events-offset goes with --events") }
  }

  /// The file's events; before the pass, so that a wrong file is told at once.
  func read() throws -> OutsideEvents? {
    guard let events else { return nil }
    let text = String(decoding: try SideFile.read(events, as: "a list of events"), as: UTF8.self)
    let read = OutsideEvents(text)
    if read.count == 0, read.unreadable > 0 {
      throw InputError(
        path: events,
        reason: "no line has a time that can be read (columns time, what, until; the first such line is \(read.firstUnreadable))")
    }
    return read
  }

  /// On the log's clock; what is odd about them is said.
  func place(_ events: OutsideEvents?, _ clock: TraceClock) -> [OutsideEvent] {
    guard let events else { return [] }
    for note in events.notes(clock, offset: offset?.nanoseconds ?? 0) { Pass.say("note: events: \(note)") }
    return events.on(clock, offset: offset?.nanoseconds ?? 0)
  }
}

/// `+1h`, `-3.5s`, `90s`.
struct OffsetArgument: ExpressibleByArgument {
  let nanoseconds: Int64

  init?(argument: String) {
    let isNegative = argument.hasPrefix("-")
    let digits = isNegative || argument.hasPrefix("+") ? String(argument.dropFirst()) : argument
    if Double(digits) == 0 {
      nanoseconds = 0
      return
    }
    guard let length = IntervalArgument(argument: digits) else { return nil }
    nanoseconds = isNegative ? -length.nanoseconds : length.nanoseconds
  }
}
