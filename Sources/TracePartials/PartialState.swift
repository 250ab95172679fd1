import TraceReports
import TraceSyntax

/// What an analysis found in one or several logs, in the form that is kept and merged. One for each form of state: rows, counters, series.
///
/// Merging is exact, associative and commutative: states of logs a, b and c are the same in whatever order and grouping they are merged.
protocol PartialState: Sendable {
  /// Puts it into a message.
  func encode(into message: inout ProtoPartial)
  /// Adds a state of other logs.
  ///
  /// - Parameters:
  ///   - other: of the same analysis and options.
  ///   - places: the place of each log of this state among all of both.
  ///   - otherPlaces: the same of the other state's.
  mutating func merge(_ other: Self, _ places: [Int], _ otherPlaces: [Int]) throws(PartialFault)
  /// Prints it as the analysis does.
  func write(to sink: OutputSink, _ format: RecordFormat, _ scene: PartialScene) throws
  /// The pictures that the analysis draws; nil for one that draws none.
  func pictures(_ scene: PartialScene) throws -> (any GnuplotPictures)?
  /// One line for people in place of the ledgers' own; nil where the logs have ledgers.
  var verdict: String? { get }
}

extension PartialState {
  func pictures(_ scene: PartialScene) throws -> (any GnuplotPictures)? { nil }
  var verdict: String? { nil }
}

/// What printing a state needs to know besides.
struct PartialScene {
  let logs: [PartialLog]
  let labels: [String]
  /// The column that rows of several logs are put in order by.
  let timeColumn: String?
  var display = Partial.Display()

  /// Throws where logs have no common clock to put them on one axis.
  func checkClocks() throws(PartialError) {
    for log in logs where log.clock.kind != logs[0].clock.kind {
      throw PartialError(
        "\(logs[0].title) has stamps of another kind than \(log.title): they are not on one axis; --format csv has the rows of both"
      )
    }
  }
}

extension Array {
  /// Elements of logs in the order of the logs of both arrays.
  static func placed(_ a: [Element], _ places: [Int], _ b: [Element], _ otherPlaces: [Int]) -> [Element] {
    (zip(places, a) + zip(otherPlaces, b)).sorted { $0.0 < $1.0 }.map(\.1)
  }
}

private func + <A, B, T>(a: A, b: B) -> [T] where A: Sequence<T>, B: Sequence<T> { Array(a) + Array(b) }
