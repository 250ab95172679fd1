import Testing
import TraceTestSupport

@testable import TraceSyntax

@Suite("Records of perf script")
struct PerfRecordTests {
  /// `comm pid/tid cpu time event weight symbol dso payload`, a line for each record, read in runs of so many lines.
  static func records(_ text: String, linesARun: Int = .max) -> [String] {
    let reader = PerfRecordReader()
    var found: [String] = []
    func take() {
      let output = reader.output
      func text(_ table: TextTable, _ number: Int32) -> String { String(decoding: table.text(number), as: UTF8.self) }
      func number(_ value: Int64?) -> String { value.map(String.init) ?? "-" }
      for record in output.records {
        found.append(
          [
            text(output.comms, record.comm), "\(number(record.pid))/\(number(record.tid))", number(record.cpu),
            number(record.time),
            text(output.events, record.event), String(record.weight), text(output.symbols, record.symbol),
            text(output.modules, record.module), String(decoding: output.payload(record).text, as: UTF8.self),
            String(record.line),
          ].joined(separator: "|"))
      }
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.utf8) + [10] }
    var at = 0
    while at < lines.count {
      let run = lines[at..<min(lines.count, at + min(linesARun, lines.count))]
      at += run.count
      let bytes = run.flatMap { $0 }
      let padded = bytes + [UInt8](repeating: 0, count: 128)
      padded.withUnsafeBufferPointer { reader.read($0.baseAddress!, count: bytes.count) }
      take()
    }
    reader.finish()
    take()
    return found
  }

  static let text = """
    # a comment
    mux: 2 5121/5125 [001]  3207.250016409:   10101010 cpu-clock:ppp:
    \t    234e burn+0x25 (/srv/my app/hot)
    \t    2376 media::alpha+0x10 (/srv/my app/hot)
    \tsource.cpp:17

         nginx  6110 [001]  3300.000031:    syscalls:sys_exit_recvfrom: 0x8
    java 7 3300.000040: timer:timer_start: timer=0xffff9a function=f expires=4
    \tffffffff82f8 f+0x1 ([kernel.kallsyms])

    two_ways 6021 cpu-clock:
    \t  0  ()

     true 7310 4015.100213:          1 cycles:u:  ffffffff9a001140 g ([k])
    last 1 5.000000: 7 e:
    \t 12 h (/x)
    """

  @Test("header, payload and the innermost frame, whatever the runs", arguments: [1, 2, 3, 100])
  func records(linesARun: Int) {
    #expect(
      Self.records(Self.text, linesARun: linesARun) == [
        "mux: 2|5121/5125|1|3207250016409|cpu-clock:ppp|10101010|burn|/srv/my app/hot||2",
        "nginx|-/6110|1|3300000031000|syscalls:sys_exit_recvfrom|1|||0x8|7",
        "java|-/7|-|3300000040000|timer:timer_start|1|f|[kernel.kallsyms]|timer=0xffff9a function=f expires=4|8",
        "two_ways|-/6021|-|-|cpu-clock|1|[unknown]|||11",
        "true|-/7310|-|4015100213000|cycles:u|1|g|[k]||14",
        "last|-/1|-|5000000000|e|7|h|/x||15",
      ])
  }
}
