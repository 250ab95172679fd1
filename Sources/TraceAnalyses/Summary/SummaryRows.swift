import TraceCalls
import TraceProcesses
import TraceSyntax

/// Makes the rows, once the log is read.
struct SummaryRows {
  private let options: Summary.Options
  private let cells: SummaryCells
  private let clock: TraceClock
  /// The number of the interval that the first stamp is in, where intervals were asked for.
  private let origin: Int64
  private let isOfSeveralLogs: Bool
  /// Of a pass over a log.
  private let observer: ObserverEffect.Result?
  private let name: (UInt16) -> String
  /// One for each name, with totals.
  private var subjects: [Summary.Subject] = []
  /// By subject and call: the cell that holds the counts.
  private var firstCells: [Int: Int] = [:]
  /// Of such cells.
  private var pieces: [SummaryIntervals.Piece] = []

  /// - Parameter things: by number; nil where it is not wanted.
  init(
    _ options: Summary.Options, _ cells: SummaryCells, _ things: [Summary.Subject?], _ intervals: SummaryIntervals,
    clock: TraceClock, origin: Int64? = nil, isOfSeveralLogs: Bool = false, observer: ObserverEffect.Result? = nil,
    name: @escaping (UInt16) -> String
  ) {
    self.options = options
    self.cells = cells
    self.clock = clock
    self.origin = origin ?? options.interval.map { SummaryIntervals.index(clock.first ?? 0, $0) } ?? 0
    self.isOfSeveralLogs = isOfSeveralLogs
    self.observer = observer
    self.name = name
    gather(things, intervals)
  }

  /// Numbers of one name are one subject: two descriptors of one path.
  private mutating func gather(_ things: [Summary.Subject?], _ intervals: SummaryIntervals) {
    var byIdentity: [Summary.Subject.Identity: Int] = [:]
    let subjectOfThing = things.map { thing -> Int? in
      guard let thing else { return nil }
      if let known = byIdentity[thing.identity] { return known }
      subjects.append(thing)
      byIdentity[thing.identity] = subjects.count - 1
      return subjects.count - 1
    }
    var cellOfCell: [Int32?] = []
    for index in 0..<cells.count {
      let cell = cells.base + index
      guard let subject = subjectOfThing[Int(cell.pointee.key)] else {
        cellOfCell.append(nil)
        continue
      }
      let place = subject << 16 | Int(cell.pointee.syscall)
      let first = firstCells[place]
      if let first { cells.base[first].merge(cell.pointee) } else { firstCells[place] = index }
      cellOfCell.append(Int32(first ?? index))
      subjects[subject].calls = Summary.sum(subjects[subject].calls, cell.pointee.calls)
      subjects[subject].errors = Summary.sum(subjects[subject].errors, cell.pointee.errors)
      subjects[subject].inFlight = Summary.sum(subjects[subject].inFlight, cell.pointee.inFlight)
      subjects[subject].time = Summary.sum(subjects[subject].time, cell.pointee.time)
      subjects[subject].bytes = Summary.sum(subjects[subject].bytes, cell.pointee.sizes?.bytes ?? 0)
    }
    var intervals = intervals
    pieces = intervals.finish(cells) { cellOfCell[Int($0)] }
  }

  func result() -> Summary.Result {
    let ranked = subjects.indices.filter { subjects[$0].calls > 0 || subjects[$0].inFlight > 0 }
      .sorted { isBusier(subjects[$0], subjects[$1]) ?? ($0 < $1) }
    var rankOf = [Int?](repeating: nil, count: subjects.count)
    for (rank, subject) in ranked.prefix(options.top ?? .max).enumerated() { rankOf[subject] = rank }
    var rows: [(row: Summary.Row, cell: Int)] = []
    for (place, cell) in firstCells {
      guard let subject = rankOf[place >> 16] else { continue }
      rows.append((row(cells.base[cell], subject, name(UInt16(truncatingIfNeeded: place))), cell))
    }
    rows.sort { $0.row.subject != $1.row.subject ? $0.row.subject < $1.row.subject : isBusier($0.row, $1.row) }
    return result(ranked.map { subjects[$0] }, rows)
  }

