import TraceSyntax

/// One life of a descriptor number in a descriptor table.
public struct Incarnation: Sendable {
  /// How a life began or ended.
  public enum Event: Sendable, Hashable {
    /// Still open, or never seen.
    case none
    /// Was there when first met.
    case pre
    /// Used after a seen close without a seen open.
    case implicit
    /// The row that counts EBADF I/O, of no life at all (n = -1).
    case badDescriptor
    /// Arrived in a `recvmsg` as SCM_RIGHTS.
    case received
    case exec
    case exit
    case syscall(SyscallID)
  }

  /// The table it is in: an index into the model.
  public internal(set) var table: Int32
  public let descriptor: Int32
  /// 0 for what was there when first met; -1 for EBADF.
  public internal(set) var n: Int32
  /// Index of its open description.
  public internal(set) var description: Int32
  public let openedTid: Int32
  public internal(set) var closedTid: Int32 = 0
  public let openedBy: Event
  public internal(set) var closedBy = Event.none
  var closesOnExec = false
  /// Met by calls that turned out to fail with EBADF only: it never was.
  public internal(set) var isVoid = false
  public let openedLine: Int
  public internal(set) var closedLine = 0
  // Without room for nil beside them: a log may have a million lives.
  private let opened: Int64
  private var closed = Self.noTime
  private static var noTime: Int64 { .min }
  /// nil where the log has no clock.
  public var openedTime: Int64? { opened == Self.noTime ? nil : opened }
  public internal(set) var closedTime: Int64? {
    get { closed == Self.noTime ? nil : closed }
    set { closed = newValue ?? Self.noTime }
  }

  init(table: Int32, descriptor: Int32, n: Int32, description: Int32, openedBy: Event, line: Int, time: Int64?, tid: Int32) {
    self.table = table
    self.descriptor = descriptor
    self.n = n
    self.description = description
    self.openedBy = openedBy
    openedLine = line
    opened = time ?? Self.noTime
    openedTid = tid
  }
}

/// A descriptor table: what threads share, fork copies and exec thins out.
struct DescriptorTable {
  /// What is known of a number.
  ///
  /// Invariant: `current` is an open incarnation, `description` its description, or `current` is -1; `next` is the n of the incarnation to come.
  struct Entry {
    var current: Int32 = -1
    var description: Int32 = -1
    var next: Int32 = 0
    var isKnown = false
  }

  /// The tgid where known, else the first tid met: `1234`, or `1234#2` when the number came up again.
  var label: String
  /// The number in the label, for sorting.
  var number: Int32
  /// Live tasks seen that use it.
  var users = 0
  var isAlive = true
  /// A task that was put here by assumption used what another had opened: threads of one process do that.
  var showsSharing = false
  /// What the last seen user's end closed, as long as a thread may still show up that uses the table too.
  var closedByExit: [Int32] = []
  /// The file's numbers below 65536, the rest (a damaged log, a huge limit) in a dictionary.
  private var low: [Entry] = []
  private var high: [Int32: Entry] = [:]
  /// Rows for EBADF I/O by number.
  var bad: [Int32: Int32] = [:]

  init(label: String, number: Int32) {
    self.label = label
    self.number = number
  }

  subscript(descriptor: Int32) -> Entry {
    @inline(__always) get {
      if descriptor >= 0, Int(descriptor) < low.count { return low[Int(descriptor)] }
      return high.isEmpty ? Entry() : high[descriptor] ?? Entry()
    }
    set {
      if descriptor >= 0, descriptor < 65_536 {
        if Int(descriptor) >= low.count {
          low.append(contentsOf: repeatElement(Entry(), count: Int(descriptor) + 32 - low.count))
        }
        low[Int(descriptor)] = newValue
      } else {
        high[descriptor] = newValue
      }
    }
  }

  /// What is open at one of the usual numbers; nil where nothing is, or where ``subscript(_:)`` must be asked.
  @inline(__always)
  func open(at descriptor: Int32) -> (incarnation: Int32, description: Int)? {
    guard descriptor >= 0, Int(descriptor) < low.count, low[Int(descriptor)].current >= 0 else { return nil }
    return (low[Int(descriptor)].current, Int(low[Int(descriptor)].description))
  }

  /// Numbers with an entry, in order.
  var descriptors: [Int32] {
    low.indices.filter { low[$0].isKnown }.map(Int32.init) + high.keys.sorted()
  }
}
