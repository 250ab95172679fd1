import Glibc

/// A POSIX thread that runs one closure; nil where the system refuses another.
final class WorkerThread: @unchecked Sendable {
  private let body: @Sendable () -> Void
  private var thread = pthread_t()

  init?(_ body: @escaping @Sendable () -> Void) {
    self.body = body
    let this = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<WorkerThread>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, this.toOpaque())
    guard status == 0 else {
      this.release()
      return nil
    }
  }

  func join() { pthread_join(thread, nil) }
}
