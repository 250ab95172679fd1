import TraceSyntax

/// Two profiles compared, stack by stack and frame by frame.
public struct StackDifference: Sendable {
  /// The stacks of both, without weights.
  public private(set) var tree = StackTree()
  public let names: TextTable
  public let kinds: [FrameKind]
  /// By node of the tree: the weight of the samples that end there, in each profile, and whether any does.
  public private(set) var before: [Int64] = []
  public private(set) var after: [Int64] = []
  public private(set) var isStack: [Bool] = []
  /// Weights of both profiles.
  public let totals: (before: Int64, after: Int64)
  /// Whether weights are compared as they are, not as shares of their profiles.
  public let isAbsolute: Bool
  public let unit: FoldedStacks.Unit

  public init(_ before: FoldedStacks, _ after: FoldedStacks, isAbsolute: Bool = false) {
    self.isAbsolute = isAbsolute
    unit = after.unit
    totals = (before.tree.totals()[0], after.tree.totals()[0])
    let table = StackNames()
    for (stacks, isAfter) in [(before, false), (after, true)] {
      let numbers = (0..<Int32(stacks.names.count)).map { table.number(Array(stacks.names.text($0)), stacks.kinds[Int($0)]) }
      let places = tree.graft(stacks.tree) { numbers[Int($0)] }
      let new = tree.nodes.count - self.before.count
      self.before.append(contentsOf: repeatElement(0, count: new))
      self.after.append(contentsOf: repeatElement(0, count: new))
      isStack.append(contentsOf: repeatElement(false, count: new))
      for (i, node) in stacks.tree.nodes.enumerated() where node.samples > 0 {
        let place = Int(places[i])
        isStack[place] = true
        if isAfter {
          self.after[place] = self.after[place].addingCapped(node.weight)
        } else {
          self.before[place] = self.before[place].addingCapped(node.weight)
        }
      }
    }
    names = table.names
    kinds = table.kinds
  }

  /// What a weight of the first profile would be in one as heavy as the second: rounded down, as difffolded.pl does it.
  public func scaled(_ weight: Int64) -> Int64 {
    guard !isAbsolute, totals.before != totals.after, totals.before > 0, weight > 0, totals.after > 0 else { return weight }
    let product = UInt64(weight).multipliedFullWidth(by: UInt64(totals.after))
    let divisor = UInt64(totals.before)
    guard product.high < divisor else { return .max }
    return Int64(clamping: divisor.dividingFullWidth(product).quotient)
  }

  /// By how much a weight grew: in percentage points of the profiles, or in absolute terms.
  public func change(_ before: Int64, _ after: Int64) -> Double {
    if isAbsolute { return Double(after) - Double(before) }
    return 100 * (Self.share(after, totals.after) - Self.share(before, totals.before))
  }

  private static func share(_ weight: Int64, _ total: Int64) -> Double { total > 0 ? Double(weight) / Double(total) : 0 }

  /// A frame in both profiles, wherever it is called from.
  public struct Frame: Sendable {
    public let name: Int32
    /// Of the samples that it is the leaf of.
    public var selfBefore: Int64 = 0
    public var selfAfter: Int64 = 0
    /// Of the samples that it is in, once or more often.
    public var totalBefore: Int64 = 0
    public var totalAfter: Int64 = 0
  }

  /// All frames, those whose own weight changed most first.
  public var frames: [Frame] {
    var frames = (0..<Int32(names.count)).map { Frame(name: $0) }
    let sums = (before: sums(before), after: sums(after))
    let (list, starts) = tree.children()
    /// How often a name is on the path at hand.
    var depth = [Int32](repeating: 0, count: names.count)
    var open: [(node: Int, isDone: Bool)] = [(0, false)]
    while let (node, isDone) = open.popLast() {
      let name = Int(tree.nodes[node].name)
      if isDone {
        depth[name] -= 1
        continue
      }
      if name >= 0 {
        frames[name].selfBefore = frames[name].selfBefore.addingCapped(before[node])
        frames[name].selfAfter = frames[name].selfAfter.addingCapped(after[node])
        if depth[name] == 0 {
          frames[name].totalBefore = frames[name].totalBefore.addingCapped(sums.before[node])
          frames[name].totalAfter = frames[name].totalAfter.addingCapped(sums.after[node])
        }
        depth[name] += 1
        open.append((node, true))
      }
      for child in list[Int(starts[node])..<Int(starts[node + 1])] { open.append((Int(child), false)) }
    }
    let keyed = frames.map { frame in
      (
        // What is equal but for the last digits of a division is equal.
        frame: frame, own: (abs(change(frame.selfBefore, frame.selfAfter)) * 1e6).rounded(),
        total: (abs(change(frame.totalBefore, frame.totalAfter)) * 1e6).rounded()
      )
    }
    return keyed.sorted {
      if $0.own != $1.own { return $0.own > $1.own }
      if $0.total != $1.total { return $0.total > $1.total }
      return names.text($0.frame.name).lexicographicallyPrecedes(names.text($1.frame.name))
    }.map(\.frame)
  }

  /// Each node's weight with all above it.
  public func sums(_ weights: [Int64]) -> [Int64] {
    var sums = weights
    for i in tree.nodes.indices.dropFirst().reversed() {
      let parent = Int(tree.nodes[i].parent)
      sums[parent] = sums[parent].addingCapped(sums[i])
    }
    return sums
  }

  /// Calls `body` with each stack, sorted by the bytes of the folded line, and its weights in both profiles.
  public func forEachStack<E: Error>(
    _ body: (_ names: [Int32], _ before: Int64, _ after: Int64) throws(E) -> Void
  ) throws(E) {
    try StackOrder(tree, names) { isStack[$0] }.visit { (path, node) throws(E) in
      try body(path, before[node], after[node])
    }
  }
}
