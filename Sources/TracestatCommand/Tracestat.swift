import ArgumentParser
import Glibc
import Tracestat

@main
struct TracestatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tracestat",
    abstract: "Forensics of strace logs: which connection, which thread, when, and why.",
    discussion: """
      Reads logs of `strace -f -t -T` and its kin, and of `perf trace`, of any size, plain or compressed (.gz .xz .zst), from files \
      or standard input.
      Capture one with:  strace -f -tt -T -yy -s 128 -o strace.log -p PID
      or, at less cost to the program and with less to see (no data, no addresses):  perf trace -o trace.txt -p PID

      Output is a table on a terminal and CSV otherwise (--format). Exit status: 0 fine, 1 the answer is partial because the input \
      is damaged, 2 usage or no input, 3 a rule of `check` is breached.
      """,
    version: ToolVersion.text,
    subcommands: [
      FdTimelineCommand.self, FdsCommand.self, ConnectionsCommand.self, RtmpCommand.self, HttpCommand.self, DnsCommand.self,
      FutexCommand.self, ThreadsCommand.self, StallsCommand.self,
      SummaryCommand.self, CompareCommand.self, LedgerCommand.self, MergeCommand.self, ExportCommand.self, FlameCommand.self,
      PerfCommand.self, ShowCommand.self, CheckCommand.self, BatchCommand.self,
    ])

  static func main() {
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot(RedactionArguments.separated(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch {
      finish(error)
    }
  }

  /// One place where errors become words and an exit status.
  private static func finish(_ error: any Error) -> Never {
    switch error {
    case OutputError.closed: Glibc.exit(0)
    case let error as OutputError: fail("\(error)", status: 2)
    case let error as PartialError: fail(error.description, status: 2)
    case let error as InputError: fail("\(error)", status: 2)
    case let error as UsageError: fail(error.description, status: 2)
    case let error as RuleFileError:
      for line in error.lines.dropLast() { Terminal.complain("tracestat: \(line.terminalSafe)\n") }
      fail(error.lines.last ?? "", status: 2)
    default:
      let code = exitCode(for: error)
      // ArgumentParser says 64 (EX_USAGE) for usage; ours is 2.
      if code == .success || error is ExitCode { exit(withError: error) }
      Terminal.complain(fullMessage(for: error) + "\n")
      Glibc.exit(2)
    }
  }

  private static func fail(_ message: String, status: Int32) -> Never {
    Terminal.complain("tracestat: \(message.terminalSafe)\n")
    Glibc.exit(status)
  }
}

/// A wrong use that ArgumentParser cannot see.
struct UsageError: Error, CustomStringConvertible {
  let description: String
}
