import TraceSyntax

/// Where each frame of a flame graph lies, in units of weight.
public struct FlameLayout: Sendable {
  public struct Frame: Sendable {
    /// Of the tree.
    public let node: Int
    /// Number of the frame's name; -1 of the frame below all.
    public let name: Int32
    public let depth: Int
    public let start: Int64
    public let width: Int64
  }

  /// Each before those above it.
  public private(set) var frames: [Frame] = []
  public private(set) var depth = 0
  public let total: Int64
  /// Frames too narrow to be shown.
  public private(set) var omitted = 0

  /// - Parameters:
  ///   - tree: what is drawn.
  ///   - names: texts of its names; frames side by side are in their order.
  ///   - totals: the weight of each node with all above it.
  ///   - narrowest: the share of the whole that a frame must have to be shown.
  public init(_ tree: StackTree, _ names: TextTable, totals: [Int64], narrowest: Double = 0) {
    total = totals[0]
    let least = Double(total) * narrowest
    let ranks = Self.ranks(names)
    let (list, starts) = tree.children()
    var open: [(node: Int, start: Int64, depth: Int)] = [(0, 0, 0)]
    while let (node, start, depth) = open.popLast() {
      frames.append(Frame(node: node, name: tree.nodes[node].name, depth: depth, start: start, width: totals[node]))
      self.depth = max(self.depth, depth)
      var next = start
      for child in list[starts[node]..<starts[node + 1]].sorted(by: {
        ranks[tree.nodes[Int($0)].name] < ranks[tree.nodes[Int($1)].name]
      }) {
        let width = totals[Int(child)]
        if Double(width) >= least, width > 0 { open.append((Int(child), next, depth + 1)) } else { omitted += 1 }
        next = next.addingCapped(width)
      }
    }
  }

  /// The place of each name among all in the order of their bytes.
  private static func ranks(_ names: TextTable) -> Ranks {
    let order = (0..<Int32(names.count)).sorted { names.text($0).lexicographicallyPrecedes(names.text($1)) }
    var ranks = [Int32](repeating: 0, count: names.count)
    for (rank, name) in order.enumerated() { ranks[Int(name)] = Int32(rank) }
    return Ranks(ranks: ranks)
  }

  private struct Ranks {
    let ranks: [Int32]
    subscript(name: Int32) -> Int32 { ranks[Int(name)] }
  }
}
