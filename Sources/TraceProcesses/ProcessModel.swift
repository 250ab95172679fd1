import TraceCalls
import TraceSyntax

/// Which incarnation of which descriptor each call is on: follows clone, exec, exit, open, dup and close through the log.
///
/// Runs over every batch before the analyses and fills in `process`, `incarnation` and `otherIncarnation` of its events. What
/// holds is in Definitions: a close takes effect at its entry line; a new descriptor at the line where its call returns; a read or write is
/// on the incarnation at its start; EBADF meets nothing.
public struct ProcessModel {
  /// What a task's open call will need when it returns.
  struct Open {
    var incarnation: Int32 = -1
    var other: Int32 = -1
    /// What a `close` in flight removed, to be put back on EBADF.
    var undo: Int32 = -1
    /// The call itself created `incarnation` (n = 0).
    var isFresh = false
    /// The table that a clone in flight made for its child, or -1.
    var childTable: Int32 = -1
    /// Whether that child has been seen.
    var childSeen = false
    var isClone = false
    /// Its child shares the table until it calls execve: it is no thread, or, where the flags are not shown, only taken for one.
    var childLeavesOnExec = false
  }

  struct Task {
    var tid: Int32 = 0
    var table: Int32 = -1
    /// Put into its table by assumption, not by a clone seen or a list given.
    var isAssumed = false
    /// Likewise, or the one that the others were put with.
    var isAssumedOrFirst = false
    /// The process that a call proved it to be of, itself if it leads it; 0 without such a call.
    var process: Int32 = 0
    /// It was put there by assumption, or others were put with it.
    var mayBeMoved: Bool { isAssumed || isAssumedOrFirst }
    /// Has read, written or closed something there.
    var hasTouchedTable = false
    /// Has opened or closed something there.
    var hasUsedTable = false
    var open = Open()
  }

  struct Unborn {
    var table: Int32
    var parent: Int32
  }

  struct Host {
    /// Whether a task of it was seen.
    var isSeen = false
    var firstLivingTable: Int32 = -1
    var liveUsers = 0
    /// The log showed that several processes were attached.
    var laterTasksAreAlone = false
  }

  public internal(set) var incarnations: [Incarnation] = []
  public internal(set) var descriptions: [OpenDescription] = []
  /// Of each description.
  var marks: [DescriptionMark] = []
  var tables: [DescriptorTable] = []
  var tasks: [Task] = []
  var options: ProcessOptions
  let roles: [SyscallRole]
  /// Of the reads, the one whose message may bring descriptors.
  let recvmsg = SyscallCatalog.shared.id(of: "recvmsg")
  /// Of the writes, the one whose message may take some along.
  let sendmsg = SyscallCatalog.shared.id(of: "sendmsg")
  /// Reads and writes of plain buffers, which pass no descriptors, by syscall number.
  let transfers = SyscallCatalog.shared.movesPlainBytes
  /// Reads and writes that only sockets take, by syscall number.
  let ofSockets: [Bool]
  /// Roles by syscall number, for the analyses.
  public var roleTable: [SyscallRole] { roles }
  /// Whether calls that only look at a descriptor or change it are tied to its life too; set before the first batch.
  public var tiesEveryCall = false
  /// Whether nothing is asked of protocols but their names: no roles, hosts, paths or evidence, which would be kept for every connection that ever
  /// was; set before the first batch.
  public var namesProtocolsOnly = false
  /// Whether the interest lists of epoll instances are kept, for ``watches(_:epoll:)``; set before the first batch.
  public var followsWatches = false
  /// By syscall number, whether the first argument is a descriptor.
  lazy var takesDescriptor = SyscallCatalog.shared.takesDescriptor
  /// Children whose clone returned before their first line, by the number that it returned.
  var unborn: [Int32: Unborn] = [:]
  /// Living tables by the number in their label.
  var tableByNumber: [Int32: Int32] = [:]
  /// How often a number named a table, for `1234#2`.
  var labelUses: [Int32: Int] = [:]
  /// Of each log read side by side: where tasks go that nobody was seen to create.
  var hosts: [Host] = [Host()]
  /// Names that perf looked up late stand in the answer.
  var usedLateNames = false
  /// Tasks that share a table but not (or not for certain) a thread group: an execve ends that.
  var leavingOnExec: Set<Int32> = []
  /// Descriptors sent over sockets and not received yet.
  var passed = PassedDescriptors()
  /// The process behind a pidfd, by its open description.
  var pidfds: [Int32: Int32] = [:]
  /// Local sockets by inode, where decorations show that.
  var localSockets: [UInt64: Int32] = [:]
  var epolls = EpollInstances()
  /// What calls said about whose threads tasks are.
  var proofs = ProcessProofs()
  /// Connections asked for over loopback and local sockets, and not accepted yet.
  var awaited = AwaitedConnections()
  /// What strace said it attached.
  var attached: AttachedProcesses
  /// Closes are traced.
  var seesCloses = false
  /// Commands found in this batch's payloads, in log order.
  public internal(set) var sightings: [RTMPSighting] = []
  /// The lives in this batch that were the last of their open descriptions, in log order.
  public internal(set) var closings: [Int32] = []
  /// By open description, of those whose protocol (not RTMP) this batch told: what came before the call that told it and belongs to its message.
  public internal(set) var openings: [Int32: [Beginning]] = [:]
  /// What was assumed, for people.
  public internal(set) var notes: [String] = []
  /// The same, of the whole log: said once at its end.
  public var closingNotes: [String] {
    var notes: [String] = []
    if attached.count > 1 || attached.withThreads > 0, options.grouping == .auto { notes.append(attached.assumption) }
    if usedLateNames {
      notes.append(
        "paths and kinds of descriptors whose opening the log does not show are perf's: looked up in /proc late, they may be another file's"
      )
    }
    if hiddenPairs.count > 0 {
      notes.append(
        "line \(hiddenPairs.firstLine): the descriptors of a pair (pipe, socketpair) are not printed (-s 0, or perf)\(hiddenPairs.count > 1 ? ", nor of \(hiddenPairs.count - 1) more" : "")"
      )
    }
    if sawUnknownClone {
      notes.append("perf does not print the flags of clone3: its children are taken for threads until they call execve")
    }
    return notes
  }
  var sawUnknownClone = false
  /// Pairs whose numbers the log does not show.
  var hiddenPairs = (count: 0, firstLine: 0)
  /// Calls on descriptors whose first half the log does not hold.
  public internal(set) var transfersWithoutStart = 0

