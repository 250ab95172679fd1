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
      tracestat futex strace.log --plot futex.svg           the same as a picture
      """)

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var nameFiles: NameArguments
  @OptionGroup var marks: EventArguments
  @OptionGroup var pictures: PictureArguments
  @OptionGroup var partial: PartialArguments

  @Flag(help: "Rows of the longest waits, with what the waker did meanwhile, and its waker.")
  var blame = false
  @Flag(help: "Rows for each interval and address.")
  var timeline = false
  @Option(help: ArgumentHelp("Length of an interval of --timeline: 1s, 100ms, 1m.", valueName: "time"))
  var interval = IntervalArgument(seconds: 1)
  @Option(help: ArgumentHelp("Locks, barriers and waits that the table shows of each.", valueName: "n"))
  var top: Int?

  mutating func validate() throws {
    if let top, top < 1 { throw ValidationError("--top is a number from 1 up") }
    if pictures.format == .gnuplot, blame { throw ValidationError("--format gnuplot draws --timeline, not --blame") }
    if blame, timeline { throw ValidationError("--blame and --timeline are two reports: ask for one") }
  }

  func run() throws {
    var options = Futex.Options()
    options.filter = filter.filter
    if timeline || pictures.areWanted { options.interval = interval.nanoseconds }
    let given = try nameFiles.read(input)
    let outside = try marks.read()
    let sink = try pictures.open()
    let analysis = Futex(options)
    let pass = try Pass.run(input, analysis)
    let result = pass.results
    let names = given.filled(from: result.names)
    let events = marks.place(outside, result.clock)
    let limit = top ?? GnuplotFutex.defaultLimit
    try pictures.draw(GnuplotFutex(result, limit: limit, names: names, events: events, redaction: pass.redaction))
    if let sink { try write(result, to: sink, pictures.records, names, pass.redaction) }
    let isTable = sink != nil && pictures.records == .table && !timeline && !blame
    let notes = (isTable ? [] : names.deadlockNotes) + result.notes + result.nameNotes(given)
    let view = timeline ? "--timeline" : blame ? "--blame" : nil
    try partial.write(analysis.statement(view), notes, pass.log, pass.redaction) {
      try .rows { try write(result, to: $0, $1, names, pass.redaction) }
    }
    for note in notes { Pass.say("note: \(note)") }
    try Pass.conclude(pass.report, input, pass.redaction)
  }

  private func write(
    _ result: FutexResult, to sink: OutputSink, _ records: RecordFormat, _ names: ThreadNames, _ redaction: Redaction
  ) throws {
    if timeline {
      try result.writeTimeline(to: sink, records, redaction: redaction)
    } else if blame {
      try result.writeBlame(to: sink, records, names: names, redaction: redaction)
    } else if records == .table {
      var terminal = FutexResult.TerminalOptions()
      if let top { terminal.limit = top }
      try result.writeTable(to: sink, terminal, names: names, redaction: redaction)
    } else {
      try result.write(to: sink, records, names: names, redaction: redaction)
    }
  }
}
