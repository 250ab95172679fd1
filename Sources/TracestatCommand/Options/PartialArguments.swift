import ArgumentParser
import Glibc
import Tracestat

/// Where the state of an analysis goes that `tracestat merge` takes.
struct PartialArguments: ParsableArguments {
  @Option(
    name: .customLong("partial"),
    help: ArgumentHelp(
      "Also keep what was found in this file: tracestat merge puts such files of several logs together, exactly.",
      valueName: "file"))
  var path: String?

  mutating func validate() throws {
    guard let path else { return }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    if access(String(folder), W_OK) != 0 {
      throw ValidationError("--partial \(path): \(String(cString: strerror(errno)))")
    }
  }

  /// The analysis to run, one that keeps its state where that is asked for.
  func keeping<A: PartialAnalysis>(_ analysis: A) -> A { path == nil ? analysis : analysis.keeping }

  /// Writes what an analysis found.
  func write<A: PartialAnalysis>(_ analysis: A, _ result: A.Result, _ log: TraceLog, _ redaction: Redaction) throws {
    try write(analysis.statement, analysis.notes(of: result), log, redaction) {
      try analysis.contents(of: result, redaction: redaction)
    }
  }

  /// Writes what a view of an analysis shows.
  func write(
    _ statement: PartialStatement, _ notes: [String] = [], _ log: TraceLog, _ redaction: Redaction,
    _ contents: () throws -> PartialContents
  ) throws {
    guard let path else { return }
    try log.partial(statement, contents(), notes: notes, redaction: redaction).write(to: path)
  }
}
