/// How often each of a few tasks did something, and for how long: one task mostly, a handful often, thousands at times.
struct TaskTallies {
  struct Entry {
    let tid: Int32
    var count = 0
    var time: Int64 = 0
  }

  private(set) var entries: [Entry] = []
  /// Where the last one counted is: the same task comes again and again.
  private var last = 0
  /// By tid, once there are too many to look through.
  private var places: [Int32: Int] = [:]
  private static let mostLookedThrough = 12

  mutating func add(_ tid: Int32, count: Int = 1, time: Int64 = 0) {
    if last >= entries.count || entries[last].tid != tid { last = place(tid) }
    entries[last].count &+= count
    entries[last].time = entries[last].time.addingReportingOverflow(time).overflow ? .max : entries[last].time &+ time
  }

  @inline(never)
  private mutating func place(_ tid: Int32) -> Int {
    if entries.count <= Self.mostLookedThrough {
      if let found = entries.firstIndex(where: { $0.tid == tid }) { return found }
    } else if let found = places[tid] {
      return found
    }
    entries.append(Entry(tid: tid))
    if entries.count == Self.mostLookedThrough + 1 {
      for (index, entry) in entries.enumerated() { places[entry.tid] = index }
    } else if entries.count > Self.mostLookedThrough {
      places[tid] = entries.count - 1
    }
    return entries.count - 1
  }

  func contains(_ tid: Int32) -> Bool {
    entries.count <= Self.mostLookedThrough ? entries.contains { $0.tid == tid } : places[tid] != nil
  }

  /// The one with the most time, then the highest count, then the lowest number.
  var longest: Entry? { entries.max { ($0.time, $0.count, $1.tid) < ($1.time, $1.count, $0.tid) } }
  /// The one with the highest count, then the lowest number.
  var mostFrequent: Entry? { entries.max { ($0.count, $1.tid) < ($1.count, $0.tid) } }
}
