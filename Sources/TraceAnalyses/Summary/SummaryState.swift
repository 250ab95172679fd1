import TraceCalls
import TraceProcesses

extension Summary {
  /// What a summary has counted, before it is ranked and percentiles are taken: it can be added to that of another log, exactly.
  ///
  /// Counts of calls of one name about one thing are added. Which sizes were moved most often is exact up to 1024 different ones in each
  /// log, and beyond that a bound, as in each log's own.
  public struct State: Sendable {
    /// What rows are about; its totals are 0.
    package struct Thing: Sendable {
      /// Number of the log that it is of; nil where all logs share it: a path, an errno, all calls.
      package var log: Int?
      package var subject: Subject
      /// Where it was met first: the log, and its place there. Things of equal weight are in this order.
      package var metLog: Int
      package var metPlace: Int

      package init(log: Int?, subject: Subject, metLog: Int, metPlace: Int) {
        self.log = log
        self.subject = subject
        self.metLog = metLog
        self.metPlace = metPlace
      }
    }

    /// Calls of a name in an interval.
    package struct Piece: Sendable {
      package let interval: Int64
      package let cell: Int
      package var calls: Int
      package var errors: Int

      package init(interval: Int64, cell: Int, calls: Int, errors: Int) {
        self.interval = interval
        self.cell = cell
        self.calls = calls
        self.errors = errors
      }
    }

    public let options: Options
    package var things: [Thing]
    package var cells: [Counts]
    package var pieces: [Piece]
    public let clock: TraceClock
    /// Number of the interval of the first stamp.
    package var origin: Int64

    package init(
      _ options: Options, things: [Thing], cells: [Counts], pieces: [Piece], clock: TraceClock, origin: Int64
    ) {
      self.options = options
      self.things = things
      self.cells = cells
      self.pieces = pieces
      self.clock = clock
      self.origin = origin
    }
  }
}

extension Summary.State {
  /// What was counted of the calls of one name about one thing.
  package struct Counts: Sendable {
    package let thing: Int
    package let syscall: String
    package var calls = 0
    package var errors = 0
    package var time: Int64 = 0
    package var timed = 0
    package var shortest = Int64.max
    package var longest = Int64.min
    package var inFlight = 0
    package var durations: [LogBucket] = []
    package var microseconds: PowerBuckets?
    package var sizes: Sizes?

    package init(thing: Int, syscall: String) {
      self.thing = thing
      self.syscall = syscall
    }
  }

  package struct Sizes: Sendable {
    package var transfers = 0
    package var bytes: Int64 = 0
    package var smallest = Int64.max
    package var largest: Int64 = 0
    package var empty = 0
    package var ofOneByte = 0
    package var missed = 0
    package var buckets: [LogBucket] = []
    package var calls: [Int64: Int] = [:]

    package init() {}
  }

  /// A bucket of a log-scaled histogram, by its number from 1, and what is in it.
  package struct LogBucket: Sendable, Equatable {
    package let number: UInt16
    package let count: UInt64

    /// nil for a number that no bucket has, or more than a bucket holds.
    package init?(number: UInt64, count: UInt64) {
      guard (1...LogHistogram.lastKey).contains(number), count < 1 << 48 else { return nil }
      self.number = UInt16(number)
      self.count = count
    }
  }
}

extension Summary.Subject {
  /// Whether it is a thing of one log; calls about nothing of the kind are the same in all.
  func isOfOneLog(_ key: Summary.Key?) -> Bool {
    Self.isOfOneLog(key) && (process != nil || tid != nil || connection != nil)
  }

  /// Whether things are of one log, and another log's of the same name are other things.
  static func isOfOneLog(_ key: Summary.Key?) -> Bool {
    switch key {
    case nil, .path, .errno: false
    case .process, .thread, .fd, .connection: true
    }
  }
}

extension Summary.State {
  /// Adds what another one has counted.
  ///
  /// - Parameters:
  ///   - other: of the same options, and of other logs.
  ///   - places: the number that each log of this one has from now on.
  ///   - otherPlaces: the same of the other one's logs.
  package mutating func merge(_ other: Summary.State, _ places: [Int], _ otherPlaces: [Int]) {
    func moved(_ thing: Thing, _ places: [Int]) -> Thing {
      Thing(log: thing.log.map { places[$0] }, subject: thing.subject, metLog: places[thing.metLog], metPlace: thing.metPlace)
    }
    things = things.map { moved($0, places) }
    var thingAt: [ThingKey: Int] = [:]
    for (index, thing) in things.enumerated() { thingAt[ThingKey(thing)] = index }
    var cellAt: [CellKey: Int] = [:]
    for (index, cell) in cells.enumerated() { cellAt[CellKey(thing: cell.thing, syscall: cell.syscall)] = index }
    var newThing: [Int] = []
    for thing in other.things.map({ moved($0, otherPlaces) }) {
      if let known = thingAt[ThingKey(thing)] {
        if (thing.metLog, thing.metPlace) < (things[known].metLog, things[known].metPlace) { things[known] = thing }
        newThing.append(known)
      } else {
        thingAt[ThingKey(thing)] = things.count
        newThing.append(things.count)
        things.append(thing)
      }
    }
    var newCell: [Int] = []
    for cell in other.cells {
      var moved = Counts(thing: newThing[cell.thing], syscall: cell.syscall)
      if let known = cellAt[CellKey(thing: moved.thing, syscall: moved.syscall)] {
        cells[known].merge(cell)
        newCell.append(known)
      } else {
        moved.merge(cell)
        cellAt[CellKey(thing: moved.thing, syscall: moved.syscall)] = cells.count
        newCell.append(cells.count)
        cells.append(moved)
      }
    }
    pieces += other.pieces.map { Piece(interval: $0.interval, cell: newCell[$0.cell], calls: $0.calls, errors: $0.errors) }
    origin = min(origin, other.origin)
    normalize()
  }

