import Glibc

/// Why a report could not be written.
public enum OutputError: Error, CustomStringConvertible, Sendable {
  /// The reader of our output is gone (`| head`): not an error of ours.
  case closed
  case failed(path: String, reason: String)

  public var description: String {
    switch self {
    case .closed: "the reader of the output is gone"
    case .failed(let path, let reason): "\(path): \(reason)"
    }
  }
}

/// A buffered writer to a file or to standard output. SIGPIPE must be ignored by the program.
public final class OutputSink {
  public let path: String
  private let descriptor: Int32
  private let owned: Bool
  /// Takes what is written, cells of rows as such, where this is no file.
  let recorder: RecordedReport?
  /// What is not written yet: `filled` bytes of it, at most ``capacity``.
  private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  /// Raw memory: every cell of every row passes here, and a stored property of a class is checked for exclusivity at each access.
  private let fill = UnsafeMutablePointer<Int>.allocate(capacity: 1)
  private static let capacity = 64 << 10
  private var flushes = 0
  private static let powersOfTen: [UInt64] = (0..<20).map { (0..<$0).reduce(1) { power, _ in power * 10 } }

  /// Standard output.
  public init() {
    path = "standard output"
    descriptor = STDOUT_FILENO
    owned = false
    recorder = nil
    fill.initialize(to: 0)
  }

  /// Writes nowhere: rows are kept as cells, to be written in any format later.
  public init(recording recorder: RecordedReport) {
    path = "a recorded report"
    descriptor = -1
    owned = false
    self.recorder = recorder
    fill.initialize(to: 0)
  }

  /// Standard error, for a report beside what standard output holds.
  public static func standardError() -> OutputSink { OutputSink(path: "standard error", borrowed: STDERR_FILENO) }

  private init(path: String, borrowed descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
    owned = false
    recorder = nil
    fill.initialize(to: 0)
  }

  /// Creates or replaces a file.
  public init(path: String) throws(OutputError) {
    self.path = path
    owned = true
    recorder = nil
    fill.initialize(to: 0)
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .failed(path: path, reason: String(cString: strerror(errno))) }
  }

  deinit {
    buffer.deallocate()
    fill.deallocate()
    if owned { Glibc.close(descriptor) }
  }

  private var filled: Int {
    @inline(__always) get { fill.pointee }
    @inline(__always) set { fill.pointee = newValue }
  }

  public func write(_ text: String) throws(OutputError) {
    var text = text
    let isWhole = text.withUTF8 { append($0) }
    if !isWhole { try write(Array(text.utf8)) }
  }

  public func write(_ bytes: [UInt8]) throws(OutputError) {
    let isWhole = bytes.withUnsafeBufferPointer { append($0) }
    if !isWhole { try writeInParts(bytes) }
  }

  private func writeInParts(_ bytes: [UInt8]) throws(OutputError) {
    var done = 0
    while done < bytes.count {
      if filled == Self.capacity { try flush() }
      let part = bytes[done...].prefix(Self.capacity - filled)
      _ = part.withUnsafeBufferPointer { append($0) }
      done += part.count
    }
  }

  @inline(__always)
  public func write(byte: UInt8) throws(OutputError) {
    if filled == Self.capacity { try flush() }
    buffer[filled] = byte
    filled &+= 1
  }

  /// Writes a number without making a String of it.
  public func write(integer: Int64) throws(OutputError) {
    if Self.capacity - filled < 20 { try flush() }
    var magnitude = integer.magnitude
    var place = buffer + filled
    if integer < 0 {
      place[0] = UInt8(ascii: "-")
      place += 1
    }
    // 1233/4096 is a little more than the decimal logarithm of 2: the number of digits, or one less.
    let guess = ((64 - (magnitude | 1).leadingZeroBitCount) * 1233) >> 12
    let digits = guess + (magnitude >= Self.powersOfTen[guess] ? 1 : 0)
    var end = place + max(1, digits)
    filled = end - buffer
    while end > place {
      end -= 1
      let quotient = magnitude / 10
      end[0] = UInt8(truncatingIfNeeded: magnitude &- quotient &* 10) &+ 48
      magnitude = quotient
    }
  }

  /// Makes sure that a few cells can be written without a flush, so that ``text(since:)`` finds them.
  func makeRoom() throws(OutputError) { if Self.capacity - filled < 4096 { try flush() } }

  /// How far the writing is.
  struct Mark {
    fileprivate let flushes: Int
    fileprivate let filled: Int
  }

  var mark: Mark { Mark(flushes: flushes, filled: filled) }

  /// What was written since a mark; nil where a part of it is flushed.
  func text(since mark: Mark) -> [UInt8]? {
    guard mark.flushes == flushes else { return nil }
    return Array(UnsafeBufferPointer(start: buffer + mark.filled, count: filled - mark.filled))
  }

  /// false where there is no room.
  @inline(__always)
  private func append(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count <= Self.capacity - filled else { return false }
    if let base = bytes.baseAddress { (buffer + filled).update(from: base, count: bytes.count) }
    filled &+= bytes.count
    return true
  }

  public func flush() throws(OutputError) {
    var sent = 0
    flushes &+= 1
    defer { filled = 0 }
    if let recorder { return recorder.add(UnsafeBufferPointer(start: buffer, count: filled)) }
    while sent < filled {
      let count = Glibc.write(descriptor, buffer + sent, filled - sent)
      if count > 0 {
        sent += count
      } else if errno == EPIPE {
        throw .closed
      } else if errno != EINTR {
        throw .failed(path: path, reason: String(cString: strerror(errno)))
      }
    }
  }
}
