import Tracestat

/// A thread dump without a log.
enum ThreadDumpStacks {
  static func write(_ path: String, to sink: OutputSink, _ format: RecordFormat) throws {
    try StackGroup.write(ThreadDump.read([path]).map(StackGroup.of), to: sink, format)
  }
}
