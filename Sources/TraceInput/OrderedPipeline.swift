/// A bounded pipeline: slots are filled one after the other, worked on in parallel, and handed out in the order they were filled.
///
/// Whoever is free takes the next piece of work: fills a slot (reading, decompressing; one at a time) and transforms it. The consumer is one
/// of the threads: it works too as long as the slot it waits for is not ready, so that threads share the load however it is spread, and one
/// job alone needs no thread at all. Memory is the slots and nothing else.
public final class OrderedPipeline<Slot: AnyObject & Sendable>: @unchecked Sendable {
  private let state = Monitor()
  private let fill: (Slot) -> Bool
  private let transform: @Sendable (Slot, Int) -> Void
  // Guarded by `state`:
  private var free: [Slot]
  private var ready: [Int: Slot] = [:]
  private var nextIn = 0
  private var nextOut = 0
  private var isFilling = false
  /// Nothing more is to be filled: the input is at its end, or ``stop()`` was called.
  private var isExhausted = false

  private let jobs: Int
  /// The job of the next thread.
  private var nextJob = 1
  private var threads: [WorkerThread] = []

  /// - Parameters:
  ///   - slots: the places that chunks go through; more than jobs, and than the consumer holds at a time.
  ///   - jobs: threads, the consumer's included.
  ///   - fill: called by one thread at a time, in order; false at the end.
  ///   - transform: called by threads in parallel with the thread's number.
  public init(
    slots: [Slot], jobs: Int, fill: @escaping (Slot) -> Bool, transform: @escaping @Sendable (Slot, Int) -> Void
  ) {
    self.free = slots
    self.fill = fill
    self.transform = transform
    self.jobs = jobs
  }

  /// Starts threads until so many jobs are at work, the consumer's included, at most as many as were named; more may follow later. Where the
  /// system refuses one, the others do its work.
  public func start(_ count: Int = .max) {
    while nextJob < min(count, jobs) {
      let job = nextJob
      nextJob += 1
      if let thread = WorkerThread({ self.work(job) }) { threads.append(thread) }
    }
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
      if isExhausted, !isFilling, nextOut == nextIn { return nil }
      if canFill { produce(0) } else { state.wait() }
    }
  }

  public func recycle(_ slot: Slot) {
    state.lock()
    free.append(slot)
    state.unlock()
    state.signalAll()
  }

  /// Ends all threads and waits for them. Must be called once, also after the end was reached.
  public func stop() {
    state.lock()
    isExhausted = true
    state.unlock()
    state.signalAll()
    for thread in threads { thread.join() }
    threads = []
  }

  private func work(_ job: Int) {
    state.lock()
    while !isExhausted {
      if canFill { produce(job) } else { state.wait() }
    }
    state.unlock()
  }

  private var canFill: Bool { !isFilling && !isExhausted && !free.isEmpty }

  /// Fills and transforms one slot. The lock is held before and after.
  private func produce(_ job: Int) {
    let slot = free.removeLast()
    isFilling = true
    state.unlock()
    let isFilled = fill(slot)
    state.lock()
    isFilling = false
    let order = nextIn
    if isFilled { nextIn += 1 } else { isExhausted = true }
    state.signalAll()
    guard isFilled else {
      free.append(slot)
      return
    }
    state.unlock()
    transform(slot, job)
    state.lock()
    ready[order] = slot
    state.signalAll()
  }
}
