import TraceInput
import TraceSyntax

extension LogCollection {
  /// Which logs somebody means who names files, folders, patterns and `-ff` sets; how, is said at `LogCollection`.
  ///
  /// - Parameters:
  ///   - named: files, folders, patterns, `-` for standard input.
  ///   - joinsSets: whether the files of a `-ff` set are one log.
  ///   - options: how files are opened.
  public static func find(_ named: [String], joinsSets: Bool = true, options: InputOptions = InputOptions()) -> LogCollection {
    LogCollection(named, joinsSets: joinsSets, options: options, format: TraceFiles.Format(LogSampler())) { head in
      if LogSyntax.sniff(head) != nil { return true }
      // A table of -c alone.
      let lines = String(decoding: head.prefix(4096), as: UTF8.self).split(separator: "\n")
      return lines.contains { StraceTable.Reader.isHeader($0) }
    }
  }
}
