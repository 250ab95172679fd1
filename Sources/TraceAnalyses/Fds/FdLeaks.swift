import TraceCalls
import TraceProcesses
import TraceSyntax

/// Descriptors that the log shows being opened and never closed, by who opened what: where one place of a program forgets its descriptors, its
/// row has as many as it opened.
public struct FdLeaks: Analysis {
  public struct Options: Sendable {
    /// `from` and `to` are of the opening; what was closed after `to` is not closed yet.
    public var filter = CallFilter()
    /// A row for each task that opened, instead of each process.
    public var isByThread = false
    public init() {}
  }

  /// What one process (or thread) opened in one way of one kind, and did not close.
  public struct Row: Sendable {
    public let process: String
    public let processNumber: Int32
    public let openedBy: Incarnation.Event
    public let kind: DescriptorKind
    /// The far end: without its port where that was accepted, since each client's is another.
    public let peer: String?
    /// With `*` for the digits in which the paths of the row differ.
    public internal(set) var path: String?
    /// Still open at the log's end.
    public internal(set) var open = 0
    /// Closed by nothing but the end of the process.
    public internal(set) var untilExit = 0
    /// All that were opened like that, the closed ones too.
    public internal(set) var opened = 0
    /// Tasks that opened those never closed.
    public var tasks: Int { tids.count }
    var tids: Set<Int32> = []
    /// The first and the last of those never closed.
    public internal(set) var first: Incarnation
    public internal(set) var last: Incarnation

    public var neverClosed: Int { open + untilExit }
  }

  public struct Result: Sendable {
    /// The largest first.
    public let rows: [Row]
    public let clock: TraceClock
    public let names: [String]
  }

  private struct Key: Hashable {
    var table: Int32
    var tid: Int32
    var event: Incarnation.Event
    var kind: DescriptorKind
    var peer: String?
    var path: String?
  }

  public static var needsEveryCall: Bool { false }

  public let options: Options

  public init(_ options: Options = Options()) { self.options = options }

  /// The process model keeps all that is asked for.
  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {}

  public mutating func finish(_ context: TraceContext) -> Result {
    let model = context.model
    let window = options.filter.window(context.reader.clock)
    var places: [Key: Int] = [:]
    var rows: [Row] = []
    for life in model.incarnations where !life.isVoid && life.openedBy != .pre && life.n >= 0 {
      guard options.filter.accepts(life, model) else { continue }
      if let opened = life.openedTime, opened < window.from || opened >= window.to { continue }
      if !options.filter.tids.isEmpty, !options.filter.tids.contains(TaskNumber.tid(life.openedTid)) { continue }
      let what = model.descriptions[Int(life.description)]
      let key = Key(
        table: life.table, tid: options.isByThread ? life.openedTid : 0, event: life.openedBy, kind: what.kind,
        peer: Self.place(what), path: what.path.map(Self.pattern))
      let place = places[key] ?? rows.count
      if place == rows.count {
        places[key] = place
        rows.append(
          Row(
            process: model.processLabel(life.table), processNumber: model.processNumber(life.table), openedBy: life.openedBy,
            kind: what.kind, peer: key.peer, path: what.path, first: life, last: life))
      }
      rows[place].opened += 1
      if rows[place].path != what.path { rows[place].path = key.path }
      let isOpen = life.closedBy == .none || (life.closedTime ?? .min) >= window.to
      // A child that was forked and ended had its parent's descriptors: nobody forgot them.
      guard isOpen || (life.closedBy == .exit && !Self.isCopy(life, model)) else { continue }
      if rows[place].neverClosed == 0 { rows[place].first = life }
      rows[place].last = life
      rows[place].tids.insert(life.openedTid)
      if isOpen { rows[place].open += 1 } else { rows[place].untilExit += 1 }
    }
    rows.removeAll { $0.neverClosed == 0 }
    rows.sort {
      ($1.neverClosed, $0.processNumber, $0.first.openedLine) < ($0.neverClosed, $1.processNumber, $1.first.openedLine)
    }
    return Result(rows: rows, clock: context.reader.clock, names: context.reader.names.names)
  }

  private static func isCopy(_ life: Incarnation, _ model: ProcessModel) -> Bool {
    guard case .syscall(let id) = life.openedBy, Int(id.rawValue) < model.roleTable.count else { return false }
    return model.roleTable[Int(id.rawValue)] == .clone
  }

  /// The peer; of an accepted connection its host alone. Ends of pairs have no place.
  private static func place(_ what: OpenDescription) -> String? {
    switch what.origin {
    case .paired: return nil
    case .accepted:
      guard let peer = what.peer, OpenDescription.port(of: peer) != nil, let colon = peer.lastIndex(of: ":") else {
        return what.peer
      }
      return peer[..<colon] + ":*"
    default: return what.peer
    }
  }

  /// A path with `*` for digits, and for hexadecimal words such as a UUID's.
  static func pattern(_ path: String) -> String {
    var pattern = ""
    var word = ""
    func end() {
      let isHex = word.utf8.count >= 8 && word.allSatisfy(\.isHexDigit) && word.contains(where: \.isNumber)
      if isHex {
        pattern += "*"
      } else {
        var wasDigit = false
        for character in word {
          let isDigit = character.isASCII && character.isNumber
          if !isDigit { pattern.append(character) } else if !wasDigit { pattern.append("*") }
          wasDigit = isDigit
        }
      }
      word = ""
    }
    for character in path {
      if character.isASCII, character.isLetter || character.isNumber {
        word.append(character)
      } else {
        end()
        pattern.append(character)
      }
    }
    end()
    return pattern
  }
}
