import CLZMA

/// The blocks of an .xz file, decoded by several threads and given out in order.
///
/// The reader decodes the block it is at by itself, by steps: what it gets is still near its core. Other threads decode the blocks
/// behind that one, as far as memory suffices. When the reader gets to a block that is only begun it goes on with it, and the
/// thread that was at it turns to the next one. Only blocks whose headers tell their sizes can be decoded ahead.
final class XZBlockPipeline: @unchecked Sendable {
  let input: CompressedBuffer
  private let layout: XZLayout
  private let memoryLimit: UInt64
  /// Most bytes that the blocks at hand may take.
  let budget: UInt64
  let jobs: Int
  /// Whether somebody reads the file again from its start where it is damaged: what is made of the damage is not given out then.
  private let isReadAgain: Bool
  /// Threads besides the reader's, which alone touches this.
  var threads: [WorkerThread] = []

  let state = Monitor()
  // Guarded by `state`:
  /// In order; the first is the reader's.
  private(set) var blocks: [XZBlock] = []
  private var spareBlocks: [XZBlock] = []
  private var memory = MemoryPieces()
  /// The next block, its header read, as long as there is no room for it.
  private(set) var waiting: XZBlock?
  /// Somebody reads the input.
  private(set) var isOpening = false
  private(set) var isStopped = false
  /// What comes behind the blocks.
  private(set) var ending: Ending?
  /// What the window of a block takes that is over the limit.
  private var neededMemory: UInt64 = 0

  enum Ending {
    case status(lzma_ret, offset: Int64)
    /// The file could not be read on.
    case failure(any Error)
  }

  /// What reading gave: the status is OK, the end, or damage with its place in the file.
  struct Step {
    var count = 0
    var status = LZMA_OK
    var offset: Int64 = 0
    /// What the window takes that is over the limit.
    var neededMemory: UInt64 = 0
  }

  init(_ input: CompressedBuffer, isReadAgain: Bool, _ options: InputOptions) {
    self.input = input
    self.isReadAgain = isReadAgain
    layout = XZLayout(input)
    memoryLimit = options.memoryLimit
    budget = min(options.memoryLimit, options.threadMemory)
    jobs = options.decoderThreads
  }

  /// Ends the threads and waits for them. Must be called once; nothing is read afterwards.
  func stop() {
    state.lock()
    isStopped = true
    state.unlock()
    state.signalAll()
    for thread in threads { thread.join() }
    threads = []
    memory.deallocate()
  }

  /// Whether nothing is left to decode.
  var isDone: Bool {
    state.lock()
    defer { state.unlock() }
    return ending != nil && blocks.allSatisfy { !$0.isClaimed && $0.status != LZMA_OK }
  }

  /// Fills the buffer as far as possible, and tells damage with the last bytes before it.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Step {
    state.lock()
    defer { state.unlock() }
    var count = 0
    while count < buffer.count {
      guard let block = blocks.first else {
        switch ending {
        case .status(let status, let offset):
          return Step(count: count, status: status, offset: offset, neededMemory: neededMemory)
        case .failure(let error): return try fail(error, count)
        case nil: if isOpening { state.wait() } else { open() }
        }
        continue
      }
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      if block.given < block.ready {
        count += give(block, into: rest)
      } else if block.isClaimed {
        if let other = nextAhead { decode(other) } else { state.wait() }
      } else if block.status == LZMA_OK {
        count += try fill(rest, from: block)
      } else if block.status == LZMA_STREAM_END {
        finish(block)
      } else if block.status == LZMA_BUF_ERROR, case .failure(let error) = ending {
        return try fail(error, count)
      } else {
        return Step(count: count, status: block.status, offset: block.offset)
      }
    }
    return Step(count: count)
  }

  /// The bytes before the error come first.
  private func fail(_ error: any Error, _ count: Int) throws -> Step {
    guard count > 0 else { throw error }
    return Step(count: count)
  }

  /// Gives out of what is decoded.
  private func give(_ block: XZBlock, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let bytes = block.nextBytes
    let count = min(buffer.count, bytes.count)
    state.unlock()
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    state.lock()
    block.give(count, freeing: &memory)
    return count
  }

  /// Decodes a step of the reader's block into the reader's buffer. The lock is held before and after.
  private func fill(_ buffer: UnsafeMutableRawBufferPointer, from block: XZBlock) throws -> Int {
    block.isClaimed = true
    state.unlock()
    let step = Result { try block.decode(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(Self.stepSize))) }
    state.lock()
    block.isClaimed = false
    // Whoever has nothing else to do may go on with it.
    state.signalAll()
    let count = try step.get()
    if block.isSerial { return count }
    guard canGive(block) else { return 0 }
    block.ready = block.decodedCount
    block.give(count, freeing: &memory)
    return count
  }

  /// Whether what a step decoded of a block counts.
  private func canGive(_ block: XZBlock) -> Bool {
    switch block.status {
    case LZMA_OK, LZMA_STREAM_END, LZMA_BUF_ERROR: true
    default: !isReadAgain
    }
  }

  private func finish(_ block: XZBlock) {
    blocks.removeFirst()
    // What was not read as a whole tells its sizes only now.
    if block.isSerial {
      let status = layout.note(block)
      if status != LZMA_OK { ending = .status(status, offset: input.offset) }
    }
    block.finish(freeing: &memory)
    spareBlocks.append(block)
    state.signalAll()
  }

  /// Decodes a step of a block, which nobody else touches meanwhile. The lock is held before and after.
  func decode(_ block: XZBlock) {
    block.isClaimed = true
    let room = block.room(Self.stepSize, from: &memory)
    state.unlock()
    block.decode(intoRoom: room)
    state.lock()
    block.isClaimed = false
    if canGive(block) { block.ready = block.decodedCount }
    state.signalAll()
  }

  /// Decoded at a time: little enough to be near the core still when its check is computed and when it is parsed.
  private static let stepSize = 128 << 10

  /// Bytes that one more block may take.
  var room: UInt64 { blocks.reduce(budget) { $0 - min($0, $1.memory) } }

  /// Goes on to the next block, or to the end. The lock is held before and after.
  func open() {
    isOpening = true
    let isFirst = blocks.isEmpty
    let room = room
    let known = waiting
    waiting = nil
    let block = known ?? spareBlocks.popLast() ?? XZBlock()
    state.unlock()
    var status = LZMA_OK
    var isBegun = false
    var failure: (any Error)?
    do {
      if known == nil { status = try layout.next(block) }
      if status == LZMA_OK, block.windowMemory > memoryLimit { status = LZMA_MEMLIMIT_ERROR }
      if status == LZMA_OK, let stored = block.storedSize, block.memory <= room {
        status = layout.note(block)
        if status == LZMA_OK { status = block.begin() }
        isBegun = status == LZMA_OK
        if isBegun { try block.read(Int(clamping: stored), from: input) }
      } else if status == LZMA_OK, isFirst {
        status = block.begin(from: input)
        isBegun = status == LZMA_OK
      }
    } catch {
      failure = error
    }
    let offset = input.offset
    state.lock()
    isOpening = false
    if isBegun {
      blocks.append(block)
    } else if status == LZMA_OK, failure == nil {
      waiting = block
    } else {
      neededMemory = block.windowMemory
      ending = .status(status, offset: offset)
    }
    if let failure { ending = .failure(failure) }
    if isFirst { startThreads() }
    state.signalAll()
  }
}
