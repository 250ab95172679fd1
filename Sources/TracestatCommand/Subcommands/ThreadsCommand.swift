import ArgumentParser
import Tracestat

struct ThreadsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "threads",
    abstract: "What each thread spent its time on: network, files, locks, waiting, or no call; in all or over time.",
    discussion: """
      tracestat threads strace.log                                   sums, on a terminal as shares
      tracestat threads strace.log --timeline                        a row for each second and thread
      tracestat threads strace.log --plot threads.svg                stacked areas of the busiest threads
      tracestat threads --thread-dump jstack.txt                     equal stacks of a thread dump, no log
      """)

  @OptionGroup var input: InputArguments
  @OptionGroup var filter: FilterArguments
  @OptionGroup var nameFiles: NameArguments
  @OptionGroup var marks: EventArguments
  @OptionGroup var pictures: PictureArguments
  @OptionGroup var partial: PartialArguments

  @Flag(help: "A row for each interval and thread.")
  var timeline = false
  @Option(help: ArgumentHelp("Length of an interval: 1s, 100ms, 1m.", valueName: "time"))
  var interval = IntervalArgument(seconds: 1)
  @Option(help: ArgumentHelp("Threads in a picture, the busiest.", valueName: "n"))
  var top = GnuplotThreads.defaultLimit

  mutating func validate() throws {
    if top < 1 { throw ValidationError("--top is a number from 1 up") }
  }

  func run() throws {
    let sink = try pictures.open()
    if let sink, !nameFiles.dumps.isEmpty, input.logs.isEmpty {
      let dumps = try ThreadDump.read(nameFiles.dumps)
      try StackGroup.write(dumps, to: sink, pictures.records)
      for note in ThreadNames(dumps).deadlockNotes where pictures.records != .table { Pass.say("note: \(note)") }
      return
    }
    var options = Threads.Options()
    options.filter = filter.filter
    options.interval = interval.nanoseconds
    options.isTimeline = timeline || pictures.areWanted
    let names = try nameFiles.read(input)
    options.names = names.byTid
    let outside = try marks.read()
    let analysis = Threads(options)
    let pass = try Pass.run(input, analysis)
    let events = marks.place(outside, pass.results.clock)
    try pictures.draw(GnuplotThreads(pass.results, limit: top, events: events, redaction: pass.redaction))
    if let sink, timeline {
      try pass.results.writeTimeline(to: sink, pictures.records, events: events, redaction: pass.redaction)
    } else if let sink {
      try pass.results.write(to: sink, pictures.records, redaction: pass.redaction)
    }
    try partial.write(analysis, pass.results, pass.log, pass.redaction)
    for note in names.deadlockNotes + pass.results.notes where !input.quiet { Pass.say("note: \(note)") }
    try Pass.conclude(pass.report, input, pass.redaction)
  }
}