  let reader: CallReader
  let joiner = ArgumentJoiner()
  var payload: [UInt8] = []
  var payloads = TransferPayloads()
  /// By open description.
  var beginnings: [Int32: Beginnings] = [:]

  public init(_ reader: CallReader, options: ProcessOptions) {
    self.reader = reader
    self.options = options
    attached = options.attached
    roles = SyscallCatalog.shared.roles
    let calls = "recv recvfrom recvmsg recvmmsg recvmmsg_time64 send sendto sendmsg sendmmsg".split(separator: " ")
    let known = Set(calls.compactMap { SyscallCatalog.shared.id(of: String($0)).map { Int($0.rawValue) } })
    ofSockets = roles.indices.map(known.contains)
  }

  /// The label of a process, as reports print it: its number, `1234#2` when the number came up before, `web1.log:1234` where the
  /// logs of several hosts are read side by side.
  public func processLabel(_ table: Int32) -> String {
    let label = tables[Int(table)].label
    let host = Int(TaskNumber.host(tables[Int(table)].number))
    guard isOfSeveralHosts, host < reader.hosts.count else { return label }
    return "\(reader.hosts[host]):\(label)"
  }

  /// Whether tasks of more than one host were seen.
  public var isOfSeveralHosts: Bool { hosts.count(where: \.isSeen) > 1 }
  /// By index of a description, whether a descriptor refers to it now.
  public var openDescriptions: [Bool] { descriptions.map { $0.descriptorCount > 0 } }

  /// By process, its place among all as reports sort them: by number, then by label.
  public var tableRanks: [Int32] {
    let order = tables.indices.sorted {
      (processNumber(Int32($0)), processLabel(Int32($0)), $0) < (processNumber(Int32($1)), processLabel(Int32($1)), $1)
    }
    var ranks = [Int32](repeating: 0, count: order.count)
    for (rank, table) in order.enumerated() { ranks[table] = Int32(rank) }
    return ranks
  }

  /// A number to sort processes by.
  public func processNumber(_ table: Int32) -> Int32 { tables[Int(table)].number }

  /// Follows one batch.
  public mutating func annotate(_ batch: CallBatch) {
    beginBatch()
    follow(batch.events)
  }

  /// The reader's next batch, its events tied to processes and descriptors, its plain transfers told apart; nil at the end of the log.
  public mutating func nextWithTransfers() -> CallBatch? {
    beginBatch()
    return reader.next(for: &self)
  }

  private mutating func beginBatch() {
    if !sightings.isEmpty { sightings.removeAll(keepingCapacity: true) }
    if !openings.isEmpty { openings.removeAll() }
    if !closings.isEmpty { closings.removeAll(keepingCapacity: true) }
  }

  /// What a call does to descriptors and tasks.
  @inline(__always)
  public func role(of syscall: SyscallID) -> SyscallRole {
    let id = Int(syscall.rawValue)
    return id < roles.count ? roles[id] : .other
  }

  mutating func note(_ text: String) {
    if notes.count < 100 { notes.append(text) }
  }
}
