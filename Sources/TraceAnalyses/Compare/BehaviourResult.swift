import TraceCalls

extension Behaviour {
  /// What one log shows.
  public struct Result: Sendable {
    /// Completed calls.
    public internal(set) var calls = 0
    /// Nanoseconds from the first stamp to the last; lines of a log without stamps.
    public internal(set) var span: Int64 = 0
    public internal(set) var hasClock = false
    /// The first program that the log shows being run.
    public internal(set) var program: String?
    /// What a reader should know.
    public internal(set) var notes: [String] = []
    /// Whether stamps are finer than a second.
    var isFine = false
    /// The tracer's own table, where the log has one.
    var table: StraceTable?
    /// Lengths of the slices, the last one cut where the log ends.
    var slices: [Double] = []
    var series: [SeriesKey: SlicedCalls] = [:]
    var paths: [String: Place] = [:]
    var peers: [PeerKey: Place] = [:]
    /// Whether the log names descriptors that were there before it, as -y and -yy do.
    var namesDescriptors = false
    var hasAllPaths = true
    var hasAllPeers = true

    /// Whether all there is is a table of `strace -c`.
    public var isTable: Bool { calls == 0 && table != nil }
  }

  struct SeriesKey: Hashable, Sendable {
    /// As `connections` names protocol and role; empty where the call is on none.
    var connectionClass: String
    var syscall: String
  }

  struct PeerKey: Hashable, Sendable {
    var connectionClass: String
    var peer: String
  }

  /// A path or a peer.
  struct Place: Sendable {
    var calls: Int
    var time: Int64
    var firstLine: Int
    /// The number of slices in which it was met.
    var occasions: Int
    var slices: UInt32
    /// Nothing but -y or -yy shows it.
    var isOfDecoration = false

    mutating func add(_ tally: ConnectionClasses.Tally, line: Int, isOfDecoration: Bool) {
      self.isOfDecoration = self.isOfDecoration && isOfDecoration
      calls += tally.calls
      time = Summary.sum(time, tally.time)
      firstLine = min(firstLine, line)
      slices |= tally.slices == 0 ? 1 : tally.slices
      occasions = slices.nonzeroBitCount
    }
  }
}
