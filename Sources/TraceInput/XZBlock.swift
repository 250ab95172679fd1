import CLZMA

/// A block of an .xz stream with its decoder; reused for one block after the other, so that memory is touched anew only once.
///
/// Used by one thread at a time, save for what is marked otherwise.
final class XZBlock {
  /// Its header, and what decoding finds of it. liblzma keeps the pointer.
  let header = UnsafeMutablePointer<lzma_block>.allocate(capacity: 1)
  private let filters = UnsafeMutablePointer<lzma_filter>.allocate(capacity: Int(LZMA_FILTERS_MAX) + 1)
  private var stream = lzma_stream()
  /// What the decoder takes for its window, in bytes.
  private(set) var windowMemory: UInt64 = 0
  /// Its data as stored, behind the header, where they were read as a whole.
  private let stored = BlockBuffer()
  /// The file ends before they do.
  private var isCut = false
  /// Where its data begin in the file.
  private var start: Int64 = 0
  /// Its data are read by and by from here, where they were not read as a whole.
  private var input: CompressedBuffer?
  /// Bytes decoded so far, of a block that was read as a whole.
  private(set) var decodedCount = 0
  private var check = XZCheck()

  /// OK until all is decoded, or damage is met. Changed by who has claimed it; read by others while nobody has.
  private(set) var status = LZMA_OK
  // Guarded by the monitor of ``XZBlockPipeline``:
  var isClaimed = false
  /// As many decoded bytes may be given out; they do not change any more.
  var ready = 0
  /// As many were.
  private(set) var given = 0
  /// The block as decoded and not given out yet, unless it is decoded straight into the reader's buffers: piece by piece from its start.
  private var pieces: [MemoryPieces.Piece?] = []

  init() {
    header.initialize(to: lzma_block())
    filters.initialize(repeating: lzma_filter(id: .max, options: nil), count: Int(LZMA_FILTERS_MAX) + 1)
  }

  deinit {
    lzma_end(&stream)
    lzma_filters_free(filters, nil)
    filters.deallocate()
    header.deallocate()
  }

  // MARK: Its header

  /// Takes a header in, which is as long as its first byte says.
  func decodeHeader(_ bytes: [UInt8], check: lzma_check) -> lzma_ret {
    header.pointee = lzma_block()
    header.pointee.version = 1
    header.pointee.check = check
    header.pointee.header_size = UInt32(clamping: bytes.count)
    lzma_filters_free(filters, nil)
    header.pointee.filters = filters
    let status = lzma_block_header_decode(header, nil, bytes)
    guard status == LZMA_OK else { return status }
    windowMemory = lzma_raw_decoder_memusage(filters)
    return windowMemory == .max ? LZMA_OPTIONS_ERROR : LZMA_OK
  }

  /// Decoded bytes, where the header tells.
  var size: UInt64? { header.pointee.uncompressed_size == .max ? nil : header.pointee.uncompressed_size }

  /// Stored bytes behind the header, padding and check included, where the header tells.
  var storedSize: UInt64? {
    let total = lzma_block_total_size(header)
    return total == 0 || total == .max ? nil : total - UInt64(header.pointee.header_size)
  }

  /// All that it takes as long as it is at hand; the largest number where its header does not tell.
  var memory: UInt64 {
    guard let size, let storedSize else { return .max }
    return [size, storedSize].reduce(windowMemory) {
      let (sum, isOver) = $0.addingReportingOverflow($1)
      return isOver ? .max : sum
    }
  }

  // MARK: Its data

  /// Begins to decode it; its data are read then, all of them or by and by.
  func begin() -> lzma_ret {
    input = nil
    isCut = false
    stored.count = 0
    decodedCount = 0
    ready = 0
    given = 0
    check.begin(header.pointee.check)
    header.pointee.ignore_check = XZCheck.isKnown(header.pointee.check) ? 1 : 0
    // A stream that was used before keeps its window where that is large enough.
    status = lzma_block_decoder(&stream, header)
    return status
  }

  /// Begins to decode it straight from the input, of which nothing behind it can be read before its end.
  func begin(from input: CompressedBuffer) -> lzma_ret {
    let status = begin()
    self.input = input
    return status
  }

