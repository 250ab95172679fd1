import TraceSyntax

/// What samples of perf are counted by.
public enum PerfKey: Hashable, Sendable {
  case comm, pid, tid, cpu
  /// The symbol of the innermost frame.
  case symbol
  /// The file of the innermost frame, perf's word for it.
  case dso
  /// A field of a tracepoint's payload, by its name there.
  case field(String)

  /// Any name that is none of the others is a field's, and one behind a dot: `.comm` is what sched_wakeup prints, `comm` who ran.
  public init(_ name: String) {
    self =
      switch name {
      case "comm": .comm
      case "pid": .pid
      case "tid": .tid
      case "cpu": .cpu
      case "symbol", "sym": .symbol
      case "dso": .dso
      default: .field(name.hasPrefix(".") ? String(name.dropFirst()) : name)
      }
  }

  public var name: String {
    switch self {
    case .comm: "comm"
    case .pid: "pid"
    case .tid: "tid"
    case .cpu: "cpu"
    case .symbol: "symbol"
    case .dso: "dso"
    case .field(let name): name
    }
  }
}
