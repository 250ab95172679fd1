import TraceAnalyses
import TraceSyntax

extension PathDifference {
  /// Where paths diverge, then the pairs and the stacks without one, the heaviest first.
  /// - Parameters:
  ///   - sink: where to.
  ///   - difference: whose paths these are.
  ///   - top: so many of each.
  public func write(to sink: OutputSink, of difference: StackDifference, top: Int = 20) throws(OutputError) {
    let unit = difference.unit
    func name(_ number: Int32) -> String { String(decoding: difference.names.text(number), as: UTF8.self).terminalSafe }
    func weights(_ before: Int64, _ after: Int64) -> String { "\(unit.text(before)) -> \(unit.text(after))" }
    try sink.write("\(stacks.before) stacks before, \(stacks.after) after; \(common.stacks) in both")
    try sink.write(common.stacks > 0 ? " (\(weights(common.before, common.after)))\n" : "\n")
    if !divergences.isEmpty { try sink.write("\nwhere paths diverge\n") }
    for divergence in divergences.prefix(top) {
      let place = divergence.below.map { "above \(name($0))" } ?? "at the root"
      try sink.write("  \(place): \(weights(divergence.before, divergence.after)) in \(Self.counted(divergence.pairs, "pair"))\n")
      for frame in divergence.removed { try sink.write("    - \(name(frame))\n") }
      for frame in divergence.inserted { try sink.write("    + \(name(frame))\n") }
    }
    try writeMore(divergences.count, top, sink)
    for (number, pair) in pairs.prefix(top).enumerated() {
      try sink.write("\npair \(number + 1): \(weights(pair.before, pair.after))\n")
      for step in pair.steps {
        let mark =
          switch step.change {
          case .kept: "  "
          case .removed: "- "
          case .inserted: "+ "
          }
        try sink.write("  \(mark)\(name(step.name))\n")
      }
    }
    try writeMore(pairs.count, top, sink)
    for stack in lone.prefix(top) {
      try sink.write("\n\(stack.after > 0 ? "only after" : "only before"): \(unit.text(max(stack.before, stack.after)))\n")
      for frame in stack.path { try sink.write("  \(stack.after > 0 ? "+ " : "- ")\(name(frame))\n") }
    }
    try writeMore(lone.count, top, sink)
    if omitted > 0 { try sink.write("\n\(Self.counted(omitted, "lighter stack")) of one profile alone not compared\n") }
    try sink.flush()
  }

  private func writeMore(_ count: Int, _ top: Int, _ sink: OutputSink) throws(OutputError) {
    if count > top { try sink.write("  ... and \(count - top) more\n") }
  }

  private static func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
}
