import TraceCalls
import TraceProcesses
import TraceSyntax

extension Summary {
  /// What rows are about, besides the call: as much of it as the key tells.
  public struct Subject: Sendable {
    public internal(set) var process: String?
    public internal(set) var tid: Int32?
    /// Of a connection, its first one, as is the process.
    public internal(set) var descriptor: Int32?
    /// Which life of the descriptor; nil where the log does not tell.
    public internal(set) var n: Int32?
    /// Number of the connection, as `connections` counts them.
    public internal(set) var connection: Int?
    /// What the descriptor or connection is.
    public internal(set) var description: Description?
    /// The log that it is of, where there are several and each has its own.
    public internal(set) var log: String?
    public internal(set) var path: String?
    public internal(set) var errno: String?
    /// The calls of all that there was no room for.
    public internal(set) var isRest = false
    // Totals of its rows.
    public internal(set) var calls = 0
    public internal(set) var errors = 0
    public internal(set) var time: Int64 = 0
    /// Where sizes are kept.
    public internal(set) var bytes: Int64 = 0
    public internal(set) var inFlight = 0

    init(isRest: Bool = false) { self.isRest = isRest }

    /// One that was kept.
    package init(
      process: String?, tid: Int32?, descriptor: Int32?, n: Int32?, connection: Int?, description: Description?, path: String?,
      errno: String?, isRest: Bool
    ) {
      self.process = process
      self.tid = tid
      self.descriptor = descriptor
      self.n = n
      self.connection = connection
      self.description = description
      self.path = path
      self.errno = errno
      self.isRest = isRest
    }

    /// What makes two of them one.
    struct Identity: Hashable {
      let process, path, errno: String?
      let tid, descriptor, n: Int32?
      let connection: Int?
      let isRest: Bool
      let log: String?
    }
    var identity: Identity {
      Identity(
        process: process, path: path, errno: errno, tid: tid, descriptor: descriptor, n: n, connection: connection,
        isRest: isRest,
        log: log
      )
    }
  }

  /// What a descriptor or connection refers to.
  public struct Description: Sendable {
    public let kind: DescriptorKind
    public let local: String?
    public let peer: String?
    public let path: String?
    /// Or empty.
    public let protocolName: String
    public let stream: String?

    init(_ description: OpenDescription) {
      self.init(
        kind: description.kind, local: description.local, peer: description.peer, path: description.path,
        protocolName: description.protocolName, stream: description.stream)
    }

    package init(kind: DescriptorKind, local: String?, peer: String?, path: String?, protocolName: String, stream: String?) {
      self.kind = kind
      self.local = local
      self.peer = peer
      self.path = path
      self.protocolName = protocolName
      self.stream = stream
    }

    /// The shortest name that tells a person what it is; nil where its kind is all there is.
    public func label(redaction: Redaction) -> String? {
      OpenDescription.label(stream: stream, peer: peer, path: path, redaction)
    }
  }

  public struct Row: Sendable {
    /// Index into the result's subjects.
    public let subject: Int
    public let syscall: String
    public internal(set) var calls = 0
    public internal(set) var errors = 0
    /// Nanoseconds over the calls whose duration is known; nil when there are none.
    public internal(set) var time: Int64?
    public internal(set) var shortest: Int64?
    public internal(set) var longest: Int64?
    /// Calls whose duration is known.
    public internal(set) var timed = 0
    /// Percentiles in nanoseconds: nearest rank, at most 0.1 % above the true ones.
    public internal(set) var p50: Int64?
    public internal(set) var p90: Int64?
    public internal(set) var p99: Int64?
    public internal(set) var p999: Int64?
    /// Calls that had not returned when the log ended.
    public internal(set) var inFlight = 0
    /// Calls by microseconds, where the options ask for them.
    public internal(set) var microseconds: PowerBuckets?
    /// What reads and writes moved, where the options ask for it and the call did.
    public internal(set) var sizes: Sizes?

    public var mean: Int64? { time.map { timed > 0 ? $0 / Int64(timed) : 0 } }
  }

  /// Sizes of the successful reads or writes of a row, in bytes.
  public struct Sizes: Sendable {
    public let transfers: Int
    public let bytes: Int64
    public let smallest: Int64
    public let largest: Int64
    /// Nearest rank: exact below 2048 bytes, else at most 0.1 % above the true ones.
    public let p50, p90, p99, p999: Int64
    /// Transfers of no bytes: of a read, the end.
    public let empty: Int
    public let ofOneByte: Int
    /// The sizes of the most calls, in that order.
    public let top: [(size: Int64, calls: Int)]
    /// So many calls may be missing from each of ``top``; 0 up to 1024 different sizes.
    public let topMisses: Int
    public let buckets: PowerBuckets

    public var mean: Int64 { transfers > 0 ? bytes / Int64(transfers) : 0 }

    init?(_ counts: SizeCounts?) {
      guard let counts, counts.transfers > 0 else { return nil }
      transfers = counts.transfers
      bytes = counts.bytes
      (smallest, largest) = (counts.smallest, counts.largest)
      let found = counts.histogram.buckets
      let longest = counts.largest
      func percentile(_ thousandths: Int) -> Int64 { min(longest, found.percentile(thousandths) ?? 0) }
      (p50, p90, p99, p999) = (percentile(500), percentile(900), percentile(990), percentile(999))
      (empty, ofOneByte) = (counts.empty, counts.ofOneByte)
      top = counts.top(Summary.topSizes)
      topMisses = counts.missed
      // Bounds of its buckets are bounds of the histogram's.
      var buckets = PowerBuckets()
      for bucket in found { buckets.add(bucket.upper, bucket.count) }
      self.buckets = buckets
    }
  }

  /// Calls of a row that ended in an interval.
  public struct IntervalRow: Sendable {
    /// Intervals since the zero of the log's clock.
    public let interval: Int64
    /// Index into the rows.
    public let row: Int
    public internal(set) var calls: Int
    public internal(set) var errors: Int
  }

  public struct Result: Sendable {
    public let key: Key?
    /// By time (by bytes where sizes are kept), then calls, then in the order they were met; one without anything in it for a summary by
    /// call alone.
    public let subjects: [Subject]
    /// By subject; then by time (bytes), calls, name.
    public let rows: [Row]
    // Totals of all subjects, those left out by the options too.
    public let calls: Int
    public let errors: Int
    public let time: Int64
    public let inFlight: Int
    /// By time, then row; empty where no interval was asked for.
    public let intervals: [IntervalRow]
    /// Nanoseconds of an interval, and the one that the log's first stamp is in.
    public let interval: Int64?
    public let origin: Int64
    public let clock: TraceClock
    /// What was left out or put together, for people.
    public let notes: [String]
    /// Whether rows are of several logs, so that ``Subject/log`` says which.
    public let isOfSeveralLogs: Bool
    /// What all this was made of, where the options ask to keep it.
    public let state: State?
  }
}
