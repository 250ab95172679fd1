import TraceReports
import TraceSyntax

/// What one analysis found in one or several logs, in a form that can be kept in a file and merged with that of other logs, exactly: so many
/// logs are read by many processes, on many machines, and answered together.
///
/// ```swift
/// var all = try Partial(reading: "web1.partial")
/// try all.merge(Partial(reading: "web2.partial"))
/// try all.write(to: OutputSink(), .csv)
/// ```
public struct Partial: Sendable {
  /// Words of the command: `summary`, `rtmp --sessions`.
  public let analysis: String
  /// The options that change what is counted.
  public let options: [PartialOption]
  /// By first stamp, then name.
  public private(set) var logs: [PartialLog]
  private(set) var state: any PartialState
  /// Its file, for messages.
  private(set) var name = "this run"

  init(_ analysis: String, _ options: [PartialOption], logs: [PartialLog], state: any PartialState, name: String = "this run") {
    self.analysis = analysis
    self.options = options.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
    self.logs = logs
    self.state = state
    self.name = name
    for index in self.logs.indices { self.logs[index].source = name }
  }

  /// What an analysis found in one log.
  public init(_ statement: PartialStatement, of log: PartialLog, _ contents: PartialContents) {
    self.init(statement.analysis, statement.options, logs: [log], state: contents.state)
  }

  // MARK: Files

  /// One that was kept in a file.
  /// - Throws: `PartialError` where it is none, not whole, or of a later version.
  public init(reading path: String) throws(PartialError) {
    try self.init(bytes: PartialFile.read(path), name: path)
  }

  /// One from a file's bytes.
  /// - Parameters:
  ///   - bytes: all of the file.
  ///   - name: of the file, for messages.
  /// - Throws: `PartialError` where it is none, not whole, or of a later version.
  public init(bytes: [UInt8], name: String) throws(PartialError) {
    do throws(PartialFault) {
      try self.init(message: PartialFile.unpacked(bytes), name: name)
    } catch {
      throw PartialError("\(name): \(error.reason)")
    }
  }

  /// The file's bytes.
  public func bytes() throws(PartialError) -> [UInt8] { try PartialFile.packed(message()) }

  /// Writes a file, in one step: whoever reads it meets all of it or none.
  public func write(to path: String) throws {
    try PartialFile.write(bytes(), to: path)
  }

  // MARK: Merging

  /// Adds what was found in other logs.
  /// - Throws: `PartialError` where the other one is of another analysis, of other options, or of a log that this one covers, too.
  public mutating func merge(_ other: Partial) throws(PartialError) {
    guard analysis == other.analysis else {
      throw PartialError("\(name) is of `\(analysis)`, \(other.name) of `\(other.analysis)`: only partials of one analysis merge")
    }
    guard options == other.options else {
      let (ours, theirs) = (Self.difference(options, other.options), Self.difference(other.options, options))
      throw PartialError(
        "\(name) is of `\(analysis)` with \(ours), \(other.name) with \(theirs): only partials of equal options merge")
    }
    for log in logs {
      guard let same = other.logs.first(where: { $0.isSame(as: log) }) else { continue }
      throw PartialError(
        "\(log.title) is in \(log.source), and in \(same.source)\(same.title == log.title ? "" : " as \(same.title)"): the same log twice would count twice"
      )
    }
    var all = logs.enumerated().map { (log: $1, isOther: false, place: $0) }
    all += other.logs.enumerated().map { (log: $1, isOther: true, place: $0) }
    all.sort { $0.log.precedes($1.log) }
    var (places, otherPlaces) = ([Int](repeating: 0, count: logs.count), [Int](repeating: 0, count: other.logs.count))
    for (place, entry) in all.enumerated() {
      if entry.isOther { otherPlaces[entry.place] = place } else { places[entry.place] = place }
    }
    do throws(PartialFault) {
      state = try Self.merged(state, other.state, places, otherPlaces)
    } catch {
      throw PartialError("\(name) and \(other.name): \(error.reason)")
    }
    logs = all.map(\.log)
  }

  /// Merges several, two by two, then those, so that each is looked at a few times only; nil of none.
  public static func merged(_ partials: [Partial]) throws(PartialError) -> Partial? {
    var partials = partials
    while partials.count > 1 {
      var next: [Partial] = []
      for index in stride(from: 0, to: partials.count, by: 2) {
        var one = partials[index]
        if index + 1 < partials.count { try one.merge(partials[index + 1]) }
        next.append(one)
      }
      partials = next
    }
    return partials.first
  }

  private static func merged<State: PartialState>(
    _ state: State, _ other: any PartialState, _ places: [Int], _ otherPlaces: [Int]
  ) throws(PartialFault) -> any PartialState {
    guard let other = other as? State else { throw PartialFault("hold states of different kinds") }
    var state = state
    try state.merge(other, places, otherPlaces)
    return state
  }

  private static func difference(_ options: [PartialOption], _ others: [PartialOption]) -> String {
    let own = options.filter { !others.contains($0) }
    return own.isEmpty ? "no other options" : own.map(\.text).joined(separator: " ")
  }

  // MARK: Printing

  /// How a terminal wants it.
  public struct Display: Sendable {
    public var width = 100
    public var isUTF8 = true
    /// Only so many of the busiest, where the analysis has an option like that.
    public var top: Int?
    public init() {}
  }

  private func scene(_ display: Display) -> PartialScene {
    PartialScene(
      logs: logs, labels: PartialLog.labels(logs), timeColumn: PartialStatement.timeColumns[analysis], display: display)
  }

  /// Prints it as the command of the analysis does; rows of several logs say in a last column, `log`, which one they are of.
  public func write(to sink: OutputSink, _ format: RecordFormat, _ display: Display = Display()) throws {
    try state.write(to: sink, format, scene(display))
  }

  /// The pictures that the command of the analysis draws; nil for one that draws none.
  public func pictures(_ display: Display = Display()) throws -> (any GnuplotPictures)? { try state.pictures(scene(display)) }

  /// What was assumed and approximated, for people: of each log, named where there are several.
  public var notes: [String] {
    let labels = PartialLog.labels(logs)
    return zip(logs, labels).flatMap { log, label in log.notes.map { logs.count > 1 ? "\(label): \($0)" : $0 } }
  }

  /// Whether a part of some log could not be read.
  public var isPartial: Bool { logs.contains { $0.damages.contains { $0.severity == .partial } } }

  /// The ledgers of all logs, and how strace's own tables compare, in one sentence.
  public var verdict: String {
    if let verdict = state.verdict { return verdict }
    var sum = logs[0].ledger
    for log in logs.dropFirst() { sum.add(log.ledger) }
    let tables = logs.flatMap { log in log.tables.map { logs.count > 1 ? "\(log.title): \($0)" : $0 } }
    let several = logs.count > 1 ? ["\(logs.count) logs"] : []
    return (several + [LedgerReport(sum, tableChecks: []).verdict] + tables).joined(separator: "; ")
  }
}
