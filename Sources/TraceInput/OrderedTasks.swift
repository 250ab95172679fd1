import Glibc

/// Independent tasks on several threads, their results handed out in the order of the tasks.
public final class OrderedTasks<Result: Sendable>: @unchecked Sendable {
  private let state = Monitor()
  private let count: Int
  private let jobs: Int
  private let body: @Sendable (Int) -> Result
  // Guarded by `state`:
  private var nextTask = 0
  private var finished: [Int: Result] = [:]

  /// - Parameters:
  ///   - count: how many tasks there are.
  ///   - jobs: threads; where the system refuses one, the others do its work.
  ///   - body: does a task, by its number from 0. Called on several threads at a time.
  public init(_ count: Int, jobs: Int, body: @escaping @Sendable (Int) -> Result) {
    self.count = count
    self.jobs = max(1, min(jobs, count))
    self.body = body
  }

  /// Runs them all; call once. A single job needs no thread.
  ///
  /// - Parameters:
  ///   - goesOn: asked before each result is waited for; where it says no, nothing more is begun.
  ///   - take: gets each result as soon as those before it were taken, on the caller's thread.
  public func run(while goesOn: () -> Bool = { true }, take: (Int, Result) throws -> Void) rethrows {
    var threads: [WorkerThread] = []
    for _ in 1..<max(1, jobs) { if let thread = WorkerThread({ while self.work() {} }) { threads.append(thread) } }
    defer {
      // What has begun is finished.
      state.lock()
      nextTask = count
      state.unlock()
      for thread in threads { thread.join() }
    }
    for index in 0..<count where goesOn() {
      while true {
        state.lock()
        if let result = finished.removeValue(forKey: index) {
          state.unlock()
          try take(index, result)
          break
        }
        let isBegun = nextTask >= count
        if isBegun { state.wait() }
        state.unlock()
        // This thread works, too, as long as there is something to begin.
        if !isBegun { _ = work() }
      }
    }
  }

  /// Does the next task; false where none is left.
  private func work() -> Bool {
    state.lock()
    guard nextTask < count else {
      state.unlock()
      return false
    }
    let index = nextTask
    nextTask += 1
    state.unlock()
    let result = body(index)
    state.lock()
    finished[index] = result
    state.unlock()
    state.signalAll()
    return true
  }
}
