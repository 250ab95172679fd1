import TraceProcesses

extension RecordWriter {
  /// A syscall's name, or how else a descriptor's life began or ended.
  func event(_ event: Incarnation.Event, _ names: [String]) throws(OutputError) {
    switch event {
    case .none: try word(nil)
    case .pre: try word("pre")
    case .implicit: try word("implicit")
    case .badDescriptor: try word("EBADF")
    case .received: try word("SCM_RIGHTS")
    case .exec: try word("exec")
    case .exit: try word("exit")
    case .syscall(let id): try text(Int(id.rawValue) < names.count ? names[Int(id.rawValue)] : "?")
    }
  }
}
