import Foundation
import TraceTestSupport

@testable import TracePartials
@testable import Tracestat

/// Partials of fixtures, and what they print.
enum Partials {
  /// Six logs of one machine, one after the other, their tasks of different numbers: one pass over all is what a merge must equal.
  static let days = ["healthy", "source", "blocked", "refused", "stopped", "paused"].map {
    Fixture.path("Fixtures/stalls/\($0).log")
  }

  static func summary(_ key: Summary.Key?, sizes: Bool, buckets: Bool, interval: Int64?) -> Summary {
    var options = Summary.Options()
    options.key = key
    options.keepsSizes = sizes
    options.keepsBuckets = buckets
    options.interval = interval
    return Summary(options)
  }

  static var threadTimeline: Threads {
    var options = Threads.Options()
    options.isTimeline = true
    return Threads(options)
  }

  static let formats = RecordFormat.allCases

  /// What a partial prints in each format; a word for those that it cannot.
  static func outputs(_ partial: Partial) throws -> [String] {
    try formats.map { format in
      do {
        return try text { try partial.write(to: $0, format) }
      } catch let error as PartialError {
        return "refused: \(error)"
      }
    }
  }

  static func text(_ body: (OutputSink) throws -> Void) throws -> String {
    let folder = try TemporaryFolder(["out": ""])
    let sink = try OutputSink(path: "\(folder.path)/out")
    try body(sink)
    try sink.flush()
    return try String(contentsOfFile: "\(folder.path)/out", encoding: .utf8)
  }

  /// A file whose checksum is right.
  static func signed(_ file: [UInt8]) -> [UInt8] {
    var file = file
    let sum = PartialFile.checksum(Array(file.prefix(28)), file[PartialFile.headerLength...])
    for place in 0..<4 { file[28 + place] = UInt8(truncatingIfNeeded: sum >> (UInt32(place) * 8)) }
    return file
  }

  /// The rows of CSV without quotes in it, as columns by name.
  static func rows(_ csv: String) -> [[String: String]] {
    let lines = csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    guard let header = lines.first else { return [] }
    return lines.dropFirst().map { Dictionary(zip(header, $0)) { a, _ in a } }
  }
}
