import ArgumentParser
import Tracestat

/// Which tasks of a log of calls are threads of one process.
struct ProcessArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Tasks never seen being born (strace -p): auto, one process, or each its own.", valueName: "how"))
  var processes = ProcessGrouping.auto

  @Option(help: ArgumentHelp("A file of `tid tgid [comm]` lines that settles which tasks share a process.", valueName: "file"))
  var tids: String?

  @Option(
    help: ArgumentHelp(
      "What strace wrote to its standard error (`strace: Process 7 attached with 67 threads`): tells which processes were attached.",
      valueName: "file"))
  var notes: String?

  var isOfOneLog: Bool { tids != nil || notes != nil }

  /// - Parameter quoting: whether messages may quote these files.
  func options(quoting: Bool) throws -> ProcessOptions {
    var options = ProcessOptions()
    options.grouping = processes
    if let notes { options.attached = try AttachedProcesses.read(notes) }
    if let tids { options.tgids = try TidList.read(tids, quoting: quoting) }
    return options
  }
}

extension ProcessGrouping: ExpressibleByArgument {}
