import Glibc

/// A file that lives in memory, for code that wants a path.
final class MemoryFile {
  private let descriptor: Int32
  let path: String

  init() {
    var name = Array("/dev/shm/tracestat-fuzz.XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    precondition(descriptor >= 0, "no file in /dev/shm")
    // It goes away with the process.
    unlink(name)
    path = "/proc/self/fd/\(descriptor)"
  }

  func write(_ bytes: UnsafeRawBufferPointer) {
    ftruncate(descriptor, 0)
    precondition(pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count, "no room in /dev/shm")
  }

  func read() -> [UInt8] {
    var status = stat()
    fstat(descriptor, &status)
    return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
      count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, 0))
    }
  }
}
