/// Nanoseconds by activity.
public struct ActivityTimes: Sendable {
  private var values = InlineArray<10, Int64>(repeating: 0)

  public init() {}

  /// Of times in the order of the activities; nil where those are others.
  package init?(_ times: [Int64]) {
    guard times.count == values.count else { return nil }
    for (place, time) in times.enumerated() { values[place] = time }
  }

  public internal(set) subscript(activity: Activity) -> Int64 {
    @inline(__always) get { values[Int(activity.rawValue)] }
    @inline(__always) set { values[Int(activity.rawValue)] = newValue }
  }

  /// All parts together.
  public var total: Int64 { values.indices.reduce(0) { $0 &+ values[$1] } }

  /// Of it spent with nothing to do: idle and asleep.
  public var atRest: Int64 { self[.idle] &+ self[.sleep] }

  mutating func move(_ part: Int64, from: Activity, to: Activity) {
    self[from] &-= part
    self[to] &+= part
  }

  mutating func add(_ other: ActivityTimes) {
    for place in values.indices { values[place] &+= other.values[place] }
  }
}
