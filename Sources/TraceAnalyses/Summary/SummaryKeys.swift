import TraceCalls
import TraceProcesses
import TraceSyntax

extension Summary {
  /// What rows are by, besides the call.
  public enum Key: String, Sendable, CaseIterable {
    case process, thread, fd, connection, path, errno
  }
}

/// Numbers for what the rows of a summary are about, by what each call tells of it.
///
/// Invariant: `raws[n]` is what stands for thing `n`; number 0, ``SummaryCells/rest``, stands for what there was no room for.
struct SummaryKeys {
  private let key: Summary.Key?
  /// Rows are told apart by connection too, since a filter asks at the end what that was.
  private let tracksDescriptions: Bool
  private let takesDescriptor: [Bool]
  private let pathPlaces: [Int?]
  private var index = NumberIndex()
  private var raws: [UInt64] = [0]
  private var withDescriptions = NumberIndex()
  /// By number, where connections are told apart: the thing, and the description + 1.
  private var pairs: [(thing: Int32, description: UInt32)] = [(0, 0)]
  private var paths = TextIndex(limit: Summary.pathBytes)
  private var last: (raw: UInt64, number: Int32) = (.max, 0)
  private let joiner = ArgumentJoiner()

  // What raw numbers stand for beside small ones.
  private static let ofDescriptor: UInt64 = 1 << 63
  private static let ofDescription: UInt64 = 1 << 62

  init(_ key: Summary.Key?, tracksDescriptions: Bool) {
    self.key = key
    self.tracksDescriptions = tracksDescriptions
    takesDescriptor = SyscallCatalog.shared.takesDescriptor
    pathPlaces = SyscallCatalog.shared.pathPlaces
  }

  /// The number of what a call is about.
  mutating func number(_ event: UnsafePointer<CallEvent>, _ model: ProcessModel, hasRoom: Bool) -> Int32 {
    guard let raw = raw(event, model) else { return SummaryCells.rest }
    let thing = number(raw, hasRoom)
    guard tracksDescriptions else { return thing }
    let life = life(event, model)
    let description = life < 0 ? 0 : UInt32(model.incarnations[Int(life)].description) + 1
    let pair = UInt64(UInt32(bitPattern: thing)) << 32 | UInt64(description)
    if let known = withDescriptions[pair] { return known }
    guard hasRoom else { return SummaryCells.rest }
    pairs.append((thing, description))
    withDescriptions.insert(pair, Int32(pairs.count - 1))
    return Int32(pairs.count - 1)
  }

  @inline(__always)
  private mutating func number(_ raw: UInt64, _ hasRoom: Bool) -> Int32 {
    if raw == last.raw { return last.number }
    let number: Int32
    if let known = index[raw] {
      number = known
    } else {
      guard hasRoom else { return SummaryCells.rest }
      number = Int32(raws.count)
      raws.append(raw)
      index.insert(raw, number)
    }
    last = (raw, number)
    return number
  }

  /// What a call is about; 0 for nothing of the kind, nil where there is no room to remember it.
  @inline(__always)
  private mutating func raw(_ event: UnsafePointer<CallEvent>, _ model: ProcessModel) -> UInt64? {
    switch key {
    case nil: return 0
    case .process: return UInt64(event.pointee.process + 1)
    case .thread:
      return UInt64(event.pointee.process + 1) << 32 | UInt64(UInt32(bitPattern: TaskNumber.tid(event.pointee.tid)))
    case .errno: return UInt64(event.pointee.errno.rawValue)
    case .fd:
      let life = life(event, model)
      if life >= 0 { return UInt64(life) + 1 }
      let id = Int(event.pointee.syscall.rawValue)
      guard id < takesDescriptor.count, takesDescriptor[id], event.pointee.descriptor >= 0, event.pointee.process >= 0 else {
        return 0
      }
      return Self.ofDescriptor | UInt64(event.pointee.process) << 32 | UInt64(event.pointee.descriptor)
    case .connection:
      let life = life(event, model)
      guard life >= 0, model.incarnations[Int(life)].n >= 0 else { return 0 }
      return UInt64(model.incarnations[Int(life)].description) + 1
    case .path: return path(event, model)
    }
  }