  private func result(_ subjects: [Summary.Subject], _ rows: [(row: Summary.Row, cell: Int)]) -> Summary.Result {
    var rowOfCell: [Int32: Int32] = [:]
    for (index, row) in rows.enumerated() { rowOfCell[Int32(row.cell)] = Int32(index) }
    let pieces = SummaryIntervals.merged(
      pieces.compactMap { piece in
        rowOfCell[piece.cell].map { .init(interval: piece.interval, cell: $0, calls: piece.calls, errors: piece.errors) }
      })
    return Summary.Result(
      key: options.key, subjects: Array(subjects.prefix(options.top ?? .max)), rows: rows.map(\.row),
      calls: subjects.reduce(0) { Summary.sum($0, $1.calls) },
      errors: subjects.reduce(0) { Summary.sum($0, $1.errors) }, time: subjects.reduce(0) { Summary.sum($0, $1.time) },
      inFlight: subjects.reduce(0) { Summary.sum($0, $1.inFlight) },
      intervals: pieces.map {
        Summary.IntervalRow(interval: $0.interval, row: Int($0.cell), calls: $0.calls, errors: $0.errors)
      }, interval: options.interval, origin: origin, clock: clock, notes: notes(subjects, rows.map(\.row)),
      isOfSeveralLogs: isOfSeveralLogs,
      state: options.keepsState ? state() : nil)
  }

  /// What was counted, of the only log.
  private func state() -> Summary.State {
    let things = subjects.enumerated().map { place, subject in
      Summary.State.Thing(log: subject.isOfOneLog(options.key) ? 0 : nil, subject: subject, metLog: 0, metPlace: place)
    }
    let kept = firstCells.sorted { $0.key < $1.key }
    var rankOfCell: [Int32: Int] = [:]
    for (rank, cell) in kept.enumerated() { rankOfCell[Int32(cell.value)] = rank }
    return Summary.State(
      options, things: things,
      cells: kept.map { place, cell in cells.base[cell].state(place >> 16, name(UInt16(truncatingIfNeeded: place))) },
      pieces: pieces.compactMap { piece in
        rankOfCell[piece.cell].map { .init(interval: piece.interval, cell: $0, calls: piece.calls, errors: piece.errors) }
      }, clock: clock, origin: origin)
  }

  private func notes(_ subjects: [Summary.Subject], _ rows: [Summary.Row]) -> [String] {
    var notes: [String] = []
    // Where the report is of durations.
    let isOfTimes = !options.keepsSizes && options.interval == nil
    if isOfTimes, let note = observer?.note(about: Set(rows.lazy.filter { $0.timed > 0 }.map(\.syscall))) { notes.append(note) }
    guard let key = options.key, let rest = subjects.first(where: \.isRest), !cells.hasRoom || rest.calls > 0 else {
      return notes
    }
    notes.append(
      "\(Summary.sum(rest.calls, rest.inFlight)) calls are counted as (other): a summary keeps \(options.limit) rows, and \(Summary.pathBytes >> 20) MiB of paths, apart, those of the first things met by \(key.rawValue)"
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

extension Summary.Result {
  /// The result that the logs of a state have together.
  ///
  /// - Parameters:
  ///   - state: what was counted.
  ///   - logs: their names; rows say which where there are several.
  ///   - top: only so many of the busiest things.
  package init(_ state: Summary.State, logs: [String], top: Int? = nil) {
    var options = state.options
    options.top = top
    options.keepsState = false
    let cells = SummaryCells(limit: .max)
    var numbers: [String: UInt16] = [:]
    var names: [String] = []
    for counts in state.cells {
      let number = numbers[counts.syscall] ?? UInt16(truncatingIfNeeded: names.count)
      if numbers[counts.syscall] == nil {
        numbers[counts.syscall] = number
        names.append(counts.syscall)
      }
      cells.cell(Int32(counts.thing), number).pointee.take(counts)
    }
    let things = state.things.map { thing in
      var subject = thing.subject
      if logs.count > 1, let log = thing.log { subject.log = logs[log] }
      return subject.withoutTotals
    }
    self = SummaryRows(
      options, cells, things, SummaryIntervals(state.pieces), clock: state.clock,
      origin: state.origin, isOfSeveralLogs: logs.count > 1 && Summary.Subject.isOfOneLog(options.key)
    ) { Int($0) < names.count ? names[Int($0)] : "?" }.result()
  }
}

extension Summary.Subject {
  fileprivate var withoutTotals: Self {
    var subject = self
    (subject.calls, subject.errors, subject.time, subject.bytes, subject.inFlight) = (0, 0, 0, 0, 0)
    return subject
  }
}
