import TraceCalls
import TraceProcesses
import TraceProtocols
import TraceSyntax

/// DNS queries with their answers: attempts, latency, outcome.
public struct Dns: Analysis {
  public struct Options: Sendable {
    public var filter = CallFilter()
    public init() {}
  }

  /// One question of a task, asked once or several times.
  public struct Row: Sendable {
    /// Of the first attempt; of an answer whose query was not seen, its own.
    public let line: Int
    public let time: Int64
    public let tid: Int32
    let incarnation: Int32
    let firstEnd: Int64
    /// Whom the first attempt asked, or, where this end is the server, who asked.
    public let server: String?
    public let isServer: Bool
    public let id: Int
    /// It ends `...` where -s cut it.
    public let name: String
    public let type: String?
    public internal(set) var attempts = 1
    /// Nanoseconds from the end of the first attempt's call to the end of the answer's; nil without an answer or a clock.
    public internal(set) var latency: Int64?
    /// `NOERROR`, `NXDOMAIN` ...; `truncated`, `timeout`, or empty where the log ends first.
    public internal(set) var outcome = ""
    /// What the search list was tried for, of each of its tries.
    public internal(set) var searched: String?
    public internal(set) var answerLine: Int?
    public internal(set) var addresses: [String] = []
    var lastAttempt: Int64
    let isTimed: Bool
  }

  public struct Result: Sendable {
    /// In the order of their lines.
    public let rows: [Row]
    public let clock: TraceClock
    /// Directions of connections over TCP in which -s cut the length of a message: nothing behind it is read.
    public let cutStreams: Int
    /// Those that were given up with a message under way, because too many others had one.
    public let droppedStreams: Int

    /// What a reader should know.
    public var notes: [String] {
      var notes: [String] = []
      if cutStreams > 0 {
        notes.append(
          "\(cutStreams) directions of DNS over TCP are read up to where strace -s cut the length of a message (record with a larger -s)"
        )
      }
      if droppedStreams > 0 {
        notes.append(
          "\(droppedStreams) directions of DNS over TCP were not read to their end: more than \(DnsStreams.most) had a message under way"
        )
      }
      return notes
    }
  }

  /// Where an answer looks for its query.
  private struct Place: Hashable {
    var description: Int32
    var id: Int
    var isServer: Bool
  }

  /// What a further attempt has in common with the first.
  private struct Question: Hashable {
    var process: Int32
    var isServer: Bool
    var asker: String
    var name: String
    var type: Int?
  }

  private struct Key: Hashable {
    var tid: Int32
    var type: Int?
  }

  /// The longest that glibc waits between two attempts (resolv.conf(5), RES_MAXRETRANS), in nanoseconds; five seconds if not told.
  private static let longestRetry: Int64 = 30_000_000_000
  private static let usualTimeout: Int64 = 5_000_000_000

  public static var needsEveryCall: Bool { false }

  public let options: Options
  private var rows: [Row] = []
  private var open: [Question: Int] = [:]
  private var places: [Place: (row: Int, question: Question)] = [:]
  /// The last question of a task and type that had no name, for search lists.
  private var lastMissing: [Key: Int] = [:]
  private var streams = DnsStreams()
  /// How many places make it worth while to look for those that are over.
  private var forgetAt = 4096
  private var payloads = TransferPayloads()
  private let joiner = ArgumentJoiner()

  public init(_ options: Options = Options()) { self.options = options }

  public mutating func consume(_ batch: CallBatch, _ context: TraceContext) {
    let roles = context.model.roleTable
    for place in batch.places {
      let id = Int(place.pointee.syscall.rawValue)
      guard place.pointee.incarnation >= 0, place.pointee.isCompleted, place.pointee.succeeded, place.pointee.result > 0,
        id < roles.count, roles[id].isRead || roles[id].isWrite
      else { continue }
      let index = Int(context.model.incarnations[Int(place.pointee.incarnation)].description)
      guard let session = context.model.descriptions[index].application, session.name == .dns,
        place.pointee.endLine >= session.firstEndLine
      else { continue }
      read(place.pointee, session, roles[id], Int32(index), context)
    }
    if places.count > forgetAt { forget(before: context.reader.clock.last) }
    if !streams.isEmpty { streams.forgetClosed(context.model) }
  }

  private mutating func read(
    _ event: CallEvent, _ session: ApplicationSession, _ role: SyscallRole, _ index: Int32, _ context: TraceContext
  ) {
    let description = context.model.descriptions[Int(index)]
    let isRead = role.isRead
    if description.transport == .stream, event.endLine == session.firstEndLine {
      // The length alone, or less than a question: no message ends there.
      for opening in context.model.openings[index] ?? [] {
        opening.bytes.withUnsafeBytes {
          streams.read(Payload($0, transport: .stream), .init(description: index, isRead: opening.isRead)) { _ in }
        }
      }
    }
    var messages: [(DNSMessage, String?)] = []
    var reader = TransferPayloads()
    swap(&reader, &payloads)
    reader.read(joiner.arguments(of: event), role, result: event.result) { bytes, size, address in
      let far = address?.name ?? description.peer
      if description.transport == .stream {
        streams.read(Payload(bytes, size: size, transport: .stream), .init(description: index, isRead: isRead)) {
          messages.append(($0, far))
        }
      } else {
        let (near, other) = (OpenDescription.port(of: description.local), OpenDescription.port(of: far))
        let payload = Payload(
          bytes, size: size, isCut: size == nil, transport: description.transport, from: isRead ? other : near,
          to: isRead ? near : other)
        if case .yes(let finding) = ApplicationProtocol.dns.judge(payload), case .dns(let message) = finding.message {
          messages.append((message, far))
        }
      }
    }
    swap(&reader, &payloads)
    for (message, far) in messages { take(message, far, event, isRead: isRead, index, context) }
  }

