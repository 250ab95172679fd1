import Testing
import TraceTestSupport

@testable import TraceInput

@Suite("Which files make a log")
struct TraceFilesTests {
  /// A format whose stamps are a number at the line's start, after an optional `p`.
  static var format: TraceFiles.Format {
    TraceFiles.Format(
      stamp: { line in Int64(String(decoding: line, as: UTF8.self).split(separator: " ").first ?? "") },
      hasPid: { lines in lines.first.map { $0 == UInt8(ascii: "p") } })
  }

  static func text(_ paths: [String], _ arrangement: TraceFiles.Arrangement = .automatic) throws -> (text: String, isMerged: Bool)
  {
    let opened = try TraceFiles(paths, arrangement: arrangement).open(format)
    return (String(decoding: try Reading(opened.source, buffer: 10).bytes, as: UTF8.self), opened.isMerged)
  }

  @Test("pieces follow each other, a missing last newline is supplied") func sequence() throws {
    let folder = try TemporaryFolder(["a": "1\n2", "b": "", "c": "3\n", "d": "4"])
    let (text, isMerged) = try Self.text(folder("a", "b", "c", "d"))
    #expect(text == "1\n2\n3\n4\n" || text == "1\n2\n3\n4")
    #expect(!isMerged)
  }

  @Test("pieces may be packed differently") func mixed() throws {
    let names = ["plain.log", "one.gz", "no-newline.log", "one.xz", "one.zst"]
    let paths = names.map { Fixture.path("Fixtures/packed/\($0)") }
    let bytes = try Reading(TraceFiles(paths).open(Self.format).source).bytes
    #expect(bytes == Array(repeating: CodecTests.plain, count: 5).flatMap(\.self))
  }

  @Test("a damaged piece does not take the others with it") func damagedPiece() throws {
    let paths = ["truncated.gz", "plain.log"].map { Fixture.path("Fixtures/packed/\($0)") }
    let reader = LineChunkReader(try TraceFiles(paths).open(Self.format).source)
    let bytes = chunks(reader, capacity: 4096).flatMap(\.bytes)
    #expect(reader.damages.count == 1)
    #expect(bytes.suffix(CodecTests.plain.count) == CodecTests.plain[...])
    // The cut last line of the damaged piece must not join the first of the next.
    let before = bytes.count - CodecTests.plain.count
    #expect(bytes[before - 1] == 10)
  }

  @Test("a piece of a format that is not read does not hide the others") func refusedPiece() throws {
    let paths = ["one.bz2", "plain.log"].map { Fixture.path("Fixtures/packed/\($0)") }
    let reader = LineChunkReader(try TraceFiles(paths, arrangement: .sequence).open(Self.format).source)
    #expect(chunks(reader, capacity: 4096).flatMap(\.bytes) == CodecTests.plain)
    #expect(reader.damages.map(\.severity) == [.partial])
  }

  @Test("numeric suffixes without pids are a -ff set, merged by stamp, ties in argument order") func merged() throws {
    let folder = try TemporaryFolder(["log.12": "1 a\n3 b\n3 c\nno stamp\n9 d\n", "log.7": "2 e\n3 f\n8 g"])
    let (text, isMerged) = try Self.text(folder("log.12", "log.7"))
    #expect(isMerged)
    #expect(text == "12 1 a\n7 2 e\n12 3 b\n12 3 c\n12 no stamp\n7 3 f\n7 8 g\n12 9 d\n")
    #expect(try Self.text(folder("log.7", "log.12")).text.hasPrefix("12 1 a\n7 2 e\n7 3 f\n12 3 b\n"))
  }

  @Test("with pids, or without suffixes, they are pieces") func pieces() throws {
    let folder = try TemporaryFolder(["log.12": "p1\n", "log.7": "p2\n", "a": "2 x\n"])
    #expect(try Self.text(folder("log.12", "log.7")).isMerged == false)
    #expect(try Self.text(folder("log.12", "a")).isMerged == false)
    #expect(try Self.text(folder("log.12", "log.7"), .ff).isMerged)
    #expect(try Self.text(folder("log.7"), .sequence).text == "p2\n")
  }

  @Test("--files ff wants suffixes") func ffWithoutSuffix() throws {
    let folder = try TemporaryFolder(["a": "1 x\n"])
    #expect { try Self.text(folder("a"), .ff) } throws: { "\($0)".contains("no numeric suffix") }
  }

  @Test(
    "pids of suffixes",
    arguments: [
      ("log.1234", 1234), ("/a.b/log.1234.gz", 1234), ("log.12.xz", 12), ("log.12.zst", 12), ("log", nil), ("log.0", nil),
      ("1234", nil), ("log.x", nil), ("log.123456789", nil), ("log.-5", nil), ("log.1234.bak", nil),
    ] as [(String, Int32?)])
  func suffix(path: String, pid: Int32?) { #expect(TraceFiles.pidSuffix(path) == pid) }

  @Test("errors name the file and the remedy") func errors() throws {
    let folder = try TemporaryFolder(["a": "1\n"])
    #expect { try Self.text(["\(folder.path)/none"]) } throws: { "\($0)".contains("none: No such file") }
    #expect { try Self.text([folder.path]) } throws: { "\($0)".contains("is a directory") }
    #expect { try Self.text(folder("a", "none")) } throws: { "\($0)".contains("none: No such file") }
  }

  @Test("sizes as stored") func storedSize() throws {
    let folder = try TemporaryFolder(["a": "12345", "b": "123"])
    #expect(TraceFiles(folder("a", "b")).storedSize == 8)
    #expect(TraceFiles(["-"]).storedSize == nil)
    #expect(TraceFiles(folder("a", "c")).storedSize == nil)
  }
}
