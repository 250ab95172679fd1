import TraceCalls
import TraceProcesses

extension UnsafePointer<CallEvent> {
  /// The life of the descriptor in the first argument, or -1.
  @inline(__always)
  func life(_ model: ProcessModel) -> Int32 {
    let (one, other) = (pointee.incarnation, pointee.otherIncarnation)
    // `sendfile` takes from its second one.
    if other >= 0, model.incarnations[Int(other)].descriptor == pointee.descriptor { return other }
    return one
  }
}
