import TraceSyntax

/// Names of slices of time: seconds since the first sample, `@00012`, as long as they sort by their bytes as by their times.
struct SliceNames {
  private let length: Int64
  private var origin: Int64?
  private var last: (slice: Int64, number: Int32)?

  init(length: Int64) { self.length = max(1, length) }

  /// The number of the name of a time's slice.
  mutating func number(of time: Int64, in names: StackNames) -> Int32? {
    let origin = origin ?? time
    self.origin = origin
    let (since, isBeyond) = time.subtractingReportingOverflow(origin)
    guard !isBeyond else { return nil }
    // What is out of order before the first sample counts as with it.
    let slice = max(0, since) / length
    if let last, last.slice == slice { return last.number }
    let start = slice * length
    let seconds = String(start / 1_000_000_000)
    var fraction = String(start % 1_000_000_000)
    fraction = length % 1_000_000_000 == 0 ? "" : "." + String(repeating: "0", count: 9 - fraction.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    if fraction == "." { fraction = "" }
    let number = names.number("@" + String(repeating: "0", count: max(0, 5 - seconds.count)) + seconds + fraction, .process)
    last = (slice, number)
    return number
  }
}
