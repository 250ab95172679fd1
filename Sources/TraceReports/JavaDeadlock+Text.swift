import TraceSyntax

extension JavaDeadlock {
  /// A line that says what it is, then one for each thread, indented.
  ///
  /// - Parameter dump: the number of its dump, from 1, where there are several.
  public func lines(dump: Int?) -> [String] {
    let place = dump.map { " in thread dump \($0)" } ?? " in the thread dump"
    var lines = [
      "deadlock\(place): \(members.count) threads, each waits for what the next one holds, the last for what the first holds"
    ]
    for member in members.prefix(Self.mostShown) {
      let frame = ThreadNames.place(member.thread).map { " at \($0)" } ?? ""
      lines.append("  \(member.thread.tid) \(member.thread.name) waits for \(Self.text(member.lock))\(frame)")
    }
    if members.count > Self.mostShown { lines.append("  and \(members.count - Self.mostShown) more") }
    if !behind.isEmpty {
      let names = behind.prefix(Self.mostShown).map { "\($0.tid) \($0.name)" }.joined(separator: ", ")
      let more = behind.count > Self.mostShown ? " and \(behind.count - Self.mostShown) more" : ""
      lines.append("  behind them: \(names)\(more)")
    }
    return lines
  }

  /// In one line, for a message.
  public func sentence(dump: Int?) -> String {
    let lines = lines(dump: dump)
    return lines[0] + ": " + lines.dropFirst().map { String($0.drop { $0 == " " }) }.joined(separator: "; ")
  }

  private static let mostShown = 20

  private static func text(_ lock: JavaLock) -> String {
    let address = lock.address.map { " <0x\(String($0, radix: 16))>" } ?? ""
    return (lock.className.isEmpty ? "a lock" : lock.className) + address
  }
}

extension ThreadNames {
  /// Deadlocks of the dumps, each as the first that shows it does, with its number where there are several.
  public var deadlocks: [(dump: Int?, deadlock: JavaDeadlock)] {
    var known: Set<Set<Int32>> = []
    var found: [(dump: Int?, deadlock: JavaDeadlock)] = []
    for (number, dump) in dumps.enumerated() {
      for deadlock in dump.deadlocks where known.insert(Set(deadlock.members.map(\.thread.tid))).inserted {
        found.append((dumps.count > 1 ? number + 1 : nil, deadlock))
      }
    }
    return found
  }

  /// The same as sentences.
  public var deadlockNotes: [String] { deadlocks.map { $0.deadlock.sentence(dump: $0.dump) } }
}
