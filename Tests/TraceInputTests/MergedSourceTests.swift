import Testing
import TraceSyntax
import TraceTestSupport

@testable import TraceInput

@Suite("A -ff set of a real program")
struct MergedSourceTests {
  static func merged() throws -> [UInt8] {
    let sampler = LogSampler()
    let files = TraceFiles(Capture.named("ff").paths)
    let opened = try files.open(
      .init(
        line: {
          let look = sampler.look(at: $0)
          return .init(stamp: look.stamp, cycle: look.cycle, isOfTask: look.isOfTask)
        }, pid: sampler.pid(in:)))
    #expect(opened.arrangement == .ff)
    return try Reading(opened.source, buffer: 1000).bytes
  }

  @Test("every line is there, with its file's pid") func complete() throws {
    let capture = Capture.named("ff")
    var lines: [String: [Substring]] = [:]
    for path in capture.paths {
      let pid = String(path.split(separator: ".").last!)
      lines[pid] = String(decoding: try Reading(FileSource(path: path)).bytes, as: UTF8.self).split(separator: "\n")
    }
    var found: [String: [Substring]] = [:]
    for line in String(decoding: try Self.merged(), as: UTF8.self).split(separator: "\n") {
      let blank = line.firstIndex(of: " ")!
      found[String(line[..<blank]), default: []].append(line[line.index(after: blank)...])
    }
    #expect(lines == found)
  }

  @Test("stamps never go back") func ordered() throws {
    let facts = FastParser().facts(try Self.merged())
    let stamps = facts.filter { $0.stampKind == .timeOfDay }.map(\.stamp)
    #expect(stamps.count > 300)
    #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(Set(facts.map(\.tid)).count == Capture.named("ff").paths.count)
  }
}
