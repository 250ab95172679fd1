import TraceAnalyses
import TraceCalls
import TraceInput
import TraceProcesses
import TraceTestSupport

/// Runs one analysis over files.
func analyse<A: Analysis>(
  _ paths: [String], _ analysis: A, workers: Int = 1, chunkSize: Int = 1 << 20, processes: ProcessOptions = ProcessOptions()
) throws -> A.Result {
  var options = ReadOptions(workers: workers)
  options.chunkSize = chunkSize
  let context = TraceContext(reader: try CallReader(TraceFiles(paths), options: options), processes: processes)
  var analysis = analysis
  context.prepare(for: analysis)
  while let batch = context.next() { analysis.consume(batch, context) }
  return analysis.finish(context)
}

func analyse<A: Analysis>(text: String, _ analysis: A, workers: Int = 1, chunkSize: Int = 1 << 20) throws -> A.Result {
  let folder = try TemporaryFolder(log: text)
  return try analyse([folder.log], analysis, workers: workers, chunkSize: chunkSize)
}

func analyse<A: Analysis>(_ capture: Capture, _ analysis: A, workers: Int = 1, chunkSize: Int = 1 << 20) throws -> A.Result {
  try analyse(capture.paths, analysis, workers: workers, chunkSize: chunkSize)
}

func timeline(
  interval: Int64 = 1_000_000_000, _ attribution: FdTimeline.Attribution = .spread, _ filter: CallFilter = CallFilter(),
  top: Int? = nil
)
  -> FdTimeline
{
  var options = FdTimeline.Options()
  options.interval = interval
  options.attribution = attribution
  options.filter = filter
  options.top = top
  return FdTimeline(options)
}

/// Which row or sum: `process fd n direction`.
struct SeriesKey: Hashable, CustomStringConvertible {
  var process: String
  var fd: Int32
  var n: Int32
  var isRead: Bool
  var description: String { "\(process) \(fd)/\(n) \(isRead ? "read" : "write")" }
}

struct Sums: Equatable {
  var calls = 0
  var errors = 0
  var bytes: Int64 = 0
  var time: Int64 = 0
  mutating func add(_ transfers: Fds.Transfers) { add(transfers.calls, transfers.errors, transfers.bytes, transfers.time) }
  mutating func add(_ row: FdTimelineRow) { add(Int(row.calls), Int(row.errors), row.bytes, row.time) }
  private mutating func add(_ calls: Int, _ errors: Int, _ bytes: Int64, _ time: Int64) {
    self.calls += calls
    self.errors += errors
    // As the analyses do where a damaged log states absurd sizes.
    let sum = self.bytes.addingReportingOverflow(bytes)
    self.bytes = sum.overflow ? .max : sum.partialValue
    self.time &+= time
  }
}

extension FdTimelineResult {
  /// Totals over all intervals.
  var sums: [SeriesKey: Sums] {
    var sums: [SeriesKey: Sums] = [:]
    for row in rows { sums[key(row), default: Sums()].add(row) }
    return sums
  }
  func key(_ row: FdTimelineRow) -> SeriesKey {
    let of = series[row.seriesIndex]
    return SeriesKey(process: of.process, fd: of.descriptor, n: of.n, isRead: row.isRead)
  }
}

extension Fds.Result {
  var sums: [SeriesKey: Sums] {
    var sums: [SeriesKey: Sums] = [:]
    for row in rows {
      for (transfers, isRead) in [(row.read, true), (row.write, false)] where transfers.calls > 0 {
        let key = SeriesKey(process: row.process, fd: row.incarnation.descriptor, n: row.incarnation.n, isRead: isRead)
        sums[key, default: Sums()].add(transfers)
      }
    }
    return sums
  }
}
