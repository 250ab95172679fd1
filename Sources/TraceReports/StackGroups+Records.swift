import TraceAnalyses
import TraceSyntax

extension StackGroup {
  public static let columns: [Column] = [
    Column("dump"), Column("threads"), Column("state", .text(.plain)), Column("top_frame", .text(.plain)),
    Column("frames"), Column("tids", .text(.plain)), Column("names", .text(.plain)), Column("stack", .text(.plain)),
  ]

  /// The groups of several dumps, numbered from 1.
  public static func write(_ dumps: [[StackGroup]], to sink: OutputSink, _ format: RecordFormat) throws(OutputError) {
    if format == .table { return try writeText(dumps, to: sink) }
    let writer = try RecordWriter(sink, format: format, columns: columns, redaction: .none)
    for (index, groups) in dumps.enumerated() {
      for group in groups {
        try writer.integer(index + 1)
        try writer.integer(group.threads.count)
        try writer.text(group.state)
        try writer.text(group.frames.first)
        try writer.integer(group.frames.count)
        try writer.text(group.threads.map { String($0.tid) }.joined(separator: " "))
        try writer.text(group.threads.map(\.name).joined(separator: "; "))
        try writer.text(group.frames.joined(separator: "; "))
        try writer.endRow()
      }
    }
    try writer.finish()
  }

  private static func writeText(_ dumps: [[StackGroup]], to sink: OutputSink) throws(OutputError) {
    for (index, groups) in dumps.enumerated() {
      if dumps.count > 1 { try sink.write("dump \(index + 1)\n\n") }
      for group in groups {
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
