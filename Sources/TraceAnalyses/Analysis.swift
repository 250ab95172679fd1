import TraceCalls
import TraceProcesses

/// What an analysis may look at besides the events.
public final class TraceContext {
  public let reader: CallReader
  public private(set) var model: ProcessModel

  public init(reader: CallReader, processes: ProcessOptions) {
    self.reader = reader
    model = ProcessModel(reader, options: processes)
  }

  /// Ties calls that only look at a descriptor or change it, `fstat` or `epoll_wait`, to its life too, as ``Analysis/tiesEveryCall`` asks for.
  public func tieEveryCall() { model.tiesEveryCall = true }

  /// Follows what epoll instances wait for, as ``Analysis/needsWatches`` asks for.
  public func followWatches() { model.followsWatches = true }

  /// The next batch, its events tied to processes and descriptors; nil at the end of the log.
  public func next() -> CallBatch? {
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
  /// Whether it asks which life of a descriptor calls are on that neither move bytes nor open or close it.
  var tiesEveryCall: Bool { get }
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
  public var tiesEveryCall: Bool { false }
}
