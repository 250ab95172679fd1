import TraceAnalyses
import TraceSyntax

extension StackGroup {
  public static let columns: [Column] = [
    Column("dump"), Column("threads"), Column("state", .text(.plain)), Column("top_frame", .text(.plain)),
    Column("frames"), Column("tids", .text(.plain)), Column("names", .text(.plain)), Column("stack", .text(.plain)),
    Column("deadlocks", .text(.plain)),
  ]

  /// The groups of several dumps, numbered from 1, as are the deadlocks of a dump: `deadlocks` tells which of them threads of a group are in.
  public static func write(_ dumps: [ThreadDump], to sink: OutputSink, _ format: RecordFormat) throws(OutputError) {
    if format == .table { return try writeText(dumps, to: sink) }
    let writer = try RecordWriter(sink, format: format, columns: columns, redaction: .none)
    for (index, dump) in dumps.enumerated() {
      let deadlocks = dump.deadlocks.map { Set($0.members.map(\.thread.tid)) }
      for group in of(dump) {
        try writer.integer(index + 1)
        try writer.integer(group.threads.count)
        try writer.text(group.state)
        try writer.text(group.frames.first)
        try writer.integer(group.frames.count)
        try writer.text(group.threads.map { String($0.tid) }.joined(separator: " "))
        try writer.text(group.threads.map(\.name).joined(separator: "; "))
        try writer.text(group.frames.joined(separator: "; "))
        let met = deadlocks.indices.filter { place in group.threads.contains { deadlocks[place].contains($0.tid) } }
        try writer.text(met.isEmpty ? nil : met.map { String($0 + 1) }.joined(separator: " "))
        try writer.endRow()
      }
    }
    try writer.finish()
  }

  private static func writeText(_ dumps: [ThreadDump], to sink: OutputSink) throws(OutputError) {
    for (index, dump) in dumps.enumerated() {
      if dumps.count > 1 { try sink.write("dump \(index + 1)\n\n") }
      for deadlock in dump.deadlocks {
        try sink.write(deadlock.lines(dump: nil).map { $0.terminalSafe + "\n" }.joined() + "\n")
      }
      for group in of(dump) {
        let names = group.threads.prefix(8).map { "\($0.name) (\($0.tid))" }.joined(separator: ", ")
        let more = group.threads.count > 8 ? ", \(group.threads.count - 8) more" : ""
        try sink.write("\(group.threads.count) \(group.state.terminalSafe): \(names.terminalSafe)\(more)\n")
        for frame in group.frames { try sink.write("    at \(frame.terminalSafe)\n") }
        try sink.write("\n")
      }
    }
    try sink.flush()
  }
}
