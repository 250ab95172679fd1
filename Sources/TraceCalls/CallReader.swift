import TraceInput
import TraceSyntax

/// How a log is read.
public struct ReadOptions: Sendable {
  /// Threads, the caller's included. Results are the same for any number.
  public var workers: Int
  /// Bytes of log a thread works on at a time.
  public var chunkSize: Int

  public init(workers: Int) {
    self.workers = max(1, workers)
    // What one thread reads, it finds near the core when it parses it, and the line events when it stitches them. Threads that hand chunks to
    // each other gain more from doing so seldom.
    chunkSize = workers > 1 ? 1 << 20 : 1 << 17
  }

  /// Threads that are enough as long as others decode the log, which takes several times as long as parsing it: a quarter.
  fileprivate var workersBesideDecoders: Int { max(1, workers / 4) }
}

/// A log as batches of call events: opens the files, parses in parallel, stitches in order.
///
/// Memory is a fixed number of chunks plus what is live in the log (tasks and their open calls).
public final class CallReader {
  private final class Slot: @unchecked Sendable {
    let chunk: LineChunk
    let events = LineEventBuffer()
    /// Set when the chunk is filled.
    var syntax = LogSyntax.strace
    init(_ size: Int) { chunk = LineChunk(capacity: size) }
  }

  private let pipeline: OrderedPipeline<Slot>
  private let source: any ByteSource
  /// Other threads decode the log; when they are done, more are to parse.
  private var isBesideDecoders: Bool
  private let options: ReadOptions
  private let reader: LineChunkReader
  private let recognition = Recognition()
  /// In place, so that no access to it is checked for another: there are several a line.
  private let stitcher: UnsafeMutablePointer<CallStitcher>
  private var current: Slot?
  private var ahead: Slot?
  private var aheadLines = 0
  /// The line of the current chunk to go on with, from 0.
  private var nextLine = 0
  /// Lines a batch is made of: few enough that its events are still near the core when the model and the analyses take them.
  static let batchLines = 512
  private var isStarted = false
  private var isFinished = false
  private var isStopped = false
  /// The program that wrote the log, as far as it has been read.
  public private(set) var syntax = LogSyntax.strace
  /// Names of the logs read side by side, by the host number of their tasks; empty for any other log.
  public let hosts: [String]
  /// How the files were put together, for people.
  public let arrangementNotes: [String]
  /// Bytes of all files as stored, where they have a size.
  public let storedSize: Int64?

  public convenience init(_ files: TraceFiles, options: ReadOptions) throws {
    self.init(try files.open(TraceFiles.Format(LogSampler())), of: files, options: options)
  }

  /// Reads what was opened of the files.
  public init(_ opened: TraceFiles.Opened, of files: TraceFiles, options: ReadOptions) {
    source = opened.source
    isBesideDecoders = opened.source.decodesAhead
    self.options = options
    let chunkSize =
      isBesideDecoders ? min(options.chunkSize, ReadOptions(workers: options.workersBesideDecoders).chunkSize) : options.chunkSize
    hosts = opened.hosts
    arrangementNotes = opened.notes
    stitcher = .allocate(capacity: 1)
    stitcher.initialize(to: CallStitcher())
    stitcher.pointee.isSet = opened.arrangement == .ff
    storedSize = files.storedSize
    let reader = LineChunkReader(opened.source, longestLine: files.options.longestLine)
    self.reader = reader
    let parsers = (0..<options.workers).map { _ in WorkerParser() }
    // One slot per thread and one being consumed; where there are several threads, one more waits ahead and one is to spare.
    pipeline = OrderedPipeline(
      slots: (0..<(options.workers + (options.workers > 1 ? 3 : 1))).map { _ in Slot(chunkSize) }, jobs: options.workers,
      fill: { [recognition] slot in
        guard reader.next(into: slot.chunk) else { return false }
        slot.syntax = recognition.syntax(of: slot.chunk)
        return true
      },
      transform: { slot, worker in
        parsers[worker].parser.parse(slot.chunk.bytes, count: slot.chunk.count, as: slot.syntax, into: slot.events)
      })
  }

