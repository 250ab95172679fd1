import Synchronization

/// A run of whole lines. Reused: its bytes are valid until it is recycled.
///
/// Invariant: `count <= capacity`, and `padding` readable bytes follow, the first of them zeroed.
public final class LineChunk: @unchecked Sendable {
  public fileprivate(set) var bytes: UnsafeMutablePointer<UInt8>
  public fileprivate(set) var count = 0
  fileprivate var capacity: Int
  /// Line numbers (from 0, within the chunk) whose tail was skipped because they were too long, with the bytes skipped.
  public fileprivate(set) var skippedBytes: Int64 = 0

  static let padding = 256

  public init(capacity: Int = 1 << 20) {
    self.capacity = capacity
    bytes = .allocate(capacity: capacity + Self.padding)
  }

  deinit { bytes.deallocate() }

  fileprivate func grow() {
    let bigger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2 + Self.padding)
    bigger.update(from: bytes, count: count)
    bytes.deallocate()
    bytes = bigger
    capacity *= 2
  }

  fileprivate func pad() {
    for i in 0..<Self.padding { bytes[count + i] = 0 }
  }
}

/// Cuts a source into chunks of whole lines. One thread at a time; how far it is, any thread may ask.
public final class LineChunkReader {
  private let source: any ByteSource
  private let longestLine: Int
  private var carry: [UInt8] = []
  private var atEnd = false
  /// Damage and notes met so far, in order.
  public private(set) var damages: [InputDamage] = []
  private let readBytes = Atomic<Int64>(0)
  private let storedBytes = Atomic<Int64>(0)
  /// Bytes of log read so far.
  public var bytesRead: Int64 { readBytes.load(ordering: .relaxed) }
  /// Bytes of the stored files consumed so far.
  public var storedOffset: Int64 { storedBytes.load(ordering: .relaxed) }
  /// The log's first bytes, at most ``headLength``: they tell it from other logs.
  public private(set) var head: [UInt8] = []
  public static let headLength = 64 << 10

  public init(_ source: any ByteSource, longestLine: Int = InputOptions().longestLine) {
    self.source = source
    self.longestLine = max(1024, longestLine)
  }

  /// Whether the last chunk given out is the last there is.
  var isAtEnd: Bool { atEnd && carry.isEmpty }

  /// Fills the chunk; false when nothing is left.
  public func next(into chunk: LineChunk) -> Bool {
    chunk.count = 0
    chunk.skippedBytes = 0
    while carry.count > chunk.capacity { chunk.grow() }
    carry.withUnsafeBufferPointer { if let base = $0.baseAddress { chunk.bytes.update(from: base, count: $0.count) } }
    chunk.count = carry.count
    carry.removeAll(keepingCapacity: true)
    while !atEnd {
      while chunk.count < chunk.capacity, !atEnd { fill(chunk) }
      if atEnd { break }
      if let newline = lastNewline(chunk) {
        let rest = newline + 1
        carry.append(contentsOf: UnsafeBufferPointer(start: chunk.bytes + rest, count: chunk.count - rest))
        chunk.count = rest
        break
      }
      if chunk.count >= longestLine {
        skipLine(chunk)
        break
      }
      chunk.grow()
    }
    chunk.pad()
    return chunk.count > 0
  }

  private func fill(_ chunk: LineChunk) {
    let room = UnsafeMutableRawBufferPointer(start: chunk.bytes + chunk.count, count: chunk.capacity - chunk.count)
    do {
      let got = try source.read(into: room)
      if got == 0 { finish() }
      note(UnsafeRawBufferPointer(rebasing: room[..<got]))
      chunk.count += got
    } catch let damage as InputDamage {
      damages.append(damage)
      // A source of several files goes on with the next one.
      if !(source is SequenceSource) { finish() }
    } catch {
      damages.append(
        InputDamage(
          path: source.path, reason: "\(error)", storedOffset: source.storedOffset, logOffset: bytesRead, severity: .partial))
      finish()
    }
  }

  private func note(_ bytes: UnsafeRawBufferPointer) {
    if head.count < Self.headLength { head += bytes.prefix(Self.headLength - head.count) }
    readBytes.add(Int64(bytes.count), ordering: .relaxed)
    storedBytes.store(source.storedOffset, ordering: .relaxed)
  }

  private func finish() {
    atEnd = true
    if let noting = source as? any NotingSource { damages += noting.notes }
  }

  private func lastNewline(_ chunk: LineChunk) -> Int? {
    var i = chunk.count - 1
    while i >= 0 {
      if chunk.bytes[i] == UInt8(ascii: "\n") { return i }
      i -= 1
    }
    return nil
  }

  /// The line is over the limit: keeps its first bytes, reads on to its end and counts what was dropped.
  private func skipLine(_ chunk: LineChunk) {
    var skipped = chunk.count - longestLine
    var scratch = [UInt8](repeating: 0, count: 256 << 10)
    let kept = longestLine
    var found = false
    while !found, !atEnd {
      let got = scratch.withUnsafeMutableBytes { buffer -> Int in
        do { return try source.read(into: buffer) } catch {
          if let damage = error as? InputDamage { damages.append(damage) }
          return 0
        }
      }
      if got == 0 {
        finish()
        break
      }
      scratch.withUnsafeBytes { note(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
      if let newline = scratch[..<got].firstIndex(of: UInt8(ascii: "\n")) {
        carry.append(contentsOf: scratch[(newline + 1)..<got])
        skipped += newline
        found = true
      } else {
        skipped += got
      }
    }
    chunk.count = kept
    chunk.skippedBytes = Int64(skipped)
    if found, chunk.count < chunk.capacity {
      chunk.bytes[chunk.count] = UInt8(ascii: "\n")
      chunk.count += 1
    }
  }
}
