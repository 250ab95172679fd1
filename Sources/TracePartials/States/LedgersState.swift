import TraceReports

/// Nothing but what the logs themselves hold: their ledgers, which sum up.
struct LedgersState: PartialState {
  func encode(into message: inout ProtoPartial) { message.ledgers = ProtoLedgers() }

  mutating func merge(_ other: LedgersState, _ places: [Int], _ otherPlaces: [Int]) {}

  func write(to sink: OutputSink, _ format: RecordFormat, _ scene: PartialScene) throws {
    var sum = scene.logs[0].ledger
    for log in scene.logs.dropFirst() { sum.add(log.ledger) }
    try LedgerReport(sum, tableChecks: []).write(to: sink, format)
  }
}
