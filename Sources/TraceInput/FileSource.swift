import Glibc
import Synchronization

/// A plain file or standard input, read with large `read()` calls. Not mmap: a file truncated under us would be a SIGBUS.
public final class FileSource: ByteSource {
  public let path: String
  /// Any thread may ask.
  public var storedOffset: Int64 { consumed.load(ordering: .relaxed) }
  private let consumed = Atomic<Int64>(0)
  /// The size where the file has one, for progress.
  public let size: Int64?
  /// Where reading began, in what can be read again: a regular file.
  private let start: off_t?
  private let descriptor: Int32
  private let owned: Bool
  private var peeked: [UInt8] = []

  /// Opens a path; `-` is standard input.
  public init(path: String) throws {
    if path == "-" {
      self.path = "standard input"
      descriptor = STDIN_FILENO
      owned = false
    } else {
      self.path = path
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      owned = true
      guard descriptor >= 0 else { throw InputError(path: path, errno: errno) }
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw InputError(path: self.path, errno: errno) }
    let type = status.st_mode & S_IFMT
    if type == S_IFDIR {
      if owned { Glibc.close(descriptor) }
      throw InputError(path: self.path, reason: "is a directory: name its files, as in \(path)/strace.log.*")
    }
    size = type == S_IFREG ? Int64(status.st_size) : nil
    let position = lseek(descriptor, 0, SEEK_CUR)
    start = type == S_IFREG && position >= 0 ? position : nil
    if type == S_IFREG { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
  }

  deinit {
    if owned { Glibc.close(descriptor) }
  }

  /// The first bytes, left in place for ``read(into:)``.
  func peek(_ count: Int) throws -> [UInt8] {
    while peeked.count < count {
      var block = [UInt8](repeating: 0, count: count - peeked.count)
      let got = try block.withUnsafeMutableBytes { try fill($0) }
      if got == 0 { break }
      peeked += block[..<got]
    }
    return peeked
  }

  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if !peeked.isEmpty {
      let count = min(peeked.count, buffer.count)
      peeked.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      peeked.removeFirst(count)
      consumed.add(Int64(count), ordering: .relaxed)
      return count
    }
    let count = try fill(buffer)
    consumed.add(Int64(count), ordering: .relaxed)
    return count
  }

  var canRewind: Bool { start != nil }

  /// Goes back to an offset that was read before; false where that cannot be done.
  func rewind(to offset: Int64) -> Bool {
    guard let start, lseek(descriptor, start + off_t(offset), SEEK_SET) >= 0 else { return false }
    peeked = []
    consumed.store(offset, ordering: .relaxed)
    return true
  }

  /// The last bytes of a regular file, as many as the buffer holds; reading goes on where it was.
  func readTail(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard let size, size >= buffer.count else { return 0 }
    return pread(descriptor, buffer.baseAddress, buffer.count, off_t(size) - off_t(buffer.count))
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno == EINTR { continue }
      throw InputDamage(
        path: path, reason: "read error: \(String(cString: strerror(errno)))", storedOffset: storedOffset,
        logOffset: storedOffset, severity: .partial)
    }
  }
}
