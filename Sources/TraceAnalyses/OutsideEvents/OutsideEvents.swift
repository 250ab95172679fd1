import TraceCalls
import TraceSyntax

/// Events of outside as a file tells them: CSV, TSV, a JSON object a line, or lines of a time and words.
///
/// Columns are `time`, `what` and, where it lasted, `until`; without a header in that order. Other names that are usual for them will do. Times
/// may be of day, dated, or seconds, milli-, micro- or nanoseconds since 1970; `@90` is 90 seconds into the log.
public struct OutsideEvents: Sendable {
  private struct Entry: Sendable {
    var time: TimePoint
    var until: TimePoint?
    var what: String
  }

  private var entries: [Entry] = []
  /// Lines without a time that can be read, and the number of the first.
  public private(set) var unreadable = 0
  public private(set) var firstUnreadable = 0
  public var count: Int { entries.count }
  private static let most = 1_000_000

  private static let timeNames = ["time", "epoch", "timestamp", "@timestamp", "at", "when", "start", "date", "local", "ts"]
  private static let untilNames = ["until", "end", "to", "stop"]
  private static let whatNames = ["what", "message", "title", "label", "text"]
  /// Where there is no such column, all of these together.
  private static let partNames = ["event", "kind", "name", "detail"]

  /// - Parameter text: the file's; a byte order mark, CR and lines that begin with `#` are passed over.
  public init(_ text: String) {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    var form: EventCells.Form?
    var columns: [String]?
    for (index, line) in lines.enumerated() {
      let line = (index == 0 && line.first == "\u{feff}" ? line.dropFirst() : line).trimmedEnd
      guard !line.trimmed.isEmpty, line.first != "#", entries.count < Self.most else { continue }
      let isFirst = form == nil
      let kind = form ?? EventCells.form(of: line)
      form = kind
      let cells: [String]
      switch kind {
      case .objects:
        if let object = EventCells.object(line) {
          add(named: object, index + 1)
        } else if line.trimmed.contains(where: { $0 != "[" && $0 != "]" }) {
          note(index + 1)
        }
        continue
      case .tabs: cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      case .commas: cells = EventCells.commas(line)
      case .words: cells = Self.words(line)
      }
      if isFirst, EventTime.point(cells[0]) == nil, let names = Self.header(cells) {
        columns = names
      } else if let columns {
        let pairs = zip(columns, cells).map { ($0, $1) }
        add(named: Dictionary(pairs, uniquingKeysWith: { first, _ in first }), index + 1)
      } else {
        add(cells, index + 1)
      }
    }
  }

  /// The columns' names, if that is what a first line holds.
  private static func header(_ cells: [String]) -> [String]? {
    let names = cells.map { $0.lowercased()[...].trimmed }.map(String.init)
    return names.contains(where: { timeNames.contains($0) }) ? names : nil
  }

  private static func words(_ line: Substring) -> [String] {
    let words = line.split(separator: " ", omittingEmptySubsequences: true)
    // A date and a time may be two words, syslog's three.
    for count in [3, 2, 1] where words.count >= count {
      let time = words[..<count].joined(separator: " ")
      if EventTime.point(time) != nil { return [time, words[count...].joined(separator: " ")] }
    }
    return [String(line)]
  }

  private mutating func add(_ cells: [String], _ line: Int) {
    guard let time = EventTime.point(cells[0]) else { return note(line) }
    let until = cells.count > 2 ? EventTime.point(cells[2]) : nil
    entries.append(Entry(time: time, until: until, what: cells.count > 1 ? String(cells[1][...].trimmed) : ""))
  }

  private mutating func add(named cells: [String: String], _ line: Int) {
    let cells = Dictionary(cells.map { ($0.lowercased(), $1) }, uniquingKeysWith: { first, _ in first })
    guard let time = Self.timeNames.lazy.compactMap({ cells[$0].flatMap(EventTime.point) }).first else { return note(line) }
    let until = Self.untilNames.lazy.compactMap { cells[$0].flatMap(EventTime.point) }.first
    let what =
      Self.whatNames.lazy.compactMap { cells[$0] }.first
      ?? Self.partNames.compactMap { cells[$0] }.filter { !$0.isEmpty && $0 != "-" }.joined(separator: " ")
    entries.append(Entry(time: time, until: until, what: what))
  }

  private mutating func note(_ line: Int) {
    if unreadable == 0 { firstUnreadable = line }
    unreadable += 1
  }

  // MARK: On a log's clock

  /// The events on the clock of a log, in order.
  ///
  /// - Parameters:
  ///   - clock: of the log, once it is read.
  ///   - offset: nanoseconds to add, where the events' clock or time zone is another.
  public func on(_ clock: TraceClock, offset: Int64 = 0) -> [OutsideEvent] {
    guard clock.kind != .none else { return [] }
    let found = entries.compactMap { entry -> OutsideEvent? in
      guard let time = Self.time(entry.time, clock, offset) else { return nil }
      return OutsideEvent(time: time, until: entry.until.flatMap { Self.time($0, clock, offset) }, what: entry.what)
    }
    return found.sorted { ($0.time, $0.what) < ($1.time, $1.what) }
  }

  private static let day: Int64 = 86_400_000_000_000

  private static func time(_ point: TimePoint, _ clock: TraceClock, _ offset: Int64) -> Int64? {
    let first = clock.first ?? 0
    if case .epoch = point, clock.kind == .relative || clock.kind == .sinceStart { return nil }
    if case .clock = point, clock.kind == .relative || clock.kind == .sinceStart { return nil }
    var (time, isOver) = point.resolved(clock, origin: first - (first % 1_000_000_000 + 1_000_000_000) % 1_000_000_000)
      .addingReportingOverflow(offset)
    guard !isOver else { return nil }
    // A time of day is of the day that the log is of: after midnight of the next.
    if clock.kind == .timeOfDay, time < first - day / 2, clock.last >= day { time += day }
    return time
  }

  /// For people: what is odd about the events as seen from a log.
  public func notes(_ clock: TraceClock, offset: Int64 = 0) -> [String] {
    var notes: [String] = []
    if unreadable > 0 {
      notes.append("\(unreadable) lines of the events have no time that can be read, the first is line \(firstUnreadable)")
    }
    if entries.isEmpty { return notes + (unreadable == 0 ? ["the file of events holds none"] : []) }
    if clock.kind == .none { return notes + ["the log has no time stamps: events cannot be placed"] }
    let events = on(clock, offset: offset)
    if events.count < entries.count {
      notes.append(
        "\(entries.count - events.count) events have dates, the log counts from its start: they cannot be placed (@SECONDS can)")
    }
    let (first, last) = (clock.first ?? 0, clock.last)
    let slack: Int64 = 60_000_000_000
    let inside = events.count { $0.time >= first &- slack && $0.time <= last &+ slack }
    guard inside == 0, let event = events.first else { return notes }
    let half: Int64 = 1_800_000_000_000
    let shift = ((first &- event.time) / half) &* half
    let isZone =
      abs(shift) <= 14 * 2 * half && shift != 0
      && events.contains { $0.time &+ shift >= first &- half && $0.time &+ shift <= last &+ half }
    notes.append(
      "none of \(events.count) events is of the log's time"
        + (isZone ? ": another time zone? (\(shift / 3_600_000_000_000) h would fit)" : ": another clock?"))
    return notes
  }
}

extension Substring {
  fileprivate var trimmedEnd: Substring {
    var text = self
    while let last = text.last, last == "\r" || last == " " { text.removeLast() }
    return text
  }
}
