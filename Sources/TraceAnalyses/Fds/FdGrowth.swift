import TraceCalls
import TraceProcesses
import TraceSyntax

/// Open descriptors over time: how many each process opened, closed and had, interval by interval.
public struct FdGrowth: Analysis {
  public struct Options: Sendable {
    /// Which descriptors and processes, and from when to when rows are wanted; what was open before counts all the same.
    public var filter = CallFilter()
    /// Nanoseconds.
    public var interval: Int64 = 10_000_000_000
    public init() {}
  }

  /// Numbers of open descriptors by what they are.
  public struct Counts: Sendable, Equatable {
    public var files = 0
    public var sockets = 0
    public var pipes = 0
    /// epoll, eventfd, timers and whatever the log does not tell.
    public var others = 0
    public var all: Int { files + sockets + pipes + others }

    public init(files: Int = 0, sockets: Int = 0, pipes: Int = 0, others: Int = 0) {
      self.files = files
      self.sockets = sockets
      self.pipes = pipes
      self.others = others
    }

    mutating func add(_ change: Int, _ kind: DescriptorKind) {
      switch kind {
      case .file, .directory, .device, .memfd: files += change
      case .socket, .tcp, .udp, .unix, .netlink: sockets += change
      case .pipe: pipes += change
      default: others += change
      }
    }
  }

  /// One process in one interval in which it opened or closed something; the first of a process also tells what it had.
  public struct Row: Sendable {
    /// Number of the interval since the clock's zero.
    public let interval: Int64
    public let process: String
    public let processNumber: Int32
    public internal(set) var opened = 0
    public internal(set) var closed = 0
    /// Open at the interval's end.
    public internal(set) var open = Counts()
    /// The most that were open in it.
    public internal(set) var peak = 0

    package init(
      interval: Int64, process: String, processNumber: Int32, opened: Int = 0, closed: Int = 0, open: Counts = Counts(),
      peak: Int = 0
    ) {
      self.interval = interval
      self.process = process
      self.processNumber = processNumber
      self.opened = opened
      self.closed = closed
      self.open = open
      self.peak = peak
    }
  }

  public struct Result: Sendable {
    /// By time, then by process. What was open holds until the process's next row.
    public let rows: [Row]
    /// Nanoseconds.
    public let interval: Int64
    /// Numbers of the log's first and last interval.
    public let origin: Int64
    public let last: Int64
    public let clock: TraceClock

    package init(rows: [Row], interval: Int64, origin: Int64, last: Int64, clock: TraceClock) {
      self.rows = rows
      self.interval = interval
      self.origin = origin
      self.last = last
      self.clock = clock
    }
  }

  /// A descriptor that came or went.
  private struct Change {
    var line: Int
    var time: Int64
    var kind: DescriptorKind
    var isOpening: Bool
  }

  public static var needsEveryCall: Bool { false }

  public let options: Options

  public init(_ options: Options = Options()) { self.options = options }

  /// The process model keeps all that is asked for.
  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {}

  public mutating func finish(_ context: TraceContext) -> Result {
    let (model, clock) = (context.model, context.reader.clock)
    let interval = max(1, options.interval)
    let (origin, last) = (Self.interval(clock.first ?? 0, interval), Self.interval(clock.last, interval))
    var changes: [Int32: [Change]] = [:]
    var initial: [Int32: Counts] = [:]
    if clock.kind != .none {
      for life in model.incarnations where !life.isVoid && life.n >= 0 && options.filter.accepts(life, model) {
        let kind = model.descriptions[Int(life.description)].kind
        if life.openedBy != .pre, let time = life.openedTime {
          changes[life.table, default: []].append(Change(line: life.openedLine, time: time, kind: kind, isOpening: true))
        } else {
          initial[life.table, default: Counts()].add(1, kind)
        }
        guard life.closedBy != .none else { continue }
        changes[life.table, default: []].append(
          Change(line: life.closedLine, time: life.closedTime ?? clock.first ?? 0, kind: kind, isOpening: false))
      }
    }
    let window = options.filter.window(clock, interval: interval)
    var rows: [Row] = []
    for table in Set(changes.keys).union(initial.keys) {
      // What takes a number's place closes the old one first.
      let steps = (changes[table] ?? []).sorted { ($0.line, $0.isOpening ? 1 : 0) < ($1.line, $1.isOpening ? 1 : 0) }
      rows += Self.rows(steps, initial[table], table, model, interval, origin).filter {
        $0.interval >= Self.interval(window.from, interval) && $0.interval &* interval < window.to
      }
    }
    rows.sort { ($0.interval, $0.processNumber, $0.process) < ($1.interval, $1.processNumber, $1.process) }
    return Result(rows: rows, interval: interval, origin: origin, last: last, clock: clock)
  }

  private static func rows(
    _ steps: [Change], _ initial: Counts?, _ table: Int32, _ model: ProcessModel, _ interval: Int64, _ origin: Int64
  ) -> [Row] {
    var rows: [Row] = []
    var open = initial ?? Counts()
    func begin(_ number: Int64) {
      var row = Row(interval: number, process: model.processLabel(table), processNumber: model.processNumber(table))
      row.open = open
      row.peak = open.all
      rows.append(row)
    }
    // Those that were there were there from the start, whenever they were met.
    if initial != nil { begin(origin) }
    for step in steps {
      let number = Self.interval(step.time, interval)
      // A clock that steps back goes on in the interval it had reached.
      if rows.isEmpty || number > rows[rows.count - 1].interval { begin(number) }
      open.add(step.isOpening ? 1 : -1, step.kind)
      let place = rows.count - 1
      if step.isOpening { rows[place].opened += 1 } else { rows[place].closed += 1 }
      rows[place].open = open
      rows[place].peak = max(rows[place].peak, open.all)
    }
    return rows
  }

  private static func interval(_ time: Int64, _ length: Int64) -> Int64 {
    time / length - (time % length < 0 ? 1 : 0)
  }
}
