import Glibc
import TraceAnalyses
import TraceSyntax

extension Comparison {
  public static let columns: [Column] = [
    Column("rank"), Column("change", .text(.plain)), Column("level", .text(.plain)), Column("syscall", .text(.syscall)),
    Column("connection_class", .text(.plain)), Column("errno", .text(.plain)), Column("name", .text(.path)),
    Column("effect_ns_per_s"), Column("before_calls"), Column("after_calls"), Column("before_per_s"), Column("after_per_s"),
    Column("before_errors"), Column("after_errors"), Column("before_time_ns"), Column("after_time_ns"), Column("before_mean_ns"),
    Column("after_mean_ns"), Column("before_p50_ns"), Column("after_p50_ns"), Column("before_p90_ns"), Column("after_p90_ns"),
    Column("before_p99_ns"), Column("after_p99_ns"), Column("quantile"), Column("ratio"), Column("ratio_low"),
    Column("ratio_high"), Column("superiority"), Column("superiority_low"), Column("superiority_high"), Column("p_value"),
    Column("wait", .flag), Column("part_of"), Column("evidence", .text(.plain)), Column("evidence_run"), Column("evidence_line"),
  ]

  /// The findings, the most important first; with `all` also what was compared and does not differ, without rank and change.
  public func write(
    to sink: OutputSink, _ format: RecordFormat, all: Bool = false, redaction: Redaction = .none
  ) throws(OutputError) {
    if format == .table { return try writeTable(to: sink, redaction: redaction) }
    let writer = try RecordWriter(sink, format: format, columns: Self.columns, redaction: redaction)
    for (index, finding) in findings.enumerated() {
      try writer.integer(index + 1)
      try writer.word(finding.change.rawValue)
      try write(finding.subject, finding.effect, finding.before, finding.after, writer)
      try writer.decimal(finding.quantile)
      try write(finding.ratio, writer)
      try write(finding.superiority, writer)
      try writer.decimal(finding.pValue)
      try writer.flag(finding.isWait)
      try writer.integer(finding.parent.map { $0 + 1 })
      try writer.word(finding.evidence.map { $0.isAfter ? "after" : "before" })
      try writer.integer(finding.evidence.map { $0.run + 1 })
      try writer.integer(finding.evidence?.line)
      try writer.endRow()
    }
    if all { try writeRows(writer) }
    try writer.finish()
  }

  private func writeRows(_ writer: RecordWriter) throws(OutputError) {
    let told = Set(findings.map(\.subject))
    for row in rows where !told.contains(row.subject) {
      let median = row.shift?.quantiles.first { $0.share == 0.5 }
      try writer.integer(nil as Int?)
      try writer.word(nil)
      try write(row.subject, nil, row.before, row.after, writer)
      try writer.decimal(median?.share)
      try write(median?.ratio, writer)
      try write(row.shift?.superiority, writer)
      for _ in 0..<6 { try writer.word(nil) }
      try writer.endRow()
    }
  }

  private func write(
    _ subject: Subject, _ effect: Double?, _ before: Figures, _ after: Figures, _ writer: RecordWriter
  ) throws(OutputError) {
    try writer.word(subject.level.rawValue)
    try writer.text(subject.syscall)
    try writer.text(subject.connectionClass)
    try writer.text(subject.errno)
    if subject.level == .peer {
      try writer.texts([subject.name], separator: "", as: .address)
    } else {
      try writer.text(subject.name)
    }
    try writer.integer(effect.map { Int64(clamping: $0) })
    try writer.integer(before.calls)
    try writer.integer(after.calls)
    try writer.decimal(before.rate)
    try writer.decimal(after.rate)
    try writer.integer(before.errors)
    try writer.integer(after.errors)
    try writer.integer(before.time)
    try writer.integer(after.time)
    try writer.integer(before.mean.map { Int64(clamping: $0) })
    try writer.integer(after.mean.map { Int64(clamping: $0) })
    for value in [before.p50, after.p50, before.p90, after.p90, before.p99, after.p99] { try writer.integer(value) }
  }

  private func write(_ effect: Effect?, _ writer: RecordWriter) throws(OutputError) {
    for value in [effect?.value, effect?.low, effect?.high] { try writer.decimal(value) }
  }
}

extension Int64 {
  /// The nearest whole number; the nearest there is of one beyond all.
  init(clamping value: Double) {
    self = value.isNaN ? 0 : value >= 9.2e18 ? .max : value <= -9.2e18 ? .min : Int64(value.rounded())
  }
}

extension RecordWriter {
  /// A number with four digits that count; nothing where it is none.
  func decimal(_ value: Double?) throws(OutputError) { try number(value.flatMap(Decimal.text)) }
}

/// Numbers of which four digits are enough.
enum Decimal {
  static func text(_ value: Double) -> String? {
    guard value.isFinite else { return nil }
    if value == 0 { return "0" }
    let exponent = log10(abs(value)).rounded(.down)
    guard exponent < 3 else { return String(Int64(clamping: value)) }
    let factor = pow(10, 3 - exponent)
    guard factor.isFinite else { return "0" }
    let text = String(describing: (value * factor).rounded() / factor)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Two digits that count, for a sentence: `64`, `1.4`, `0.25`, `0.0071`.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "?" }
    if abs(value) >= 10 { return String(Int64(clamping: value)) }
    if abs(value) < 1e-4 { return "0" }
    let factor = pow(10, 1 - log10(abs(value)).rounded(.down))
    let text = String(describing: (value * factor).rounded() / factor)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
