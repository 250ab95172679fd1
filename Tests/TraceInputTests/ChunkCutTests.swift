import Testing
import TraceSyntax
import TraceTestSupport

@testable import TraceInput

/// `Scripts/cut-everywhere` does the same for whole fixtures.
@Suite("Wherever a log is cut into chunks, its lines are the same")
struct ChunkCutTests {
  /// A line of each shape that the captures hold: its punctuation, without words, numbers and what is in strings.
  static let shapes: [[UInt8]] = {
    var shapes: [[UInt8]: [UInt8]] = [:]
    for capture in Capture.all {
      for line in ((try? capture.bytes()) ?? []).split(separator: 10) where line.count <= 120 {
        var isString = false
        let shape = line.filter { byte in
          if byte == UInt8(ascii: "\"") { isString.toggle() }
          return !isString && !(48...57).contains(byte) && !(97...122).contains(byte | 0x20)
        }
        if shapes[shape] == nil { shapes[shape] = Array(line) }
      }
    }
    return shapes.values.sorted { $0.lexicographicallyPrecedes($1) }
  }()

  /// What reader and parser make of a text: the numbers of each event, its places counted from the log's start. Numbers, not
  /// text: this runs a hundred thousand times.
  static func events(_ source: MemorySource, capacity: Int, _ parser: StraceChunkParser, _ buffer: LineEventBuffer) -> [Int64] {
    let reader = LineChunkReader(source)
    let chunk = LineChunk(capacity: capacity)
    var all: [Int64] = []
    var start: Int64 = 0
    while reader.next(into: chunk) {
      parser.parse(chunk.bytes, count: chunk.count, into: buffer)
      for i in 0..<buffer.count {
        let e = buffer.base[i]
        all += [
          Int64(e.offset) + start, Int64(e.bodyStart) + start, Int64(e.argumentsStart) + start, Int64(e.argumentsEnd) + start,
          Int64(e.length), Int64(e.kind.rawValue), Int64(e.tid), e.stamp, Int64(e.descriptor), e.result, Int64(e.errno.rawValue),
          e.duration, Int64(e.flags.rawValue),
        ]
      }
      start += Int64(chunk.count)
    }
    return all
  }
  /// How many numbers an event has.
  static let width = 13

  @Test("a line of every shape, cut at every byte between others") func lines() {
    let parser = StraceChunkParser()
    let buffer = LineEventBuffer()
    #expect(Self.shapes.count > 100)
    for line in Self.shapes {
      let text = Array("7     close(3) = 0\n".utf8) + line + Array("\n7     close(4) = 0\n".utf8)
      let whole = Self.events(MemorySource(text), capacity: 4096, parser, buffer)
      #expect(whole.count == 3 * Self.width)
      for cut in 19..<(text.count - 19) {
        let pieces = Self.events(MemorySource(text, step: cut), capacity: cut, parser, buffer)
        if pieces != whole { Issue.record("cut at \(cut): \(String(decoding: line, as: UTF8.self))") }
      }
    }
  }

  @Test("the start of each sample in chunks of every size", arguments: ["jvm-relay", "nginx-rtmp"])
  func sizes(name: String) throws {
    let text = try Fixture.samplePrefix(name, bytes: 4096).prefix(4096)
    let parser = StraceChunkParser()
    let buffer = LineEventBuffer()
    let whole = Self.events(MemorySource(Array(text)), capacity: 8192, parser, buffer)
    #expect(whole.count > 15 * Self.width)
    for size in 1...text.count {
      let pieces = Self.events(MemorySource(Array(text), step: size), capacity: size, parser, buffer)
      if pieces != whole { Issue.record("chunks of \(size) bytes") }
    }
  }

  @Test("every prefix of a sample: the lines before the cut are the same", arguments: ["jvm-relay", "nginx-rtmp"])
  func prefixes(name: String) throws {
    let text = Array(try Fixture.samplePrefix(name, bytes: 4096).prefix(4096))
    let parser = StraceChunkParser()
    let buffer = LineEventBuffer()
    let whole = Self.events(MemorySource(text), capacity: 8192, parser, buffer)
    for count in 1...text.count {
      let events = Self.events(MemorySource(Array(text[..<count])), capacity: 8192, parser, buffer)
      let isCut = text[count - 1] != 10
      let lines = text[..<count].count { $0 == 10 }
      if events.count != (lines + (isCut ? 1 : 0)) * Self.width
        || !events.prefix(lines * Self.width).elementsEqual(whole.prefix(lines * Self.width))
      {
        Issue.record("the first \(count) bytes")
      }
    }
  }
}
