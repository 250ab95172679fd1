import ArgumentParser
import Tracestat

/// Profiles, and which of their samples count, with the options of stackcollapse-perf.pl.
struct StackArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      """
      What `perf script`, stackcount, jstack (best often) or `strace -k` printed, any log of strace, or folded stacks, plain or compressed; \
      `-` or nothing: standard input. Several are summed; several of strace are one log.
      """,
      valueName: "log"))
  var logs: [String] = []

  @Option(
    help: ArgumentHelp(
      "What the logs are, if not what their first lines say: perf, folded, stackcount, jstack, strace (also perf trace).",
      valueName: "kind"))
  var input: Kind?

  @Flag(help: "The process id beside the comm: comm-pid.")
  var pid = false
  @Flag(help: "Process and thread ids beside the comm: comm-pid/tid.")
  var tid = false
  @Flag(help: "Mark frames of the kernel with _[k].")
  var kernel = false
  @Flag(help: "Mark frames of JIT compilers with _[j].")
  var jit = false
  @Flag(help: "Both marks: --kernel --jit.")
  var all = false
  @Flag(help: "Mark frames that perf found inlined with _[i]; those that a JIT inlined always are.")
  var inline = false
  @Flag(help: "Frames without a symbol show their address.")
  var addrs = false
  @Flag(help: "Add source lines, as `perf script -F +srcline` prints them below each frame.")
  var srcline = false
  @Flag(help: .hidden)
  var context = false

  @Flag(help: "Of thread dumps: the thread's name above its process.")
  var threads = false
  @Option(
    name: [.customLong("event-filter"), .customLong("state")],
    help: ArgumentHelp(
      "Only samples of this event; default: that of the first sample. Of thread dumps: only threads in this state, such as RUNNABLE.",
      valueName: "event"))
  var eventFilter: String?
  @Option(
    help: ArgumentHelp(
      "What a call of strace weighs: its time in nanoseconds, 1 (calls), or the bytes it moved.", valueName: "what"))
  var weight: CallWeight?
  @Flag(help: "Count samples instead of summing their periods.")
  var samples = false
  @Option(
    help: ArgumentHelp(
      "From this time on: 3118.5 as perf prints it, @90 (seconds after the first sample), 13:58:09 in logs with such times.",
      valueName: "time")
  )
  var from: ProfileTime?
  @Option(help: ArgumentHelp("Up to, not including, this time.", valueName: "time"))
  var to: ProfileTime?

  @Option(
    help: ArgumentHelp(
      "Keep stacks of so long slices of time apart (1s, 100ms): seconds since the first sample are their root.", valueName: "time"
    ))
  var every: IntervalArgument?

  @OptionGroup var tasks: ProcessArguments

  @Flag(name: .shortAndLong, help: "No progress, no summary on standard error; errors and warnings stay.")
  var quiet = false
  @Flag(help: "Exit with status 1 when a line of the log was not understood.")
  var strict = false

  @OptionGroup var redaction: RedactionArguments

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case perf, folded, stackcount, jstack, strace
    var syntax: StackSyntax {
      switch self {
      case .perf: .perfScript
      case .folded: .folded
      case .stackcount: .stackCount
      case .jstack: .threadDump
      case .strace: .calls
      }
    }
  }

  var options: FoldOptions {
    var options = FoldOptions()
    options.syntax = input?.syntax
    options.callWeight = weight
    options.every = every?.nanoseconds
    options.naming.threads = threads
    options.redaction = redaction.naming
    options.naming.pid = pid
    options.naming.tid = tid
    options.naming.kernel = kernel || all
    options.naming.jit = jit || all
    options.naming.inline = inline
    options.naming.addresses = addrs
    options.naming.sourceLines = srcline || context
    options.event = eventFilter
    options.countsSamples = samples
    options.from = from
    options.to = to
    return options
  }

  /// The stacks of these logs, with progress on a terminal, and what could not be read.
  /// - Parameters:
  ///   - paths: the logs.
  ///   - head: the first bytes of another profile, whose pseudonyms these shall be.
  ///   - slice: nanoseconds of the slices of time that samples are counted in.
  ///   - isCompared: the profile is compared with that of another run.
  func fold(_ paths: [String], keyedBy head: [UInt8]? = nil, slice: Int64? = nil, isCompared: Bool = false) throws -> (
    stacks: FoldedStacks, damages: [InputDamage]
  ) {
    if paths.isEmpty, Terminal.isTerminal(standardInput: true) {
      throw UsageError(description: "no log named (a file, or - for standard input); see tracestat flame --help")
    }
    var log = StackLog(paths)
    log.calls.processes = try tasks.options(quoting: redaction.scope == nil)
    let meter = ProgressMeter()
    if !quiet && Terminal.showsProgress { log.progress = { meter.update($0) } }
    defer { meter.clear() }
    var damages: [InputDamage] = []
    var options = options
    options.redaction?.head = head
    options.slice = slice
    options.leavesOutIdentities = isCompared
    let stacks = try log.fold(options) { damages.append($0) }
    if stacks.samples == 0, stacks.outOfTime == 0, let eventFilter {
      let names = stacks.events.map(\.name).filter { !$0.isEmpty }
      throw UsageError(
        description: "no sample is of \(eventFilter)\(names.isEmpty ? "" : "; the log has \(names.joined(separator: ", "))")")
    }
    return (stacks, damages)
  }

  /// What was folded, to be merged with other profiles.
  func partial(_ stacks: FoldedStacks, _ damages: [InputDamage]) -> Partial {
    StackLog(logs).partial(stacks, options, damages: damages)
  }

  /// Damage, notes, the summary, and the exit status. After the report, so that nothing is lost above it.
  func conclude(_ profiles: [FoldedStacks], _ damages: [InputDamage]) throws {
    Pass.say(damages)
    for stacks in profiles {
      for note in stacks.notes { Pass.say("note: \(note)") }
      if !quiet { Pass.say(stacks.verdict) }
    }
    let isStrictlyWrong = strict && profiles.contains { $0.notUnderstood > 0 }
    if damages.contains(where: { $0.severity == .partial }) || isStrictlyWrong { throw ExitCode(1) }
  }
}

extension CallWeight: ExpressibleByArgument {}

extension ProfileTime: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
