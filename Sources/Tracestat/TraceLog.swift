import CProcessors
@_exported import TraceAnalyses
@_exported import TraceCalls
@_exported import TraceInput
@_exported import TracePartials
@_exported import TraceProcesses
@_exported import TraceProtocols
@_exported import TraceReports
@_exported import TraceRules
@_exported import TraceSyntax

/// A log to ask questions of: one or several files, plain or compressed.
///
/// ```swift
/// import Tracestat
/// let log = TraceLog("strace.log.xz")
/// let (timeline, summary) = try log.analyze(FdTimeline(), Summary())   // one pass for both
/// for row in summary.rows { print(row.syscall, row.calls, row.time ?? 0) }
/// ```
public final class TraceLog {
  public struct Options: Sendable {
    public var arrangement = TraceFiles.Arrangement.automatic
    public var input = InputOptions()
    public var processes = ProcessOptions()
    /// Parse threads: as many as processors may be used, unless told otherwise. Results are the same for any number.
    public var workers = Int(processors_allowed())
    public init() {}
  }

  public let paths: [String]
  public let options: Options
  /// How the last pass went; nil before the first.
  public private(set) var report: PassReport?
  /// The log's first bytes, once it was read.
  private(set) var head: [UInt8]?
  /// The log, where somebody looked at its first bytes already. It is read once.
  var opened: (any ByteSource)?
  /// Called on the caller's thread from time to time during a pass.
  public var progress: ((PassProgress) -> Void)?

  public init(_ paths: String..., options: Options = Options()) {
    self.paths = paths
    self.options = options
  }

  public init(_ paths: [String], options: Options = Options()) {
    self.paths = paths
    self.options = options
  }

  /// Runs analyses over one pass of the log.
  ///
  /// - Throws: `InputError` when nothing could be read, or what was read is no strace log. Damage is no error: the answer is then
  ///   partial, and ``report`` says so.
  public func analyze<each A: Analysis>(_ analyses: repeat each A) throws -> (repeat (each A).Result) {
    let context = try open()
    let reader = context.reader
    let running = (repeat Running(each analyses))
    context.prepare(for: repeat each analyses)
    while let batch = context.next() {
      repeat (each running).analysis.consume(batch, context)
      try checkFormat(reader)
      progress?(PassProgress(stored: reader.storedOffset, size: reader.storedSize, bytes: reader.bytesRead))
    }
    try close(context)
    return (repeat (each running).analysis.finish(context))
  }

  /// Holds an analysis at one place while batches go through it.
  private final class Running<A: Analysis> {
    var analysis: A
    init(_ analysis: A) { self.analysis = analysis }
  }

  /// The lines with these numbers, from 1, as reports name them: evidence to read.
  public func lines(_ range: ClosedRange<Int>) throws -> [(number: Int, text: [UInt8])] {
    let found = try LineFinder.lines(range, of: files)
    head = found.head
    return found.lines
  }

  /// What hides this log's secrets in output. All passes over a log, and ``lines(_:)``, agree on the pseudonyms.
  ///
  /// - Parameters:
  ///   - scope: what is hidden.
  ///   - salt: a secret text instead of the log's own first bytes, so that several logs share their pseudonyms.
  /// - Throws: `InputError` when nothing was read yet, and nothing can be: standard input is read once.
  public func redaction(_ scope: Redaction.Scope = .secrets, salt: String? = nil) throws -> Redaction {
    if let salt { return Redaction(scope, key: .init(salt: salt)) }
    if let head { return Redaction(scope, key: .init(head: head)) }
    guard !files.paths.contains("-") else {
      throw InputError(path: name, reason: "is read once: ask for its redaction afterwards, or with a salt")
    }
    let start = try LineFinder.lines(1...1, of: files).head
    head = start
    return Redaction(scope, key: .init(head: start))
  }

  private var files: TraceFiles { TraceFiles(paths, arrangement: options.arrangement, options: options.input) }

  func open() throws -> TraceContext {
    let reading = ReadOptions(workers: options.workers)
    let reader = try opened.map { CallReader(.init($0), of: files, options: reading) } ?? CallReader(files, options: reading)
    return TraceContext(reader: reader, processes: options.processes)
  }

  /// Gives up early on something that is no strace log, however large it is.
  private func checkFormat(_ reader: CallReader) throws {
    let bytes = reader.bytesRead - reader.ledger.skippedBytes
    if bytes > 64 << 20, reader.ledger.lines > 0, !reader.ledger.isTrace {
      reader.stop()
      throw notATrace(reader)
    }
  }

  private func close(_ context: TraceContext) throws {
    let reader = context.reader
    let report = PassReport(reader, context.model)
    self.report = report
    head = reader.head
    if report.bytes == 0 {
      if let damage = report.damages.first {
        throw InputError(
          path: damage.path, reason: "\(damage.reason) at byte \(damage.storedOffset), before anything could be read")
      }
      throw InputError(path: name, reason: "is empty: nothing to analyse")
    }
    if !reader.ledger.isTrace { throw notATrace(reader) }
  }

  private var name: String { paths.first.map { $0 == "-" ? "standard input" : $0 } ?? "standard input" }

  private func notATrace(_ reader: CallReader) -> InputError {
    InputError(
      path: name,
      reason:
        "not an strace log, nor one of perf trace: none of \(reader.ledger.lines) lines reads `name(arguments) = result`. Capture one with: strace -f -tt -T -yy -s 128 -o strace.log -p PID"
    )
  }
}

/// How far a pass is.
public struct PassProgress: Sendable {
  /// Bytes of the stored files read, and their size where it is known.
  public let stored: Int64
  public let size: Int64?
  /// Bytes of log read.
  public let bytes: Int64
}

/// What a pass says about itself: the ledger, damage, and what was assumed.
public struct PassReport: Sendable {
  public let ledger: Ledger
  public let clock: TraceClock
  public let tableChecks: [TableCheck]
  public let damages: [InputDamage]
  /// Assumptions and approximations, for people.
  public let notes: [String]
  public let bytes: Int64

  init(_ reader: CallReader, _ model: ProcessModel) {
    ledger = reader.ledger
    clock = reader.clock
    tableChecks = reader.tableChecks
    damages = reader.damages
    bytes = reader.bytesRead
    var notes = reader.arrangementNotes + model.notes + model.closingNotes
    if model.isOfSeveralHosts {
      notes.append(
        "logs of the same time are read side by side, their tasks kept apart (\(reader.hosts.prefix(3).joined(separator: ", "))\(reader.hosts.count > 3 ? " ..." : "")); tables of strace -C are not compared then"
      )
    }
    if model.transfersWithoutStart > 0 {
      notes.append(
        "\(model.transfersWithoutStart) reads or writes began before the log: their descriptor is unknown, no series counts them")
    }
    if reader.clock.kind == .none, reader.ledger.calls > 0 {
      notes.append("the log has no time stamps: no series over time (record with strace -tt -T)")
    }
    if reader.clock.otherKinds > 0 {
      notes.append("\(reader.clock.otherKinds) lines have stamps of another kind than the first: logs pasted together?")
    }
    if reader.ledger.skippedBytes > 0 {
      notes.append("\(reader.ledger.skippedBytes) bytes of over-long lines were skipped")
    }
    self.notes = notes
  }

  /// Whether a part of the input could not be read.
  public var isPartial: Bool { damages.contains { $0.severity == .partial } }
  public var ledgerReport: LedgerReport { LedgerReport(ledger, tableChecks: tableChecks) }
}
