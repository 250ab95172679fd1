import TraceAnalyses
import TraceSyntax

extension Summary {
  /// How a terminal wants it.
  public struct TableOptions: Sendable {
    public var width = 100
    /// Things shown where rows are by more than the call, and calls of each.
    public var subjects = 10
    public var callsOfSubject = 5
    public init() {}
  }
}

extension Summary.Result {
  /// A view for people.
  public func writeTable(
    to sink: OutputSink, _ view: Summary.View = .times, _ options: Summary.TableOptions = .init(), redaction: Redaction = .none
  ) throws(OutputError) {
    switch view {
    case .times: try key == nil ? writeCallTable(to: sink, redaction) : writeSubjectTable(to: sink, options, redaction)
    case .sizes: try writeSizeTable(to: sink, options, redaction)
    case .intervals: try writeIntervalTable(to: sink, options, redaction)
    case .timeHistogram: try writeHistograms(to: sink, "usecs", options, redaction) { $0.microseconds }
    case .sizeHistogram: try writeHistograms(to: sink, "bytes", options, redaction) { $0.sizes?.buckets }
    }
  }

  /// The look of `strace -c -w`, percentiles added.
  private func writeCallTable(to sink: OutputSink, _ redaction: Redaction) throws(OutputError) {
    let writer = try RecordWriter(
      sink, format: .table,
      columns: [
        Column("% time"), Column("seconds"), Column("usecs/call"), Column("p50"), Column("p99"), Column("max"), Column("calls"),
        Column("errors"), Column("in flight"), Column("syscall", .text(.syscall)),
      ], redaction: redaction)
    for row in rows {
      try writer.number(share(row.time ?? 0))
      try writer.number(row.time.map { Self.fixed(Double($0) / 1e9, 6) })
      try writer.integer(row.mean.map { $0 / 1000 })
      for value in [row.p50, row.p99, row.longest] { try writer.number(value.map(Duration.text)) }
      try writer.integer(row.calls)
      try writer.integer(row.errors > 0 ? row.errors : nil)
      try writer.integer(row.inFlight > 0 ? row.inFlight : nil)
      try writer.text(row.syscall)
      try writer.endRow()
    }
    try writer.number(time > 0 ? "100.00" : nil)
    try writer.number(Self.fixed(Double(time) / 1e9, 6))
    for _ in 0..<4 { try writer.number(nil) }
    try writer.integer(calls)
    try writer.integer(errors > 0 ? errors : nil)
    try writer.integer(inFlight > 0 ? inFlight : nil)
    try writer.word("total")
    try writer.endRow()
    try writer.finish()
  }

  /// Each thing with its totals, its calls below it.
  private func writeSubjectTable(
    to sink: OutputSink, _ options: Summary.TableOptions, _ redaction: Redaction
  ) throws(OutputError) {
    let (hasErrors, hasOpen) = (errors > 0, inFlight > 0)
    let fixedWidth = 44 + (hasErrors ? 8 : 0) + (hasOpen ? 6 : 0)
    let writer = try RecordWriter(
      sink, format: .table,
      columns: [
        Column("% time"), Column("time"), Column("p50"), Column("p99"), Column("max"), Column("calls"),
      ] + (hasErrors ? [Column("errors")] : []) + (hasOpen ? [Column("open")] : []) + [
        Column("\(key?.rawValue ?? "") / syscall", .text(.syscall))
      ], redaction: redaction)
    func counts(_ calls: Int, _ errors: Int, _ inFlight: Int) throws(OutputError) {
      try writer.integer(calls)
      if hasErrors { try writer.integer(errors > 0 ? errors : nil) }
      if hasOpen { try writer.integer(inFlight > 0 ? inFlight : nil) }
    }
    for (subject, rows) in shown(options) {
      let isTimed = rows.contains { $0.time != nil }
      try writer.number(isTimed ? share(subject.time) : nil)
      try writer.number(isTimed ? Duration.text(subject.time) : nil)
      for _ in 0..<3 { try writer.number(nil) }
      try counts(subject.calls, subject.errors, subject.inFlight)
      try writer.word(subject.label(key, redaction).cut(to: options.width - fixedWidth))
      try writer.endRow()
      for row in rows.prefix(options.callsOfSubject) {
        try writer.number(row.time.flatMap(share))
        for value in [row.time, row.p50, row.p99, row.longest] { try writer.number(value.map(Duration.text)) }
        try counts(row.calls, row.errors, row.inFlight)
        try writer.word("  " + Self.name(row, redaction))
        try writer.endRow()
      }
      guard rows.count > options.callsOfSubject else { continue }
      let rest = rows.dropFirst(options.callsOfSubject)
      let time = rest.reduce(Int64(0)) { $0.addingReportingOverflow($1.time ?? 0).overflow ? .max : $0 + ($1.time ?? 0) }
      try writer.number(isTimed ? share(time) : nil)
      try writer.number(isTimed ? Duration.text(time) : nil)
      for _ in 0..<3 { try writer.number(nil) }
      try counts(
        rest.reduce(0) { $0 + $1.calls }, rest.reduce(0) { $0 + $1.errors }, rest.reduce(0) { $0 + $1.inFlight })
      try writer.word("  \(rest.count) others")
      try writer.endRow()
    }
    try writer.finish()
    try finishTable(sink, options)
  }