  /// Reads its data as a whole. What the file lacks of them is missed only behind what there is.
  func read(_ count: Int, from input: CompressedBuffer) throws {
    start = input.offset
    defer {
      stream.next_in = UnsafePointer(stored.bytes)
      stream.avail_in = stored.count
      isCut = stored.count < count
    }
    while stored.count < count {
      // A header may claim what it likes: memory grows with what is really there.
      if stored.count == stored.capacity { stored.grow() }
      let got = try input.read(into: stored.room(upTo: count))
      if got == 0 { break }
      stored.count += got
    }
  }

  /// Whether anybody may decode a step of it. Guarded.
  var isFree: Bool { !isClaimed && status == LZMA_OK && !isSerial }

  /// Whether nothing behind it can be read before its end.
  var isSerial: Bool { input != nil }

  /// Offset in the file of the next byte to decode.
  var offset: Int64 { input?.offset ?? start + Int64(stored.count - stream.avail_in) }

  /// Where the next step of a block that was read as a whole decodes to: nothing where only the check is to come. Guarded.
  func room(_ count: Int, from memory: inout MemoryPieces) -> UnsafeMutableRawBufferPointer {
    let (index, offset) = decodedCount.quotientAndRemainder(dividingBy: MemoryPieces.size)
    // The header's size holds: liblzma ends a block there.
    let count = min(count, Int(clamping: size ?? 0) - decodedCount, MemoryPieces.size - offset)
    guard count > 0 else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    // What the reader decoded by itself lies in no piece.
    while pieces.count <= index { pieces.append(nil) }
    if pieces[index] == nil { pieces[index] = memory.take() }
    return UnsafeMutableRawBufferPointer(start: pieces[index].map { $0 + offset }, count: count)
  }

  /// Decodes a block that was read as a whole into such room, as far as that holds; then ``status`` tells more.
  func decode(intoRoom room: UnsafeMutableRawBufferPointer) {
    stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = room.count
    repeat {
      status = lzma_code(&stream, LZMA_RUN)
      // Wanting more than the header says is damage, unless the file ends here.
      if status == LZMA_BUF_ERROR, !isCut { status = LZMA_DATA_ERROR }
    } while status == LZMA_OK && stream.avail_out > 0
    decodedCount += room.count - stream.avail_out
    verify(UnsafeRawBufferPointer(rebasing: room[..<(room.count - stream.avail_out)]))
  }

  /// What may be given out next, as far as it lies in one piece. Guarded.
  var nextBytes: UnsafeRawBufferPointer {
    let (index, offset) = given.quotientAndRemainder(dividingBy: MemoryPieces.size)
    guard given < ready, index < pieces.count else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: pieces[index].map { $0 + offset }, count: min(ready - given, MemoryPieces.size - offset))
  }

  /// Notes that so many of the next bytes were given out; pieces that they filled are free then. Guarded.
  func give(_ count: Int, freeing memory: inout MemoryPieces) {
    let first = given / MemoryPieces.size
    given += count
    for index in first..<(given / MemoryPieces.size) { free(index, of: &memory) }
  }

  /// Frees what it has of the memory. Guarded.
  func finish(freeing memory: inout MemoryPieces) {
    for index in pieces.indices { free(index, of: &memory) }
    pieces.removeAll(keepingCapacity: true)
  }

  private func free(_ index: Int, of memory: inout MemoryPieces) {
    guard index < pieces.count, let piece = pieces[index] else { return }
    memory.free(piece)
    pieces[index] = nil
  }

  /// Decodes straight into the reader's buffer, as far as it holds, when all that was decoded before is given out; then ``status``
  /// tells more.
  func decode(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard let input else {
      let start = decodedCount
      decode(intoRoom: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(Int(clamping: size ?? 0) - start)))
      return decodedCount - start
    }
    stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = buffer.count
    while stream.avail_out > 0, status == LZMA_OK {
      let more = try input.refill()
      stream.next_in = UnsafePointer(input.pointer)
      stream.avail_in = input.available
      status = lzma_code(&stream, LZMA_RUN)
      input.consume(input.available - stream.avail_in)
      // Without progress once is no error while there is input.
      if status == LZMA_BUF_ERROR, more { status = LZMA_OK }
    }
    let count = buffer.count - stream.avail_out
    verify(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    return count
  }

  /// Takes decoded bytes into the check, which must be right once all are there.
  private func verify(_ bytes: UnsafeRawBufferPointer) {
    check.add(bytes)
    if status == LZMA_STREAM_END, !withUnsafeBytes(of: header.pointee.raw_check, check.isRight) { status = LZMA_DATA_ERROR }
  }
}
