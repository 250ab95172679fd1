import Testing
import TraceTestSupport

@testable import TraceInput

@Suite("Codecs")
struct CodecTests {
  static let plain = (try? Fixture.bytes("Fixtures/packed/plain.log")) ?? []

  @Test(
    "every packing gives the same bytes, whatever the buffer",
    arguments: [
      "plain.log", "one.gz", "header.gz", "members.gz", "empty-last.gz", "zero-padded.gz", "junk.gz", "one.xz", "streams.xz",
      "padded.xz",
      "blocks.xz", "threads.xz", "one.lzma", "one.zst", "frames.zst", "skippable.zst", "long-window.zst",
    ], [1, 7, 4096, 1 << 20])
  func whole(name: String, buffer: Int) throws {
    let reading = try Reading(packed: name, buffer: buffer)
    #expect(reading.bytes == Self.plain)
    #expect(reading.damage == nil)
    #expect(reading.notes.map(\.severity) == (name == "junk.gz" ? [.ignored] : []))
  }

  @Test("several decoder threads change nothing", arguments: ["one.xz", "blocks.xz", "streams.xz", "threads.xz"], [2, 4])
  func threads(name: String, count: Int) throws {
    var options = InputOptions()
    options.decoderThreads = count
    #expect(try Reading(packed: name, options).bytes == Self.plain)
  }

  @Test("trailing junk is named with its place") func junk() throws {
    let note = try #require(try Reading(packed: "junk.gz").notes.first)
    #expect(note.storedOffset == Int64(try Fixture.bytes("Fixtures/packed/one.gz").count))
    #expect(note.logOffset == Int64(Self.plain.count))
    #expect(note.reason.contains("after the last gzip member"))
  }

  @Test(
    "a truncated stream gives all that was whole, then the damage and where",
    arguments: [
      "truncated.gz", "truncated.xz", "truncated.zst",
    ], [7, 4096])
  func truncated(name: String, buffer: Int) throws {
    let reading = try Reading(packed: name, buffer: buffer)
    let damage = try #require(reading.damage)
    #expect(reading.bytes.count > 700)
    #expect(reading.bytes.count < Self.plain.count)
    #expect(Self.plain.starts(with: reading.bytes))
    #expect(damage.reason.contains("truncated"))
    #expect(damage.severity == .partial)
    #expect(damage.storedOffset == Int64(try Fixture.bytes("Fixtures/packed/\(name)").count))
    #expect(damage.logOffset == Int64(reading.bytes.count))
    #expect(damage.description.contains("byte \(damage.storedOffset)"))
  }

  @Test("cut anywhere, a stream gives the same bytes whatever the buffer", arguments: ["one.gz", "one.xz", "one.zst"])
  func cutAnywhere(name: String) throws {
    let packed = try Fixture.bytes("Fixtures/packed/\(name)")
    let folder = try TemporaryFolder([:])
    for count in stride(from: 14, to: packed.count, by: 5) {
      try folder.write(Array(packed[..<count]), to: "cut")
      let readings = try [7, 1 << 16].map { try Reading(openSource("\(folder.path)/cut", InputOptions()).source, buffer: $0) }
      #expect(readings[0].bytes == readings[1].bytes, "cut at byte \(count)")
      #expect(readings[0].damage?.reason == readings[1].damage?.reason, "cut at byte \(count)")
    }
  }

  @Test("a wrong byte anywhere in gzip: the same bytes whatever the buffer") func wrongByte() throws {
    let packed = try Fixture.bytes("Fixtures/packed/one.gz")
    let folder = try TemporaryFolder([:])
    for place in stride(from: 14, to: packed.count, by: 9) {
      var wrong = packed
      wrong[place] ^= 0x55
      try folder.write(wrong, to: "wrong")
      let readings = try [7, 1 << 16].map { try Reading(openSource("\(folder.path)/wrong", InputOptions()).source, buffer: $0) }
      #expect(readings[0].bytes == readings[1].bytes, "byte \(place)")
      #expect(readings[0].damage?.reason == readings[1].damage?.reason, "byte \(place)")
    }
  }

  #if canImport(CISAL)
    @Test("ISA-L inflates a sound gzip to its end, though its header was looked at first", arguments: [0, 1, 13, 40])
    func isalInflatesAll(peeked: Int) throws {
      let one = try Fixture.bytes("Fixtures/packed/one.gz")
      // A name, a comment and an extra field make the header long; it is 10 bytes in `one.gz`, whose flags say no more.
      #expect(one[3] == 0)
      let extra = [UInt8(200), 0] + [UInt8](repeating: 1, count: 200)
      let texts = Array("captures of the incident/web1.strace.log".utf8) + [0] + Array("strace -f -tt -T".utf8) + [0]
      let named = Array(one[..<3]) + [0x04 | 0x08 | 0x10] + Array(one[4..<10]) + extra + texts + Array(one[10...])
      let folder = try TemporaryFolder([:])
      for bytes in [one, named, named + named] {
        try folder.write(bytes, to: "log.gz")
        let file = try FileSource(path: "\(folder.path)/log.gz")
        _ = try file.peek(peeked)
        let decoder = GzipDecoder(canRewind: true)
        let reading = try Reading(DecodedSource(file, decoder))
        #expect(reading.bytes.count % Self.plain.count == 0 && reading.bytes.starts(with: Self.plain) && reading.damage == nil)
        #expect(decoder.inflater is ISALInflater)
      }
    }
  #endif

