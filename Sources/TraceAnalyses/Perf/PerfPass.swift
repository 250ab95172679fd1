import TraceInput
import TraceSyntax

/// What takes the samples of `perf script` one by one, in the order of the log.
public protocol PerfAnalysis {
  associatedtype Result
  mutating func consume(_ record: PerfRecord, _ records: PerfRecords)
  /// Events are missing from here on: what is pending is unknown.
  mutating func lost()
  mutating func finish(_ records: PerfRecords) -> Result
}

/// Which samples count.
public struct PerfFilter: Sendable {
  /// Names of events as perf prints them; without any, all.
  public var events: [String] = []
  public var from: ProfileTime?
  /// Up to, not including, this time.
  public var to: ProfileTime?
  public var tids: Set<Int64> = []
  /// Names as the log prints them.
  public var comms: Set<String> = []
  public init() {}
}

/// What was read of a profile, besides its result.
public struct PerfReadings: Sendable {
  public var lines = 0
  public var samples: Int64 = 0
  /// Samples that the filter left out.
  public var filtered: Int64 = 0
  public var notUnderstood = 0
  public var firstNotUnderstood: Int?
  public var lostEvents: Int64 = 0
  public var damages: [InputDamage] = []
  /// Events of the log with their samples, in the order of their first.
  public var events: [(name: String, samples: Int64)] = []
  /// The first bytes of the first log, which pseudonyms may be keyed by.
  public var head: [UInt8] = []
}

/// Reads the text of `perf script`, one log after the other.
public struct PerfPass<A: PerfAnalysis> {
  private let filter: PerfFilter
  private var analysis: A
  private let reader = PerfRecordReader()
  private var readings = PerfReadings()
  private var firstTime: Int64?
  /// By number of the event: whether it is asked for, and its samples.
  private var wanted: [Bool] = []
  private var samples: [Int64] = []
  private var comms: [Bool] = []

  public init(_ analysis: A, filter: PerfFilter = PerfFilter()) {
    self.analysis = analysis
    self.filter = filter
  }

  /// Reads a log to its end.
  /// - Parameters:
  ///   - log: the text of perf script.
  ///   - path: its name in messages.
  ///   - progress: called now and then.
  /// - Throws: `InputError` where it holds no samples.
  public mutating func read(_ log: LineChunkReader, path: String, progress: () -> Void = {}) throws(InputError) {
    let chunk = LineChunk(capacity: 1 << 18)
    let before = readings.samples
    while log.next(into: chunk) {
      if UnsafeRawBufferPointer(start: chunk.bytes, count: min(8, chunk.count)).starts(with: "PERFILE2".utf8) {
        throw InputError(path: path, reason: "is perf's own file: run `perf script -i \(path)` and read what it prints")
      }
      reader.read(chunk.bytes, count: chunk.count)
      take()
      progress()
    }
    reader.finish()
    take()
    readings.damages += log.damages
    if readings.head.isEmpty { readings.head = log.head }
    guard readings.samples > before else { throw InputError(path: path, reason: Self.noSamples(log)) }
  }

  private static func noSamples(_ log: LineChunkReader) -> String {
    if log.bytesRead == 0 {
      return log.damages.first.map { "\($0.reason) at byte \($0.storedOffset), before anything could be read" }
        ?? "is empty: nothing to count"
    }
    return "holds no samples of `perf script`. Record with: perf record -e EVENT -a; perf script"
  }

  private mutating func take() {
    let output = reader.output
    for record in output.records {
      if record.isLoss {
        analysis.lost()
        continue
      }
      readings.samples += 1
      count(record, output)
      if isWanted(record, output) { analysis.consume(record, output) } else { readings.filtered += 1 }
    }
  }

  private mutating func count(_ record: PerfRecord, _ output: PerfRecords) {
    guard record.event >= 0 else { return }
    while samples.count <= Int(record.event) {
      let name = output.events.text(Int32(samples.count))
      wanted.append(filter.events.isEmpty || filter.events.contains { name.elementsEqual($0.utf8) })
      samples.append(0)
    }
    samples[Int(record.event)] += 1
  }

  private mutating func isWanted(_ record: PerfRecord, _ output: PerfRecords) -> Bool {
    if firstTime == nil { firstTime = record.time }
    if record.event >= 0 ? !wanted[Int(record.event)] : !filter.events.isEmpty { return false }
    if !filter.tids.isEmpty, !(record.tid.map(filter.tids.contains) ?? false) { return false }
    if !filter.comms.isEmpty {
      while comms.count < output.comms.count {
        comms.append(filter.comms.contains(String(decoding: output.comms.text(Int32(comms.count)), as: UTF8.self)))
      }
      if record.comm < 0 || !comms[Int(record.comm)] { return false }
    }
    guard filter.from != nil || filter.to != nil else { return true }
    guard let time = record.time, let firstTime else { return false }
    if let from = filter.from, time < from.resolved(first: firstTime) { return false }
    if let to = filter.to, time >= to.resolved(first: firstTime) { return false }
    return true
  }

  /// The analysis's answer, and what was read.
  public mutating func finish() -> (result: A.Result, readings: PerfReadings) {
    let output = reader.output
    readings.lines = output.lines
    readings.lostEvents = output.lostEvents
    readings.notUnderstood = output.notUnderstood
    readings.firstNotUnderstood = output.firstNotUnderstood
    readings.events = samples.enumerated().map {
      (String(decoding: output.events.text(Int32($0)), as: UTF8.self), $1)
    }
    return (analysis.finish(output), readings)
  }
}
