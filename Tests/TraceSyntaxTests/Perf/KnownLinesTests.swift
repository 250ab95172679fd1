import Testing
import TraceTestSupport

@testable import TraceSyntax

/// A sample is what it is when it stands alone, whatever was read before it.
@Suite("Lines of perf script met before")
struct KnownLinesTests {
  private static let headers = [
    "nginx  8262  %:    2004008 cpu-clock:ppp: ", "nginx  8262  %:    2004009 cpu-clock:ppp: ",
    "java  8262  %:    2004008 cpu-clock:ppp: ",
    "java 7/8 [003] %: cycles:", "nginx 7/8 [003] %: cycles:", "mux: 2 9 %:  1 cycles:u: ", "jav 8 %: cycles:", "%: cycles:",
    "java %: cycles:", "nginx  8262  %:",
  ]
  private static let frames = [
    "\t    7fab50edd3e9 Ljava/lang/Foo;::bar->Lb/C;::d+0x1 (/tmp/perf-1.map)", "\t            2376 a->b+0x10 (m)",
    "\t            2377 a->b+0x10 (m)", "  2376 (java) (/usr/bin/java)", "\t  12 12 (m)", "\t 7f12 [unknown] (/lib/libc.so.6)",
    "\t 7f13 [unknown] (/lib/libc.so.6)", "\t 7f12 [unknown] ([unknown])", "\t dd cafe (x)",
    "    dd 3107 [001] 3207.300000: cycles:",
    "\tffffffff81400af3 schedule+0x3 ([kernel.kallsyms])", "    file.cpp:137", "  libc.so.6[28b10]", "\t2376 a->b+0x10 (m)  ",
    "\t2376 a->b+0x10 (m) \r", " 2376  a->b+0x10 (m)", String(repeating: " ", count: 50) + "2376 a->b+0x10 (m)",
    "\t\t2376 a->b+0x10 (m)",
    "\t12345678901234567 a->b+0x10 (m)", "\t2376\ta->b+0x10 (m)", "\t2376",
    "\t2376 " + String(repeating: "x", count: 600) + " (m)",
  ]

  private static func sample(_ random: inout SeededRandom) -> String {
    let header = headers.randomElement(using: &random) ?? ""
    let parts = header.split(separator: "%", omittingEmptySubsequences: false)
    let time = "\(Int.random(in: 100...99_999_999, using: &random)).\(Bool.random(using: &random) ? "123456" : "123456789")"
    let depth = Int.random(in: 0...6, using: &random)
    let lines = (0..<depth).map { _ in frames.randomElement(using: &random) ?? "" }
    return ([parts.joined(separator: time)] + lines + ["", ""]).joined(separator: "\n")
  }

  private func rows(_ text: StackText) -> [String] {
    text.samples.indices.map { i in
      "\(text.stacks[i]) \(text.samples[i].weight) \(text.samples[i].time ?? -1) \(text.samples[i].event < 0 ? "-" : text.event(i))"
    }
  }

  private static func namings() -> [FrameNaming] {
    var (every, lines) = (FrameNaming(), FrameNaming())
    (every.addresses, every.tid, every.kernel, every.jit, every.inline) = (true, true, true, true, true)
    lines.sourceLines = true
    return [FrameNaming(), every, lines]
  }

  @Test("are what they are in a sample alone", arguments: 0..<3) func alone(naming: Int) {
    let naming = Self.namings()[naming]
    var random = SeededRandom(seed: 7)
    let samples = (0..<600).map { _ in Self.sample(&random) }
    let alone = samples.map { StackText("# perf\n" + $0, naming) }
    for cut in [nil, 1, 100, 777] {
      let text = StackText(samples.joined(), naming, cutAfterLine: cut)
      #expect(rows(text) == alone.flatMap(rows))
      #expect(text.reader.output.notUnderstood == alone.reduce(0) { $0 + $1.reader.output.notUnderstood })
      #expect(text.reader.output.lines == samples.joined().utf8.count { $0 == 10 })
    }
  }
}
