import TraceCalls
import TraceSyntax

/// What was counted of the calls of a ``CallSelection``.
public struct CallTally: Sendable {
  public internal(set) var calls = 0
  public internal(set) var errors = 0
  /// Moved by those that are reads or writes.
  public internal(set) var bytes: Int64 = 0
  /// Nanoseconds over the calls whose duration is known, and how many those are.
  public internal(set) var time: Int64 = 0
  public internal(set) var timed = 0
  public internal(set) var shortest: Int64?
  public internal(set) var longest: Int64?
  /// Calls that had not returned when the log ended, or strace let go.
  public internal(set) var inFlight = 0
  /// More things had to be told apart than are kept: the figures are not all.
  public internal(set) var isIncomplete = false
  /// Evidence, a few of each: the longest calls, and the first in the log.
  public internal(set) var worst: [CallWitness] = []
  public internal(set) var first: [CallWitness] = []
  public internal(set) var firstErrors: [CallWitness] = []
  public internal(set) var firstInFlight: [CallWitness] = []
  var buckets: [LogHistogram.Bucket] = []

  /// Nearest rank, at most 0.1 % above the true one, as in a summary; nil without durations.
  ///
  /// - Parameter thousandths: of the calls that it is not below of: 990 for the 99th percentile.
  public func percentile(thousandths: Int) -> Int64? {
    guard let longest else { return nil }
    return buckets.percentile(thousandths).map { min(longest, $0) }
  }
}

/// A call that shows something, with its lines.
public struct CallWitness: Sendable {
  public static let most = 3
  public let line: Int
  public let endLine: Int
  public let tid: Int32
  public let syscall: SyscallID
  public let descriptor: Int32?
  /// Nanoseconds; nil where unknown.
  public let duration: Int64?
  public let errno: Errno

  init(_ event: UnsafePointer<CallEvent>) {
    line = event.pointee.startLine
    endLine = event.pointee.endLine
    tid = TaskNumber.tid(event.pointee.tid)
    syscall = event.pointee.syscall
    descriptor = event.pointee.descriptor == LineEvent.noDescriptor ? nil : event.pointee.descriptor
    duration = event.pointee.duration >= 0 ? event.pointee.duration : nil
    errno = event.pointee.errno
  }

  /// Longest first; of equal ones the first in the log.
  static func isWorse(_ a: CallWitness, _ b: CallWitness) -> Bool {
    (a.duration ?? -1) != (b.duration ?? -1) ? (a.duration ?? -1) > (b.duration ?? -1) : a.line < b.line
  }
}

/// The calls of one selection that are alike in all that its condition asks for.
final class CallCell {
  var tally = CallTally()
  private var times = LogHistogram()
  /// What a call has to exceed to be among the worst.
  private var bar: Int64 = -1

  deinit { times.deallocate() }

  func count(_ event: UnsafePointer<CallEvent>, bytes: Int64) {
    tally.calls &+= 1
    if tally.first.count < CallWitness.most { tally.first.append(CallWitness(event)) }
    if event.pointee.errno != .none {
      tally.errors &+= 1
      if tally.firstErrors.count < CallWitness.most { tally.firstErrors.append(CallWitness(event)) }
    }
    tally.bytes = Summary.sum(tally.bytes, bytes)
    let duration = event.pointee.duration
    guard duration >= 0 else { return }
    tally.timed &+= 1
    tally.time = Summary.sum(tally.time, duration)
    tally.shortest = min(tally.shortest ?? .max, duration)
    tally.longest = max(tally.longest ?? 0, duration)
    times.add(duration)
    if duration > bar { takeWorst(CallWitness(event)) }
  }

  func countInFlight(_ event: UnsafePointer<CallEvent>) {
    tally.inFlight &+= 1
    if tally.firstInFlight.count < CallWitness.most { tally.firstInFlight.append(CallWitness(event)) }
  }

  private func takeWorst(_ witness: CallWitness) {
    tally.worst.append(witness)
    tally.worst.sort(by: CallWitness.isWorse)
    if tally.worst.count > CallWitness.most { tally.worst.removeLast() }
    if tally.worst.count == CallWitness.most { bar = tally.worst[CallWitness.most - 1].duration ?? -1 }
  }

  func merge(_ other: CallCell) {
    let more = other.tally
    tally.calls += more.calls
    tally.errors += more.errors
    tally.bytes = Summary.sum(tally.bytes, more.bytes)
    tally.time = Summary.sum(tally.time, more.time)
    tally.timed += more.timed
    tally.inFlight += more.inFlight
    if let least = more.shortest { tally.shortest = min(tally.shortest ?? .max, least) }
    if let most = more.longest { tally.longest = max(tally.longest ?? 0, most) }
    tally.worst = Array((tally.worst + more.worst).sorted(by: CallWitness.isWorse).prefix(CallWitness.most))
    func first(_ a: [CallWitness], _ b: [CallWitness]) -> [CallWitness] {
      Array((a + b).sorted { ($0.line, $0.tid) < ($1.line, $1.tid) }.prefix(CallWitness.most))
    }
    tally.first = first(tally.first, more.first)
    tally.firstErrors = first(tally.firstErrors, more.firstErrors)
    tally.firstInFlight = first(tally.firstInFlight, more.firstInFlight)
    times.merge(other.times)
  }

  /// With its percentiles.
  var result: CallTally {
    var result = tally
    result.buckets = times.buckets
    return result
  }
}
