import TraceCalls
import TraceProtocols

/// What one side of a connection wrote in calls that showed too little to tell the protocol by.
public struct Beginning: Sendable {
  /// All that these calls moved; no more than `Payload.limit`.
  public let bytes: [UInt8]
  public let isRead: Bool
  /// The call that moved the first of them: its lines, task, times and descriptor.
  public let startLine: Int
  public let endLine: Int
  public let tid: Int32
  public let start: Int64
  public let end: Int64
  public let incarnation: Int32

  init(_ bytes: [UInt8], isRead: Bool, _ event: CallEvent) {
    self.bytes = bytes
    self.isRead = isRead
    (startLine, endLine, tid) = (event.startLine, event.endLine, event.tid)
    (start, end, incarnation) = (event.start, event.end, event.incarnation)
  }

  /// The same with the bytes of a later call.
  init(_ bytes: [UInt8], since first: Beginning) {
    self.bytes = bytes
    isRead = first.isRead
    (startLine, endLine, tid) = (first.startLine, first.endLine, first.tid)
    (start, end, incarnation) = (first.start, first.end, first.incarnation)
  }
}

/// The beginnings of both sides of a connection.
struct Beginnings {
  private var read: Beginning?
  private var written: Beginning?

  subscript(isRead: Bool) -> Beginning? {
    get { isRead ? read : written }
    set { if isRead { read = newValue } else { written = newValue } }
  }

  /// In the order of the log.
  var all: [Beginning] { [read, written].compactMap(\.self).sorted { $0.endLine < $1.endLine } }
}
