import TraceCalls
import TraceProcesses

/// What an analysis may look at besides the events.
public final class TraceContext {
  public let reader: CallReader
  public private(set) var model: ProcessModel
  private var tellsTransfersApart = false

  public init(reader: CallReader, processes: ProcessOptions) {
    self.reader = reader
    model = ProcessModel(reader, options: processes)
  }

  /// Makes the pass hand out and follow what its analyses ask for, and no more; before the first batch.
  public func prepare<each A: Analysis>(for analyses: repeat each A) {
    var (needsEveryCall, needsSessions) = (false, false)
    tellsTransfersApart = true
    for analysis in repeat each analyses {
      needsEveryCall = needsEveryCall || type(of: analysis).needsEveryCall
      needsSessions = needsSessions || type(of: analysis).needsSessions
      tellsTransfersApart = tellsTransfersApart && analysis.takesTransfers
      if type(of: analysis).needsFrames { reader.handOutFrames() }
      if type(of: analysis).needsWatches { model.followsWatches = true }
      if analysis.tiesEveryCall { model.tiesEveryCall = true }
    }
    if !needsEveryCall { reader.omitOtherCalls() }
    model.namesProtocolsOnly = !needsSessions
  }

  /// The next batch, its events tied to processes and descriptors; nil at the end of the log.
  public func next() -> CallBatch? {
    if tellsTransfersApart { return model.nextWithTransfers() }
    guard let batch = reader.next() else { return nil }
    model.annotate(batch)
    return batch
  }
}

/// One question asked of a log: options in, batches through, a plain result out. Several run over one pass.
///
/// A value: as a class its per-call fields would be checked for exclusivity at every access.
public protocol Analysis {
  associatedtype Result
  /// Whether it looks at calls that concern neither a descriptor nor a task, such as `futex` and `gettid`. Where no analysis does, they are
  /// counted but not handed out.
  static var needsEveryCall: Bool { get }
  /// Whether it looks at the frames of `strace -k`, which batches hold then.
  static var needsFrames: Bool { get }
  /// Whether it asks more of a connection's protocol than its name: who is the client, the host asked for, the line that proves it.
  static var needsSessions: Bool { get }
  /// Whether it asks which life of a descriptor calls are on that neither move bytes nor open or close it.
  var tiesEveryCall: Bool { get }
  /// Whether it takes plain transfers as such (`CallBatch.transfers`), and needs no event for each. They are handed out so where all
  /// analyses of a pass do.
  var takesTransfers: Bool { get }
  /// Whether it asks what epoll instances wait for.
  static var needsWatches: Bool { get }
  /// Takes a batch; its texts are valid during the call only.
  mutating func consume(_ batch: CallBatch, _ context: TraceContext)
  /// The log is at its end.
  mutating func finish(_ context: TraceContext) -> Result
}

extension Analysis {
  public static var needsEveryCall: Bool { true }
  public static var needsFrames: Bool { false }
  public static var needsWatches: Bool { false }
  public static var needsSessions: Bool { true }
  public var tiesEveryCall: Bool { false }
  public var takesTransfers: Bool { false }
}
