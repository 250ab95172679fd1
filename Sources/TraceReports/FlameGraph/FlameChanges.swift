import TraceAnalyses

/// How the frames of a differential flame graph changed, by their nodes.
struct FlameChanges {
  private let own: [Double]
  private let total: [Double]
  private let isAbsolute: Bool
  private let unit: FoldedStacks.Unit
  private let largest: Double

  /// - Parameters:
  ///   - difference: what is drawn.
  ///   - after: the sums of the second profile.
  init(_ difference: StackDifference, _ after: [Int64]) {
    let before = difference.sums(difference.before)
    let own = difference.tree.nodes.indices.map { difference.change(difference.before[$0], difference.after[$0]) }
    self.own = own
    total = difference.tree.nodes.indices.map { difference.change(before[$0], after[$0]) }
    isAbsolute = difference.isAbsolute
    unit = difference.unit
    // Of those that are drawn.
    largest = zip(own, after).lazy.filter { $0.1 > 0 }.map { abs($0.0) }.max() ?? 0
  }

  func color(_ node: Int) -> String { Self.color(largest > 0 ? own[node] / largest : 0) }

  /// Red and blue are told apart by people who see no green too; how much is in the lightness. The root of the share, so that small changes
  /// show beside a large one.
  static func color(_ share: Double) -> String {
    let strength = abs(share).squareRoot()
    if strength < 0.05 { return "hsl(0,0%,86%)" }
    let light = 91 - Int((strength * 29).rounded())
    return share > 0 ? "hsl(12,88%,\(light)%)" : "hsl(212,82%,\(light)%)"
  }

  /// What the colours mean, with the largest change of any frame.
  var legend: String {
    let (more, same, less) = (FlameGraph.key(Self.color(1)), FlameGraph.key(Self.color(0)), FlameGraph.key(Self.color(-1)))
    return "own change:  \(more) \(signed(largest))  \(same) none  \(less) \(signed(-largest))"
  }

  func text(_ node: Int) -> String { "\(signed(total[node])), itself \(signed(own[node]))" }

  private func signed(_ change: Double) -> String {
    let sign = change > 0 ? "+" : ""
    guard isAbsolute else { return "\(sign)\(FlameGraph.decimal(change)) points" }
    let magnitude = unit.text(Int64(min(abs(change), 9e18)))
    return "\(change > 0 ? "+" : change < 0 ? "-" : "")\(magnitude)"
  }
}
