import ArgumentParser
import Tracestat

struct PerfSchedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sched",
    abstract: "How long threads ran, waited for a CPU and slept, and who woke them.",
    discussion: """
      perf record -e sched:sched_switch,sched:sched_wakeup,sched:sched_wakeup_new,sched:sched_migrate_task -a -- sleep 10
      perf script > sched.txt
      tracestat perf sched sched.txt
      """)

  @OptionGroup var input: PerfArguments

  func run() throws {
    let sink = try input.output.sink()
    let (result, readings) = try input.run(PerfSched())
    if result.rows.isEmpty {
      throw UsageError(
        description: "no sample is of the scheduler: record with perf record -e sched:sched_switch,sched:sched_wakeup -a")
    }
    try result.write(to: sink, input.output.effectiveFormat, top: input.top, redaction: input.hidden(readings))
    try input.conclude(readings, notes: result.notes)
  }
}
