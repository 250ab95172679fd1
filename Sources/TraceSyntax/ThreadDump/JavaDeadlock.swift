/// Threads of a dump that wait for each other for ever: each for a lock that the next one holds, the last for one of the first.
public struct JavaDeadlock: Sendable {
  public struct Member: Sendable {
    public let thread: JavaThread
    /// What it waits for: a monitor or an ownable synchronizer, such as a ReentrantLock.
    public let lock: JavaLock
  }

  public let members: [Member]
  /// Those that are in no circle, but wait for a member, or for one who waits for it, and so on.
  public let behind: [JavaThread]
}

/// What the JVM itself says of one thread of a deadlock. The text comes from `DeadlockCycle::print_on_with` of HotSpot:
///
/// ```text
/// Found one Java-level deadlock:
/// =============================
/// "transfer":
///   waiting to lock monitor 0x00007f86b00019c0 (object 0x00000000ffd1a7c8, a java.lang.Object),
///   which is held by "post"
/// "post":
///   waiting for ownable synchronizer 0x00000000ffd1a930, (a java.util.concurrent.locks.ReentrantLock$NonfairSync),
///   which is held by "review"
/// ```
///
/// It names owners of synchronizers where the stacks do not (`jstack` without `-l`).
struct DeadlockClaim {
  let name: String
  var lock: JavaLock?
  var holder: String?

  init(name: Substring) { self.name = String(name) }

  /// Takes a line about the thread.
  mutating func read(_ line: Substring) {
    if let held = line.firstRange(of: "held by \""), let end = line.lastIndex(of: "\""), held.upperBound <= end {
      holder = String(line[held.upperBound..<end])
    } else if let object = line.firstRange(of: "(object ") ?? line.firstRange(of: "ownable synchronizer ") {
      let words = line[object.upperBound...].split(maxSplits: 1, omittingEmptySubsequences: true, whereSeparator: { $0 == "," })
      guard words.count == 2, let address = ThreadDumpReader.number(words[0]) else { return }
      var name = words[1].drop { $0 == " " || $0 == "(" }
      if name.hasPrefix("a ") { name = name.dropFirst(2) }
      lock = JavaLock(
        use: line.contains("synchronizer") ? .parking : .waitingToLock, address: address,
        className: String(name.prefix { $0 != ")" && $0 != "," }), frame: nil)
    }
  }
}

extension ThreadDump {
  /// By what the stacks say, and what the JVM found itself.
  public var deadlocks: [JavaDeadlock] {
    let edges = waits
    // 0 is not looked at, else the number of the walk that met it first.
    var met = [Int](repeating: 0, count: threads.count)
    var isMember = [Bool](repeating: false, count: threads.count)
    var circles: [[Int]] = []
    for start in threads.indices where met[start] == 0 {
      var place = start
      while met[place] == 0, let edge = edges[place] {
        met[place] = start + 1
        place = edge.holder
      }
      guard met[place] == start + 1 else {
        if met[place] == 0 { met[place] = start + 1 }
        continue
      }
      var circle: [Int] = []
      while !isMember[place], let edge = edges[place] {
        isMember[place] = true
        circle.append(place)
        place = edge.holder
      }
      if circle.count > 1 { circles.append(circle) }
    }
    return circles.map { circle in
      // As the dump has them first.
      let first = circle.firstIndex(of: circle.min() ?? 0) ?? 0
      let order = circle[first...] + circle[..<first]
      return JavaDeadlock(
        members: order.compactMap { place in edges[place].map { .init(thread: threads[place], lock: $0.lock) } },
        behind: behind(Set(circle), edges).map { threads[$0] })
    }
  }

  /// For what each thread waits, by its place in `threads`, and who holds that.
  private var waits: [Int: (holder: Int, lock: JavaLock)] {
    var owners: [UInt64: Int] = [:]
    var named: [String: Int] = [:]
    for (place, thread) in threads.enumerated() {
      for lock in thread.held { if let address = lock.address { owners[address] = place } }
      if named[thread.name] == nil { named[thread.name] = place }
    }
    var found: [Int: (holder: Int, lock: JavaLock)] = [:]
    for (place, thread) in threads.enumerated() {
      // Who waits to be notified waits for no owner.
      guard let lock = thread.waitedFor, lock.use != .waitingOn, let address = lock.address, let holder = owners[address],
        holder != place
      else { continue }
      found[place] = (holder, lock)
    }
    for claim in claims {
      guard let lock = claim.lock, let holder = claim.holder.flatMap({ named[$0] }) else { continue }
      // Several threads may have one name: the stack tells which of them waits for this.
      let place = threads.firstIndex { $0.name == claim.name && $0.waitedFor?.address == lock.address } ?? named[claim.name]
      if let place, place != holder, found[place] == nil { found[place] = (holder, lock) }
    }
    return found
  }

  private func behind(_ circle: Set<Int>, _ edges: [Int: (holder: Int, lock: JavaLock)]) -> [Int] {
    threads.indices.filter { start in
      var place = start
      var steps = 0
      while !circle.contains(place), let edge = edges[place], steps < threads.count {
        place = edge.holder
        steps += 1
      }
      return steps > 0 && circle.contains(place)
    }
  }
}
