import CLZMA
import Testing
import TraceTestSupport

@testable import TraceInput

@Suite(".xz in blocks")
struct XZBlockTests {
  static let text = [UInt8]((0..<9).flatMap { i in CodecTests.plain.map { $0 == UInt8(ascii: "6") ? UInt8(48 + i) : $0 } })
  static let noise = {
    var state: UInt64 = 1
    return (0..<60_000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 40)
    }
  }()

  /// Reads it with so many threads, as a file or as what cannot be read twice.
  static func read(_ path: String, threads: Int, isPipe: Bool = false, buffer: Int = 1 << 16, memory: UInt64 = 1 << 28) throws
    -> Reading
  {
    var options = InputOptions()
    options.decoderThreads = threads
    options.threadMemory = memory
    let file = try FileSource(path: path)
    return try Reading(
      DecodedSource(file, XZDecoder(.xz, path: path, canRewind: !isPipe, options: options)), buffer: buffer)
  }

  /// Several threads are to give what liblzma gives with one.
  static func compare(_ packed: [UInt8], _ what: String, in folder: TemporaryFolder, isPipe: Bool = false) throws {
    try folder.write(packed, to: "packed")
    let path = "\(folder.path)/packed"
    let one = try read(path, threads: 1)
    let several = try read(path, threads: 3, isPipe: isPipe)
    #expect(one.bytes.elementsEqual(several.bytes), "\(what): \(several.bytes.count), one thread \(one.bytes.count)")
    #expect(one.damage?.description == several.damage?.description, "\(what)")
  }

  @Test("of any kind, they are decoded to what was packed", arguments: [1000, 10_000, 1 << 20])
  func kinds(blockSize: Int) throws {
    let folder = try TemporaryFolder([:])
    for (name, bytes) in [
      ("text", Self.text), ("noise", Self.noise), ("both", Self.text + Self.noise + Self.text),
      ("run", [UInt8](repeating: 7, count: 40_000)),
      ("nothing", []),
    ] {
      func check(_ packed: [UInt8], _ kind: String) throws {
        try folder.write(packed, to: "packed")
        for memory in [UInt64(1 << 28), 1 << 21, 1 << 14] {
          for isPipe in [false, true] {
            let reading = try Self.read("\(folder.path)/packed", threads: 3, isPipe: isPipe, memory: memory)
            #expect(reading.bytes.elementsEqual(bytes) && reading.damage == nil, "\(name) \(kind) \(memory) \(isPipe)")
          }
        }
      }
      for (lc, lp, pb) in [(3, 0, 2), (0, 0, 0), (0, 4, 4), (4, 0, 1), (1, 3, 3)] as [(UInt32, UInt32, UInt32)] {
        try check(XZMaker.blocks(bytes, blockSize: blockSize) { ($0.lc, $0.lp, $0.pb) = (lc, lp, pb) }, "\(lc) \(lp) \(pb)")
      }
      try check(XZMaker.blocks(bytes, blockSize: blockSize) { $0.dict_size = 4096 }, "with a small dictionary")
      try check(XZMaker.blocks(bytes, blockSize: blockSize, check: LZMA_CHECK_CRC32), "CRC32")
      try check(XZMaker.blocks(bytes, blockSize: blockSize, check: LZMA_CHECK_SHA256), "SHA-256")
      try check(XZMaker.blocks(bytes, blockSize: blockSize, check: LZMA_CHECK_NONE), "no check")
      try check(XZMaker.blocks(bytes, blockSize: blockSize, delta: true), "delta")
    }
  }

  @Test("larger than a piece of the memory that they lie in", arguments: [1000, 1 << 16, 3 << 20])
  func large(buffer: Int) throws {
    let folder = try TemporaryFolder([:])
    let bytes = (0..<160).flatMap { i in Self.noise.map { $0 &* UInt8(2 * (i % 100) + 1) &+ UInt8(i) } }
    try folder.write(XZMaker.blocks(bytes, blockSize: 5 << 20), to: "packed")
    for threads in [2, 4] {
      let reading = try Self.read("\(folder.path)/packed", threads: threads, buffer: buffer)
      #expect(reading.bytes.elementsEqual(bytes) && reading.damage == nil)
    }
  }

  @Test("cut at any byte, several threads give what one gives, from a pipe too") func cut() throws {
    let folder = try TemporaryFolder([:])
    let packed = try Fixture.bytes("Fixtures/packed/threads.xz")
    for count in 0..<packed.count {
      try Self.compare(Array(packed[..<count]), "cut at byte \(count)", in: folder, isPipe: count % 2 == 0)
    }
  }

  @Test("a wrong byte anywhere on a pipe: what one thread gives, and its place") func wrongByteOnPipe() throws {
    let folder = try TemporaryFolder([:])
    let packed = try Fixture.bytes("Fixtures/packed/threads.xz")
    for place in stride(from: 12, to: packed.count, by: 3) {
      var wrong = packed
      wrong[place] ^= 0x55
      try folder.write(wrong, to: "packed")
      let one = try Self.read("\(folder.path)/packed", threads: 1)
      let several = try Self.read("\(folder.path)/packed", threads: 3, isPipe: true)
      #expect(one.bytes.starts(with: several.bytes) || several.bytes.starts(with: one.bytes), "byte \(place)")
      #expect(one.damage?.reason == several.damage?.reason, "byte \(place)")
      let distance = (one.damage?.storedOffset ?? 0) - (several.damage?.storedOffset ?? 0)
      #expect(abs(distance) <= 8, "byte \(place): \(one.damage?.description ?? "") \(several.damage?.description ?? "")")
    }
  }

  @Test("a check that is not that of the bytes", arguments: [LZMA_CHECK_CRC32, LZMA_CHECK_CRC64, LZMA_CHECK_SHA256])
  func wrongCheck(kind: lzma_check) throws {
    let folder = try TemporaryFolder([:])
    let packed = XZMaker.blocks(Self.text, blockSize: 5000, check: kind)
    // The footer tells how long the index is; in front of that is the last block's check.
    let footer = packed.count - Int(LZMA_STREAM_HEADER_SIZE)
    let index = packed[(footer + 4)..<(footer + 8)].reversed().reduce(0) { $0 << 8 + Int($1) } * 4 + 4
    for place in (footer - index - Int(lzma_check_size(kind)))..<(footer - index) {
      var wrong = packed
      wrong[place] ^= 1
      for isPipe in [false, true] {
        try Self.compare(wrong, "check \(kind.rawValue), byte \(place)", in: folder, isPipe: isPipe)
      }
      try folder.write(wrong, to: "packed")
      #expect(try Self.read("\(folder.path)/packed", threads: 3, isPipe: true).damage?.reason == "xz stream is corrupt")
    }
  }

  @Test("sizes that are claimed wrongly, up to more than there is memory", arguments: [false, true])
  func claims(isPipe: Bool) throws {
    let folder = try TemporaryFolder([:])
    let packed = XZMaker.blocks(Self.text, blockSize: 5000)
    for claim in [1, 4999, 5001, 1 << 20, 1 << 40, 1 << 62] as [UInt64] {
      try Self.compare(
        XZMaker.claiming(packed) { $0.uncompressed_size = claim }, "\(claim) bytes", in: folder, isPipe: isPipe)
    }
    for claim in [1, 400, 1 << 20, 1 << 40, 1 << 62] as [UInt64] {
      try Self.compare(
        XZMaker.claiming(packed) { $0.compressed_size = claim }, "\(claim) bytes stored", in: folder, isPipe: isPipe)
    }
    try Self.compare(
      XZMaker.claiming(packed) { ($0.compressed_size, $0.uncompressed_size) = (.max, .max) }, "no sizes", in: folder,
      isPipe: isPipe)
  }

  @Test("an index that tells other sizes than the blocks have, behind all of them", arguments: [false, true])
  func index(isPipe: Bool) throws {
    let folder = try TemporaryFolder([:])
    let packed = XZMaker.misindexed(XZMaker.blocks(Self.text, blockSize: 5000))
    try Self.compare(packed, "wrong index", in: folder, isPipe: isPipe)
    #expect(try Self.read("\(folder.path)/packed", threads: 3, isPipe: isPipe).bytes.elementsEqual(Self.text))
  }

  @Test("streams with padding between them, good and bad, and with junk behind them", arguments: [0, 3, 4, 8])
  func streams(padding: Int) throws {
    let folder = try TemporaryFolder([:])
    let packed = XZMaker.blocks(Self.text, blockSize: 5000)
    let zeros = [UInt8](repeating: 0, count: padding)
    try Self.compare(packed + zeros + packed + zeros, "two streams", in: folder)
    try Self.compare(packed + zeros + [1, 2, 3], "short junk", in: folder, isPipe: true)
    try Self.compare(packed + zeros + [UInt8](repeating: 9, count: 40), "junk", in: folder)
  }

  @Test(
    "that threads can decode ahead are told from the file's first bytes",
    arguments: [(5000, 3, 1 << 28, true), (5000, 1, 1 << 28, false), (1 << 20, 3, 1 << 28, false), (5000, 3, 1 << 10, false)])
  func decodesAhead(blockSize: Int, threads: Int, memory: Int, isAhead: Bool) throws {
    let folder = try TemporaryFolder([:])
    try folder.write(XZMaker.blocks(Self.text, blockSize: blockSize), to: "packed")
    var options = InputOptions()
    options.decoderThreads = threads
    options.threadMemory = UInt64(memory)
    let source = try openSource("\(folder.path)/packed", options).source
    #expect(source.decodesAhead == isAhead)
    #expect(try Reading(source).bytes.elementsEqual(Self.text))
    #expect(!source.decodesAhead, "all is decoded")
  }

  @Test(
    "whose headers tell no sizes, or of which there is one, nobody decodes ahead", arguments: ["one.xz", "one.gz", "plain.log"])
  func decodesNothingAhead(name: String) throws {
    var options = InputOptions()
    options.decoderThreads = 4
    #expect(try !openSource(Fixture.path("Fixtures/packed/\(name)"), options).source.decodesAhead)
  }
}
