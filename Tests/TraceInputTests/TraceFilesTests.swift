import Testing
import TraceTestSupport

@testable import TraceInput

@Suite("Which files make a log")
struct TraceFilesTests {
  /// A format whose stamps are a number at the line's start, after an optional `p`.
  static var format: TraceFiles.Format {
    TraceFiles.Format(
      line: { line in
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let number = words.first.map { $0.hasPrefix("p") ? $0.dropFirst() : $0 } ?? ""
        return .init(stamp: Int64(number), cycle: words.dropFirst().first == "day" ? 1000 : 0, isOfTask: words.first != "row")
      }, pid: { lines in lines.first.map { $0 == UInt8(ascii: "p") ? 99 : 0 } })
  }

  typealias Arranged = (text: String, arrangement: TraceFiles.Arrangement, notes: [String])
  static func text(_ paths: [String], _ arrangement: TraceFiles.Arrangement = .automatic) throws -> Arranged {
    let opened = try TraceFiles(paths, arrangement: arrangement).open(format)
    return (String(decoding: try Reading(opened.source, buffer: 10).bytes, as: UTF8.self), opened.arrangement, opened.notes)
  }

  @Test("pieces follow each other, a missing last newline is supplied") func sequence() throws {
    let folder = try TemporaryFolder(["a": "1\n2", "b": "", "c": "3\n", "d": "4"])
    let (text, arrangement, _) = try Self.text(folder("a", "b", "c", "d"))
    #expect(text == "1\n2\n3\n4\n" || text == "1\n2\n3\n4")
    #expect(arrangement == .sequence)
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
    let (text, arrangement, _) = try Self.text(folder("log.12", "log.7"))
    #expect(arrangement == .ff)
    #expect(text == "12 1 a\n7 2 e\n12 3 b\n12 3 c\n12 no stamp\n7 3 f\n7 8 g\n12 9 d\n")
    #expect(try Self.text(folder("log.7", "log.12")).text.hasPrefix("12 1 a\n7 2 e\n7 3 f\n12 3 b\n"))
  }

  @Test("with pids, or without suffixes, they are pieces") func pieces() throws {
    let folder = try TemporaryFolder(["log.12": "p1\n", "log.7": "p2\n", "a": "2 x\n"])
    #expect(try Self.text(folder("log.12", "log.7")).arrangement == .sequence)
    #expect(try Self.text(folder("log.12", "a")).arrangement == .sequence)
    #expect(try Self.text(folder("log.12", "log.7"), .ff).arrangement == .ff)
    #expect(try Self.text(folder("log.7"), .sequence).text == "p2\n")
  }

  @Test("pieces of a rotated log are read in the order of their stamps, and it is said") func rotated() throws {
    let folder = try TemporaryFolder(["log": "p7 x\np9 y\n", "log.1": "p4 x\np7 y", "log.2": "p1 x\nrow\n"])
    let arranged = try Self.text(folder("log", "log.1", "log.2"))
    #expect(arranged.text == "p1 x\nrow\np4 x\np7 y\np7 x\np9 y\n")
    #expect(arranged.arrangement == .sequence)
    #expect(arranged.notes.count == 1)
    #expect(try Self.text(folder("log.2", "log.1", "log")).notes.isEmpty)
    #expect(try Self.text(folder("log", "log.1"), .sequence).text.hasPrefix("p7 x\n"))
  }

  @Test("logs of the same time are merged, each with its number but the first") func sideBySide() throws {
    let folder = try TemporaryFolder(["a": "p1 a\nrow\np5 a\np8 a\n", "b": "p2 b\nrow\np6 b\n", "c": "p5 c\np6 c\n"])
    let arranged = try Self.text(folder("a", "b", "c"))
    #expect(arranged.text == "p1 a\nrow\n@1 p2 b\nrow\np5 a\n@2 p5 c\n@1 p6 b\n@2 p6 c\np8 a\n")
    #expect(arranged.arrangement == .hosts)
    #expect(try TraceFiles(folder("a", "b", "c")).open(Self.format).hosts == ["a", "b", "c"])
  }

  @Test("a log that begins when another has ended goes on with its tasks, unless hosts are asked for") func continued() throws {
    let folder = try TemporaryFolder(["a": "p1 a\np4 a\n", "b": "p2 b\np9 b\n", "c": "p6 c\np8 c\n"])
    #expect(try Self.text(folder("a", "b", "c")).text == "p1 a\n@1 p2 b\np4 a\np6 c\np8 c\n@1 p9 b\n")
    #expect(try Self.text(folder("a", "b", "c"), .hosts).text == "p1 a\n@1 p2 b\np4 a\n@2 p6 c\n@2 p8 c\n@1 p9 b\n")
  }

  @Test("an overlap of a few lines is a rotation") func smallOverlap() throws {
    let long = (1...100).map { "p\($0) a\n" }.joined()
    let folder = try TemporaryFolder(["a": long, "b": "p98 b\np200 b\n"])
    #expect(
      try Self.text(folder("b", "a")).text == long.split(separator: "\n").map { "@1 \($0)\n" }.joined() + "@1 p98 b\n@1 p200 b\n")
  }

  @Test("a time of day starts anew at midnight") func midnight() throws {
    // A day of 1000 units: the second piece begins after midnight, the third is the day's before.
    let folder = try TemporaryFolder(["a": "p900 day\np990 day\n", "b": "p5 day\np50 day\n", "c": "p800 day\np890 day\n"])
    #expect(try Self.text(folder("b", "a", "c")).text == "p800 day\np890 day\np900 day\np990 day\np5 day\np50 day\n")
    let set = try TemporaryFolder(["l.1": "990 day\n10 day\n", "l.2": "5 day\n20 day\n"])
    #expect(try Self.text(set("l.1", "l.2")).text == "1 990 day\n2 5 day\n1 10 day\n2 20 day\n")
  }

  @Test("files without stamps, or with stamps of two kinds, stay as given") func unordered() throws {
    let folder = try TemporaryFolder(["a": "px\n", "b": "p1 b\n", "c": "p0 day\n"])
    #expect(try Self.text(folder("b", "a")).text == "p1 b\npx\n")
    #expect(try Self.text(folder("b", "c")).text == "p1 b\np0 day\n")
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
