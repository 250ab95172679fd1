import TraceCalls
import TraceInput
import TraceSyntax
import TraceTestSupport

/// A call event as plain values.
struct Step: Equatable, Sendable {
  var phase: CallPhase
  var syscall: String
  var tid: Int32
  var lines: ClosedRange<Int>
  var start: Int64
  var stamp: Int64
  var duration: Int64?
  var result: Int64
  var errno: String?
  var descriptor: Int32?
  var arguments: String
  var isDerived: Bool
  var hasStart: Bool
  var isCompleted: Bool
  var end: Int64
  var busyStart: Int64
}

/// A log run through reader and stitcher.
struct CallLog {
  var steps: [Step] = []
  let ledger: Ledger
  let clock: TraceClock
  let tableChecks: [TableCheck]

  init(_ text: String, workers: Int = 1, chunkSize: Int = 1 << 20) throws {
    let folder = try TemporaryFolder(log: text)
    try self.init(paths: [folder.log], workers: workers, chunkSize: chunkSize)
  }

  init(paths: [String], workers: Int = 1, chunkSize: Int = 1 << 20) throws {
    var options = ReadOptions(workers: workers)
    options.chunkSize = chunkSize
    let reader = try CallReader(TraceFiles(paths), options: options)
    let joiner = ArgumentJoiner()
    while let batch = reader.next() {
      for event in batch.events {
        steps.append(
          Step(
            phase: event.phase, syscall: event.syscall == .unknown ? "" : reader.names.name(event.syscall), tid: event.tid,
            lines: event.startLine...max(event.startLine, event.endLine), start: event.start, stamp: event.stamp,
            duration: event.duration < 0 ? nil : event.duration, result: event.result,
            errno: event.errno == .none ? nil : event.errno.name,
            descriptor: event.descriptor == LineEvent.noDescriptor ? nil : event.descriptor,
            arguments: joiner.arguments(of: event).description, isDerived: event.isDerived,
            hasStart: event.hasStart, isCompleted: event.isCompleted, end: event.end, busyStart: event.busyStart))
      }
    }
    ledger = reader.ledger
    clock = reader.clock
    tableChecks = reader.tableChecks
  }

  var calls: [Step] { steps.filter(\.isCompleted) }
  var phases: [CallPhase] { steps.map(\.phase) }
}

/// Seconds since midnight in nanoseconds.
func seconds(_ value: Double) -> Int64 { Int64((value * 1e9).rounded()) }
