import Foundation
import Testing
import TraceAnalyses
import TraceInput
import TraceReports
import TraceTestSupport

@Suite("Folding stacks")
struct StackFolderTests {
  private func fold(_ logs: [String], _ options: FoldOptions = FoldOptions()) throws -> FoldedStacks {
    var folder = StackFolder(options)
    for log in logs {
      let files = TraceFiles([try TemporaryFolder(log: log).log])
      let source = try files.open(TraceFiles.Format(line: { _ in .init(stamp: nil) }, pid: { _ in nil })).source
      try folder.read(LineChunkReader(source), path: "log")
    }
    return folder.finish()
  }

  private func lines(_ stacks: FoldedStacks) -> [String] {
    var lines: [String] = []
    stacks.forEachStack { path, weight in
      lines.append(path.map { String(decoding: stacks.names.text($0), as: UTF8.self) }.joined(separator: ";") + " \(weight)")
    }
    return lines
  }

  @Test("sorted by the bytes of the stack, not frame by frame") func order() throws {
    let stacks = ["a", "a b", "a b;c", "a-b", "a;b", "a;b!;c", "a;b;c", "aa", "ab;é", "b"]
    let sorted = stacks.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    #expect(lines(try fold([stacks.reversed().map { "\($0) 1\n" }.joined()])) == sorted.map { "\($0) 1" })
  }

  @Test("logs and equal stacks are summed") func sums() throws {
    let stacks = try fold(["a;b 3\na;b 4\nc 999999999999999999\n", "a;b 5\nc 1\n"])
    #expect(lines(stacks) == ["a;b 12", "c 1000000000000000000"])
    #expect(stacks.tree.totals()[0] == stacks.tree.nodes.reduce(0) { $0 + $1.weight })
    #expect(stacks.stacks == 2)
  }

  static let events = """
    a 1 10.000000: 5 cycles:
    \t1 f (/x)

    a 1 10.500000: 1 faults:
    \t1 g (/x)

    a 1 11.000000: 7 cycles:
    \t1 f (/x)

    a 1 12.000000: 9 cycles:
    \t1 h (/x)


    """

  @Test("the first event, or the one asked for") func events() throws {
    let first = try fold([Self.events])
    #expect(lines(first) == ["a;f 12", "a;h 9"])
    #expect(first.samples == 3)
    #expect(first.events.map(\.name) == ["cycles", "faults"] && first.events.map(\.samples) == [3, 1])
    var options = FoldOptions()
    options.event = "faults"
    #expect(lines(try fold([Self.events], options)) == ["a;g 1"])
    options.event = "none"
    #expect(try fold([Self.events], options).samples == 0)
  }

  @Test("times, of perf's clock and since the first sample; samples instead of periods") func times() throws {
    var options = FoldOptions()
    options.from = ProfileTime("11")
    #expect(lines(try fold([Self.events], options)) == ["a;f 7", "a;h 9"])
    options.to = ProfileTime("@2")
    #expect(lines(try fold([Self.events], options)) == ["a;f 7"])
    #expect(try fold([Self.events], options).outOfTime == 2)
    options = FoldOptions()
    options.countsSamples = true
    #expect(lines(try fold([Self.events], options)) == ["a;f 2", "a;h 1"])
    #expect(ProfileTime("x") == nil && ProfileTime("@") == nil && ProfileTime("3118.5") == .stamp(3_118_500_000_000))
  }

  @Test("one sample over the edge of two chunks") func chunks() throws {
    let sample = "a 1 10.000000: 5 cycles:\n" + String(repeating: "\t1 f (/x)\n", count: 40_000) + "\n"
    let stacks = try fold([sample + sample])
    #expect(stacks.samples == 2 && stacks.stacks == 1)
    #expect(stacks.tree.nodes.count == 40_002)
  }

  @Test("what weighs nothing is drawn as nothing", arguments: ["JNI global refs: 7, weak refs: 0\n\n", "a;b 0\n"])
  func weightless(log: String) throws {
    let stacks = try fold([log])
    let picture = try TemporaryFolder(["graph.svg": ""]).path + "/graph.svg"
    let graph = FlameGraph(stacks)
    #expect(graph.isEmpty)
    try graph.write(to: OutputSink(path: picture))
    #expect(try String(contentsOfFile: picture, encoding: .utf8).contains("<g id=\"frames\">\n</g>"))
    try FlameGraph(StackDifference(stacks, stacks)).write(to: OutputSink(path: picture))
  }

  /// Stacks in one log are looked for together, those of logs of one line each alone.
  @Test("the same tree, whether stacks come together or one by one") func together() throws {
    var random = SeededRandom(seed: 3)
    let stacks = (0..<300).map { _ in
      (0..<Int.random(in: 1...7, using: &random)).map { _ in "f\(Int.random(in: 0...2, using: &random))" }.joined(separator: ";")
        + " 2\n"
    }
    let all = try fold([stacks.joined()])
    let single = try fold(stacks)
    #expect(lines(all) == lines(single))
    #expect(all.tree.nodes.map(\.parent) == single.tree.nodes.map(\.parent))
    #expect(all.tree.nodes.map(\.name) == single.tree.nodes.map(\.name))
    #expect(all.tree.nodes.map(\.weight) == single.tree.nodes.map(\.weight))
    // Each path once, and no other than those of the stacks.
    var paths: Set<String> = []
    for stack in stacks {
      let frames = stack.dropLast(3).split(separator: ";")
      for depth in 1...frames.count { paths.insert(frames[..<depth].joined(separator: ";")) }
    }
    #expect(all.tree.nodes.count == paths.count + 1)
    #expect(lines(all).count == Set(stacks).count)
  }
}
