import Foundation
import Testing
import TraceTestSupport
import Tracestat

@Suite("Redaction in a script")
struct RedactScriptTests {
  @Test("before a pass, after one and after lines the pseudonyms are the command's") func key() throws {
    let path = RedactTests.log
    let expected = try Tool.run("rtmp", "--redact=addresses", path).text
    let fresh = try TraceLog(path).redaction(.addresses)
    let log = TraceLog(path)
    let rtmp = try log.analyze(Rtmp())
    let reader = TraceLog(path)
    let line = try reader.lines(1...1)[0]
    for redaction in [fresh, try log.redaction(.addresses), try reader.redaction(.addresses)] {
      let folder = try TemporaryFolder([:])
      try rtmp.write(to: OutputSink(path: "\(folder.path)/rtmp.csv"), .csv, redaction: redaction)
      #expect(try String(contentsOfFile: "\(folder.path)/rtmp.csv", encoding: .utf8) == expected)
      let shown = redaction.apply(to: String(decoding: line.text, as: UTF8.self))
      #expect(shown + "\n" == (try Tool.run("show", "--redact=addresses", "--line", "1", path).text))
    }
    #expect(throws: InputError.self) { try TraceLog("-").redaction() }
  }
}
