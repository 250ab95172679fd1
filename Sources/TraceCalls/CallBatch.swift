import TraceSyntax

/// A run of call events in log order, one chunk's worth: valid until the next batch is asked for.
public struct CallBatch: @unchecked Sendable {
  public private(set) var base: UnsafeMutablePointer<CallEvent>
  public private(set) var count = 0
  private var capacity = 16_384
  private let transferBase: UnsafeMutablePointer<Transfer>
  private var transferCount = 0
  /// Lines of `strace -k`, in order; only where somebody asked for them.
  public internal(set) var frames: [Frame] = []

  /// A line of a stack, ` > /usr/lib/libc.so.6(__open64+0x51) [0xf8011]`.
  public struct Frame {
    /// The number of the batch's events before it: it belongs to the last of them, or, where it is 0, to what the last line of the batch
    /// before said.
    public let eventsBefore: Int
    public let text: UnsafeRawBufferPointer
  }

  /// - Parameter transfers: as many may be put in.
  init(transfers: Int) {
    base = .allocate(capacity: capacity)
    transferBase = .allocate(capacity: transfers)
  }

  public var events: UnsafeMutableBufferPointer<CallEvent> { .init(start: base, count: count) }
  /// Each event in its place: a copy would be 120 bytes.
  public var places: Range<UnsafePointer<CallEvent>> { UnsafePointer(base)..<UnsafePointer(base + count) }

  /// The plain transfers of the batch that are no events, in log order; ``CallEvent/transfersBefore`` tells where each event is among them.
  /// Empty unless all who take the batch asked for it.
  public var transfers: UnsafeBufferPointer<Transfer> { .init(start: transferBase, count: transferCount) }

  mutating func removeAll() {
    count = 0
    transferCount = 0
    if !frames.isEmpty { frames.removeAll(keepingCapacity: true) }
  }

  /// Room for one more event at the end, which the caller initializes at once: made there, it is not copied.
  @inline(__always)
  mutating func next() -> UnsafeMutablePointer<CallEvent> {
    if count == capacity { grow() }
    count += 1
    return base + (count - 1)
  }

  /// Room for one more transfer, which the caller initializes at once.
  @inline(__always)
  mutating func nextTransfer() -> UnsafeMutablePointer<Transfer> {
    transferCount &+= 1
    return transferBase + (transferCount &- 1)
  }

  /// Notes that the transfers so far come before the events from `first` on, which are the answer.
  @inline(__always)
  mutating func placeEvents(from first: Int) -> UnsafeMutableBufferPointer<CallEvent> {
    for event in base + first..<base + count { event.pointee.transfersBefore = Int32(truncatingIfNeeded: transferCount) }
    return .init(start: base + first, count: count - first)
  }

  @inline(never)
  private mutating func grow() {
    let bigger = UnsafeMutablePointer<CallEvent>.allocate(capacity: capacity * 2)
    bigger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = bigger
    capacity *= 2
  }

  func deallocate() {
    base.deallocate()
    transferBase.deallocate()
  }
}
