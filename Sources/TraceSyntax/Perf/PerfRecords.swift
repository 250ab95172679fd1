/// A sample of `perf script` with what it says of itself, and the frame that was running.
public struct PerfRecord: Sendable {
  /// Numbers of names in the tables of ``PerfRecords``; -1 for what the log does not print.
  public var comm: Int32 = -1
  public var event: Int32 = -1
  /// The innermost frame's symbol, as perf prints it, and its file.
  public var symbol: Int32 = -1
  public var module: Int32 = -1
  public var pid: Int64?
  public var tid: Int64?
  public var cpu: Int64?
  /// Nanoseconds of perf's clock, by default since the machine started.
  public var time: Int64?
  /// The period, or 1.
  public var weight: Int64 = 1
  /// What follows the event's name, for ``PerfRecords/payload(_:)``.
  public var payload = 0..<0
  /// No sample: perf lost events here.
  public var isLoss = false
  /// The number of its line among those of all logs read, from 1.
  public var line = 0
  public init() {}
}

/// Samples of the lines read last, and the names met so far. A reader's alone.
public final class PerfRecords {
  public internal(set) var records: [PerfRecord] = []
  let payloads = SideText()
  public internal(set) var comms = TextTable()
  public internal(set) var events = TextTable()
  public internal(set) var symbols = TextTable()
  public internal(set) var modules = TextTable()
  /// Lines read.
  public internal(set) var lines = 0
  /// Lines that are neither sample, frame, source line, comment nor record of perf's own.
  public internal(set) var notUnderstood = 0
  /// The first of them, from 1.
  public internal(set) var firstNotUnderstood: Int?
  /// Events that perf lost, by its own records.
  public internal(set) var lostEvents: Int64 = 0
  init() {}

  /// The payload of one of ``records``, valid until more lines are read.
  public func payload(_ record: PerfRecord) -> PerfPayload {
    PerfPayload(UnsafeBufferPointer(start: payloads.base + record.payload.lowerBound, count: record.payload.count))
  }
}
