import CLZMA

/// The threads that decode ahead of the reader.
extension XZBlockPipeline {
  /// Starts them where there is work for them. Where the system refuses one, the others do its work. The lock is held.
  func startThreads() {
    guard threads.isEmpty, let block = blocks.first, !block.isSerial, hasMore else { return }
    // No more than there is memory for, if the blocks to come are like the first.
    let most = min(jobs, Int(clamping: budget / max(1, block.memory)))
    for _ in 1..<max(1, most) { if let thread = WorkerThread({ self.work() }) { threads.append(thread) } }
  }

  /// Whether more than an index follows.
  private var hasMore: Bool {
    guard let size = input.file.size else { return true }
    return size - input.offset > 64
  }

  private func work() {
    state.lock()
    while !isStopped {
      if let block = nextAhead {
        decode(block)
      } else if canOpen {
        open()
      } else if let block = blocks.first, block.isFree {
        // Better than to wait, though it is nearer to the reader's core.
        decode(block)
      } else {
        state.wait()
      }
    }
    state.unlock()
  }

  /// The block behind the reader's to go on with, for who has nothing else to do.
  var nextAhead: XZBlock? { blocks.dropFirst().first(where: \.isFree) }

  private var canOpen: Bool {
    // The first block is the reader's to open, and one that is not read as a whole hides what is behind it. One more than there are
    // threads: none waits for the reader then.
    guard ending == nil, !isOpening, let last = blocks.last, !last.isSerial, blocks.count <= jobs else { return false }
    return waiting.map { $0.memory <= room } ?? true
  }
}
