/// Task numbers of several hosts in one: the kernel's tid (below 4194304, `PID_MAX_LIMIT` of linux/threads.h) and above it the
/// number of the log it is from, where several are read side by side.
public enum TaskNumber {
  @usableFromInline static var hostShift: Int32 { 22 }
  /// No kernel gives this tid or a higher one.
  @usableFromInline static var limit: Int64 { 1 << Int64(hostShift) }

  /// The number that the kernel gave.
  @inlinable
  public static func tid(_ number: Int32) -> Int32 { number & ((1 << hostShift) - 1) }

  /// Which of the logs read side by side it is from; 0 for the first, or the only one.
  @inlinable
  public static func host(_ number: Int32) -> Int32 { number >> hostShift }

  /// A kernel's number on the host of `task`; nil where it can be none.
  @inlinable
  public static func onHost(of task: Int32, _ tid: Int64) -> Int32? {
    guard tid > 0, tid < limit else { return nil }
    return Int32(tid) | (host(task) << hostShift)
  }

  static func of(host: Int32, _ tid: Int32) -> Int32 { tid | (host << hostShift) }
}