  @Test("with ISA-L, damaged gzip gives the bytes, the words and the places that zlib gives", arguments: [7, 1 << 16])
  func isal(buffer: Int) throws {
    let folder = try TemporaryFolder([:])
    func compare(_ bytes: [UInt8], _ what: String) throws {
      try folder.write(bytes, to: "damaged")
      var zlib = InputOptions()
      zlib.isZlibOnly = true
      let one = try Reading(openSource("\(folder.path)/damaged", InputOptions()).source, buffer: buffer)
      let other = try Reading(openSource("\(folder.path)/damaged", zlib).source, buffer: buffer)
      #expect(one.bytes.elementsEqual(other.bytes), "\(what): \(one.bytes.count), zlib \(other.bytes.count)")
      #expect(one.damage?.description == other.damage?.description, "\(what)")
      #expect(one.notes.map(\.description) == other.notes.map(\.description), "\(what)")
    }
    for name in ["members.gz", "header.gz", "far-back.gz"] {
      let packed = try Fixture.bytes("Fixtures/packed/\(name)")
      try compare(packed, name)
      for place in stride(from: 2, to: packed.count, by: 7) {
        try compare(Array(packed[..<place]), "\(name) cut at byte \(place)")
        var wrong = packed
        wrong[place] ^= 0x55
        try compare(wrong, "\(name), byte \(place)")
      }
    }
  }

  @Test(
    "with several decoder threads, damaged xz gives the bytes, the words and the places that one gives", arguments: [7, 1 << 16])
  func damagedThreads(buffer: Int) throws {
    let folder = try TemporaryFolder([:])
    func compare(_ bytes: [UInt8], _ what: String) throws {
      try folder.write(bytes, to: "damaged")
      let (one, other) = (
        try Self.read("\(folder.path)/damaged", threads: 1, buffer), try Self.read("\(folder.path)/damaged", threads: 3, buffer)
      )
      #expect(one.bytes.elementsEqual(other.bytes), "\(what): \(other.bytes.count), one thread \(one.bytes.count)")
      #expect(one.damage?.description == other.damage?.description, "\(what)")
    }
    for name in ["threads.xz", "streams.xz"] {
      let packed = try Fixture.bytes("Fixtures/packed/\(name)")
      for place in stride(from: 14, to: packed.count, by: 7) {
        try compare(Array(packed[..<place]), "\(name) cut at byte \(place)")
        var wrong = packed
        wrong[place] ^= 0x55
        try compare(wrong, "\(name), byte \(place)")
      }
    }
  }

  private static func read(_ path: String, threads: Int, _ buffer: Int) throws -> Reading {
    var options = InputOptions()
    options.decoderThreads = threads
    return try Reading(openSource(path, options).source, buffer: buffer)
  }

  @Test("a corrupt stream is named with its place", arguments: [("corrupt.gz", 582), ("corrupt.xz", 805), ("corrupt.zst", 702)])
  func corrupt(name: String, offset: Int64) throws {
    let reading = try Reading(packed: name)
    let damage = try #require(reading.damage)
    #expect(damage.reason.contains("corrupt"))
    #expect(damage.severity == .partial)
    #expect(damage.storedOffset >= offset, "not before the block with the byte that is wrong")
    #expect(damage.storedOffset <= Int64(try Fixture.bytes("Fixtures/packed/\(name)").count))
    #expect(damage.logOffset == Int64(reading.bytes.count))
    // What was decoded before the damage is right.
    let common = zip(reading.bytes, Self.plain).prefix { $0 == $1 }.count
    #expect(common > 500)
  }

  @Test("windows and dictionaries beyond the memory limit are refused in words", arguments: ["long-window.zst", "one.xz"])
  func memoryLimit(name: String) throws {
    var options = InputOptions()
    options.memoryLimit = 1 << 20
    let reading = try Reading(packed: name, options)
    #expect(reading.bytes.isEmpty)
    #expect(reading.damage?.reason.contains("--memory-limit") == true)
  }

  @Test(
    "formats that are not read say what to do",
    arguments: [
      ([0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0, 0, 0], "bzcat 'x'"),
      ([0x50, 0x4b, 0x03, 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0], "unzip -p 'x'"),
      ([0x04, 0x22, 0x4d, 0x18, 0, 0, 0, 0, 0, 0, 0, 0, 0], "lz4cat 'x'"),
    ] as [([UInt8], String)])
  func refused(magic: [UInt8], hint: String) {
    #expect { try Codec(magic: magic, path: "x") } throws: { "\($0)".contains(hint) }
  }

  @Test("bzip2 files are refused") func bzip2() {
    #expect { try Reading(packed: "one.bz2") } throws: { error in
      error is InputError && "\(error)".contains("bzcat")
    }
  }

  @Test("the name does not decide, the bytes do", arguments: ["BZh is a word", "[]", "]", "\u{1f}", "(\u{b5}", "P*M"])
  func plainText(text: String) throws {
    #expect(try Codec(magic: Array(text.utf8), path: "x.gz") == .plain)
  }

  @Test("nothing at all is plain and empty") func empty() throws {
    #expect(try Reading(packed: "empty.log").bytes.isEmpty)
  }
}
