/// `--- SIGCHLD {si_signo=SIGCHLD, ...} ---`, `--- stopped by SIGSTOP ---`.
public enum SignalLine {
  /// Whether the task stopped (job control: STOP, TSTP, TTIN, TTOU), as strace since 4.7 shows it.
  ///
  /// - Parameter text: of the line, from its dashes on.
  public static func isStop(_ text: UnsafeRawBufferPointer) -> Bool {
    let mark: StaticString = "--- stopped by SIG"
    return text.starts(with: UnsafeRawBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount))
  }
}
