import TraceCalls

/// A thread from its first line to its last.
///
/// Invariant: all time up to `cursor` is accounted for; `cell` holds what of it is in [cellStart, cellEnd), `totals` what came before. A cell
/// that was closed has cellEnd = .min.
struct ThreadLife {
  var tid: Int32
  var process: Int32
  /// What it called itself.
  var name: String?
  var isMet = false
  var isOver = false
  var cursor: Int64 = 0
  var interval: Int64 = 0
  var cellStart: Int64 = 0
  var cellEnd: Int64 = .min
  /// Futex waits are `lock` in it, whatever they turn out to be; `waits` tells them apart.
  var cell = ActivityTimes()
  var waits = FutexWaitTimes()
  var totals = ActivityTimes()
  /// Of the totals, the intervals with no idle left, but for those in which it waited at a futex.
  var saturated: Int64 = 0
  var calls = 0
  /// Completed calls of unknown duration.
  var untimed = 0
  var signs = RoleSigns()

  init(tid: Int32, process: Int32) {
    self.tid = tid
    self.process = process
  }

  mutating func close(_ count: Int64, isSaturated: Bool) {
    for activity in Activity.allCases { totals[activity] &+= cell[activity] &* count }
    if isSaturated { saturated &+= cell.total &* count }
    cell = ActivityTimes()
    waits = FutexWaitTimes()
  }
}

/// One thread in one interval, or in several in a row that are alike.
package struct ThreadCell: Sendable {
  /// Index of the thread: of its life, then of the result's.
  package internal(set) var life: Int32
  package let interval: Int64
  package internal(set) var count: Int64
  package internal(set) var times: ActivityTimes
  /// Of the idle time, that in futex waits.
  package internal(set) var parked: Int64 = 0
  package internal(set) var isSaturated: Bool
  /// The futex wait that it is no more so if it was idle in that.
  var decisive: FutexWaitKey?
  /// Places of its futex waits among all of those.
  var waits = 0..<0

  /// One that was kept.
  package init(life: Int32, interval: Int64, count: Int64, times: ActivityTimes, parked: Int64, isSaturated: Bool) {
    self.life = life
    self.interval = interval
    self.count = count
    self.times = times
    self.parked = parked
    self.isSaturated = isSaturated
  }

  init(
    life: Int32, interval: Int64, count: Int64, times: ActivityTimes, isSaturated: Bool, decisive: FutexWaitKey? = nil,
    waits: Range<Int> = 0..<0
  ) {
    self.init(life: life, interval: interval, count: count, times: times, parked: 0, isSaturated: isSaturated)
    self.decisive = decisive
    self.waits = waits
  }
}
