import ArgumentParser
import Tracestat

/// What every subcommand reads.
struct InputArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Log files, plain or compressed; `-` or nothing: standard input. Several are read in order, or merged as a -ff set.",
      valueName: "log"))
  var logs: [String] = []

  @Option(
    help: """
      How several files relate: ff (strace -ff: one per pid, merged by time), hosts (side by side, merged by time), sequence \
      (pieces in argument order), or auto.
      """)
  var files = FileArrangement.auto

  @OptionGroup var tasks: ProcessArguments

  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: ArgumentHelp(
      "Threads that parse, and as many that decompress where the format allows; results are the same for any number. Default: one for each processor it may run on (taskset).",
      valueName: "n"))
  var jobs: Int?
  /// What --jobs was called.
  @Option(help: .hidden)
  var workers: Int?

  @Option(
    help: ArgumentHelp(
      "Most memory a decoder may take, such as 512M or 2G: blocks of .xz that need more get fewer threads, what needs more with one is not read. Default: 256M for threads, 4G for one.",
      valueName: "size"))
  var memoryLimit: ByteSize?

  @Flag(name: .shortAndLong, help: "No progress, no ledger line on standard error; errors and warnings stay.")
  var quiet = false

  @Flag(help: "Exit with status 1 when a line of the log was not understood.")
  var strict = false

  @OptionGroup var redaction: RedactionArguments

  enum FileArrangement: String, ExpressibleByArgument, CaseIterable {
    case auto, ff, hosts, sequence
    var arrangement: TraceFiles.Arrangement { TraceFiles.Arrangement(rawValue: rawValue) ?? .automatic }
  }

  mutating func validate() throws {
    jobs = jobs ?? workers
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 256") }
  }

  /// The log as the library sees it.
  func open() throws -> TraceLog {
    let options = try options()
    if logs.isEmpty, Terminal.isTerminal(standardInput: true) { throw noLog }
    return TraceLog(logs, options: options)
  }

  var noLog: UsageError {
    UsageError(description: "no log named (a file, or - for standard input); see tracestat --help")
  }

  /// How it is read.
  func options() throws -> TraceLog.Options {
    var options = TraceLog.Options()
    options.arrangement = files.arrangement
    options.processes = try tasks.options(quoting: redaction.scope == nil)
    if let jobs { options.workers = jobs }
    options.input.decoderThreads = options.workers
    if let memoryLimit {
      options.input.memoryLimit = memoryLimit.bytes
      options.input.threadMemory = memoryLimit.bytes
    }
    return options
  }
}

/// `512M`, `2G`, `1000000`.
struct ByteSize: ExpressibleByArgument {
  let bytes: UInt64

  init?(argument: String) {
    let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
    var digits = argument[...]
    var unit: UInt64 = 1
    if let last = argument.last.flatMap({ $0.uppercased().first }), let known = units[last] {
      unit = known
      digits = digits.dropLast()
    }
    guard let number = UInt64(digits), number > 0 else { return nil }
    let product = number.multipliedReportingOverflow(by: unit)
    guard !product.overflow else { return nil }
    bytes = product.partialValue
  }
}
