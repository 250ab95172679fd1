import ArgumentParser
import Tracestat

struct FlameDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Two profiles compared: frames by change, a differential flame graph, where call paths diverge.",
    discussion: """
      tracestat flame diff before.txt after.txt                        frames, those whose own weight changed most first
      tracestat flame diff before.txt after.txt --draw -o diff.svg     as wide as after; red grew, blue shrank
      tracestat flame diff before.txt after.txt --paths                stacks of one beside the most similar of the other
      """)

  enum View: String, EnumerableFlag {
    case frames, draw, paths, folded

    static func help(for value: View) -> ArgumentHelp? {
      switch value {
      case .frames: "A row for each frame, by change (the default)."
      case .draw: "A flame graph of the second profile as SVG, coloured by change."
      case .paths: "Stacks that only one profile has, aligned with the most similar one of the other."
      case .folded: "Stacks with both weights, as difffolded.pl prints them."
      }
    }
  }

  @OptionGroup var input: StackArguments
  @Flag(exclusivity: .exclusive) var view = View.frames
  @Flag(help: "Compare weights as they are, not as shares of their profiles.")
  var absolute = false
  @Option(help: ArgumentHelp("Only so many frames, paths.", valueName: "n"))
  var top: Int?
  @OptionGroup var output: OutputArguments
  @OptionGroup var picture: FlameArguments

  mutating func validate() throws {
    if input.logs.count != 2 { throw ValidationError("flame diff takes two profiles: before and after") }
    if input.tasks.isOfOneLog { throw ValidationError("--tids and --notes are of one log: leave them out") }
    if let top, top < 1 { throw ValidationError("--top is a number from 1 on") }
  }

  func run() throws {
    let (before, damages) = try input.fold([input.logs[0]], isCompared: true)
    // Names that both have get the same pseudonym.
    let (after, more) = try input.fold([input.logs[1]], keyedBy: before.head, isCompared: true)
    let units = [before.unit, after.unit]
    if before.unit != after.unit, units.contains(.nanoseconds) || units.contains(.bytes) {
      throw UsageError(
        description: "one profile weighs \(before.unit), the other \(after.unit): --weight calls weighs both alike")
    }
    let isReversed = view == .draw && picture.reverse
    let difference = StackDifference(
      isReversed ? before.reversed : before, isReversed ? after.reversed : after, isAbsolute: absolute)
    let sink = try output.sink()
    switch view {
    case .frames:
      let rest = try difference.write(to: sink, output.effectiveFormat, top: top ?? (output.effectiveFormat == .table ? 30 : nil))
      if rest > 0 { Pass.say("note: \(rest) more frames (--top)") }
    case .draw:
      let graph = FlameGraph(difference, picture.options(title: "Difference"))
      if graph.isEmpty { throw UsageError(description: "the second profile is empty: nothing to draw") }
      try graph.write(to: sink)
    case .paths: try PathDifference(difference).write(to: sink, of: difference, top: top ?? 20)
    case .folded: try difference.writeFolded(to: sink)
    }
    if !input.quiet { Pass.say(difference.verdict) }
    try input.conclude([before, after], damages + more)
  }
}