  private mutating func take(
    _ message: DNSMessage, _ far: String?, _ event: CallEvent, isRead: Bool, _ description: Int32, _ context: TraceContext
  ) {
    // A server reads queries and writes answers.
    let isServer = message.isResponse != isRead
    let place = Place(description: description, id: message.id, isServer: isServer)
    if message.isResponse, let (row, question) = places[place] { return answer(message, row, question, place, event) }
    let question = Question(
      process: event.process, isServer: isServer, asker: isServer ? far ?? "" : "", name: message.name.lowercased(),
      type: message.type)
    if !message.isResponse, let row = open[question], event.end &- rows[row].lastAttempt <= Self.longestRetry {
      rows[row].attempts += 1
      rows[row].lastAttempt = event.end
      places[place] = (row, question)
      return
    }
    rows.append(
      Row(
        line: event.startLine, time: event.start, tid: TaskNumber.tid(event.tid), incarnation: event.incarnation,
        firstEnd: event.end, server: far, isServer: isServer, id: message.id,
        name: message.name + (message.isNameCut ? "..." : ""),
        type: message.typeName, lastAttempt: event.end, isTimed: event.endLine >= context.reader.clock.firstLine))
    let row = rows.count - 1
    if message.isResponse {
      rows[row].attempts = 0
      rows[row].outcome = message.rcodeName
      rows[row].answerLine = event.startLine
      rows[row].addresses = message.addresses
      return
    }
    open[question] = row
    places[place] = (row, question)
    findSearch(row, message)
  }

  private mutating func answer(_ message: DNSMessage, _ row: Int, _ question: Question, _ place: Place, _ event: CallEvent) {
    // An answer to another question with the same number is none.
    let isSame =
      message.questionCount == 0 || message.isNameCut || rows[row].name.hasSuffix("...")
      || (message.name.lowercased() == question.name && message.type == question.type)
    guard isSame else { return }
    places[place] = nil
    guard rows[row].answerLine == nil || rows[row].outcome == "truncated" else { return }
    rows[row].answerLine = event.startLine
    rows[row].addresses = message.addresses
    rows[row].outcome = message.isTruncated ? "truncated" : message.rcodeName
    if rows[row].isTimed { rows[row].latency = event.end &- rows[row].firstEnd }
    // What did not fit comes again over TCP: another attempt.
    if message.isTruncated { return }
    if open[question] == row { open[question] = nil }
    if message.rcode == 3 { lastMissing[Key(tid: rows[row].tid, type: question.type)] = row }
  }

  /// glibc tries a name with one domain of `search` (resolv.conf(5)) after the other: the names begin alike.
  private mutating func findSearch(_ row: Int, _ message: DNSMessage) {
    let key = Key(tid: rows[row].tid, type: message.type)
    guard !rows[row].isServer, let missing = lastMissing.removeValue(forKey: key), !message.isNameCut,
      rows[row].time &- rows[missing].lastAttempt <= Self.longestRetry
    else { return }
    let (old, new) = (rows[missing].name.split(separator: "."), rows[row].name.split(separator: "."))
    var common = 0
    while common < min(old.count, new.count), old[common].lowercased() == new[common].lowercased() { common += 1 }
    guard common > 0, old.count != new.count || common < old.count else { return }
    let base = old.prefix(common).joined(separator: ".")
    // The second try tells how much of the first was the name.
    let searched = rows[missing].searched ?? base
    guard new.joined(separator: ".").hasPrefix(searched) else { return }
    rows[missing].searched = searched
    rows[row].searched = searched
  }

  /// Queries that are older than any retry are nobody's any more: memory follows those under way.
  private mutating func forget(before now: Int64) {
    places = places.filter { now &- rows[$0.value.row].lastAttempt <= Self.longestRetry }
    open = open.filter { now &- rows[$0.value].lastAttempt <= Self.longestRetry }
    lastMissing = lastMissing.filter { now &- rows[$0.value].lastAttempt <= Self.longestRetry }
    forgetAt = max(4096, places.count * 2)
  }

  public mutating func finish(_ context: TraceContext) -> Result {
    let (model, filter, clock) = (context.model, options.filter, context.reader.clock)
    let window = filter.window(clock)
    var result: [Row] = []
    for var row in rows {
      guard row.firstEnd >= window.from, row.firstEnd < window.to, filter.tids.isEmpty || filter.tids.contains(row.tid),
        filter.accepts(model.incarnations[Int(row.incarnation)], model)
      else { continue }
      // Given up: by the socket's close, or because the log goes on without it.
      if row.outcome.isEmpty,
        model.incarnations[Int(row.incarnation)].closedBy != .none || clock.last &- row.lastAttempt > Self.usualTimeout
      {
        row.outcome = "timeout"
      }
      result.append(row)
    }
    return Result(rows: result, clock: clock, cutStreams: streams.cut, droppedStreams: streams.dropped)
  }
}
