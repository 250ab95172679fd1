import TraceCalls
import TraceProcesses
import TraceSyntax

/// What went over one open description in one direction.
struct DirectionCounters {
  var transfers = Fds.Transfers()
  var samples = DurationSamples()
  /// Percentiles of a connection that is over: its samples are gone.
  var percentiles: (p50: Int64, p99: Int64)?

  mutating func add(_ event: CallEvent, _ bytes: Int64) {
    transfers.count(isError: event.errno != .none, bytes: bytes, duration: event.duration)
    if event.duration >= 0 { samples.add(event.duration) }
  }

  mutating func conclude() {
    guard let found = samples.percentiles() else { return }
    percentiles = found
    samples.deallocate()
    samples = DurationSamples()
  }
}

/// What went over one open description.
struct ConnectionCounters {
  var read = DirectionCounters()
  var write = DirectionCounters()
  var movedIn: Int64 = 0
  var movedOut: Int64 = 0
  /// The first sign that the connection is over, and its line.
  var sign: ConnectionSign?
  var signLine = 0
  /// The last line of the call that showed it.
  private var signEnd = 0
  /// The first line of the first shutdown(), 0 without one.
  var shutdownLine = 0
  /// The same of one that ended reading.
  private var readShutdownLine = Int.max
  /// Ends of the first and the last call that moved bytes.
  var first: Int64?
  var last: Int64?
  /// The longest time between two such calls so far.
  var silence: Int64 = 0
  var silenceStart: Int64 = 0
  /// connect() was called on it.
  var isConnected = false
  /// It holds samples.
  var isTimed = false

  mutating func moved(at time: Int64) {
    guard let last else {
      first = time
      self.last = time
      return
    }
    let gap = time &- last
    if gap > silence {
      silence = gap
      silenceStart = last
    }
    self.last = max(last, time)
  }

  mutating func notice(_ sign: ConnectionSign, _ event: CallEvent) {
    guard self.sign == nil else { return }
    // After this end shut down reading, a read returns nothing.
    if sign == .eof, event.endLine > readShutdownLine { return }
    self.sign = sign
    signLine = event.startLine
    signEnd = event.endLine
  }

  /// This end's shutdown(), seen at its return: a read that it woke, in another thread, may have returned before.
  mutating func noticeShutdown(_ directions: ShutdownDirections, _ event: CallEvent) {
    if shutdownLine == 0 { shutdownLine = event.startLine }
    if directions.contains(.read) { readShutdownLine = min(readShutdownLine, event.startLine) }
    if sign == .eof, signEnd > readShutdownLine { sign = nil }
    if directions.contains(.write) { notice(.shutdown, event) }
  }
}

/// What a call on a connection showed of its end.
public enum ConnectionSign: String, Sendable {
  /// A read of 0 bytes: the far end closed, or shut down its side.
  case eof
  /// ECONNRESET: the far end sent RST.
  case reset
  /// EPIPE: the far end does not take any more.
  case epipe
  /// ETIMEDOUT: the far end does not answer.
  case timeout
  /// shutdown() of the write side, or of both: this end told the far end that no more comes.
  case shutdown

  init?(_ errno: Errno) {
    switch errno.rawValue {
    case 32: self = .epipe
    case 104: self = .reset
    case 110: self = .timeout
    default: return nil
    }
  }
}
