import TraceSyntax

/// Finds times in which nearly all threads of one process were held at one place: a virtual machine's pauses, in which its own threads go on calling.
///
/// Threads of a JVM that come to a safepoint, because they run or because their call returned, wait there at one futex without a timeout until the
/// thread that holds them lets all go. Those that sit in a call are not seen to be held. So a pause is: two and more waits at one address that end
/// together; from the first one's beginning on no thread asked for readiness, moved bytes over the network or began to sleep, and hardly any
/// made other calls than such as a virtual machine makes of itself (futexes, memory); and one of the held had come there right from a wait whose
/// time was up, or that events had ended, long before: it was due to do something. Threads that merely wait for work are not.
struct PauseWatch {
  /// A thread that was let go.
  struct Held {
    var address: UInt64
    var tid: Int32
    /// Of its wait.
    var start: Int64
    var end: Int64
    var line: Int
    /// When a wait for something else had ended, of a thread that came right from there.
    var due: Int64?
  }

  /// A thread that let others go.
  struct Waker {
    var address: UInt64
    var tid: Int32
    var name: String?
    var syscall: SyscallID
    var line: Int
    /// What it may have waited for itself: when it last came back from the network, readiness, a sleep or a wait with a timeout.
    var free: Int64
    /// It is known by its name as the one that stops a virtual machine.
    var isMachine: Bool
  }

  struct Pause {
    var start: Int64
    var end: Int64
    var waker: Waker
    var held: Int
  }

  private struct Caller {
    var tid: Int32 = 0
    var start: Int64 = .min
  }

  private struct Group {
    var held: [Held]
    var count = 1
    /// As it was when the first one went on.
    var lastOuter: Int64
    var callers: InlineArray<5, Caller>
  }

  /// Threads that made calls of their own lately, the latest first, one more than may do so in a pause.
  private var callers = InlineArray<5, Caller>(repeating: Caller())
  /// When a call began last that a thread at a safepoint cannot begin.
  private var lastOuter: Int64 = .min
  private var wakes: [Waker] = []
  private var nextWake = 0
  private var group: Group?
  private static let mostWakes = 16
  private static let mostHeld = 64
  /// Threads let go together go on within this time, and come to a place right from another.
  static let together: Int64 = 100_000_000

  /// A call other than those that a virtual machine makes of itself.
  /// - Parameter isOuter: of the network, for readiness, or to sleep.
  @inline(__always)
  mutating func call(_ tid: Int32, _ start: Int64, isOuter: Bool) {
    if isOuter {
      if start > lastOuter { lastOuter = start }
    } else if callers[0].tid == tid {
      callers[0].start = start
    } else {
      move(tid, start)
    }
  }

  private mutating func move(_ tid: Int32, _ start: Int64) {
    var next = Caller(tid: tid, start: start)
    for place in 0..<callers.count {
      swap(&next, &callers[place])
      if next.tid == tid { return }
    }
  }

  mutating func wake(_ waker: Waker) {
    if wakes.count < Self.mostWakes {
      wakes.append(waker)
    } else {
      wakes[nextWake] = waker
      nextWake = (nextWake + 1) % Self.mostWakes
    }
  }

  /// A long wait without a timeout is over; the result is the pause that it was of, each time the same with more threads.
  mutating func release(_ held: Held, longerThan minimum: Int64, resolution: Int64) -> Pause? {
    if let open = group, open.held[0].address == held.address, held.end &- open.held[0].end <= Self.together &+ resolution {
      group?.count &+= 1
      if open.held.count < Self.mostHeld { group?.held.append(held) }
    } else {
      group = Group(held: [held], lastOuter: lastOuter, callers: callers)
    }
    return group.flatMap { pause($0, longerThan: minimum, resolution) }
  }

  private func pause(_ group: Group, longerThan minimum: Int64, _ resolution: Int64) -> Pause? {
    let end = group.held[0].end
    let start = max(group.held.reduce(Int64.max) { min($0, $1.start) }, group.lastOuter)
    guard end &- start >= minimum &+ resolution, let waker = waker(of: group) else { return nil }
    let length = end &- start
    guard waker.isMachine || group.count > 1, waker.free <= start &+ length / 10 &+ resolution else { return nil }
    // Few, beside the one that holds them all.
    var others = 0
    for place in 0..<group.callers.count
    where group.callers[place].start > start &+ Self.together && group.callers[place].tid != waker.tid { others += 1 }
    guard others < group.callers.count - 1 else { return nil }
    let isDue = group.held.contains { held in
      held.due.map { $0 >= start &- Self.together &- resolution && end &- $0 >= minimum / 2 } ?? false
    }
    guard waker.isMachine || isDue else { return nil }
    return Pause(start: start, end: end, waker: waker, held: group.count)
  }

  /// Who let them go: the first who woke anybody there after all had come.
  private func waker(of group: Group) -> Waker? {
    let line = group.held.reduce(0) { max($0, $1.line) }
    return wakes.filter { wake in
      wake.address == group.held[0].address && wake.line > line && !group.held.contains { $0.tid == wake.tid }
    }.min { $0.line < $1.line }
  }
}
