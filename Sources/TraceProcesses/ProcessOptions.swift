/// How tasks that were never seen being born (attach with -p) are put together.
public enum ProcessGrouping: String, Sendable, CaseIterable {
  /// They share one table until the log contradicts it, then split.
  case auto
  /// They all share one table.
  case one
  /// Each has its own.
  case each
}

public struct ProcessOptions: Sendable {
  public var grouping = ProcessGrouping.auto
  /// tid -> tgid where it is known from outside (`--tids`, /proc/PID/task).
  public var tgids: [Int32: Int32] = [:]
  /// What strace's standard error says was attached (`--notes`).
  public var attached = AttachedProcesses()
  public init() {}
}