  /// The parser of one worker, which alone touches it.
  private final class WorkerParser: @unchecked Sendable { lazy var parser = LogChunkParser() }

  /// Which syntax the log has: asked chunk by chunk, in order, until a line tells. Chunks before that are read as strace's.
  private final class Recognition: @unchecked Sendable {
    private var known: LogSyntax?

    func syntax(of chunk: LineChunk) -> LogSyntax {
      if let known { return known }
      known = LogSyntax.sniff(UnsafeRawBufferPointer(start: chunk.bytes, count: chunk.count))
      return known ?? .strace
    }
  }

  deinit {
    stop()
    stitcher.deinitialize(count: 1)
    stitcher.deallocate()
  }

  /// The next batch; nil at the end. The one before is no longer valid.
  public func next() -> CallBatch? {
    if let (slot, lines) = nextLines() {
      if stitcher.pointee.beginBatch(slot.events, skipped: slot.chunk.skippedBytes) {
        stitcher.pointee.stitch(slot.events.base, lines)
      }
      return stitcher.pointee.batch
    }
    return finish() ? stitcher.pointee.batch : nil
  }

  /// The same for who follows descriptors: plain transfers are ``CallBatch/transfers``, and the follower has seen all events.
  public func next<Follower: DescriptorFollower>(for follower: inout Follower) -> CallBatch? {
    if let (slot, lines) = nextLines() {
      if stitcher.pointee.beginBatch(slot.events, skipped: slot.chunk.skippedBytes) {
        let base = slot.events.base
        var line = lines.lowerBound
        while line < lines.upperBound {
          let (next, events) = stitcher.pointee.stitch(base, line..<lines.upperBound, for: &follower)
          if !events.isEmpty { follower.follow(events) }
          line = next
        }
      } else {
        follower.follow(stitcher.pointee.batch.events)
      }
      return stitcher.pointee.batch
    }
    guard finish() else { return nil }
    follower.follow(stitcher.pointee.batch.events)
    return stitcher.pointee.batch
  }

  /// Stitches what is open at the end of the log; false where that is done.
  private func finish() -> Bool {
    if isFinished { return false }
    isFinished = true
    stitcher.pointee.finishTable()
    stitcher.pointee.finish()
    stop()
    return true
  }

  /// The lines of the next batch, with the chunk they are of; nil at the end.
  private func nextLines() -> (Slot, Range<Int>)? {
    if isFinished { return nil }
    if !isStarted {
      isStarted = true
      pipeline.start(isBesideDecoders ? options.workersBesideDecoders : options.workers)
      look()
    }
    if let slot = current, nextLine >= slot.events.count {
      stitcher.pointee.finishChunk(slot.events)
      pipeline.recycle(slot)
      current = nil
    }
    guard let slot = current ?? begin() else { return nil }
    let lines = nextLine..<min(nextLine + Self.batchLines, slot.events.count)
    nextLine = lines.upperBound
    return (slot, lines)
  }

  /// Turns to the next chunk.
  private func begin() -> Slot? {
    guard let slot = ahead else { return nil }
    if isBesideDecoders, !source.decodesAhead {
      isBesideDecoders = false
      pipeline.start(options.workers)
    }
    look()
    current = slot
    nextLine = 0
    stitcher.pointee.upcoming.forget(before: stitcher.pointee.lineBase)
    syntax = slot.syntax
    return slot
  }

  /// Takes in the chunk after the one about to be stitched, so that births are known before the newborn's first lines.
  private func look() {
    ahead = pipeline.next()
    guard let ahead else { return }
    stitcher.pointee.upcoming.add(ahead.events.births, lineBase: aheadLines)
    aheadLines += ahead.events.count
  }

