import ArgumentParser

struct PerfCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perf",
    abstract: "Samples of perf counted, tracepoints by a field of theirs, run queues and sleep of threads.",
    discussion: """
      perf record -a -g -- sleep 30; perf script > perf.txt
      tracestat perf summary perf.txt --by comm,symbol
      perf record -e timer:timer_start -a -- sleep 30; perf script > timers.txt
      tracestat perf count timers.txt --event timer:timer_start --by function --interval 1s
      perf record -e sched:sched_switch,sched:sched_wakeup -a -- sleep 30; perf script > sched.txt
      tracestat perf sched sched.txt
      Tracepoints of system calls (perf record -e 'syscalls:*') are a log like strace's: tracestat summary, fd-timeline, futex, ...
      """,
    subcommands: [PerfSummaryCommand.self, PerfCountCommand.self, PerfSchedCommand.self])
}
