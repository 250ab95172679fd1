import TraceTestSupport

@testable import TraceInput

/// Everything a source gives, the damage it ended with, and its notes.
struct Reading {
  var bytes: [UInt8] = []
  var damage: InputDamage?
  var notes: [InputDamage] = []

  /// Reads with a buffer of so many bytes.
  init(_ source: any ByteSource, buffer size: Int = 4096) throws {
    var buffer = [UInt8](repeating: 0, count: size)
    do {
      while true {
        let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
        if count == 0 { break }
        bytes += buffer[..<count]
      }
    } catch let damage as InputDamage {
      self.damage = damage
    }
    notes = (source as? any NotingSource)?.notes ?? []
  }

  init(packed name: String, buffer: Int = 4096, _ options: InputOptions = InputOptions()) throws {
    try self.init(openSource(Fixture.path("Fixtures/packed/\(name)"), options).source, buffer: buffer)
  }
}

/// A source over bytes in memory that gives at most `step` bytes a time.
final class MemorySource: ByteSource {
  let path = "memory"
  private var rest: ArraySlice<UInt8>
  private let step: Int
  private(set) var storedOffset: Int64 = 0

  init(_ bytes: [UInt8], step: Int = .max) {
    rest = bytes[...]
    self.step = step
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = min(step, buffer.count, rest.count)
    buffer.copyBytes(from: rest.prefix(count))
    rest = rest.dropFirst(count)
    storedOffset += Int64(count)
    return count
  }
}

/// All chunks of a reader as byte arrays.
func chunks(_ reader: LineChunkReader, capacity: Int) -> [(bytes: [UInt8], skipped: Int64)] {
  let chunk = LineChunk(capacity: capacity)
  var all: [(bytes: [UInt8], skipped: Int64)] = []
  while reader.next(into: chunk) {
    all.append((Array(UnsafeBufferPointer(start: chunk.bytes, count: chunk.count)), chunk.skippedBytes))
  }
  return all
}
