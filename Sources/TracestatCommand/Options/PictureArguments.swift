import ArgumentParser
import Tracestat

/// Where a report goes that can be drawn, too: rows in some form, a picture, or gnuplot's script and data.
struct PictureArguments: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, tsv, json, ndjson, gnuplot }

  @Option(
    help: "table, csv, tsv, json, ndjson, or gnuplot (script and data, with -o DIR). Default: table on a terminal, csv otherwise."
  )
  var format: Format?
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file (to this directory for gnuplot).", valueName: "path"))
  var output: String?
  @Option(help: ArgumentHelp("Draw it with gnuplot into this .svg or .png file.", valueName: "file"))
  var plot: String?

  mutating func validate() throws {
    if format == .gnuplot, output == nil {
      throw ValidationError("--format gnuplot writes several files: name a directory with -o DIR")
    }
  }

  /// Whether anything is drawn.
  var areWanted: Bool { plot != nil || format == .gnuplot }

  /// The form of rows.
  var records: RecordFormat {
    format.flatMap { RecordFormat(rawValue: $0.rawValue) } ?? (output == nil && Terminal.isTerminal ? .table : .csv)
  }

  /// Where rows go, nil when only pictures are asked for; that gnuplot and the file are there is found before an hour of reading.
  func open() throws -> OutputSink? {
    if let plot { try GnuplotRunner.check(plot) }
    if format == .gnuplot || (plot != nil && format == nil && output == nil) { return nil }
    return try output.map { try OutputSink(path: $0) } ?? OutputSink()
  }

  /// Draws what is asked for, if anything.
  func draw(_ pictures: @autoclosure () -> some GnuplotPictures) throws {
    guard areWanted else { return }
    let pictures = pictures()
    if let plot { try GnuplotRunner.draw(pictures, into: plot) }
    if format == .gnuplot, let output { try pictures.write(toDirectory: output) }
  }
}
