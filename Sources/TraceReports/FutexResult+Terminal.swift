import TraceAnalyses
import TraceCalls
import TraceSyntax

extension FutexResult {
  /// How much of it people want to see.
  public struct TerminalOptions: Sendable {
    /// Locks, barriers and waits shown of each.
    public var limit = 10
    public init() {}
  }

  /// Locks first, then where threads are held together, then one line about those that were idle; then the longest waits for locks, with
  /// what their wakers did meanwhile.
  public func writeTable(
    to sink: OutputSink, _ options: TerminalOptions = TerminalOptions(), names: ThreadNames = ThreadNames(),
    redaction: Redaction = .none
  ) throws(OutputError) {
    for (dump, deadlock) in names.deadlocks {
      try sink.write(deadlock.lines(dump: dump).map { $0.terminalSafe + "\n" }.joined() + "\n")
    }
    guard !rows.isEmpty else {
      try sink.write("no futex calls in this log\n")
      return try sink.flush()
    }
    try writeDeadlocks(to: sink, names)
    try writeLocks(to: sink, options, names, redaction)
    try writeBarriers(to: sink, options, names)
    try writeIdle(to: sink)
    try writeSentences(to: sink, options, names, redaction)
    try sink.flush()
  }

  private func writeDeadlocks(to sink: OutputSink, _ names: ThreadNames) throws(OutputError) {
    for deadlock in deadlocks {
      let count = deadlock.members.count
      let what = deadlock.isCycle ? "deadlock" : "deadlock suspected"
      try sink.write(
        "\(what) in \(deadlock.process): \(count) thread\(count == 1 ? " waits" : "s wait") for locks when the log ends, and nobody let go of them\n"
      )
      for member in deadlock.members.prefix(20) {
        let owner = member.owner.map { ", held last by \(names.label($0))" } ?? ""
        try sink.write(
          "  \(names.label(member.tid)) waits for \(Self.hexadecimal(rows[member.row].address)) since line \(member.line)\(member.waited > 0 ? ", \(Duration.text(member.waited))" : "")\(owner)"
            .terminalSafe + "\n")
      }
      if count > 20 { try sink.write("  and \(count - 20) more\n") }
      try sink.write("\n")
    }
  }

  private func writeLocks(
    to sink: OutputSink, _ options: TerminalOptions, _ names: ThreadNames, _ redaction: Redaction
  ) throws(OutputError) {
    guard !locks.isEmpty else { return try sink.write("locks: nobody waited for one\n") }
    var table = TextTable([.right, .left, .right, .right, .right, .right, .left])
    table.add(["lock", "address", "waits", "time", "longest", "waiters", "kept by"])
    for (index, lock) in locks.prefix(options.limit).enumerated() {
      let first = lock.rows.first.map { Self.hexadecimal(rows[$0].address) } ?? ""
      let address = lock.rows.count > 1 ? "\(first) and \(lock.rows.count - 1) more" : first
      let kept =
        lock.holder.map { names.label($0) } ?? (lock.waiters.count > 1 ? "each other: \(Self.list(lock.waiters, names))" : "")
      table.add([
        String(index + 1), address, String(lock.waits), lock.waits > 0 ? Duration.text(lock.waitTime) : "",
        lock.longest >= 0 ? Duration.text(lock.longest) : "", String(lock.waiters.count), kept,
      ])
      if let monitor = names.monitor(of: lock, in: self) { table.note("     \(monitor)") }
    }
    try sink.write(table.text)
    if let most = locks.dropFirst(options.limit).map(\.longest).max() {
      try sink.write("\(locks.count - options.limit) more locks, none kept anybody longer than \(Duration.text(max(0, most)))\n")
    }
    if locks.prefix(options.limit).contains(where: \.isInferred) {
      try sink.write("A lock of several addresses is where its threads park; told by who wakes whom.\n")
    }
  }

