import TraceCalls
import TraceProcesses
import TraceSyntax

/// Makes the rows, once the log is read.
struct SummaryRows {
  private let options: Summary.Options
  private let cells: SummaryCells
  /// By number of a thing; nil where it is not wanted.
  private let things: [Summary.Subject?]
  private var intervals: SummaryIntervals
  private let observer: ObserverEffect.Result

  init(
    _ options: Summary.Options, _ cells: SummaryCells, _ things: [Summary.Subject?], _ intervals: SummaryIntervals,
    _ observer: ObserverEffect.Result
  ) {
    self.options = options
    self.cells = cells
    self.things = things
    self.intervals = intervals
    self.observer = observer
  }

  func result(_ context: TraceContext) -> Summary.Result {
    // Numbers of one name are one subject: two descriptors of one path.
    var subjects: [Summary.Subject] = []
    var byIdentity: [Summary.Subject.Identity: Int] = [:]
    let subjectOfThing = things.map { thing -> Int? in
      guard let thing else { return nil }
      if let known = byIdentity[thing.identity] { return known }
      subjects.append(thing)
      byIdentity[thing.identity] = subjects.count - 1
      return subjects.count - 1
    }
    var firstCells: [Int: Int] = [:]
    var cellOfCell: [Int?] = []
    for index in 0..<cells.count {
      let cell = cells.base + index
      guard let subject = subjectOfThing[Int(cell.pointee.key)] else {
        cellOfCell.append(nil)
        continue
      }
      let place = subject << 16 | Int(cell.pointee.syscall)
      if let first = firstCells[place] {
        cells.base[first].merge(cell.pointee)
        cellOfCell.append(first)
      } else {
        firstCells[place] = index
        cellOfCell.append(index)
      }
      subjects[subject].calls += cell.pointee.calls
      subjects[subject].errors += cell.pointee.errors
      subjects[subject].inFlight += cell.pointee.inFlight
      subjects[subject].time = Summary.sum(subjects[subject].time, cell.pointee.time)
      subjects[subject].bytes = Summary.sum(subjects[subject].bytes, cell.pointee.sizes?.bytes ?? 0)
    }
    let ranked = subjects.indices.filter { subjects[$0].calls + subjects[$0].inFlight > 0 }
      .sorted { isBusier(subjects[$0], subjects[$1]) ?? ($0 < $1) }
    var rankOf = [Int?](repeating: nil, count: subjects.count)
    for (rank, subject) in ranked.prefix(options.top ?? .max).enumerated() { rankOf[subject] = rank }
    let names = context.reader.names
    var rows: [(row: Summary.Row, cell: Int)] = []
    for (place, cell) in firstCells {
      guard let subject = rankOf[place >> 16] else { continue }
      rows.append((row(cells.base[cell], subject, names.name(SyscallID(rawValue: UInt16(truncatingIfNeeded: place)))), cell))
    }
    rows.sort { $0.row.subject != $1.row.subject ? $0.row.subject < $1.row.subject : isBusier($0.row, $1.row) }
    return result(context, ranked.map { subjects[$0] }, rows, cellOfCell)
  }

  private func result(
    _ context: TraceContext, _ subjects: [Summary.Subject], _ rows: [(row: Summary.Row, cell: Int)], _ cellOfCell: [Int?]
  ) -> Summary.Result {
    var rowOfCell: [Int: Int32] = [:]
    for (index, row) in rows.enumerated() { rowOfCell[row.cell] = Int32(index) }
    var intervals = intervals
    let pieces = intervals.finish(cells) { cellOfCell[Int($0)].flatMap { rowOfCell[$0] } }
    let clock = context.reader.clock
    return Summary.Result(
      key: options.key, subjects: Array(subjects.prefix(options.top ?? .max)), rows: rows.map(\.row),
      calls: subjects.reduce(0) { $0 + $1.calls },
      errors: subjects.reduce(0) { $0 + $1.errors }, time: subjects.reduce(0) { Summary.sum($0, $1.time) },
      inFlight: subjects.reduce(0) { $0 + $1.inFlight },
      intervals: pieces.map {
        Summary.IntervalRow(interval: $0.interval, row: Int($0.cell), calls: $0.calls, errors: $0.errors)
      }, interval: options.interval,
      origin: options.interval.map { SummaryIntervals.index(clock.first ?? 0, $0) } ?? 0, clock: clock,
      notes: notes(subjects, rows.map(\.row)))
  }

  private func notes(_ subjects: [Summary.Subject], _ rows: [Summary.Row]) -> [String] {
    var notes: [String] = []
    // Where the report is of durations.
    let isOfTimes = !options.keepsSizes && options.interval == nil
    if isOfTimes, let note = observer.note(about: Set(rows.lazy.filter { $0.timed > 0 }.map(\.syscall))) { notes.append(note) }
    guard let key = options.key, let rest = subjects.first(where: \.isRest), !cells.hasRoom || rest.calls > 0 else {
      return notes
    }
    notes.append(
      "\(rest.calls + rest.inFlight) calls are counted as (other): a summary keeps \(options.limit) rows, and \(Summary.pathBytes >> 20) MiB of paths, apart, those of the first things met by \(key.rawValue)"
    )
    return notes
  }

  private func row(_ cell: SummaryCell, _ subject: Int, _ name: String) -> Summary.Row {
    var row = Summary.Row(subject: subject, syscall: name)
    row.calls = cell.calls
    row.errors = cell.errors
    row.inFlight = cell.inFlight
    row.timed = cell.timed
    row.microseconds = cell.timeBuckets
    row.sizes = Summary.Sizes(cell.sizes)
    guard cell.timed > 0 else { return row }
    row.time = cell.time
    row.shortest = cell.shortest
    row.longest = cell.longest
    let buckets = cell.times.buckets
    func percentile(_ thousandths: Int) -> Int64? { buckets.percentile(thousandths).map { min(cell.longest, $0) } }
    row.p50 = percentile(500)
    row.p90 = percentile(900)
    row.p99 = percentile(990)
    row.p999 = percentile(999)
    return row
  }

  private func isBusier(_ a: Summary.Row, _ b: Summary.Row) -> Bool {
    let (weightA, weightB) = options.keepsSizes ? (a.sizes?.bytes ?? 0, b.sizes?.bytes ?? 0) : (a.time ?? 0, b.time ?? 0)
    return weightA != weightB ? weightA > weightB : a.calls != b.calls ? a.calls > b.calls : a.syscall < b.syscall
  }

  /// nil where nothing tells.
  private func isBusier(_ a: Summary.Subject, _ b: Summary.Subject) -> Bool? {
    let (weightA, weightB) = options.keepsSizes ? (a.bytes, b.bytes) : (a.time, b.time)
    return weightA != weightB ? weightA > weightB : a.calls != b.calls ? a.calls > b.calls : nil
  }
}
