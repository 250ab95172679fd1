import ArgumentParser
import Tracestat

struct FutexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "futex",
    abstract: "Who waited for whom: locks, barriers and idle waits told apart, and what the wakers did meanwhile.",
    discussion: """
      tracestat futex strace.log                            locks first, the longest waits with who is to blame
      tracestat futex strace.log --thread-dump jstack.txt   threads, monitors and frames of a JVM by name
      tracestat futex strace.log --blame                    the longest waits as rows
      tracestat futex strace.log --timeline                 waits and wakes of each address over time
      """)

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var output: OutputArguments

  @Flag(help: "Rows of the longest waits, with what the waker did meanwhile, and its waker.")
  var blame = false
  @Flag(help: "Rows for each interval and address.")
  var timeline = false
  @Option(help: ArgumentHelp("Length of an interval of --timeline: 1s, 100ms, 1m.", valueName: "time"))
  var interval = IntervalArgument(seconds: 1)
  @Option(help: ArgumentHelp("Locks, barriers and waits that the table shows of each.", valueName: "n"))
  var top: Int?
  @Option(
    name: .customLong("thread-dump"), parsing: .singleValue,
    help: ArgumentHelp(
      "A thread dump of the JVM (jstack, jcmd Thread.print, kill -3) that names threads and monitors; may be repeated.",
      valueName: "file"))
  var threadDumps: [String] = []

  mutating func validate() throws {
    if let top, top < 1 { throw ValidationError("--top is a number from 1 up") }
    if blame, timeline { throw ValidationError("--blame and --timeline are two reports: ask for one") }
  }

  func run() throws {
    var options = Futex.Options()
    options.filter = filter.filter
    if timeline { options.interval = interval.nanoseconds }
    let names = ThreadNames(try ThreadDump.read(threadDumps))
    let sink = try output.sink()
    let pass = try Pass.run(input, Futex(options))
    let (result, format) = (pass.results, output.effectiveFormat)
    if timeline {
      try result.writeTimeline(to: sink, format, redaction: pass.redaction)
    } else if blame {
      try result.writeBlame(to: sink, format, names: names, redaction: pass.redaction)
    } else if format == .table {
      var terminal = FutexResult.TerminalOptions()
      if let top { terminal.limit = top }
      try result.writeTable(to: sink, terminal, names: names, redaction: pass.redaction)
    } else {
      try result.write(to: sink, format, names: names, redaction: pass.redaction)
    }
    for note in result.notes + result.nameNotes(names) { Pass.say("note: \(note)") }
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
