import TraceAnalyses
import TraceCalls
import TraceProcesses

/// The analyses that measures ask for, besides the calls: only those run.
struct CheckAnalyses {
  private var stalls: [Int64: Stalls] = [:]
  private var freezes: [Int64: RtmpSessions] = [:]
  private var connections: Connections?
  private var http: Http?
  private var dns: Dns?
  private var futex: Futex?
  private var threads: Threads?
  private var growth: FdGrowth?
  private var leaks: FdLeaks?

  /// What came of them, once the log is read.
  private(set) var stallRows: [Int64: StallsResult] = [:]
  private(set) var rtmpRows: [Int64: RtmpSessions.Result] = [:]
  private(set) var connectionRows: Connections.Result?
  private(set) var httpRows: Http.Result?
  private(set) var dnsRows: Dns.Result?
  private(set) var futexRows: FutexResult?
  private(set) var threadRows: ThreadsResult?
  private(set) var growthRows: FdGrowth.Result?
  private(set) var leakRows: FdLeaks.Result?

  /// How long a stall or freeze is at least, where a rule does not say: what the subcommands take.
  static let usualStall = Stalls.Options().minimum
  static let usualFreeze = RtmpSessions.Options().threshold

  init(_ measures: [MeasureCall]) {
    for call in measures {
      switch call.measure.population {
      case .calls:
        if call.selection.asksForRole { connections = connections ?? Connections() }
        if call.selection.asksForThreadNames { threads = threads ?? Threads() }
      case .stalls:
        var options = Stalls.Options()
        options.minimum = call.length ?? Self.usualStall
        stalls[options.minimum] = Stalls(options)
      case .rtmpFreezes, .rtmpSessions:
        var options = RtmpSessions.Options()
        options.threshold = call.length ?? Self.usualFreeze
        freezes[options.threshold] = RtmpSessions(options)
      case .connections: connections = connections ?? Connections()
      case .http: http = http ?? Http()
      case .dns: dns = dns ?? Dns()
      case .futexes, .locks, .deadlocks: futex = futex ?? Futex()
      case .threads: threads = threads ?? Threads()
      case .descriptors: growth = growth ?? FdGrowth()
      case .leaks: leaks = leaks ?? FdLeaks()
      case .log: break
      }
    }
  }

  mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    for minimum in stalls.keys { stalls[minimum]?.consume(batch, context) }
    for threshold in freezes.keys { freezes[threshold]?.consume(batch, context) }
    connections?.consume(batch, context)
    http?.consume(batch, context)
    dns?.consume(batch, context)
    futex?.consume(batch, context)
    threads?.consume(batch, context)
    growth?.consume(batch, context)
    leaks?.consume(batch, context)
  }

  mutating func finish(_ context: TraceContext) {
    for minimum in stalls.keys { stallRows[minimum] = stalls[minimum]?.finish(context) }
    for threshold in freezes.keys { rtmpRows[threshold] = freezes[threshold]?.finish(context) }
    connectionRows = connections?.finish(context)
    httpRows = http?.finish(context)
    dnsRows = dns?.finish(context)
    futexRows = futex?.finish(context)
    threadRows = threads?.finish(context)
    growthRows = growth?.finish(context)
    leakRows = leaks?.finish(context)
  }

  /// What the ends of connections are, by index of their description.
  var roles: [Int: (own: String, peer: String)] {
    var roles: [Int: (own: String, peer: String)] = [:]
    for row in connectionRows?.rows ?? [] { roles[row.connection - 1] = (row.role, row.peerRole) }
    return roles
  }

  /// By tid.
  var threadNames: [Int32: String] {
    var names: [Int32: String] = [:]
    for thread in threadRows?.threads ?? [] { if let name = thread.name { names[thread.tid] = name } }
    return names
  }
}
