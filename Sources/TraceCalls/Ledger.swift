/// What became of every line: the parts sum to the number of lines.
public struct Ledger: Sendable {
  /// Where a line can go; the order is that of the report.
  public enum Kind: Int, CaseIterable, Sendable {
    case wholeCall, unfinished, resumed, detached, signal, exit, stack, dump, event, summaryTable, note, continuation, blank
    case notUnderstood

    /// The name in reports.
    public var name: String {
      switch self {
      case .wholeCall: "whole call"
      case .unfinished: "unfinished"
      case .resumed: "resumed"
      case .detached: "detached"
      case .signal: "signal or stop"
      case .exit: "exit"
      case .stack: "stack"
      case .dump: "data dump"
      case .event: "fault or tracepoint"
      case .summaryTable: "summary table"
      case .note: "tool note"
      case .continuation: "continuation or program output"
      case .blank: "blank"
      case .notUnderstood: "not understood"
      }
    }
  }

  /// Why a line was not understood.
  public enum Reason: Int, CaseIterable, Sendable {
    case noTraceLine, unknownBody, cutCall, cutLastLine, tooLong, strayContinuation, glued

    public var text: String {
      switch self {
      case .noTraceLine: "not of strace"
      case .unknownBody: "strace prefix, unknown rest"
      case .cutCall: "call without an end (cut, or interrupted by other output)"
      case .cutLastLine: "last line is cut"
      case .tooLong: "line longer than the limit; its rest was skipped"
      case .glued: "lines of two writers without pids in one"
      case .strayContinuation: "end of a call without its beginning on the line before"
      }
    }
  }

  /// Lines of a kind (and reason), and the first of them.
  public struct Entry: Sendable {
    public init() {}
    public var lines = 0
    public var firstLine = 0
    @inline(__always)
    mutating func add(_ line: Int) {
      if lines == 0 { firstLine = line }
      lines &+= 1
    }
  }

  // Inline, since every line is counted in them: an array would be asked each time whether it is shared.
  private var kindEntries = InlineArray<14, Entry>(repeating: Entry())
  private var reasonEntries = InlineArray<7, Entry>(repeating: Entry())
  /// By the raw value of a kind, and of a reason.
  public var kinds: [Entry] { kindEntries.indices.map { kindEntries[$0] } }
  public var reasons: [Entry] { reasonEntries.indices.map { reasonEntries[$0] } }
  /// Completed calls, and those of them that failed.
  public internal(set) var calls = 0
  public internal(set) var errors = 0
  /// Calls whose beginning the log does not hold.
  public internal(set) var withoutStart = Entry()
  /// First halves that another line of the same task contradicted.
  public internal(set) var abandoned = Entry()
  /// Lines of perf that tell of lost events, and how many events those were.
  public internal(set) var lostNotes = Entry()
  public internal(set) var lostEvents: Int64 = 0
  /// Open when the log ended.
  public internal(set) var inFlight = 0
  /// Bytes of over-long lines that were skipped.
  public internal(set) var skippedBytes: Int64 = 0

  public init() {}

  /// Takes entries by raw value in place of its own; false where there are more than are known.
  mutating func take(kinds: [Entry], reasons: [Entry]) -> Bool {
    guard kinds.count <= kindEntries.count, reasons.count <= reasonEntries.count else { return false }
    for (place, entry) in kinds.enumerated() { kindEntries[place] = entry }
    for (place, entry) in reasons.enumerated() { reasonEntries[place] = entry }
    return true
  }

  public var lines: Int { kindEntries.indices.reduce(0) { $0 &+ kindEntries[$1].lines } }
  public subscript(kind: Kind) -> Entry { kindEntries[kind.rawValue] }
  public var notUnderstood: Int { self[.notUnderstood].lines }
  /// Whether anything in the input is of a tracer at all.
  public var isTrace: Bool {
    self[.wholeCall].lines + self[.unfinished].lines + self[.resumed].lines + self[.detached].lines + self[.event].lines > 0
      || (self[.signal].lines + self[.exit].lines > 0) || self[.summaryTable].lines > 0
  }

  @inline(__always)
  mutating func add(_ kind: Kind, _ line: Int) { kindEntries[kind.rawValue].add(line) }
  mutating func addLost(_ events: Int64, _ line: Int) {
    lostNotes.add(line)
    let sum = lostEvents.addingReportingOverflow(events)
    lostEvents = sum.overflow ? .max : sum.partialValue
  }
  mutating func add(_ reason: Reason, _ line: Int) {
    kindEntries[Kind.notUnderstood.rawValue].add(line)
    reasonEntries[reason.rawValue].add(line)
  }
}
