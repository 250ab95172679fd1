import TraceProcesses
import TraceSyntax

/// What kind of connection each open description is, in the words of `connections`: protocol and role.
///
/// Calls on a description wait, up to ``patience`` of them, until it is settled: what a connection is shows in its first messages.
struct ConnectionClasses {
  static let patience = 64
  /// Calls that wait in all, of all descriptions: beyond that each is settled at once.
  static let mostWaiting = 1 << 19
  /// Class 0: no connection.
  static let none: Int32 = 0

  /// What is known of an open description.
  struct Tally {
    /// Of ``names``; -1 while it is not settled.
    var connectionClass: Int32 = -1
    var firstLine = 0
    var calls = 0
    var time: Int64 = 0
    /// The slices in which it was used, as bits.
    var slices: UInt32 = 0
  }

  private(set) var names = [""]
  private var numbers: [String: Int32] = ["": 0]
  private(set) var tallies: ContiguousArray<Tally> = []
  private var waiting: [Int32: [SeenCall]] = [:]
  private var waitingCount = 0
  private var servedPorts: Set<UInt16> = []

  /// Makes room for the descriptions of a batch.
  mutating func reserve(_ count: Int) {
    if count > tallies.count { tallies.append(contentsOf: repeatElement(Tally(), count: count + 256 - tallies.count)) }
  }

  /// Counts a call on a description: its class, or nil where the call waits for that.
  @inline(__always)
  mutating func place(_ call: SeenCall, _ description: Int32) -> Int32? {
    let index = Int(description)
    tallies[index].calls &+= 1
    if tallies[index].firstLine == 0 { tallies[index].firstLine = call.line }
    if call.duration > 0 { tallies[index].time = Summary.sum(tallies[index].time, call.duration) }
    tallies[index].slices |= 1 << UInt32(call.slice)
    if tallies[index].connectionClass >= 0 { return tallies[index].connectionClass }
    waiting[description, default: []].append(call)
    waitingCount += 1
    return nil
  }

  /// Whether a description has as many calls waiting as it may.
  func isDue(_ description: Int32) -> Bool {
    tallies[Int(description)].calls >= Self.patience || waitingCount >= Self.mostWaiting
  }

  /// Settles what a description is, and hands out the calls that waited for it.
  mutating func settle(_ description: Int32, _ model: ProcessModel) -> (connectionClass: Int32, calls: [SeenCall]) {
    let number = number(model.descriptions[Int(description)])
    if tallies[Int(description)].connectionClass < 0 { tallies[Int(description)].connectionClass = number }
    let calls = waiting.removeValue(forKey: description) ?? []
    waitingCount -= calls.count
    return (number, calls)
  }

  /// Descriptions whose calls still wait.
  var unsettled: [Int32] { waiting.keys.sorted() }

  private mutating func number(_ description: OpenDescription) -> Int32 {
    let name = name(description)
    if let known = numbers[name] { return known }
    // Protocols and roles are few.
    numbers[name] = Int32(names.count)
    names.append(name)
    return Int32(names.count - 1)
  }

  private mutating func name(_ description: OpenDescription) -> String {
    if let port = description.servedPort { servedPorts.insert(port) }
    return description.connectionClass(servedPorts: servedPorts)
  }

  /// Pairs of slices became one.
  mutating func join() {
    for index in tallies.indices { tallies[index].slices = SliceClock.joined(tallies[index].slices) }
    for key in waiting.keys {
      waiting[key] = waiting[key]?.map {
        var call = $0
        call.slice /= 2
        return call
      }
    }
  }
}
