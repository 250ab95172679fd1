import ArgumentParser
import Tracestat

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Budgets on anything that the analyses measure: for CI, with status 3 where one is exceeded.",
    discussion: """
      tracestat check rules.yaml strace.log                       one log
      tracestat check rules.yaml 'logs/*.xz' more/ --junit r.xml  many, each by itself, several at a time
      tracestat check --list-measures                             what rules can be about

      rules.yaml:
        rules:
          - p99(write where protocol == rtmp) < 50ms
          - errors(connect) == 0
          - name: writes are as quick as before
            rule: p99(write) < 1.2 * baseline
            why: slow writes starve the readers of their thread

      Each file is a log of its own, but for those of a `strace -ff` set (NAME.PID of one folder, without pids in their lines) and
      unless --files says that all are one. Folders are searched for logs. Exit status, the largest of all logs: 0 all rules are
      kept, 1 the input is damaged (or, with --strict, a rule could not be measured or a line not be understood), 2 a log or the rules could not be read,
      3 a rule is breached. Rules of severity `warning` change none of that.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, tsv, json, ndjson, junit, github }

  @Argument(help: ArgumentHelp("The rules: YAML.", valueName: "rules"))
  var rules: String?
  @OptionGroup var input: InputArguments
  @OptionGroup var list: LogListArguments

  @Option(help: ArgumentHelp("What `baseline` means in rules: a file that --write-baseline wrote.", valueName: "file"))
  var baseline: String?
  @Option(name: .customLong("write-baseline"), help: ArgumentHelp("Keep what the rules measure in this file.", valueName: "file"))
  var writeBaseline: String?
  @Option(help: "table, csv, tsv, json, ndjson, junit or github. Default: table.")
  var format = Format.table
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file instead of standard output.", valueName: "file"))
  var output: String?
  @Option(help: ArgumentHelp("Write JUnit's XML to this file, besides.", valueName: "file"))
  var junit: String?
  @Flag(help: "Print annotations for GitHub to standard output, besides.")
  var github = false
  @Flag(name: .customLong("list-measures"), help: "What rules can be about, as a table (or --format csv, tsv, json, ndjson).")
  var listMeasures = false

  func validate() throws {
    if rules == nil, !listMeasures { throw ValidationError("no rules named: tracestat check RULES LOG...") }
    if listMeasures, format == .junit || format == .github {
      throw ValidationError("--list-measures is a table, csv, tsv, json or ndjson")
    }
  }

  func run() throws {
    let sink = try output.map { try OutputSink(path: $0) } ?? OutputSink()
    guard let rules, !listMeasures else {
      return try Measure.writeTable(to: sink, RecordFormat(rawValue: format.rawValue) ?? .table)
    }
    let set = try RuleSet(String(decoding: SideFile.read(rules, as: "rules"), as: UTF8.self), path: rules)
    var options = RuleSet.CheckOptions()
    options.log = try input.options()
    options.isStrict = input.strict
    options.keepsGoing = list.keepGoing
    options.redaction = input.redaction.ofEachLog
    options.baseline = try earlier(for: set)
    let logs = try list.logs(input.logs, joined: input.files, options.log.input)
    let sinks = (junit: try junit.map { try OutputSink(path: $0) }, baseline: try writeBaseline.map { try OutputSink(path: $0) })
    let meter = CountMeter(of: logs.count, isShown: !input.quiet && Terminal.showsProgress)
    let report = set.check(logs, options) { meter.update($0) }
    meter.clear()
    try write(report, to: sink)
    if let sink = sinks.junit { try report.writeJUnit(to: sink) }
    if github, format != .github { try report.writeGitHub(to: OutputSink()) }
    if let sink = sinks.baseline { try report.baseline.write(to: sink) }
    if !input.quiet { Pass.say(report.verdict) }
    if report.status != .kept { throw ExitCode(report.status.rawValue) }
  }

  private func earlier(for set: RuleSet) throws -> Baseline? {
    if let baseline {
      return try Baseline(String(decoding: SideFile.read(baseline, as: "a baseline"), as: UTF8.self), path: baseline)
    }
    guard writeBaseline == nil, let rule = set.rules.first(where: \.comparison.usesBaseline) else { return nil }
    throw UsageError(
      description:
        "\(set.path):\(rule.place.line): the rule compares with a baseline: name one with --baseline FILE, or write one with --write-baseline FILE"
    )
  }

  private func write(_ report: CheckReport, to sink: OutputSink) throws {
    switch format {
    case .table: try report.writeTable(to: sink)
    case .json: try report.writeJSON(to: sink)
    case .junit: try report.writeJUnit(to: sink)
    case .github: try report.writeGitHub(to: sink)
    case .csv: try report.write(to: sink, .csv)
    case .tsv: try report.write(to: sink, .tsv)
    case .ndjson: try report.write(to: sink, .ndjson)
    }
  }
}
