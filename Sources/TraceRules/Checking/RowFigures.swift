import TraceAnalyses

/// Figures of rows of an analysis: those that fulfil the condition of a measure.
struct RowFigures<Row> {
  let rows: [Row]
  /// Answers a test of a condition.
  let answer: (Row, RowTest) -> Bool
  /// Nanoseconds, bytes or whatever the measure is of; nil where the row has none.
  let value: (Row) -> Double?
  /// What a row counts for.
  var weight: (Row) -> Int = { _ in 1 }
  let evidence: (Row) -> RuleEvidence?
  /// Which rows are failures.
  var isError: (Row) -> Bool = { _ in false }
  /// Which rows could be.
  var isAnswered: (Row) -> Bool = { _ in true }
  /// Whether the largest of none is 0.
  var isZeroWithoutRows = true

  private static var mostEvidence: Int { 3 }

  func figure(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    let chosen = rows.filter { row in call.condition.map { $0.holds { answer(row, $0) } } ?? true }
    switch call.measure.figure {
    case .count: return Measured(Double(chosen.reduce(0) { $0 + weight($1) }), worst(chosen))
    case .errors: return Measured(Double(chosen.count(where: isError)), worst(chosen.filter(isError)))
    case .errorShare:
      let answered = chosen.filter(isAnswered)
      guard !answered.isEmpty else { return Measured(unknown: Self.none(call)) }
      let errors = answered.filter(isError)
      return Measured(Double(errors.count) / Double(answered.count), worst(errors))
    case .rate:
      guard let duration = log.duration else { return Measured(unknown: CheckedLog.noStamps) }
      guard duration > 0 else { return Measured(unknown: CheckedLog.noTime) }
      return Measured(Double(chosen.count) / (Double(duration) / 1e9), worst(chosen))
    default: break
    }
    let values = chosen.compactMap(value)
    if values.isEmpty, !chosen.isEmpty { return Measured(unknown: Self.noTimes) }
    if case .sum = call.measure.figure { return Measured(values.reduce(0, +), worst(chosen)) }
    guard !values.isEmpty else { return isZeroWithoutRows ? Measured(0) : Measured(unknown: Self.none(call)) }
    switch call.measure.figure {
    case .mean: return Measured((values.reduce(0, +) / Double(values.count)).rounded(.towardZero), worst(chosen))
    case .least: return Measured(values.min() ?? 0)
    case .percentile(let thousandths):
      let rank = max(1, (values.count * (thousandths ?? 990) + 999) / 1000)
      return Measured(values.sorted()[min(rank, values.count) - 1], worst(chosen))
    default: return Measured(values.max() ?? 0, worst(chosen))
    }
  }

  private static func none(_ call: MeasureCall) -> String { "the log has nothing that '\(call.text)' could be measured of" }
  private static var noTimes: String { "the log does not tell how long it took (record with strace -tt -T)" }

  /// Of the largest values; of rows without values the first.
  private func worst(_ rows: [Row]) -> [RuleEvidence] {
    let order = rows.indices.map { ($0, value(rows[$0]) ?? 0) }.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
    return order.prefix(Self.mostEvidence).compactMap { evidence(rows[$0.0]) }
  }
}