  private struct ThingKey: Hashable {
    let log: Int?
    let identity: Summary.Subject.Identity
    init(_ thing: Thing) {
      log = thing.log
      identity = thing.subject.identity
    }
  }

  private struct CellKey: Hashable {
    let thing: Int
    let syscall: String
  }

  /// One order whatever was added to what: things as they were met, cells by thing and name, pieces by time.
  private mutating func normalize() {
    let thingOrder = things.indices.sorted { (things[$0].metLog, things[$0].metPlace) < (things[$1].metLog, things[$1].metPlace) }
    let thingRank = Self.ranks(thingOrder)
    things = thingOrder.map { things[$0] }
    let cellOrder = cells.indices.sorted {
      (thingRank[cells[$0].thing], cells[$0].syscall) < (thingRank[cells[$1].thing], cells[$1].syscall)
    }
    let cellRank = Self.ranks(cellOrder)
    cells = cellOrder.map { index in
      var cell = Counts(thing: thingRank[cells[index].thing], syscall: cells[index].syscall)
      cell.merge(cells[index])
      return cell
    }
    var merged: [Piece] = []
    let moved = pieces.map { Piece(interval: $0.interval, cell: cellRank[$0.cell], calls: $0.calls, errors: $0.errors) }
    for piece in moved.sorted(by: { ($0.interval, $0.cell) < ($1.interval, $1.cell) }) {
      if let last = merged.last, last.interval == piece.interval, last.cell == piece.cell {
        merged[merged.count - 1].calls = Summary.sum(last.calls, piece.calls)
        merged[merged.count - 1].errors = Summary.sum(last.errors, piece.errors)
      } else {
        merged.append(piece)
      }
    }
    pieces = merged
  }

  private static func ranks(_ order: [Int]) -> [Int] {
    var ranks = [Int](repeating: 0, count: order.count)
    for (rank, index) in order.enumerated() { ranks[index] = rank }
    return ranks
  }
}

extension Summary.State.Counts {
  mutating func merge(_ other: Self) {
    calls = Summary.sum(calls, other.calls)
    errors = Summary.sum(errors, other.errors)
    time = Summary.sum(time, other.time)
    timed = Summary.sum(timed, other.timed)
    shortest = min(shortest, other.shortest)
    longest = max(longest, other.longest)
    inFlight = Summary.sum(inFlight, other.inFlight)
    durations = Summary.State.sum(durations, other.durations)
    if let more = other.microseconds {
      microseconds = microseconds ?? PowerBuckets()
      microseconds?.merge(more)
    }
    guard let more = other.sizes else { return }
    var sum = sizes ?? Summary.State.Sizes()
    sum.merge(more)
    sizes = sum
  }
}

extension Summary.State.Sizes {
  mutating func merge(_ other: Self) {
    transfers = Summary.sum(transfers, other.transfers)
    bytes = Summary.sum(bytes, other.bytes)
    smallest = min(smallest, other.smallest)
    largest = max(largest, other.largest)
    empty = Summary.sum(empty, other.empty)
    ofOneByte = Summary.sum(ofOneByte, other.ofOneByte)
    missed = Summary.sum(missed, other.missed)
    buckets = Summary.State.sum(buckets, other.buckets)
    calls.merge(other.calls, uniquingKeysWith: Summary.sum)
  }
}

extension Summary.State {
  /// Both ascend, and so does the sum.
  fileprivate static func sum(_ a: [LogBucket], _ b: [LogBucket]) -> [LogBucket] {
    if a.isEmpty { return b }
    if b.isEmpty { return a }
    var sum: [LogBucket] = []
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if a[i].number == b[j].number {
        let count = min(a[i].count + b[j].count, 1 << 48 - 1)
        if let both = LogBucket(number: UInt64(a[i].number), count: count) { sum.append(both) }
        (i, j) = (i + 1, j + 1)
      } else if a[i].number < b[j].number {
        sum.append(a[i])
        i += 1
      } else {
        sum.append(b[j])
        j += 1
      }
    }
    return sum + a[i...] + b[j...]
  }
}
