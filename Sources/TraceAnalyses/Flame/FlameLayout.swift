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
    let places = names.places()
    // Of the nodes that are shown, the children with their parents; no other node is looked at again.
    var children: [(parent: Int32, node: Int32)] = []
    let isShown = { (node: Int) in node == 0 || (totals[node] > 0 && Double(totals[node]) >= least) }
    tree.nodes.withUnsafeBufferPointer { nodes in
      for i in nodes.indices.dropFirst() where isShown(Int(nodes[i].parent)) {
        children.append((nodes[i].parent, Int32(truncatingIfNeeded: i)))
      }
    }
    children.sort {
      $0.parent != $1.parent
        ? $0.parent < $1.parent : places[Int(tree.nodes[Int($0.node)].name)] < places[Int(tree.nodes[Int($1.node)].name)]
    }
    // Where the children of a shown node begin.
    var starts: [Int32: Int] = [:]
    for (i, child) in children.enumerated().reversed() { starts[child.parent] = i }
    var open: [(node: Int32, start: Int64, depth: Int)] = [(0, 0, 0)]
    while let (node, start, depth) = open.popLast() {
      frames.append(
        Frame(node: Int(node), name: tree.nodes[Int(node)].name, depth: depth, start: start, width: totals[Int(node)]))
      self.depth = max(self.depth, depth)
      guard let first = starts[node] else { continue }
      var next = start
      for child in children[first...].prefix(while: { $0.parent == node }) {
        if isShown(Int(child.node)) { open.append((child.node, next, depth + 1)) } else { omitted += 1 }
        next = next.addingCapped(totals[Int(child.node)])
      }
    }
  }
}
