import TraceSyntax

/// Stacks that share their beginnings: a node for each distinct path from a root.
///
/// Node 0 is the root of all and no frame. Memory follows the distinct stacks.
public struct StackTree: Sendable {
  public struct Node: Sendable {
    /// Number of the frame's name; -1 of the root.
    public var name: Int32
    public var parent: Int32
    /// Of samples that end here.
    public var weight: Int64
    /// Samples that end here; a stack of weight 0 counts.
    public var samples: Int64
  }

  public private(set) var nodes: [Node] = [Node(name: -1, parent: -1, weight: 0, samples: 0)]
  /// Number of a node that is no root, or 0 for a free slot, by parent and name. Invariant: a power of two, at most half of it used.
  private var slots: [UInt32] = Array(repeating: 0, count: 256)

  /// Counts a stack, the leaf's name first.
  /// - Parameters:
  ///   - names: of its frames.
  ///   - weight: what it counts for.
  ///   - root: a name below its own root; nil for none.
  /// - Returns: its node.
  @discardableResult
  mutating func add(_ names: Slice<UnsafeBufferPointer<Int32>>, weight: Int64, root: Int32? = nil) -> Int32 {
    var node: Int32 = 0
    if let root { node = child(of: node, root) }
    for name in names.reversed() { node = child(of: node, name) }
    count(node, weight: weight, samples: 1)
    return node
  }

  private mutating func count(_ node: Int32, weight: Int64, samples: Int64) {
    nodes[Int(node)].weight = nodes[Int(node)].weight.addingCapped(weight)
    nodes[Int(node)].samples = nodes[Int(node)].samples.addingCapped(samples)
  }

  /// The same stacks with other names; stacks that are then the same are one.
  /// - Parameters:
  ///   - name: a new name for each, -1 for a frame to leave out.
  ///   - weighsSamples: how often a stack was met is its weight.
  /// - Returns: the stacks, and the node there for each here.
  func renamed(weighsSamples: Bool = false, _ name: (Int32) -> Int32) -> (tree: StackTree, places: [Int32]) {
    var tree = StackTree()
    let places = tree.graft(self, name)
    for (i, node) in nodes.enumerated() where node.samples > 0 {
      tree.count(places[i], weight: weighsSamples ? node.samples : node.weight, samples: node.samples)
    }
    return (tree, places)
  }

  /// Adds the paths of another tree, without their weights.
  /// - Returns: the node for each of the other's.
  mutating func graft(_ other: StackTree, _ name: (Int32) -> Int32) -> [Int32] {
    var places = [Int32](repeating: 0, count: other.nodes.count)
    for (i, node) in other.nodes.enumerated().dropFirst() {
      let (below, name) = (places[Int(node.parent)], name(node.name))
      places[i] = name < 0 ? below : child(of: below, name)
    }
    return places
  }

  /// The stacks with their leaves at the root.
  public func reversed() -> StackTree {
    var tree = StackTree()
    for (i, node) in nodes.enumerated().dropFirst() where node.samples > 0 {
      var place: Int32 = 0
      var next = i
      while next > 0 {
        place = tree.child(of: place, nodes[next].name)
        next = Int(nodes[next].parent)
      }
      tree.count(place, weight: node.weight, samples: node.samples)
    }
    return tree
  }

  private static func hash(_ parent: Int32, _ name: Int32) -> Int {
    let word = UInt64(UInt32(bitPattern: parent)) << 32 | UInt64(UInt32(bitPattern: name))
    let product = word.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return Int(truncatingIfNeeded: product.high ^ product.low)
  }

  private mutating func child(of parent: Int32, _ name: Int32) -> Int32 {
    let mask = slots.count - 1
    var slot = Self.hash(parent, name) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot])
      if nodes[number].parent == parent, nodes[number].name == name { return Int32(number) }
      slot = (slot + 1) & mask
    }
    slots[slot] = UInt32(nodes.count)
    nodes.append(Node(name: name, parent: parent, weight: 0, samples: 0))
    if nodes.count * 2 > slots.count { grow() }
    return Int32(nodes.count - 1)
  }

  private mutating func grow() {
    var bigger = [UInt32](repeating: 0, count: slots.count * 2)
    let mask = bigger.count - 1
    for (i, node) in nodes.enumerated().dropFirst() {
      var slot = Self.hash(node.parent, node.name) & mask
      while bigger[slot] != 0 { slot = (slot + 1) & mask }
      bigger[slot] = UInt32(i)
    }
    slots = bigger
  }

  /// The children of each node, as runs of one list: those of `i` are `list[starts[i]..<starts[i + 1]]`.
  public func children() -> (list: [Int32], starts: [Int]) {
    var starts = [Int](repeating: 0, count: nodes.count + 1)
    for node in nodes.dropFirst() { starts[Int(node.parent) + 1] += 1 }
    for i in 1..<starts.count { starts[i] += starts[i - 1] }
    var places = starts
    var list = [Int32](repeating: 0, count: nodes.count - 1)
    for (i, node) in nodes.enumerated().dropFirst() {
      list[places[Int(node.parent)]] = Int32(i)
      places[Int(node.parent)] += 1
    }
    return (list, starts)
  }

  /// The weight of each node with all above it. A parent comes before its children, so one pass backwards sums.
  public func totals() -> [Int64] {
    var totals = nodes.map(\.weight)
    for i in nodes.indices.dropFirst().reversed() {
      let parent = Int(nodes[i].parent)
      totals[parent] = totals[parent].addingCapped(totals[i])
    }
    return totals
  }
}

extension Int64 {
  /// The sum, or the largest number where there is none.
  func addingCapped(_ other: Int64) -> Int64 {
    let (sum, isBeyond) = addingReportingOverflow(other)
    return isBeyond ? .max : sum
  }
}
