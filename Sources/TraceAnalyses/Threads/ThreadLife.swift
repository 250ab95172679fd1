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
struct ThreadCell: Sendable {
  /// Index of the thread: of its life, then of the result's.
  var life: Int32
  let interval: Int64
  var count: Int64
  var times: ActivityTimes
  /// Of the idle time, that in futex waits.
  var parked: Int64 = 0
  var isSaturated: Bool
  /// The futex wait that it is no more so if it was idle in that.
  var decisive: FutexWaitKey?
  /// Places of its futex waits among all of those.
  var waits = 0..<0
}