  private func writeSizeTable(
    to sink: OutputSink, _ options: Summary.TableOptions, _ redaction: Redaction
  ) throws(OutputError) {
    let writer = try RecordWriter(
      sink, format: .table,
      columns: [
        Column("bytes"), Column("calls"), Column("mean"), Column("p50"), Column("p99"), Column("max"), Column("0 B"),
        Column("1 B"),
        Column(key.map { "\($0.rawValue) / syscall" } ?? "syscall", .text(.syscall)), Column("top sizes", .text(.plain)),
      ], redaction: redaction)
    let topSizes = max(2, (options.width - 70) / 8)
    for (subject, rows) in shown(options) where rows.contains(where: { $0.sizes != nil }) {
      if key != nil {
        for _ in 0..<8 { try writer.number(nil) }
        try writer.word(subject.label(key, redaction).cut(to: options.width - 60))
        try writer.endRow()
      }
      for row in rows {
        guard let sizes = row.sizes else { continue }
        try writer.number(Bytes.text(sizes.bytes))
        try writer.integer(sizes.transfers)
        for value in [sizes.mean, sizes.p50, sizes.p99, sizes.largest] { try writer.number(Bytes.text(value)) }
        try writer.integer(sizes.empty > 0 ? sizes.empty : nil)
        try writer.integer(sizes.ofOneByte > 0 ? sizes.ofOneByte : nil)
        try writer.word((key == nil ? "" : "  ") + Self.name(row, redaction))
        try writer.text(sizes.topText(topSizes))
        try writer.endRow()
      }
    }
    try writer.finish()
    try finishTable(sink, options)
  }

  private func writeIntervalTable(
    to sink: OutputSink, _ options: Summary.TableOptions, _ redaction: Redaction
  ) throws(OutputError) {
    guard let interval else { return try sink.flush() }
    let writer = try RecordWriter(
      sink, format: .table,
      columns: [
        Column("time", .text(.plain)), Column("calls"), Column("errors"), Column("syscall", .text(.syscall)),
        Column(key?.rawValue ?? "", .text(.plain)),
      ], redaction: redaction)
    let clockText = ClockText(clock)
    let digits = ClockText.digits(forInterval: interval)
    var last: Int64?
    for piece in intervals.sorted(by: { ($0.interval, -$0.calls, $0.row) < ($1.interval, -$1.calls, $1.row) }) {
      let row = rows[piece.row]
      try writer.text(piece.interval == last ? nil : clockText.time(piece.interval &* interval, digits: digits))
      last = piece.interval
      try writer.integer(piece.calls)
      try writer.integer(piece.errors > 0 ? piece.errors : nil)
      try writer.text(row.syscall)
      try writer.word(key == nil ? nil : subjects[row.subject].label(key, redaction).cut(to: options.width - 50))
      try writer.endRow()
    }
    try writer.finish()
  }

