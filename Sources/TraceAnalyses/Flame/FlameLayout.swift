import TraceSyntax

/// Where each frame of a flame graph lies, in units of weight.
public struct FlameLayout: Sendable {
  public struct Frame: Sendable {
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
  ///   - stacks: what is drawn.
  ///   - isReversed: stacks are merged from their leaves on: who calls what costs.
  ///   - narrowest: frames of less weight are left out.
  public init(_ stacks: FoldedStacks, isReversed: Bool = false, narrowest: Double = 0) {
    var tree = stacks.tree
    if isReversed {
      tree = StackTree()
      stacks.forEachStack { path, weight in path.withUnsafeBufferPointer { tree.add($0[...], weight: weight) } }
    }
    let totals = tree.totals()
    total = totals[0]
    let (list, starts) = tree.children()
    var open: [(node: Int, start: Int64, depth: Int)] = [(0, 0, 0)]
    while let (node, start, depth) = open.popLast() {
      frames.append(Frame(name: tree.nodes[node].name, depth: depth, start: start, width: totals[node]))
      self.depth = max(self.depth, depth)
      let children = list[starts[node]..<starts[node + 1]].sorted { a, b in
        stacks.names.text(tree.nodes[Int(a)].name).lexicographicallyPrecedes(stacks.names.text(tree.nodes[Int(b)].name))
      }
      var next = start
      for child in children {
        let width = totals[Int(child)]
        if Double(width) >= narrowest, width > 0 { open.append((Int(child), next, depth + 1)) } else { omitted += 1 }
        next = next.addingCapped(width)
      }
    }
  }
}
