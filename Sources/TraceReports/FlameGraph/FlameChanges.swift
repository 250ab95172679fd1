import TraceAnalyses

/// How the frames of a differential flame graph changed, by their nodes.
struct FlameChanges {
  private let own: [Double]
  private let total: [Double]
  private let difference: StackDifference
  private let largest: Double

  /// - Parameters:
  ///   - difference: what is drawn.
  ///   - after: the sums of the second profile.
  init(_ difference: StackDifference, _ after: [Int64]) {
    let before = difference.sums(difference.before)
    let own = difference.tree.nodes.indices.map { difference.change(difference.before[$0], difference.after[$0]) }
    self.own = own
    total = difference.tree.nodes.indices.map { difference.change(before[$0], after[$0]) }
    self.difference = difference
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
    let (grown, shrunk) = (difference.text(ofChange: largest), difference.text(ofChange: -largest))
    return "own change:  \(more) \(grown)  \(same) none  \(less) \(shrunk)"
  }

  func text(_ node: Int) -> String { "\(difference.text(ofChange: total[node])), itself \(difference.text(ofChange: own[node]))" }
}