  /// Leaves out of the batches what concerns neither a descriptor nor a task, `futex` or `gettid`; counts it all the same. Before the first
  /// batch is asked for.
  public func omitOtherCalls() { stitcher.pointee.omitOtherCalls() }

  /// Batches hold the frames of `strace -k` too. Before the first batch is asked for.
  public func handOutFrames() { stitcher.pointee.handsOutFrames = true }

  /// Ends the reading early; safe to call twice.
  public func stop() {
    guard !isStopped else { return }
    isStopped = true
    pipeline.stop()
  }

  /// The clone, fork or vfork call still to return that makes `child`, by the tid of its caller.
  public func parent(ofComing child: Int32, after line: Int) -> Int32? {
    stitcher.pointee.upcoming.parent(of: child, after: line)
  }

  /// Whether the clone that `parent` has begun will turn out to share descriptors; nil where that is not known.
  public func sharesFiles(nextOf parent: Int32, after line: Int) -> Bool? {
    stitcher.pointee.upcoming.sharesFiles(nextOf: parent, after: line)
  }

  /// What is in front of an event's text on its line; nil where that text is not of the chunk at hand.
  public func head(of text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let slot = current, let end = text.baseAddress else { return nil }
    return UnsafeRawBufferPointer(start: slot.chunk.bytes, count: slot.chunk.count).lineHead(upTo: end)
      ?? slot.events.head(of: text)
  }

  /// What strace said it attached, where the log begins with that.
  public var attachNotes: [AttachNote] { stitcher.pointee.attachNotes }
  public var names: SyscallNames { stitcher.pointee.names }
  public var ledger: Ledger { stitcher.pointee.ledger }
  public var clock: TraceClock { stitcher.pointee.clock }
  public var tableChecks: [TableCheck] { stitcher.pointee.tableChecks }
  /// The tracer's own table that ended last.
  public var table: StraceTable? { stitcher.pointee.lastTable?.table }
  /// Damage and oddities of the input met so far.
  public var damages: [InputDamage] { reader.damages }
  /// Bytes of the stored files consumed so far.
  public var storedOffset: Int64 { reader.storedOffset }
  /// The log's first bytes, as far as they were read.
  public var head: [UInt8] { reader.head }
  /// Bytes of log read so far.
  public var bytesRead: Int64 { reader.bytesRead }
}

extension TraceFiles.Format {
  init(_ sampler: LogSampler) {
    self.init(
      line: {
        let look = sampler.look(at: $0)
        return Line(stamp: look.stamp, cycle: look.cycle, isOfTask: look.isOfTask)
      }, pid: sampler.pid(in:))
  }
}

/// Births that the log is about to report.
///
/// Invariant: each list is in line order; entries at or before the forgotten line are gone, so memory is two chunks' worth.
struct UpcomingBirths {
  private var byChild: [Int32: [(line: Int, parent: Int32, sharesFiles: Bool?)]] = [:]

  mutating func add(_ births: [LineEventBuffer.Birth], lineBase: Int) {
    for birth in births {
      byChild[birth.child, default: []].append((lineBase + birth.line + 1, birth.parent, birth.sharesFiles))
    }
  }

  mutating func forget(before line: Int) {
    guard !byChild.isEmpty else { return }
    for (child, list) in byChild {
      let rest = list.filter { $0.line > line }
      byChild[child] = rest.isEmpty ? nil : rest
    }
  }

  /// What the next return of a clone by `parent` will say of its descriptors. Walks all, which are few, for old logs only.
  func sharesFiles(nextOf parent: Int32, after line: Int) -> Bool? {
    byChild.values.joined().filter { $0.parent == parent && $0.line > line }.min { $0.line < $1.line }?.sharesFiles
  }

  func parent(of child: Int32, after line: Int) -> Int32? {
    byChild[child]?.first { $0.line > line }?.parent
  }
}
