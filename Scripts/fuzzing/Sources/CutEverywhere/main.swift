import Glibc
import LineChecks
import Tracestat

// usage: cut-everywhere FIXTURE... -- SAMPLE...
// Reads every fixture cut in two at every byte and in chunks of every size up to 4096, and every prefix of every sample's first
// 256 KiB. Each must give the events of the whole, and every line an event that keeps its invariants.

let sampleSize = 256 << 10
let largestChunk = 4096

func read(_ path: String, upTo limit: Int) throws -> [UInt8] {
  let source = try TraceFiles([path], arrangement: .sequence)
    .open(TraceFiles.Format(stamp: { _ in nil }, hasPid: { _ in nil })).source
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 64 << 10)
  while bytes.count < limit {
    let count = try block.withUnsafeMutableBytes { try source.read(into: $0) }
    if count == 0 { break }
    bytes += block[..<count]
  }
  return Array(bytes.prefix(limit))
}

final class Comparison {
  private let path: String
  private let text: [UInt8]
  private let parser = StraceChunkParser()
  private let whole = LineEventBuffer()
  private let pieces = LineEventBuffer()
  private(set) var parsed = 0
  private(set) var failures = 0

  init(_ path: String, _ text: [UInt8]) {
    self.path = path
    self.text = text
    var padded = text
    padded += [UInt8](repeating: 0, count: StraceChunkParser.padding)
    StraceChunkParser().parse(padded, count: text.count, into: whole)
    for i in 0..<whole.count where !whole.base[i].keepsInvariants { fail("\(whole.base[i])") }
  }

  /// The first few are told.
  private func fail(_ what: String) {
    failures += 1
    if failures <= 5 { print("DIFFERENT \(path): \(what)") }
  }

  /// Reads of at most `step` bytes, in chunks that begin with room for `capacity`.
  func inChunks(step: Int, capacity: Int) {
    text.withUnsafeBytes { bytes in
      let reader = LineChunkReader(MemorySource(bytes, step: step))
      let chunk = LineChunk(capacity: capacity)
      var start = 0
      var line = 0
      while reader.next(into: chunk) {
        line = compare(chunk.bytes, chunk.count, start: start, line: line, "chunks of \(capacity), reads of \(step)")
        start += chunk.count
      }
      if start != text.count || line != whole.count { fail("\(line) of \(whole.count) lines, chunks of \(capacity)") }
    }
  }

  /// The first `cut` bytes as one chunk of whole lines, the rest as another, as the reader would cut them.
  func cut(at cut: Int, _ padded: UnsafeMutablePointer<UInt8>) {
    var line = 0
    let head = text[..<cut].lastIndex(of: 10).map { $0 + 1 } ?? 0
    for part in [0..<head, head..<text.count] {
      text.withUnsafeBufferPointer { padded.update(from: $0.baseAddress! + part.lowerBound, count: part.count) }
      (padded + part.count).update(repeating: 0, count: StraceChunkParser.padding)
      line = compare(padded, part.count, start: part.lowerBound, line: line, "cut at \(cut)")
    }
    if line != whole.count { fail("\(line) of \(whole.count) lines, cut at \(cut)") }
  }

  /// A prefix has the same events but for the line that it cuts.
  func prefix(_ count: Int, _ padded: UnsafeMutablePointer<UInt8>) {
    text.withUnsafeBufferPointer { padded.update(from: $0.baseAddress!, count: count) }
    (padded + count).update(repeating: 0, count: StraceChunkParser.padding)
    parser.parse(padded, count: count, into: pieces)
    parsed += count
    for i in 0..<pieces.count {
      let event = pieces.base[i]
      let isCut = i == pieces.count - 1 && text[count - 1] != 10
      if !event.keepsInvariants || (!isCut && !event.isSame(as: whole.base[i], shift: 0)) { fail("prefix of \(count)") }
      if isCut, Int(event.offset + event.length) > count { fail("prefix of \(count): beyond it") }
    }
  }

  private func compare(_ bytes: UnsafePointer<UInt8>, _ count: Int, start: Int, line: Int, _ how: @autoclosure () -> String)
    -> Int
  {
    parser.parse(bytes, count: count, into: pieces)
    parsed += count
    for i in 0..<pieces.count {
      guard line + i < whole.count, pieces.base[i].isSame(as: whole.base[line + i], shift: start) else {
        fail("line \(line + i + 1), \(how())")
        break
      }
    }
    return line + pieces.count
  }
}

let arguments = CommandLine.arguments.dropFirst()
let fixtures = arguments.prefix { $0 != "--" }
let samples = arguments.dropFirst(fixtures.count + 1)
let padded = UnsafeMutablePointer<UInt8>.allocate(capacity: (1 << 20) + StraceChunkParser.padding)
var (cuts, sizes, prefixes, parsed, failures) = (0, 0, 0, 0, 0)
for path in fixtures {
  let text = try read(path, upTo: 1 << 20)
  guard !text.isEmpty else { continue }
  let comparison = Comparison(path, text)
  for cut in 0...text.count { comparison.cut(at: cut, padded) }
  for size in 1...min(largestChunk, text.count) { comparison.inChunks(step: size, capacity: size) }
  cuts += text.count + 1
  sizes += min(largestChunk, text.count)
  parsed += comparison.parsed
  failures += comparison.failures
}
for path in samples {
  let text = try read(path, upTo: sampleSize)
  let comparison = Comparison(path, text)
  for count in 1...text.count { comparison.prefix(count, padded) }
  prefixes += text.count
  parsed += comparison.parsed
  failures += comparison.failures
}
print(
  "\(fixtures.count) fixtures: \(cuts) cuts, \(sizes) chunk sizes; \(samples.count) samples: \(prefixes) prefixes; \(parsed >> 20) MiB parsed; \(failures) differences"
)
exit(failures == 0 ? 0 : 1)
