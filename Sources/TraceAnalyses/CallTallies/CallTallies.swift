import TraceCalls
import TraceProcesses
import TraceSyntax

/// Counts the calls of several selections in one pass: calls, errors, bytes, times and percentiles as ``Summary`` has them.
///
/// What a connection or a process is, is known at the log's end only. So calls are counted apart by whatever their condition asks for,
/// and put together when it can be answered.
public struct CallTallies {
  /// Cells that are kept for each selection.
  static let limit = 100_000

  private var counters: [Counter]
  private let joiner = ArgumentJoiner()

  public init(_ selections: [CallSelection]) { counters = selections.map(Counter.init) }

  /// Whether calls that only look at a descriptor must be tied to its life.
  public static func tiesEveryCall(_ selections: [CallSelection]) -> Bool { selections.contains { $0.asksForDescription } }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    guard !counters.isEmpty else { return }
    let (model, names) = (context.model, context.reader.names)
    for event in batch.places {
      let isOpen = event.pointee.phase == .inFlight || event.pointee.phase == .detached
      guard isOpen || event.pointee.isCompleted, event.pointee.syscall != .unknown else { continue }
      for index in counters.indices where counters[index].wants(event.pointee.syscall, names) {
        counters[index].count(event, isOpen: isOpen, model, names, joiner)
      }
    }
  }

  /// A tally for each selection.
  ///
  /// - Parameters:
  ///   - context: of the log, which is at its end.
  ///   - roles: of both ends, by index of the open description, as ``Connections`` tells them.
  ///   - threads: names by tid.
  public func finish(
    _ context: TraceContext, roles: [Int: (own: String, peer: String)], threads: [Int32: String]
  ) -> [CallTally] {
    counters.map { $0.result(CallSubjects(model: context.model, roles: roles, threads: threads)) }
  }
}

/// What answers the tests that a call alone does not.
struct CallSubjects {
  let model: ProcessModel
  let roles: [Int: (own: String, peer: String)]
  let threads: [Int32: String]

  func answer(_ test: RowTest, _ place: CallPlace) -> Bool {
    switch test.fact {
    case .process: return test.accepts(place.process < 0 ? nil : model.processLabel(place.process))
    case .thread: return test.accepts(threads[place.tid])
    default: break
    }
    let description = Int(place.description)
    guard description >= 0 else { return test.accepts(String?.none) }
    let what = model.descriptions[description]
    return switch test.fact {
    case .peer: test.accepts(what.peer)
    case .local: test.accepts(what.local)
    case .protocol: test.accepts(what.protocolName)
    case .stream: test.accepts(what.stream)
    case .kind: test.accepts(what.kind.rawValue)
    case .path: test.accepts(what.path)
    case .role: test.accepts(roles[description]?.own)
    case .peerRole: test.accepts(roles[description]?.peer)
    default: test.accepts(String?.none)
    }
  }
}

/// Where a call belongs, as far as its condition asks.
///
/// Invariant: what the condition does not ask for is -1 (0 for the tid), so that calls are told apart by no more than needed; `truths` is a
/// subset of `known`, both a bit for each test.
struct CallPlace: Hashable {
  var known: UInt32 = 0
  var truths: UInt32 = 0
  var description: Int32 = -1
  var process: Int32 = -1
  var tid: Int32 = 0
}

/// The counter of one selection.
private struct Counter {
  private let selection: CallSelection
  /// By syscall number: nil where it was not asked yet.
  private var wanted: [Bool?] = []
  private var cells: [CallPlace: CallCell] = [:]
  private var last: (place: CallPlace, cell: CallCell)?
  private var rest: CallCell?
  private let asksForDescription: Bool
  private let asksForProcess: Bool
  private let asksForThread: Bool
  private let pathPlaces: [Int?]
  private var paths = TextIndex(limit: Summary.pathBytes)
  /// By number of a path: the truths of the tests of paths.
  private var pathTruths: [UInt32] = []
  private let pathTests: UInt32

  init(_ selection: CallSelection) {
    self.selection = selection
    asksForDescription = selection.asksForDescription
    asksForProcess = selection.condition?.asks(for: [.process]) ?? false
    asksForThread = selection.asksForThreadNames
    pathPlaces = SyscallCatalog.shared.pathPlaces
    var bits: UInt32 = 0
    for (index, test) in (selection.condition?.tests ?? []).enumerated() where test.fact == .path { bits |= 1 << UInt32(index) }
    pathTests = bits
  }

  @inline(__always)
  mutating func wants(_ syscall: SyscallID, _ names: SyscallNames) -> Bool {
    if selection.syscalls.isEmpty { return true }
    let id = Int(syscall.rawValue)
    if id < wanted.count, let known = wanted[id] { return known }
    return learn(id, names.name(syscall))
  }

  @inline(never)
  private mutating func learn(_ id: Int, _ name: String) -> Bool {
    if id >= wanted.count { wanted.append(contentsOf: repeatElement(nil, count: id + 1 - wanted.count)) }
    let isWanted = selection.syscalls.contains { $0.matches(name) }
    wanted[id] = isWanted
    return isWanted
  }

