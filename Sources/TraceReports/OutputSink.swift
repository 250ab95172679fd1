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
  private var buffer: [UInt8] = []
  private static let capacity = 64 << 10

  /// Standard output.
  public init() {
    path = "standard output"
    descriptor = STDOUT_FILENO
    owned = false
  }

  /// Creates or replaces a file.
  public init(path: String) throws(OutputError) {
    self.path = path
    owned = true
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .failed(path: path, reason: String(cString: strerror(errno))) }
  }

  deinit {
    if owned { Glibc.close(descriptor) }
  }

  public func write(_ text: String) throws(OutputError) {
    var text = text
    text.withUTF8 { buffer.append(contentsOf: $0) }
    if buffer.count >= Self.capacity { try flush() }
  }

  public func write(byte: UInt8) { buffer.append(byte) }

  /// Appends a number without making a String of it.
  public func write(integer: Int64) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { scratch in
      var magnitude = integer.magnitude
      var start = scratch.count
      repeat {
        let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
        start &-= 1
        scratch[start] = UInt8(truncatingIfNeeded: digit) &+ 48
        magnitude = quotient
      } while magnitude > 0
      if integer < 0 {
        start &-= 1
        scratch[start] = UInt8(ascii: "-")
      }
      buffer.append(contentsOf: UnsafeBufferPointer(rebasing: scratch[start...]))
    }
  }

  public func flush() throws(OutputError) {
    var sent = 0
    while sent < buffer.count {
      let count = buffer.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + sent, $0.count - sent) }
      if count > 0 {
        sent += count
      } else if errno == EPIPE {
        throw .closed
      } else if errno != EINTR {
        throw .failed(path: path, reason: String(cString: strerror(errno)))
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
