import ArgumentParser
import Tracestat

/// Where a report of rows goes, and in which form.
struct OutputArguments: ParsableArguments {
  @Option(help: "table, csv, tsv, json or ndjson. Default: table on a terminal, csv otherwise.")
  var format: RecordFormat?

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"))
  var output: String?

  var effectiveFormat: RecordFormat { format ?? (output == nil && Terminal.isTerminal ? .table : .csv) }

  func sink() throws -> OutputSink { try output.map { try OutputSink(path: $0) } ?? OutputSink() }
}

extension RecordFormat: ExpressibleByArgument {}
