import TraceCalls
import TraceProcesses
import TraceSyntax

/// Tells the activity of calls: by name, and where that is not enough by what their descriptor is.
///
/// It learns about descriptors whose kind the log does not show (strace was attached, without -yy): what was received from or sent to,
/// said EAGAIN, or spoke a protocol is no file. One classifier sees all completed calls of a log, in order; it keeps one byte for each
/// open description.
public struct ActivityClass {
  /// What was learned of an open description.
  private struct Trait: OptionSet {
    let rawValue: UInt8
    /// A socket or a pipe, though its kind is not shown.
    static let stream = Self(rawValue: 1)
    /// A non-blocking connect is under way.
    static let connecting = Self(rawValue: 2)
  }

  private let rules = ActivityRule.byNumber
  private var traits: [Trait] = []
  private static let inProgress = Errno(rawValue: 115)

  public init() {}

  /// The activity of a call that completed, or that is still open (then by the half that was printed).
  @inline(__always)
  public mutating func activity(of event: UnsafePointer<CallEvent>, _ context: TraceContext) -> Activity {
    let id = Int(event.pointee.syscall.rawValue)
    guard id < rules.count else { return .other }
    let rule = rules[id]
    if rule.rawValue <= ActivityRule.other.rawValue, rule != .connect { return Activity(rawValue: rule.rawValue) ?? .other }
    return byArguments(rule, event, context)
  }

  @inline(never)
  private mutating func byArguments(
    _ rule: ActivityRule, _ event: UnsafePointer<CallEvent>, _ context: TraceContext
  ) -> Activity {
    switch rule {
    case .read, .write, .receive, .send: return transfer(rule, event, context)
    case .connect:
      if event.pointee.errno == Self.inProgress, let index = description(event.pointee.incarnation, context) {
        traits[index].insert(.connecting)
      }
      return .connect
    case .move:
      guard let index = description(event.pointee.otherIncarnation, context) else { return .file }
      return Self.isStream(context.model.descriptions[index].kind) ? .networkWrite : .file
    case .descriptor:
      guard let index = description(event.pointee.incarnation, context) else { return .other }
      return Self.isFile(context.model.descriptions[index].kind) ? .file : .other
    case .futex:
      // One that began before the log is long: it waited.
      if !event.pointee.hasStart { return .lock }
      return arguments(event)[1].isFutexWait ? .lock : .other
    case .control: return arguments(event)[1].hasSuffix("SETLKW") ? .lock : .other
    case .poll: return poll(event, context)
    // With no descriptors it sleeps.
    case .select: return arguments(event)[0].number == 0 ? .sleep : .idle
    case .restart: return restarted(event)
    default: return .other
    }
  }

  private mutating func transfer(
    _ rule: ActivityRule, _ event: UnsafePointer<CallEvent>, _ context: TraceContext
  ) -> Activity {
    let isRead = rule == .read || rule == .receive
    let network = isRead ? Activity.networkRead : .networkWrite
    guard let index = description(event.pointee.incarnation, context) else {
      return rule == .receive || rule == .send ? network : .other
    }
    if !traits[index].isEmpty { traits[index].remove(.connecting) }
    let kind = context.model.descriptions[index].kind
    switch kind {
    case .tcp, .unix, .socket, .pipe: return network
    case .udp: return Self.isDNS(context.model.descriptions[index]) ? .connect : network
    case .file, .directory, .memfd: return .file
    case .eventfd, .timerfd, .signalfd, .inotify, .pidfd: return isRead ? .idle : .other
    case .unknown, .other:
      if rule == .receive || rule == .send || event.pointee.errno == .again { traits[index].insert(.stream) }
      if traits[index].contains(.stream) || Self.speaks(context.model.descriptions[index]) { return network }
      return .other
    default: return .other
    }
  }

  /// The description that a call is on, with room for its traits.
  @inline(__always)
  private mutating func description(_ incarnation: Int32, _ context: TraceContext) -> Int? {
    guard incarnation >= 0 else { return nil }
    let index = Int(context.model.incarnations[Int(incarnation)].description)
    if index >= traits.count { traits.append(contentsOf: repeatElement([], count: index + 1024 - traits.count)) }
    return index
  }

  /// A single socket is waited for while it is asked DNS or connected.
  private func poll(_ event: UnsafePointer<CallEvent>, _ context: TraceContext) -> Activity {
    let arguments = arguments(event)
    let list = arguments[0]
    if list.isNull { return .sleep }
    var items = list.elements.makeIterator()
    guard let first = items.next(), items.next() == nil, let descriptor = first["fd"].descriptor, event.pointee.process >= 0,
      let index = context.model.description(event.pointee.process, descriptor)
    else { return .idle }
    if Int(index) < traits.count, traits[Int(index)].contains(.connecting) { return .connect }
    return Self.isDNS(context.model.descriptions[Int(index)]) ? .connect : .idle
  }

  /// `restart_syscall(<... resuming interrupted futex ...>)`. strace names a wrong call, `read`, where it attached to the waiting task: all
  /// that is known then is that it is a wait with a timeout.
  private func restarted(_ event: UnsafePointer<CallEvent>) -> Activity {
    let text = arguments(event)
    for (word, activity) in Self.restartable where text.mayContain(word) { return activity }
    return .idle
  }

  /// Of the calls that the kernel restarts so (restart_syscall(2)) those that are not idle.
  private static let restartable: [(StaticString, Activity)] = [("futex", .lock), ("nanosleep", .sleep)]

  // MARK: Looks

  /// The text of the arguments that the first line of the call shows: the ones that matter here come first.
  @inline(__always)
  private func arguments(_ event: UnsafePointer<CallEvent>) -> Arguments {
    Arguments(event.pointee.opening.isEmpty ? event.pointee.closing : event.pointee.opening)
  }

  private static func isStream(_ kind: DescriptorKind) -> Bool {
    switch kind {
    case .tcp, .udp, .unix, .socket, .pipe: true
    default: false
    }
  }

  private static func isFile(_ kind: DescriptorKind) -> Bool {
    switch kind {
    case .file, .directory, .memfd: true
    default: false
    }
  }

  private static func speaks(_ description: OpenDescription) -> Bool {
    description.rtmp != nil || description.application != nil || description.peer != nil
  }

  private static func isDNS(_ description: OpenDescription) -> Bool {
    description.kind == .udp && (OpenDescription.port(of: description.peer) == 53 || description.application?.name == .dns)
  }
}
