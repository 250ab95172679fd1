import TraceCalls
import TraceSyntax

/// What went over one open description in one direction.
struct DirectionCounters {
  var transfers = Fds.Transfers()
  var samples = DurationSamples()
  /// Percentiles of a connection that is over: its samples are gone.
  var percentiles: (p50: Int64, p99: Int64)?

  mutating func add(_ event: CallEvent, _ bytes: Int64) {
    transfers.count(event, bytes: bytes)
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

  mutating func notice(_ sign: ConnectionSign, _ line: Int) {
    guard self.sign == nil else { return }
    self.sign = sign
    signLine = line
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

  init?(_ errno: Errno) {
    switch errno.rawValue {
    case 32: self = .epipe
    case 104: self = .reset
    case 110: self = .timeout
    default: return nil
    }
  }
}
