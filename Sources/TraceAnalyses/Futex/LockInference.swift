/// Tells locks from idleness by who wakes whom.
///
/// A mutex of glibc, Go or Rust shows itself: its contended word is 2, it is waited for without a timeout. A JVM's locks do not: each thread parks
/// at addresses of its own, for work as for a lock. Two patterns tell those:
///
/// - Handed around: three or more threads end each other's waits at their own addresses, four of five waits and more. Threads that
///   wait for work are woken by others.
/// - Held by one: a thread that was woken, did nothing, and had to wait again was kept from its work. Where most of what one thread wakes
///   were such waits, of two threads and more that are not always so, it held what they needed. Those that were woken in turn by the first one
///   out of that queue waited for the same.
struct LockInference {
  struct Lock {
    var rows: [Int]
    var holder: Int32?
    var waiters: [Int32]
    var sum: WaitSum
    var isInferred: Bool
    var isHeldByOne: Bool
    /// Who is known to have ended waits of it.
    var wakers: Set<Int32> = []

    func accepts(_ long: LongWait, holder: Int32?) -> Bool { long.waker.map { $0 == holder || wakers.contains($0) } ?? false }
  }

  private let rows: [FutexAddress]
  private let roots: [Futex.RootKey: Futex.RootSum]
  /// Rows of locks handed around, by the first row of each.
  private var groups: [Int: [Int]] = [:]
  private var isHandedAround: Set<Int> = []

  init(_ rows: [FutexAddress], _ roots: [Futex.RootKey: Futex.RootSum]) {
    self.rows = rows
    self.roots = roots
    findGroups()
  }

  /// What an address is for.
  func use(_ index: Int) -> FutexResult.Use {
    let row = rows[index]
    let attempts = row.waits + row.inFlight
    if attempts == 0 { return .none }
    if row.mutexWaits * 2 > attempts || isHandedAround.contains(index) { return .lock }
    let ended = row.waits - row.eagain
    if ended > 0, row.timeouts * 10 >= ended * 9 { return .timer }
    if row.waiters.entries.count > 1 {
      let isApart = !row.wakers.entries.contains { row.waiters.contains($0.tid) }
      if row.waiters.entries.count > 2, row.broadcasts * 2 > row.effectiveWakes, row.threadsWoken >= row.effectiveWakes * 2,
        isApart
      {
        return .barrier
      }
      if isOfPeers(row) { return .lock }
      return .condition
    }
    return attempts == 1 && row.wakes == 0 ? .once : .park
  }

  /// Three or more wait there and wake each other: a mutex of another kind.
  private func isOfPeers(_ row: FutexAddress) -> Bool {
    guard row.waiters.entries.count > 2, row.broadcasts == 0, row.timedWaits == 0 else { return false }
    let peers = row.wakers.entries.filter { row.waiters.contains($0.tid) }
    return peers.count > 2 && peers.reduce(0) { $0 + $1.count } * 10 >= row.threadsWoken * 9
  }

  /// Worst first.
  func locks() -> [Lock] {
    var locks: [Lock] = []
    for index in rows.indices where use(index) == .lock && !isHandedAround.contains(index) {
      let row = rows[index]
      guard row.woken + row.inFlight > 0 else { continue }
      var sum = WaitSum()
      // Where the squares were not summed, as of waits without a waker, time and maximum still are known.
      sum.merge(row.released)
      sum.count = row.waits - row.eagain
      sum.time = row.time
      sum.longest = row.longest
      locks.append(
        Lock(
          rows: [index], holder: row.enders.longest?.tid, waiters: row.waiters.entries.map(\.tid), sum: sum, isInferred: false,
          isHeldByOne: false))
    }
    for members in groups.values {
      var sum = WaitSum()
      var waiters: [Int32] = []
      for index in members {
        sum.merge(rows[index].released)
        for entry in rows[index].waiters.entries where !waiters.contains(entry.tid) { waiters.append(entry.tid) }
      }
      locks.append(
        Lock(rows: members, holder: nil, waiters: waiters.sorted(), sum: sum, isInferred: true, isHeldByOne: false))
    }
    locks += heldByOne()
    return locks.sorted {
      if $0.sum.squares != $1.sum.squares { return $0.sum.squares > $1.sum.squares }
      return $0.sum.time != $1.sum.time ? $0.sum.time > $1.sum.time : $0.rows[0] < $1.rows[0]
    }
  }

  // MARK: Handed around

