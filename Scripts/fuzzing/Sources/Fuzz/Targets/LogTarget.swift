import Tracestat

/// A whole log from bytes to reports: every line has one place in the ledger, and neither the number of workers nor the size of
/// chunks changes a byte of any report.
enum LogTarget {
  nonisolated(unsafe) private static let log = MemoryFile()
  nonisolated(unsafe) private static let reports = MemoryFile()

  static func run(_ input: UnsafeRawBufferPointer) {
    log.write(input)
    // Percentiles of every syscall cost more than all the rest: now and then is enough.
    let summarises = input.count % 64 == 0
    let size = 64 + input.count / 3
    let one = pass(workers: 1, chunkSize: size, summarises)
    let two = pass(workers: 2, chunkSize: size, summarises)
    demand(one == two, "the same from one worker and from two: \(one?.difference(from: two) ?? "one cannot be read")")
    if input.count % 4 == 0 {
      // Reports may differ in one thing: whether a line before the log's first stamp, in the same chunk, has a time.
      let whole = pass(workers: 1, chunkSize: 1 << 14, false)
      demand(
        whole?.ledger == one?.ledger && whole?.events == one?.events, "the same lines and events from one chunk and from many")
    }
    guard let ledger = one?.ledger else { return }
    let lines = input.count { $0 == 10 } + (input.isEmpty || input[input.count - 1] == 10 ? 0 : 1)
    demand(ledger.reduce(0, +) == lines, "the ledger's parts sum to \(lines) lines: \(ledger)")
  }

  private struct Outcome: Equatable {
    var ledger: [Int]
    var events: UInt64
    var reports: [UInt8]

    func difference(from other: Outcome?) -> String {
      guard let other else { return "the other cannot be read" }
      if ledger != other.ledger { return "ledgers \(ledger) and \(other.ledger)" }
      let (mine, theirs) = (reports.split(separator: 10), other.reports.split(separator: 10))
      for (a, b) in zip(mine, theirs) where a != b {
        return "reports\n\(String(decoding: a, as: UTF8.self))\n\(String(decoding: b, as: UTF8.self))"
      }
      return mine.count == theirs.count ? "events" : "\(mine.count) and \(theirs.count) rows"
    }
  }

  /// nil where the bytes cannot be opened, as those of a zip archive.
  private static func pass(workers: Int, chunkSize: Int, _ summarises: Bool) -> Outcome? {
    var options = ReadOptions(workers: workers)
    options.chunkSize = chunkSize
    var input = InputOptions()
    input.memoryLimit = 16 << 20
    guard let reader = try? CallReader(TraceFiles([log.path], arrangement: .sequence, options: input), options: options)
    else { return nil }
    let context = TraceContext(reader: reader, processes: ProcessOptions())
    var timeline = FdTimeline()
    var fds = Fds()
    var rtmp = Rtmp()
    var threads = Threads()
    var stalls = Stalls()
    var summary = Summary()
    var stacks = CallStacks()
    reader.handOutFrames()
    var digest: UInt64 = 0
    while let batch = context.next() {
      for event in batch.events { digest = fold(digest, event) }
      timeline.consume(batch, context)
      fds.consume(batch, context)
      rtmp.consume(batch, context)
      threads.consume(batch, context)
      stalls.consume(batch, context)
      stacks.consume(batch, context)
      if summarises { summary.consume(batch, context) }
    }
    let ledger = LedgerReport(reader.ledger, tableChecks: reader.tableChecks)
    do {
      let sink = try OutputSink(path: reports.path)
      try timeline.finish(context).write(to: sink, .ndjson)
      try fds.finish(context).write(to: sink, .csv)
      try rtmp.finish(context).write(to: sink, .tsv)
      try threads.finish(context).write(to: sink, .csv)
      try stalls.finish(context).write(to: sink, .table)
      try summary.finish(context).write(to: sink, .table)
      try stacks.finish(context).writeFolded(to: sink)
      try ledger.write(to: sink, .json)
    } catch {
      fatalError("a report could not be written: \(error)")
    }
    let text = reports.read() + ledger.verdict.utf8 + context.model.notes.joined().utf8
    return Outcome(ledger: reader.ledger.kinds.map(\.lines), events: digest, reports: text)
  }

  private static func fold(_ digest: UInt64, _ event: CallEvent) -> UInt64 {
    var sum = digest
    func mix(_ value: UInt64) { sum = (sum ^ value) &* 0x9e37_79b9_7f4a_7c15 ^ (sum >> 31) }
    mix(UInt64(event.phase.rawValue) << 32 | UInt64(event.flags.rawValue) << 16 | UInt64(event.errno.rawValue))
    mix(UInt64(truncatingIfNeeded: event.startLine))
    mix(UInt64(truncatingIfNeeded: event.endLine))
    mix(UInt64(bitPattern: event.start))
    mix(UInt64(bitPattern: event.stamp))
    mix(UInt64(bitPattern: event.duration))
    mix(UInt64(bitPattern: event.result))
    mix(UInt64(truncatingIfNeeded: event.tid) << 32 | UInt64(truncatingIfNeeded: event.descriptor))
    for byte in event.opening { mix(UInt64(byte)) }
    for byte in event.closing { mix(UInt64(byte)) }
    return sum
  }
}
