import ArgumentParser

struct FlameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flame",
    abstract: "Stacks of perf, bcc, jstack and strace: folded, drawn, compared.",
    discussion: """
      perf record -F 99 -g -p PID -- sleep 30; perf script > perf.txt
      tracestat flame fold perf.txt                   comm;frame;frame and a count, as stackcollapse-perf.pl prints them
      tracestat flame draw perf.txt -o flame.svg      a flame graph
      tracestat flame draw strace.log -o latency.svg  what calls took, with the stacks of strace -k where the log has them
      tracestat flame diff before.txt after.txt       what changed, frame by frame; --draw, --paths
      tracestat flame heatmap perf.txt -o heat.html   when: second by second, with the flame graph of any range
      """,
    subcommands: [FlameFoldCommand.self, FlameDrawCommand.self, FlameDiffCommand.self, FlameHeatmapCommand.self])
}
