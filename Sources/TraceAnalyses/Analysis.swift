import TraceCalls
import TraceProcesses

/// What an analysis may look at besides the events.
public struct TraceContext {
  public let reader: CallReader
  public let model: ProcessModel

  public init(reader: CallReader, model: ProcessModel) {
    self.reader = reader
    self.model = model
  }
}

/// One question asked of a log: options in, batches through, a plain result out. Several run over one pass.
public protocol Analysis: AnyObject {
  associatedtype Result
  /// Takes a batch; its texts are valid during the call only.
  func consume(_ batch: CallBatch, _ context: TraceContext)
  /// The log is at its end.
  func finish(_ context: TraceContext) -> Result
}
