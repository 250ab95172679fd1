import TraceCalls
import TraceSyntax

/// The ledger of a log as rows, and as one sentence.
public struct LedgerReport: Sendable {
  public let ledger: Ledger
  public let tableChecks: [TableCheck]

  public init(_ ledger: Ledger, tableChecks: [TableCheck]) {
    self.ledger = ledger
    self.tableChecks = tableChecks
  }

  public static let columns = [
    Column("kind", .text(.plain)), Column("reason", .text(.plain)), Column("lines"), Column("first_line"),
  ]

  /// Every kind with lines; "not understood" always, a row for each reason.
  public func write(
    to sink: OutputSink, _ format: RecordFormat, redaction: Redaction = .none
  ) throws(OutputError) {
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    func row(_ kind: String, _ reason: String?, _ entry: Ledger.Entry) throws(OutputError) {
      try writer.text(kind)
      try writer.text(reason)
      try writer.integer(entry.lines)
      try writer.integer(entry.lines > 0 ? entry.firstLine : nil)
      try writer.endRow()
    }
    for kind in Ledger.Kind.allCases where kind != .notUnderstood && ledger[kind].lines > 0 {
      try row(kind.name, nil, ledger[kind])
    }
    let reasons = Ledger.Reason.allCases.filter { ledger.reasons[$0.rawValue].lines > 0 }
    for reason in reasons {
      try row(Ledger.Kind.notUnderstood.name, reason.text, ledger.reasons[reason.rawValue])
    }
    if reasons.isEmpty { try row(Ledger.Kind.notUnderstood.name, nil, Ledger.Entry()) }
    if format == .table {
      var total = Ledger.Entry()
      total.lines = ledger.lines
      total.firstLine = 1
      try row("total", nil, total)
    }
    try writer.finish()
  }

  /// What a person wants to know before trusting a figure.
  public var verdict: String { verdict(redaction: .none) }

  /// The same; a name in strace's own table may be anyone's text.
  public func verdict(redaction: Redaction) -> String {
    var parts = [
      "\(Self.grouped(ledger.lines)) lines, \(Self.grouped(ledger.calls)) calls, \(Self.grouped(ledger.errors)) errors"
    ]
    if ledger.inFlight > 0 { parts.append("\(ledger.inFlight) in flight at the end") }
    if ledger.withoutStart.lines > 0 { parts.append("\(ledger.withoutStart.lines) begun before the log") }
    if ledger.abandoned.lines > 0 {
      parts.append("\(ledger.abandoned.lines) contradicted (first at line \(ledger.abandoned.firstLine))")
    }
    let missed = ledger.notUnderstood
    if missed == 0 {
      parts.append("every line understood")
    } else {
      let first = ledger.reasons.filter { $0.lines > 0 }.map(\.firstLine).min() ?? 0
      let share = Double(missed) * 100 / Double(max(1, ledger.lines))
      let shown = share < 0.1 ? "<0.1" : String(Double(Int(share * 10)) / 10)
      parts.append("\(Self.grouped(missed)) lines not understood (\(shown) %, first at line \(first); see tracestat ledger)")
    }
    if ledger.lostNotes.lines > 0 {
      parts.append(
        "perf lost \(Self.grouped(Int(clamping: ledger.lostEvents))) events (\(ledger.lostNotes.lines) notes, first at line \(ledger.lostNotes.firstLine)): calls are missing"
      )
    }
    for check in tableChecks { parts.append(check.verdict(redaction: redaction)) }
    return parts.joined(separator: "; ")
  }

  static func grouped(_ value: Int) -> String {
    var text = ""
    for (i, digit) in String(value).reversed().enumerated() {
      if i > 0, i % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}

extension TableCheck {
  /// `strace's own table agrees (41 syscalls, 1,333,102 calls)`.
  public var verdict: String { verdict(redaction: .none) }

  public func verdict(redaction: Redaction) -> String {
    let whose = source == .strace ? "strace's" : "perf's"
    guard hasCalls else { return "\(whose) own table at line \(firstLine) stands alone: the log holds no calls to compare" }
    guard agrees else {
      let names = differences.prefix(3).map {
        "\(redaction.redact($0.syscall, as: .syscall)) \($0.stated.calls)/\($0.stated.errors) there, \($0.counted.calls)/\($0.counted.errors) here"
      }
      return
        "\(whose) own table at line \(firstLine) differs in \(differences.count) syscalls (calls/errors: \(names.joined(separator: ", ")))"
        + (countsHiddenCalls
          ? ", all with more there: calls that \(source == .strace ? "-z or -e status= hid, or that never returned" : "--duration hid")?"
          : "")
    }
    let time =
      !comparesTime
      ? ""
      : timeDifferences.isEmpty
        ? ", time too"
        : source == .strace
          ? "; its seconds are not those of -T (CPU time without -w?)" : "; its times are not those of the lines"
    return "\(whose) own table agrees (\(syscalls) syscalls, \(LedgerReport.grouped(calls)) calls\(time))"
  }
}