  mutating func count(
    _ event: UnsafePointer<CallEvent>, isOpen: Bool, _ model: ProcessModel, _ names: SyscallNames, _ joiner: ArgumentJoiner
  ) {
    let role = model.role(of: event.pointee.syscall)
    let bytes = role.isRead || role.isWrite ? event.transferredBytes(role) : 0
    let place = selection.condition.map { self.place(event, $0, role, bytes, model, names, joiner) } ?? CallPlace()
    let cell = cell(place)
    if isOpen { cell.countInFlight(event) } else { cell.count(event, bytes: bytes) }
  }

  private mutating func cell(_ place: CallPlace) -> CallCell {
    if let last, last.place == place { return last.cell }
    let cell: CallCell
    if let known = cells[place] {
      cell = known
    } else if cells.count < CallTallies.limit {
      cell = CallCell()
      cells[place] = cell
    } else {
      cell = rest ?? CallCell()
      rest = cell
      return cell
    }
    last = (place, cell)
    return cell
  }

  // MARK: Where a call belongs

  private mutating func place(
    _ event: UnsafePointer<CallEvent>, _ condition: RowCondition, _ role: SyscallRole, _ bytes: Int64, _ model: ProcessModel,
    _ names: SyscallNames, _ joiner: ArgumentJoiner
  ) -> CallPlace {
    var place = CallPlace()
    for (index, test) in condition.tests.enumerated() {
      guard let truth = truth(test, event, role, bytes, names) else { continue }
      place.known |= 1 << UInt32(index)
      if truth { place.truths |= 1 << UInt32(index) }
    }
    if pathTests != 0, let truths = pathTruths(event, condition, joiner) {
      place.known |= pathTests
      place.truths |= truths
    }
    if asksForDescription {
      let life = event.life(model)
      if life >= 0 { place.description = model.incarnations[Int(life)].description }
    }
    if asksForProcess { place.process = event.pointee.process }
    if asksForThread { place.tid = TaskNumber.tid(event.pointee.tid) }
    return place
  }

  /// The answer of the call itself; nil where it has none.
  private func truth(
    _ test: RowTest, _ event: UnsafePointer<CallEvent>, _ role: SyscallRole, _ bytes: Int64, _ names: SyscallNames
  ) -> Bool? {
    switch test.fact {
    case .syscall: test.accepts(names.name(event.pointee.syscall))
    case .errno: test.accepts(event.pointee.errno == .none ? nil : event.pointee.errno.name)
    case .fd: test.accepts(event.pointee.descriptor == LineEvent.noDescriptor ? nil : Double(event.pointee.descriptor))
    case .tid: test.accepts(Double(TaskNumber.tid(event.pointee.tid)))
    case .direction: test.accepts(role.isRead ? "read" : role.isWrite ? "write" : nil)
    case .duration: test.accepts(event.pointee.duration >= 0 ? event.pointee.duration : nil)
    case .bytes: test.accepts(role.isRead || role.isWrite ? bytes : nil)
    default: nil
    }
  }

  /// The answers of the path among the arguments; nil where there is none, and the descriptor's path counts.
  private mutating func pathTruths(
    _ event: UnsafePointer<CallEvent>, _ condition: RowCondition, _ joiner: ArgumentJoiner
  ) -> UInt32? {
    let id = Int(event.pointee.syscall.rawValue)
    guard id < pathPlaces.count, let argument = pathPlaces[id], event.pointee.phase != .returnedOnly else { return nil }
    let text = joiner.arguments(of: event.pointee)[argument].unsafeBytes
    // `""` names the descriptor before it (AT_EMPTY_PATH).
    guard text.count > 2, text.first == UInt8(ascii: "\"") else { return nil }
    let shown = UnsafeRawBufferPointer(rebasing: text.prefix(Summary.longestPath))
    let number = paths.number(of: shown).map { Int($0) }
    if let number, number < pathTruths.count { return pathTruths[number] }
    var truths: UInt32 = 0
    let path = CallArgument(shown).string.map { $0.description + ($0.isTruncated ? "..." : "") }
    for (index, test) in condition.tests.enumerated() where test.fact == .path && test.accepts(path) {
      truths |= 1 << UInt32(index)
    }
    if number == pathTruths.count { pathTruths.append(truths) }
    return truths
  }

  // MARK: At the end

  func result(_ subjects: CallSubjects) -> CallTally {
    let sum = CallCell()
    for (place, cell) in cells {
      let counts =
        selection.condition.map { condition in
          condition.isMet { index in
            let bit: UInt32 = 1 << UInt32(index)
            return place.known & bit != 0 ? place.truths & bit != 0 : subjects.answer(condition.tests[index], place)
          }
        } ?? true
      if counts { sum.merge(cell) }
    }
    var tally = sum.result
    tally.isIncomplete = rest != nil
    return tally
  }
}
