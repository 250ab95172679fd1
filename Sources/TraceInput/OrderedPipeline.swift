/// A bounded pipeline: slots are filled one after the other, worked on in parallel, and handed out in the order they were filled.
///
/// A worker takes the filling lock, fills the next free slot (reading, decompressing), lets go of the lock and transforms
/// the slot, so decoding overlaps with parsing without a thread of its own. Memory is the slots and nothing else.
public final class OrderedPipeline<Slot: AnyObject & Sendable>: @unchecked Sendable {
  private let filling = Monitor()
  private let state = Monitor()
  private let fill: (Slot) -> Bool
  private let transform: @Sendable (Slot, Int) -> Void
  // Guarded by `state`:
  private var free: [Slot]
  private var ready: [Int: Slot] = [:]
  private var nextOut = 0
  private var stopped = false
  private var running: Int
  // Guarded by `filling`:
  private var nextIn = 0
  private var exhausted = false

  private let workers: Int
  private var threads: [WorkerThread] = []

  /// - Parameters:
  ///   - slots: the places that chunks go through; more than workers.
  ///   - workers: threads.
  ///   - fill: called by one worker at a time, in order; false at the end.
  ///   - transform: called by workers in parallel with the worker's number.
  public init(
    slots: [Slot], workers: Int, fill: @escaping (Slot) -> Bool, transform: @escaping @Sendable (Slot, Int) -> Void
  ) {
    self.free = slots
    self.fill = fill
    self.transform = transform
    running = workers
    self.workers = workers
  }

  /// Starts the workers; call once.
  public func start() {
    for worker in 0..<workers { threads.append(WorkerThread { self.work(worker) }) }
  }

  /// The next slot in order; nil at the end. Give it back with ``recycle(_:)``.
  public func next() -> Slot? {
    state.lock()
    defer { state.unlock() }
    while true {
      if let slot = ready.removeValue(forKey: nextOut) {
        nextOut += 1
        return slot
      }
      if running == 0 || stopped { return nil }
      state.wait()
    }
  }

  public func recycle(_ slot: Slot) {
    state.lock()
    free.append(slot)
    state.unlock()
    state.signalAll()
  }

  /// Ends all workers and waits for them. Must be called once, also after the end was reached.
  public func stop() {
    state.lock()
    stopped = true
    state.unlock()
    state.signalAll()
    for thread in threads { thread.join() }
    threads = []
  }

  private func work(_ worker: Int) {
    while let (slot, order) = take() {
      transform(slot, worker)
      state.lock()
      ready[order] = slot
      state.unlock()
      state.signalAll()
    }
    state.lock()
    running -= 1
    state.unlock()
    state.signalAll()
  }

  /// Fills the next free slot; nil at the end.
  private func take() -> (Slot, Int)? {
    filling.lock()
    defer { filling.unlock() }
    guard !exhausted else { return nil }
    state.lock()
    while free.isEmpty, !stopped { state.wait() }
    let slot = stopped ? nil : free.removeLast()
    state.unlock()
    guard let slot, fill(slot) else {
      exhausted = true
      return nil
    }
    defer { nextIn += 1 }
    return (slot, nextIn)
  }
}
