import ArgumentParser
import Glibc
import Tracestat

struct BatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch",
    abstract: "Runs a subcommand on each of many logs, several at a time, each in a process of its own.",
    discussion: """
      tracestat batch --out summaries summary --by connection -- 'logs/*.xz' more/
      tracestat batch --out plots fd-timeline --plot '{out}/{name}.svg' -- logs/
      find logs -name '*.xz' -print0 | tracestat batch --files-from - -0 --out tables stalls --format table

      Options of batch come before the subcommand, logs after `--`: files, patterns, folders (searched for logs). Outputs go to DIR/NAME.csv (or what \
      --format says), and a table tells what became of each log; without --out they follow each other on standard output. {name} and {out} stand for the log's \
      name and DIR in the subcommand's options. Each file is a log of its own, but for those of a `strace -ff` set. What fails on one log
      does not touch the others. Exit status, the worst of all runs: 0 fine, 1 partial, 2 failed.
      """)

  @OptionGroup var list: LogListArguments
  @Option(name: .customLong("out"), help: ArgumentHelp("Write the output of each run into this directory.", valueName: "dir"))
  var folder: String?
  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: ArgumentHelp(
      "Threads of all runs together; as many run at a time. Default: one for each processor it may run on.", valueName: "n"))
  var jobs: Int?
  @Option(help: "Of the table of outcomes: table, csv, tsv, json or ndjson. Default: table.")
  var format = RecordFormat.table
  @Option(name: .shortAndLong, help: ArgumentHelp("Write the table of outcomes to this file.", valueName: "file"))
  var output: String?
  @Flag(name: .shortAndLong, help: "No progress, and no messages of the runs but those in the table.")
  var quiet = false
  @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("A subcommand, its options, `--`, logs.", valueName: "command"))
  var command: [String]

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 256") }
    guard let name = command.first else { throw ValidationError("no subcommand named: tracestat batch summary -- LOG...") }
    if BatchPlan.refused.contains(name) {
      throw ValidationError("'\(name)' is no subcommand of one log\(name == "check" ? ": it takes many logs itself" : "")")
    }
    if folder == nil, command.contains(where: { $0.contains("{out}") }) { throw ValidationError("{out} needs --out DIR") }
  }

  func run() throws {
    let split = command.firstIndex(of: "--") ?? command.endIndex
    let own = Array(command[..<split])
    let logs = try list.logs(Array(command[split...].dropFirst()), joined: .auto, InputOptions())
    // What is wrong with the command is said once, before it runs on anything.
    _ = try TracestatCommand.parseAsRoot(own + ["--", logs[0].paths[0]])
    if let folder, mkdir(folder, 0o755) != 0, errno != EEXIST {
      throw OutputError.failed(path: folder, reason: String(cString: strerror(errno)))
    }
    let sink = try output.map { try OutputSink(path: $0) }
    let jobs = jobs ?? TraceLog.Options().workers
    let atATime = max(1, min(jobs, logs.count))
    let plan = BatchPlan(command: own, logs: logs, folder: folder, workers: max(1, jobs / atATime))
    let report = try run(plan, atATime: list.keepGoing ? atATime : 1)
    // Where outputs took standard output, the table goes beside them.
    try report.write(to: sink ?? (folder == nil ? OutputSink.standardError() : OutputSink()), format)
    if report.status != 0 { throw ExitCode(report.status) }
  }

  /// One after the other in the order of the logs, whatever the order in which they end.
  private func run(_ plan: BatchPlan, atATime: Int) throws -> BatchReport {
    let meter = CountMeter(of: plan.logs.count, isShown: !quiet && Terminal.showsProgress)
    let tasks = OrderedTasks(plan.logs.count, jobs: atATime) { index -> ChildRun.Outcome in
      if let failure = plan.logs[index].failure { return ChildRun.Outcome(status: 2, errors: failure, seconds: 0) }
      return ChildRun.run(plan.arguments(index), output: plan.output(index))
    }
    var rows: [BatchReport.Row] = []
    let standard = OutputSink()
    try tasks.run(
      while: { list.keepGoing || rows.allSatisfy { $0.status < 2 } },
      take: { index, outcome in
        meter.clear()
        let log = plan.logs[index]
        if let output = outcome.output { try copy(output, of: log, to: standard) }
        let said = BatchMessages(outcome, log: log)
        if !quiet { for line in said.shown { Terminal.complain("\(log.name.terminalSafe): \(line.terminalSafe)\n") } }
        rows.append(
          BatchReport.Row(
            log: log.name, status: outcome.status, lines: said.lines, seconds: outcome.seconds, output: kept(plan.output(index)),
            message: said.message))
        meter.update(rows.count)
      })
    meter.clear()
    return BatchReport(rows)
  }

  /// A run that wrote to files of its own leaves an empty one here.
  private func kept(_ path: String?) -> String? {
    guard let path else { return nil }
    var status = stat()
    if stat(path, &status) == 0, status.st_size > 0 { return path }
    unlink(path)
    return nil
  }

  /// An output behind its log's name, as head(1) prints several files.
  private func copy(_ file: Int32, of log: LogCollection.Log, to sink: OutputSink) throws {
    defer { close(file) }
    try sink.write("==> \(log.name.terminalSafe) <==\n")
    lseek(file, 0, SEEK_SET)
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while case let count = read(file, &block, block.count), count > 0 { try sink.write(Array(block[..<count])) }
    try sink.write("\n")
    try sink.flush()
  }
}