  /// The shape of bcc's funclatency.
  private func writeHistograms(
    to sink: OutputSink, _ unit: String, _ options: Summary.TableOptions, _ redaction: Redaction,
    _ buckets: (Summary.Row) -> PowerBuckets?
  ) throws(OutputError) {
    var isFirst = true
    for (subject, rows) in shown(options) {
      for row in rows {
        guard let counts = buckets(row)?.counts, let most = counts.max(), most > 0 else { continue }
        let name = Self.name(row, redaction)
        try sink.write(
          (isFirst ? "" : "\n") + (key == nil ? name : "\(subject.label(key, redaction)): \(name)").terminalSafe + "\n")
        isFirst = false
        // Twice ten digits hold what the log's durations come to; larger ones widen them.
        let digits = max(10, counts.isEmpty ? 0 : String(PowerBuckets.range(counts.count - 1).upperBound).count)
        try sink.write(
          "     " + unit + String(repeating: " ", count: digits * 2 - 1 - unit.count) + " : count     distribution\n")
        // Bars of 40 as bcc draws them, narrower on a narrow terminal.
        let bar = max(10, min(40, options.width - digits * 2 - 20))
        for (bucket, count) in counts.enumerated() {
          let range = PowerBuckets.range(bucket)
          let stars = Int((Double(count) * Double(bar) / Double(most)).rounded(.down))
          try sink.write(
            "\(Self.right(range.lowerBound, digits)) -> \(Self.left(range.upperBound, digits)) : \(Self.left(Int64(count), 8)) |"
              + String(repeating: "*", count: stars) + String(repeating: " ", count: bar - stars) + "|\n")
        }
      }
    }
    try finishTable(sink, options)
  }

  // MARK: Pieces

  /// The busiest things, each with its rows.
  private func shown(_ options: Summary.TableOptions) -> [(Summary.Subject, ArraySlice<Summary.Row>)] {
    var next = 0
    return subjects.indices.prefix(key == nil ? 1 : options.subjects).map { index in
      let first = next
      while next < rows.count, rows[next].subject == index { next += 1 }
      return (subjects[index], rows[first..<next])
    }
  }

  private func finishTable(_ sink: OutputSink, _ options: Summary.TableOptions) throws(OutputError) {
    if key != nil, subjects.count > options.subjects {
      try sink.write("\(subjects.count - options.subjects) more (--top N, --format csv for all)\n")
    }
    try sink.flush()
  }

  private static func name(_ row: Summary.Row, _ redaction: Redaction) -> String {
    redaction.isActive ? redaction.redact(row.syscall, as: .syscall) : row.syscall
  }

  private func share(_ part: Int64) -> String? { time > 0 ? Self.fixed(Double(part) * 100 / Double(time), 2) : nil }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value * Double(scale)).rounded())
    let fraction = String(scaled % scale)
    return "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  private static func left(_ number: Int64, _ width: Int) -> String {
    let text = String(number)
    return text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func right(_ number: Int64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

extension Summary.Subject {
  /// What it is, for people; of several logs, `LOG:` before it.
  func label(_ key: Summary.Key?, _ redaction: Redaction) -> String {
    (log.map { "\($0):" } ?? "") + ownLabel(key, redaction)
  }

  private func ownLabel(_ key: Summary.Key?, _ redaction: Redaction) -> String {
    if isRest { return "(other)" }
    switch key {
    case nil: return ""
    case .process: return process ?? "(no process)"
    case .thread: return tid.map { "\($0)" + (process.map { $0 == "\(tid ?? 0)" ? "" : " of \($0)" } ?? "") } ?? "(no thread)"
    case .errno: return errno ?? "(no error)"
    case .path: return path.map { redaction.redact($0, as: .path) } ?? "(no path)"
    case .fd, .connection:
      let name = description.flatMap { $0.label(redaction: redaction) ?? ($0.kind == .unknown ? nil : $0.kind.rawValue) }
      guard let descriptor else { return key == .fd ? "(no descriptor)" : "(no connection)" }
      let life = key == .fd ? n.map { $0 == 0 ? "" : $0 < 0 ? " EBADF" : ".\($0)" } ?? " ?" : ""
      let place = "\(process ?? ""):\(descriptor)\(life)"
      return name.map { "\(place) \($0)" } ?? place
    }
  }
}

extension String {
  /// At most so many characters, at least 16: the end says more than the beginning.
  fileprivate func cut(to width: Int) -> String {
    let width = max(16, width)
    return count <= width ? self : "..." + suffix(width - 3)
  }
}
