import TraceCalls
import TraceSyntax

/// What the tracer itself costs: strace stops a thread twice in each call, so no call is seen to take less than that, and no two calls
/// are seen closer together. The cheapest calls of a log show how much it is.
///
/// It is to count all calls, whichever of them a report is about: the cheapest of a few kinds need not be cheap.
public struct ObserverEffect {
  public struct Result: Sendable {
    /// Nanoseconds that the cheapest kind of call takes, its median, and that kind; nil without durations.
    public let floor: Int64?
    public let cheapest: String
    /// Kinds of calls whose median is no more than half above the floor: what they cost by themselves is not known.
    public let onFloor: [String]
    /// Nanoseconds from a call's end to the next one's start that nine of ten gaps exceed; nil where stamps are too coarse to tell.
    public let gap: Int64?
    public let calls: Int
  }

  /// Counts of whole microseconds, the last of all that is longer.
  private static let buckets = 257
  private static let fewest: UInt32 = 20
  /// Only calls that are known have counts: a damaged log has many names.
  private let kinds = SyscallCatalog.shared.count
  private var durations: [UInt32] = []
  private var gaps = [UInt32](repeating: 0, count: buckets)
  private var calls = 0

  @inline(__always)
  mutating func count(_ event: UnsafePointer<CallEvent>) {
    guard event.pointee.duration >= 0, !event.pointee.isDerived, Int(event.pointee.syscall.rawValue) < kinds else { return }
    let place = Int(event.pointee.syscall.rawValue) &* Self.buckets
    if place &+ Self.buckets > durations.count { grow(place + Self.buckets * 8) }
    durations[place &+ Self.bucket(event.pointee.duration)] &+= 1
    calls &+= 1
  }

  /// Time between two calls of a thread.
  @inline(__always)
  mutating func count(gap: Int64) { gaps[Self.bucket(gap)] &+= 1 }

  @inline(__always)
  private static func bucket(_ time: Int64) -> Int { Int(min(max(0, time) / 1000, Int64(buckets - 1))) }

  @inline(never)
  private mutating func grow(_ count: Int) {
    durations.append(contentsOf: repeatElement(0, count: count - durations.count))
  }

  /// - Parameter isFine: whether the gaps counted are of stamps finer than seconds.
  func finish(_ names: SyscallNames, isFine: Bool = false) -> Result {
    var medians: [(name: String, median: Int)] = []
    for id in 0..<(durations.count / Self.buckets) {
      let counts = durations[(id * Self.buckets)..<((id + 1) * Self.buckets)]
      guard let median = Self.quantile(counts, 1, 2), id < names.names.count else { continue }
      medians.append((names.names[id], median))
    }
    medians.sort { ($0.median, $0.name) < ($1.median, $1.name) }
    guard let least = medians.first, least.median < Self.buckets - 1 else {
      return Result(floor: nil, cheapest: "", onFloor: [], gap: nil, calls: calls)
    }
    // A microsecond is what -T prints at its finest in most logs.
    let top = max(least.median + 1, least.median * 3 / 2)
    let gap = isFine ? Self.quantile(gaps[...], 1, 10) : nil
    return Result(
      floor: Int64(least.median) * 1000, cheapest: least.name, onFloor: medians.filter { $0.median <= top }.map(\.name),
      gap: gap.flatMap { $0 < Self.buckets - 1 ? Int64($0) * 1000 : nil }, calls: calls)
  }

  /// The bucket below which a part of the counts lies; nil of too few.
  private static func quantile(_ counts: ArraySlice<UInt32>, _ part: UInt64, _ whole: UInt64) -> Int? {
    let total = counts.reduce(UInt64(0)) { $0 + UInt64($1) }
    guard total >= UInt64(fewest) else { return nil }
    let rank = (total * part + whole - 1) / whole
    var sum: UInt64 = 0
    for (place, count) in counts.enumerated() {
      sum += UInt64(count)
      if sum >= rank { return place }
    }
    return nil
  }
}

extension ObserverEffect.Result {
  /// For people, about these kinds of calls or all; nil where none of them is at the floor.
  func note(about kinds: Set<String>? = nil) -> String? {
    guard let floor else { return nil }
    let met = onFloor.filter { kinds?.contains($0) ?? true }
    guard !met.isEmpty else { return nil }
    let micro = { (time: Int64) in "\(time / 1000) us" }
    var text = "the tracer itself: no kind of call has a median below \(micro(floor)) (\(cheapest))"
    if let gap { text += ", and between two calls of a thread lie \(micro(gap)) or more nine times of ten" }
    let shown = met.prefix(6).joined(separator: ", ") + (met.count > 6 ? " ..." : "")
    return text + "; at that floor, so that their own cost cannot be told: \(shown)"
  }
}
