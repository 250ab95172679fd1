/// How a child ended or stopped, as `wait4` prints it: `[{WIFEXITED(s) && WEXITSTATUS(s) == 5}]`.
public enum WaitStatus: Sendable, Hashable {
  case exited(Int64)
  /// `SIGKILL`, or a number where only that is printed.
  case signaled(String, dumpedCore: Bool)
  case stopped(String)
  case continued
}

extension CallArgument {
  /// The status behind the pointer; nil where the call had none to give.
  public var waitStatus: WaitStatus? {
    let status = unsafeBytes.first == UInt8(ascii: "[") ? self[0] : self
    guard status.isStructure else { return nil }
    // One field, since `&&` parts no items.
    let test = status[0]
    if test.hasPrefix("WIFEXITED(s)") { return test.compared("WEXITSTATUS(s)")?.number.map(WaitStatus.exited) }
    if test.hasPrefix("WIFSIGNALED(s)") {
      return test.compared("WTERMSIG(s)").map { .signaled($0.signalName, dumpedCore: test.hasSuffix("WCOREDUMP(s)")) }
    }
    if test.hasPrefix("WIFSTOPPED(s)") { return test.compared("WSTOPSIG(s)").map { .stopped($0.signalName) } }
    return test.hasPrefix("WIFCONTINUED(s)") ? .continued : nil
  }

  private var signalName: String { (knownWords ?? withoutComment).text }

  /// What follows `key == `, up to `&&` or the end.
  private func compared(_ key: StaticString) -> CallArgument? {
    read { text in
      guard let at = Arguments(text).first(key) else { return nil }
      var start = at + key.utf8CodeUnitCount
      while start < text.count, text[start] == UInt8(ascii: " ") || text[start] == UInt8(ascii: "=") { start += 1 }
      var end = start
      while end < text.count, text[end] != UInt8(ascii: "&") { end += 1 }
      while end > start, text[end - 1] == UInt8(ascii: " ") { end -= 1 }
      return end > start ? part(start..<end) : nil
    }
  }
}
