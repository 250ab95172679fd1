extension Ledger {
  /// A ledger that was kept: entries by the raw value of a kind, and of a reason; nil where there are more than are known.
  package init?(
    kinds: [Entry], reasons: [Entry], calls: Int, errors: Int, withoutStart: Entry, abandoned: Entry, lostNotes: Entry,
    lostEvents: Int64, inFlight: Int, skippedBytes: Int64
  ) {
    self.init()
    guard take(kinds: kinds, reasons: reasons) else { return nil }
    self.calls = calls
    self.errors = errors
    self.withoutStart = withoutStart
    self.abandoned = abandoned
    self.lostNotes = lostNotes
    self.lostEvents = lostEvents
    self.inFlight = inFlight
    self.skippedBytes = skippedBytes
  }

  /// Adds another log's: lines of a kind sum up, the first of them is that of the first log which has one.
  public mutating func add(_ other: Ledger) {
    _ = take(kinds: Self.sums(kinds, other.kinds), reasons: Self.sums(reasons, other.reasons))
    calls = calls.addingCapped(other.calls)
    errors = errors.addingCapped(other.errors)
    withoutStart = Self.sum(withoutStart, other.withoutStart)
    abandoned = Self.sum(abandoned, other.abandoned)
    lostNotes = Self.sum(lostNotes, other.lostNotes)
    lostEvents = Int64(Int(lostEvents).addingCapped(Int(other.lostEvents)))
    inFlight = inFlight.addingCapped(other.inFlight)
    skippedBytes = Int64(Int(skippedBytes).addingCapped(Int(other.skippedBytes)))
  }

  private static func sums(_ a: [Entry], _ b: [Entry]) -> [Entry] { zip(a, b).map { sum($0, $1) } }

  private static func sum(_ a: Entry, _ b: Entry) -> Entry {
    var sum = a.lines > 0 ? a : b
    sum.lines = a.lines.addingCapped(b.lines)
    return sum
  }
}

extension Int {
  /// The sum, or the largest number where there is none.
  fileprivate func addingCapped(_ other: Int) -> Int {
    let (sum, isBeyond) = addingReportingOverflow(other)
    return isBeyond ? .max : sum
  }
}
