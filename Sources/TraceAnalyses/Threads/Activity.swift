/// What a thread does while it is in a system call.
///
/// The raw values are places in tables of times: ``untraced`` comes last, since no call is of it.
public enum Activity: UInt8, Sendable, CaseIterable {
  /// Takes bytes from a socket or a pipe, or waits in the call for some.
  case networkRead
  /// Puts bytes into a socket or a pipe, or waits in the call for room.
  case networkWrite
  /// Files: their bytes, names and attributes.
  case file
  /// Waits until files are on their disk: fsync and its kin.
  case sync
  /// Waits for whatever comes: poll, epoll_wait, select, accept, a child's end, a signal.
  case idle
  /// Waits for a lock: futex, flock, a semaphore.
  case lock
  /// Lets time pass.
  case sleep
  /// Asks DNS or makes a connection.
  case connect
  /// Any other call.
  case other
  /// Is in no call: computes, or waits for a processor.
  case untraced

  /// How many there are.
  public static var count: Int { 10 }

  /// The name in reports, `network_read`.
  public var name: String {
    switch self {
    case .networkRead: "network_read"
    case .networkWrite: "network_write"
    case .file: "file"
    case .sync: "sync"
    case .idle: "idle"
    case .lock: "lock"
    case .sleep: "sleep"
    case .connect: "connect"
    case .other: "other"
    case .untraced: "untraced"
    }
  }

  /// Whether a thread in it has nothing to do, and could take up work.
  public var isAtRest: Bool { self == .idle || self == .sleep }
}