  private static func list(_ tids: [Int32], _ names: ThreadNames) -> String {
    tids.prefix(3).map(names.label).joined(separator: ", ") + (tids.count > 3 ? " ..." : "")
  }

  private func writeBarriers(to sink: OutputSink, _ options: TerminalOptions, _ names: ThreadNames) throws(OutputError) {
    let barriers = rows.filter { $0.use == .barrier }
    guard !barriers.isEmpty else { return }
    var table = TextTable([.left, .right, .right, .right, .right, .left])
    table.add(["barrier", "waits", "time", "longest", "waiters", "let go by"])
    for row in barriers.prefix(options.limit) {
      table.add([
        Self.hexadecimal(row.address), String(row.waits), Duration.text(row.waitTime ?? 0),
        row.longest.map { Duration.text($0) } ?? "", String(row.waiters), row.topWaker.map(names.label) ?? "",
      ])
    }
    try sink.write("\n" + table.text)
  }

  private func writeIdle(to sink: OutputSink) throws(OutputError) {
    var parts: [String] = []
    for (use, what) in [
      (Use.park, "parked until called"), (.condition, "waiting for work"), (.timer, "letting time pass"),
      (.once, "waiting for one event"),
    ] {
      let found = rows.filter { $0.use == use && $0.lock == nil }
      guard !found.isEmpty else { continue }
      let time = found.reduce(Int64(0)) { $0.addingReportingOverflow($1.waitTime ?? 0).partialValue }
      parts.append("\(Duration.text(time)) \(what) (\(found.count) address\(found.count == 1 ? "" : "es"))")
    }
    if !parts.isEmpty { try sink.write("\nidle, no contention: \(parts.joined(separator: ", "))\n") }
  }

  private func writeSentences(
    to sink: OutputSink, _ options: TerminalOptions, _ names: ThreadNames, _ redaction: Redaction
  ) throws(OutputError) {
    let sentence = FutexSentence(result: self, names: names, redaction: redaction)
    let clockText = ClockText(clock)
    // The worst of each lock; what is shorter than ten milliseconds needs nobody to blame.
    let waits = locks.prefix(options.limit).flatMap { $0.longestWaits.prefix(2) }.filter { $0.duration >= 10_000_000 }
    guard !waits.isEmpty else { return }
    try sink.write("\nlongest waits for locks\n")
    for wait in waits.prefix(options.limit) {
      let time = clockText.timeOfDay(wait.end).map { "\($0) " } ?? ""
      var text = "\(time)line \(wait.endLine): \(sentence.text(wait))"
      if let waker = wait.blame.last?.tid ?? wait.waker, let frame = names.frame(waker, near: wait.end, clock) {
        text += "; a thread dump saw \(names.label(waker)) at \(frame)"
      }
      try sink.write(text.terminalSafe + "\n")
    }
  }
}

/// Columns padded to their widest cell, with lines between that are not.
struct TextTable {
  enum Alignment { case left, right }
  private enum Line {
    case cells([String])
    case note(String)
  }

  private let alignments: [Alignment]
  private var lines: [Line] = []

  init(_ alignments: [Alignment]) { self.alignments = alignments }

  mutating func add(_ cells: [String]) { lines.append(.cells(cells)) }
  mutating func note(_ text: String) { lines.append(.note(text)) }

  var text: String {
    var widths = alignments.map { _ in 0 }
    for case .cells(let cells) in lines { for (i, cell) in cells.enumerated() { widths[i] = max(widths[i], cell.count) } }
    var text = ""
    for line in lines {
      switch line {
      case .note(let note): text += note.terminalSafe + "\n"
      case .cells(let cells):
        var row = ""
        for (i, cell) in cells.enumerated() {
          let pad = String(repeating: " ", count: widths[i] - cell.count)
          row += (i > 0 ? "  " : "") + (alignments[i] == .right ? pad + cell : cell + pad)
        }
        while row.hasSuffix(" ") { row.removeLast() }
        text += row.terminalSafe + "\n"
      }
    }
    return text
  }
}
