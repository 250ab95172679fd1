import TraceAnalyses
import TraceCalls
import TraceSyntax

/// Names of the threads of a log, and what thread dumps say of them: the locks they wait for, their frames.
public struct ThreadNames: Sendable {
  let dumps: [ThreadDump]
  /// By tid.
  public private(set) var byTid: [Int32: String]

  /// What a dump says wins over `names`.
  public init(_ dumps: [ThreadDump] = [], names: [Int32: String] = [:]) {
    self.dumps = dumps
    byTid = names
    for dump in dumps { for thread in dump.threads { byTid[thread.tid] = thread.name } }
  }

  /// With what a log calls threads that have no name yet.
  public func filled(from log: [Int32: String]) -> ThreadNames {
    var filled = self
    filled.byTid.merge(log) { known, _ in known }
    return filled
  }

  /// The latest name of a thread.
  public func name(_ tid: Int32) -> String? { byTid[tid] }

  /// `1559 Housekeeping`, or the number alone.
  func label(_ tid: Int32) -> String { byTid[tid].map { "\(tid) \($0)" } ?? String(tid) }

  /// How many of these threads a dump names.
  public func known(of tids: some Sequence<Int32>) -> Int { tids.reduce(0) { $0 + (byTid[$1] == nil ? 0 : 1) } }

  /// Whether there is no dump.
  public var isEmpty: Bool { dumps.isEmpty }

  /// Dumps, those taken next to a moment of the log first. A dump names the local time of its JVM, a log that of its machine or UTC: they may differ by
  /// whole quarters of an hour.
  func nearest(_ time: Int64, _ clock: TraceClock) -> [ThreadDump] {
    guard clock.kind == .epoch || clock.kind == .timeOfDay else { return dumps }
    let quarter: Int64 = 900
    let period: Int64 = clock.kind == .epoch ? .max : 86_400
    func distance(_ dump: ThreadDump) -> Int64 {
      guard let local = dump.localTime else { return .max }
      let seconds = time / 1_000_000_000
      let difference = clock.kind == .epoch ? local &- seconds : (local &- seconds) % period
      let remainder = difference % quarter
      return min(abs(remainder), quarter - abs(remainder))
    }
    return dumps.enumerated().sorted { (distance($0.element), $0.offset) < (distance($1.element), $1.offset) }.map(\.element)
  }

  // MARK: Monitors

  /// What a lock is in the program's own terms, where a dump caught threads at it.
  struct Monitor {
    var className: String
    var address: UInt64?
    /// Caught waiting, and holding.
    var waiters: [Int32] = []
    var owner: Int32?
    /// Where they waited: the first frame that is not of the JDK's locks.
    var place: String?
  }

  /// `java.util.concurrent.locks.ReentrantLock$NonfairSync held by "Housekeeping"`, of the monitor that most of a lock's threads were caught at.
  func monitor(of lock: FutexResult.Lock, in result: FutexResult) -> String? {
    candidates(of: lock, in: result).first.map { found in
      let owner = found.owner.map { " held by \(label($0))" } ?? ""
      let place = found.place.map { " at \($0)" } ?? ""
      return "\(found.className)\(owner)\(place)"
    }
  }

  func candidates(of lock: FutexResult.Lock, in result: FutexResult) -> [Monitor] {
    // Locks of Java have no address of their own.
    guard !dumps.isEmpty, lock.isInferred else { return [] }
    let members = Set(lock.waiters + (lock.holder.map { [$0] } ?? []))
    var found: [Monitor] = []
    for dump in nearest(lock.longestWaits.first?.end ?? 0, result.clock) {
      var places: [UInt64: Int] = [:]
      for thread in dump.threads where members.contains(thread.tid) {
        guard let wanted = thread.waitedFor, Self.isLock(wanted), let address = wanted.address else { continue }
        if let place = places[address] {
          found[place].waiters.append(thread.tid)
        } else {
          places[address] = found.count
          found.append(
            Monitor(className: wanted.className, address: address, waiters: [thread.tid], place: Self.place(thread)))
        }
      }
      for thread in dump.threads {
        for held in thread.held {
          if let address = held.address, let place = places[address] { found[place].owner = thread.tid }
        }
      }
      // A lock that a member holds though nobody was caught waiting.
      if places.isEmpty, let holder = lock.holder, let thread = dump.thread(holder) {
        for held in thread.held.prefix(2) {
          found.append(Monitor(className: held.className, address: held.address, owner: holder, place: Self.place(thread)))
        }
      }
    }
    // The holder that the waits tell is worth more than a number of waiters.
    return found.sorted { Self.weight($0, lock) > Self.weight($1, lock) }
  }

  private static func weight(_ monitor: Monitor, _ lock: FutexResult.Lock) -> Int {
    monitor.waiters.count + (lock.holder != nil && monitor.owner == lock.holder ? 1000 : 0)
  }

  /// Not a condition: what waits there waits for work.
  private static func isLock(_ lock: JavaLock) -> Bool {
    switch lock.use {
    case .waitingToLock, .waitingToRelock: true
    case .parking: !lock.className.hasSuffix("ConditionObject") && lock.className.contains("Lock")
    case .waitingOn, .locked: false
    }
  }

  /// The first frame of the program's own.
  static func place(_ thread: JavaThread) -> String? {
    let frame = thread.frames.first { frame in
      !["java.", "jdk.", "sun.", "javax."].contains { frame.hasPrefix($0) }
    }
    return frame ?? thread.frames.first
  }

  /// Where a thread was when the dump next to a moment was taken.
  func frame(_ tid: Int32, near time: Int64, _ clock: TraceClock) -> String? {
    nearest(time, clock).lazy.compactMap { $0.thread(tid) }.first.flatMap(Self.place)
  }
}

extension FutexResult {
  /// Says so where dumps are of another program.
  public func nameNotes(_ names: ThreadNames) -> [String] {
    guard !names.isEmpty else { return [] }
    let tids = Set(rows.flatMap { [$0.topWaiter, $0.topWaker].compactMap { $0 } } + locks.flatMap(\.waiters))
    guard !tids.isEmpty, names.known(of: tids) == 0 else { return [] }
    return [
      "the thread dump names none of the threads of this log: it is of another JVM, or of one in a container that numbers them apart"
    ]
  }
}
