import TraceCalls
import TraceSyntax

/// What an epoll instance waits for on a descriptor (`man 2 epoll_ctl`); the values are those of linux/eventpoll.h.
public struct EpollInterest: OptionSet, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public static let input = Self(rawValue: 0x1)
  public static let output = Self(rawValue: 0x4)
  public static let peerShutDown = Self(rawValue: 0x2000)
  public static let exclusive = Self(rawValue: 1 << 28)
  public static let oneShot = Self(rawValue: 1 << 30)
  public static let edgeTriggered = Self(rawValue: 1 << 31)

  private static let names: [(String, UInt64)] = [
    ("EPOLLIN", 0x1), ("EPOLLPRI", 0x2), ("EPOLLOUT", 0x4), ("EPOLLERR", 0x8), ("EPOLLHUP", 0x10), ("EPOLLRDNORM", 0x40),
    ("EPOLLRDBAND", 0x80), ("EPOLLWRNORM", 0x100), ("EPOLLWRBAND", 0x200), ("EPOLLMSG", 0x400), ("EPOLLRDHUP", 0x2000),
    ("EPOLLEXCLUSIVE", 1 << 28), ("EPOLLWAKEUP", 1 << 29), ("EPOLLONESHOT", 1 << 30), ("EPOLLET", 1 << 31),
  ]

  init(_ flags: CallArgument) {
    rawValue = UInt32(truncatingIfNeeded: flags.flagBits(Self.names))
  }
}

/// One descriptor in the interest list of an epoll instance.
public struct EpollWatch: Sendable {
  public let descriptor: Int32
  /// Index of its open description, or -1 where the log had not met it when it was added.
  public let description: Int32
  public internal(set) var interest: EpollInterest
  /// What `epoll_wait` will print for it: `data=...`; nil where it is not printed.
  public internal(set) var data: UInt64?
  /// The line of the `epoll_ctl` that said so last.
  public internal(set) var line: Int
}

/// Interest lists of epoll instances.
struct EpollInstances {
  /// An instance by its open description, or, where the log never met that, by its place.
  struct Key: Hashable {
    var description: Int32
    var table: Int32 = -1
    var descriptor: Int32 = -1
  }

  /// Invariant: at most ``limit`` watches in each; what is added beyond that is not kept.
  private var lists: [Key: [Int32: EpollWatch]] = [:]
  private static let limit = 1 << 16

  subscript(key: Key) -> [Int32: EpollWatch] { lists[key] ?? [:] }

  mutating func put(_ watch: EpollWatch, _ key: Key) {
    guard lists[key]?[watch.descriptor] != nil || lists[key, default: [:]].count < Self.limit else { return }
    lists[key, default: [:]][watch.descriptor] = watch
  }

  mutating func remove(_ descriptor: Int32, _ key: Key) { lists[key]?[descriptor] = nil }
  mutating func forget(_ key: Key) { lists[key] = nil }
}

extension ProcessModel {
  /// What the epoll instance behind a descriptor watches as the log stands now, by descriptor. A watch ends by itself when the last copy of its
  /// descriptor is closed: where that is seen in this process, it is left out.
  public func watches(_ process: Int32, epoll descriptor: Int32) -> [EpollWatch] {
    guard process >= 0, Int(process) < tables.count, descriptor >= 0 else { return [] }
    let table = tables[Int(process)]
    return epolls[epollKey(process, descriptor)].values.filter { watch in
      let entry = table[watch.descriptor]
      guard entry.current >= 0 else { return !entry.isKnown }
      return watch.description < 0 || incarnations[Int(entry.current)].description == watch.description
    }.sorted { $0.descriptor < $1.descriptor }
  }

  func epollKey(_ table: Int32, _ descriptor: Int32) -> EpollInstances.Key {
    let current = tables[Int(table)][descriptor].current
    return current >= 0
      ? .init(description: incarnations[Int(current)].description) : .init(description: -1, table: table, descriptor: descriptor)
  }

  /// `epoll_ctl(epoll, operation, descriptor, event)`.
  mutating func controlEpoll(_ event: UnsafeMutablePointer<CallEvent>, _ arguments: Arguments) {
    let table = tasks[Int(event.pointee.thread)].table
    guard event.pointee.descriptor >= 0, let watched = arguments[2].descriptor, watched >= 0 else { return }
    let key = epollKey(table, event.pointee.descriptor)
    let operation = arguments[1]
    // The values are of linux/eventpoll.h.
    if operation.isConstant("EPOLL_CTL_DEL", 2) {
      epolls.remove(watched, key)
    } else if operation.isConstant("EPOLL_CTL_ADD", 1) || operation.isConstant("EPOLL_CTL_MOD", 3) {
      let current = tables[Int(table)][watched].current
      let asked = arguments[3].epollEvent
      epolls.put(
        EpollWatch(
          descriptor: watched, description: current >= 0 ? incarnations[Int(current)].description : -1,
          interest: asked.map { EpollInterest($0.events) } ?? [], data: asked?.data, line: event.pointee.startLine), key)
    }
  }
}