  /// The life of the descriptor in the first argument.
  @inline(__always)
  private func life(_ event: UnsafePointer<CallEvent>, _ model: ProcessModel) -> Int32 { event.life(model) }

  /// The path among the arguments, else what the descriptor refers to.
  private mutating func path(_ event: UnsafePointer<CallEvent>, _ model: ProcessModel) -> UInt64? {
    let id = Int(event.pointee.syscall.rawValue)
    if id < pathPlaces.count, let place = pathPlaces[id], event.pointee.phase != .returnedOnly {
      let text = joiner.arguments(of: event.pointee)[place].unsafeBytes
      // `""` names the descriptor before it (AT_EMPTY_PATH).
      if text.count > 2, text.first == UInt8(ascii: "\"") {
        let text = UnsafeRawBufferPointer(rebasing: text.prefix(Summary.longestPath))
        return paths.number(of: text).map { UInt64($0) + 1 }
      }
    }
    let life = life(event, model)
    return life < 0 ? 0 : Self.ofDescription | UInt64(model.incarnations[Int(life)].description)
  }

  // MARK: At the end

  /// What each number was; nil where the filter does not want it.
  func subjects(_ context: TraceContext, _ filter: CallFilter) -> [Summary.Subject?] {
    let model = context.model
    var things = raws.enumerated().map { $0 == 0 ? Summary.Subject(isRest: key != nil) : subject($1, model) }
    if key == .connection { addFirstLives(&things, model) }
    guard tracksDescriptions else { return things }
    return pairs.map { pair in
      guard pair.description > 0, filter.accepts(model.descriptions[Int(pair.description) - 1]) else { return nil }
      return things[Int(pair.thing)]
    }
  }

  private func subject(_ raw: UInt64, _ model: ProcessModel) -> Summary.Subject {
    var subject = Summary.Subject()
    guard let key, raw > 0 else { return subject }
    switch key {
    case .process: subject.process = label(Int32(raw) - 1, model)
    case .thread:
      subject.process = label(Int32(raw >> 32) - 1, model)
      subject.tid = Int32(truncatingIfNeeded: raw)
    case .errno: subject.errno = Errno(rawValue: UInt16(raw)).name
    case .fd:
      if raw & Self.ofDescriptor != 0 {
        subject.process = label(Int32((raw & ~Self.ofDescriptor) >> 32), model)
        subject.descriptor = Int32(truncatingIfNeeded: raw)
      } else {
        let life = model.incarnations[Int(raw) - 1]
        subject.process = label(life.table, model)
        subject.descriptor = life.descriptor
        subject.n = life.n
        subject.description = Summary.Description(model.descriptions[Int(life.description)])
      }
    case .connection:
      subject.connection = Int(raw)
      subject.description = Summary.Description(model.descriptions[Int(raw) - 1])
    case .path:
      if raw & Self.ofDescription != 0 {
        subject.path = model.descriptions[Int(raw & ~Self.ofDescription)].path
      } else {
        subject.path = paths.withText(Int32(raw) - 1) {
          guard let string = CallArgument($0).string else { return nil }
          return string.description + (string.isTruncated ? "..." : "")
        }
      }
    }
    return subject
  }

  private func addFirstLives(_ things: inout [Summary.Subject], _ model: ProcessModel) {
    var first: [Int: Incarnation] = [:]
    for life in model.incarnations where !life.isVoid && first[Int(life.description)] == nil {
      first[Int(life.description)] = life
    }
    for index in things.indices {
      guard let life = things[index].connection.flatMap({ first[$0 - 1] }) else { continue }
      things[index].process = label(life.table, model)
      things[index].descriptor = life.descriptor
    }
  }

  private func label(_ table: Int32, _ model: ProcessModel) -> String? { table < 0 ? nil : model.processLabel(table) }
}