  private mutating func findGroups() {
    // The one thread that waits at an address of its own.
    var owner: [Int: Int32] = [:]
    for index in rows.indices where rows[index].waiters.entries.count == 1 && rows[index].woken > 2 {
      owner[index] = rows[index].waiters.entries[0].tid
    }
    struct Pair: Hashable {
      var process: Int32
      var waker: Int32
      var waiter: Int32
    }
    var pairs: Set<Pair> = []
    for (index, tid) in owner {
      for entry in rows[index].enders.entries { pairs.insert(Pair(process: rows[index].process, waker: entry.tid, waiter: tid)) }
    }
    var candidates: [Int: [Int32]] = [:]
    for (index, tid) in owner {
      let process = rows[index].process
      let mutual = rows[index].enders.entries.filter {
        pairs.contains(Pair(process: process, waker: tid, waiter: $0.tid))
      }
      if mutual.count > 1, mutual.reduce(0, { $0 + $1.count }) * 5 >= rows[index].woken * 4 {
        candidates[index] = mutual.map(\.tid)
      }
    }
    // Addresses whose threads end each other's waits are of one lock.
    struct Thread: Hashable {
      var process: Int32
      var tid: Int32
    }
    var group: [Thread: Int] = [:]
    var members: [Int: [Int]] = [:]
    for index in candidates.keys.sorted() {
      guard let tid = owner[index] else { continue }
      let process = rows[index].process
      let threads = ([tid] + (candidates[index] ?? [])).map { Thread(process: process, tid: $0) }
      let known = Set(threads.compactMap { group[$0] })
      let target = known.min() ?? index
      var merged = members[target] ?? []
      for other in known where other != target { merged += members.removeValue(forKey: other) ?? [] }
      for (thread, number) in group where known.contains(number) { group[thread] = target }
      merged.append(index)
      members[target] = merged
      for thread in threads { group[thread] = target }
    }
    for (first, indices) in members where Set(indices.compactMap { owner[$0] }).count > 2 {
      groups[first] = indices.sorted()
      isHandedAround.formUnion(indices)
    }
  }

  // MARK: Held by one

  private func heldByOne() -> [Lock] {
    var found: [Int32: [(row: Int, sum: Futex.RootSum)]] = [:]
    // Waits of each thread at addresses of its own, and those of them right after a wake.
    var released: [Int32: Int] = [:]
    var pressed: [Int32: Int] = [:]
    for row in rows where row.waiters.entries.count == 1 {
      released[row.waiters.entries[0].tid, default: 0] += row.released.count
      pressed[row.waiters.entries[0].tid, default: 0] += row.pressedByWake
    }
    for (key, sum) in roots {
      let row = Int(key.row)
      guard rows[row].waiters.entries.count == 1, use(row) != .lock else { continue }
      // A thread that is nearly always so (it computes without any call) tells nothing.
      let tid = rows[row].waiters.entries[0].tid
      let (all, hurried) = (released[tid, default: 0], pressed[tid, default: 0])
      guard hurried * 4 < all * 3, all - hurried > 1 else { continue }
      found[key.root, default: []].append((row, sum))
    }
    let locks: [Lock] = found.compactMap { root, parts in
      let pressed = parts.filter { $0.sum.pressed.count > 0 }
      let count = pressed.reduce(0) { $0 + $1.sum.pressed.count }
      let others = parts.reduce(0) { $0 + $1.sum.others }
      let waiters = Set(pressed.map { rows[$0.row].waiters.entries[0].tid }).subtracting([root])
      guard count > 2, count >= others, waiters.count > 1 else { return nil }
      var sum = WaitSum()
      for part in pressed { sum.merge(part.sum.pressed) }
      return Lock(
        rows: pressed.sorted { ($0.sum.pressed.squares, $1.row) > ($1.sum.pressed.squares, $0.row) }.map(\.row), holder: root,
        waiters: waiters.sorted(), sum: sum, isInferred: true, isHeldByOne: true)
    }
    return Self.merged(locks)
  }

  /// Threads that wait at the same addresses wait for the same: who held it longest gives it its name.
  private static func merged(_ locks: [Lock]) -> [Lock] {
    var merged: [Lock] = []
    for lock in locks.sorted(by: { ($0.sum.squares, $1.rows[0]) > ($1.sum.squares, $0.rows[0]) }) {
      let rows = Set(lock.rows)
      guard let same = merged.firstIndex(where: { rows.intersection($0.rows).count * 2 >= rows.count }) else {
        merged.append(lock)
        continue
      }
      merged[same].sum.merge(lock.sum)
      merged[same].rows += lock.rows.filter { !merged[same].rows.contains($0) }
      merged[same].waiters = Set(merged[same].waiters + lock.waiters).sorted()
      if let holder = lock.holder { merged[same].wakers.insert(holder) }
    }
    return merged
  }
}
