/// A reusable, growing array of line events without bounds or uniqueness checks on append.
///
/// Invariant: count <= capacity; the first `count` elements are initialised. One thread at a time.
public final class LineEventBuffer: @unchecked Sendable {
  public private(set) var base: UnsafeMutablePointer<LineEvent>
  public internal(set) var count = 0
  private(set) var capacity: Int
  /// What the events' offsets refer to: the chunk's own bytes, or what a parser wrote instead. Valid as long as both are left alone.
  public internal(set) var text = UnsafePointer<UInt8>(bitPattern: 1)!
  /// Text of a parser that rewrites lines into strace's spelling.
  let side = SideText()
  /// Completed clone, fork and vfork calls of this chunk in line order, so that a child's first lines find their parent
  /// even when they come before it.
  public internal(set) var births: [Birth] = []

  /// The creator, the task that the call returned, and which line of the chunk said so.
  public struct Birth: Sendable {
    public let line: Int
    public let parent: Int32
    public let child: Int32
    /// Whether the line says that the child shares its creator's descriptors; nil where it says nothing. strace before 5.0 prints the
    /// flags of a clone at its return.
    public var sharesFiles: Bool?
  }

  public init(capacity: Int = 16_384) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// What stands in front of a text on its line, where that is text that a parser wrote: `comm/tid name(`. nil for any other.
  public func head(of text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let end = text.baseAddress else { return nil }
    return UnsafeRawBufferPointer(start: side.base, count: side.count).lineHead(upTo: end)
  }

  func removeAll(text: UnsafePointer<UInt8>) {
    count = 0
    self.text = text
    births.removeAll(keepingCapacity: true)
  }

  /// Makes room for `more` events behind those that are there.
  func reserve(_ more: Int) {
    if count + more > capacity { grow(to: max(count + more, capacity * 2)) }
  }

  @inline(never)
  private func grow(to capacity: Int) {
    let bigger = UnsafeMutablePointer<LineEvent>.allocate(capacity: capacity)
    bigger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = bigger
    self.capacity = capacity
  }
}

extension UnsafeRawBufferPointer {
  /// From the beginning of a line up to a place in it; nil where that place is not in this text.
  public func lineHead(upTo end: UnsafeRawPointer) -> UnsafeRawBufferPointer? {
    guard let base = baseAddress, end >= base, end - base <= count else { return nil }
    let before = self[..<(end - base)]
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return UnsafeRawBufferPointer(rebasing: before[start...])
  }
}
