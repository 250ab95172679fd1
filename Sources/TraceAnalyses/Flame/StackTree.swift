import TraceSyntax

/// Stacks that share their beginnings: a node for each distinct path from a root.
///
/// Node 0 is the root of all and no frame. A node's first child is nearly always the node after it, and is found there; slots are for the others.
/// Memory follows the distinct stacks: a node for each of their frames that none before shares, and a few slots for each stack.
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
  /// By parent and name, the number of each node that is not the one after its parent, in the lower half of a word; the upper half of its hash in the
  /// upper one, so that other nodes are seldom looked at. 0 for a free slot. Invariant: a power of two, at most half of it used.
  private var slots: [UInt64] = Array(repeating: 0, count: 256)
  private var usedSlots = 0

  /// A stack on its way up the tree.
  struct Climb {
    /// Frames that are left, the leaf's name first.
    var names: UnsafeBufferPointer<Int32>
    /// Where the others have led.
    var node: Int32 = 0
    fileprivate var isNew = false

    init(_ names: Slice<UnsafeBufferPointer<Int32>>) { self.names = UnsafeBufferPointer(rebasing: names) }
  }

  /// Goes with stacks as far as the tree knows them. With all at once, a frame of each in turn: of a large tree every frame is a wait for memory,
  /// and so they wait together.
  func climb(_ stacks: UnsafeMutableBufferPointer<Climb>) {
    nodes.withUnsafeBufferPointer { nodes in
      slots.withUnsafeBufferPointer { slots in
        var isMoving = true
        while isMoving {
          isMoving = false
          for i in stacks.indices where !stacks[i].isNew {
            guard let name = stacks[i].names.last else { continue }
            let next = Self.child(of: stacks[i].node, name, nodes, slots)
            if next > 0 {
              stacks[i].node = Int32(truncatingIfNeeded: next)
              stacks[i].names = UnsafeBufferPointer(start: stacks[i].names.baseAddress, count: stacks[i].names.count &- 1)
              isMoving = true
            } else {
              stacks[i].isNew = true
            }
          }
        }
      }
    }
  }

  /// Counts a stack, the leaf's name first.
  /// - Parameters:
  ///   - names: of its frames.
  ///   - weight: what it counts for.
  ///   - root: a name below its own root; nil for none.
  /// - Returns: its node.
  @discardableResult
  mutating func add(_ names: Slice<UnsafeBufferPointer<Int32>>, weight: Int64, root: Int32? = nil) -> Int32 {
    var stack = Climb(names)
    if let root { stack.node = child(of: 0, root) }
    return add(stack, weight: weight)
  }

  /// Counts a stack from where it has got to.
  mutating func add(_ stack: Climb, weight: Int64) -> Int32 {
    var node = stack.node
    let path = stack.names
    var left = path.count
    nodes.withUnsafeBufferPointer { nodes in
      slots.withUnsafeBufferPointer { slots in
        while left > 0 {
          let next = Self.child(of: node, path[left &- 1], nodes, slots)
          if next <= 0 { break }
          node = Int32(truncatingIfNeeded: next)
          left &-= 1
        }
      }
    }
    if left > 0 {
      makeRoom(left)
      node = child(of: node, path[left - 1])
      // What follows a new node is new, and follows it.
      for name in path[..<(left - 1)].reversed() {
        nodes.append(Node(name: name, parent: node, weight: 0, samples: 0))
        node = Int32(truncatingIfNeeded: nodes.count &- 1)
      }
    }
    count(node, weight: weight, samples: 1)
    return node
  }

  /// A large tree grows by more than twice: pages that are not used yet cost nothing, pages of a copy do.
  private mutating func makeRoom(_ count: Int) {
    guard nodes.count + count > nodes.capacity, nodes.count > 1 << 18, nodes.count < 1 << 24 else { return }
    nodes.reserveCapacity(nodes.count * 4 + count)
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

  @inline(__always)
  private static func hash(_ parent: Int32, _ name: Int32) -> UInt64 {
    let word = UInt64(UInt32(bitPattern: parent)) << 32 | UInt64(UInt32(bitPattern: name))
    let product = word.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return product.high ^ product.low
  }

  /// A known child, or the slot for it as a number below 1.
  @inline(__always)
  private static func child(
    of parent: Int32, _ name: Int32, _ nodes: UnsafeBufferPointer<Node>, _ slots: UnsafeBufferPointer<UInt64>
  ) -> Int {
    let next = Int(parent) &+ 1
    if next < nodes.count, nodes[next].name == name, nodes[next].parent == parent { return next }
    let hash = hash(parent, name)
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      if (slots[slot] ^ hash) >> 32 == 0 {
        let number = Int(truncatingIfNeeded: slots[slot] & 0xffff_ffff)
        if nodes[number].parent == parent, nodes[number].name == name { return number }
      }
      slot = (slot &+ 1) & mask
    }
    return 0 &- slot
  }

  private mutating func child(of parent: Int32, _ name: Int32) -> Int32 {
    let found = nodes.withUnsafeBufferPointer { nodes in
      slots.withUnsafeBufferPointer { Self.child(of: parent, name, nodes, $0) }
    }
    if found > 0 { return Int32(found) }
    nodes.append(Node(name: name, parent: parent, weight: 0, samples: 0))
    if Int(parent) != nodes.count - 2 {
      slots[-found] = Self.slot(Self.hash(parent, name), nodes.count - 1)
      usedSlots += 1
      if usedSlots * 2 > slots.count { grow() }
    }
    return Int32(nodes.count - 1)
  }

  private static func slot(_ hash: UInt64, _ number: Int) -> UInt64 { (hash >> 32) << 32 | UInt64(number) }

  private mutating func grow() {
    var bigger = [UInt64](repeating: 0, count: slots.count * 2)
    let mask = bigger.count - 1
    for (i, node) in nodes.enumerated().dropFirst() where Int(node.parent) != i - 1 {
      let hash = Self.hash(node.parent, node.name)
      var slot = Int(truncatingIfNeeded: hash) & mask
      while bigger[slot] != 0 { slot = (slot + 1) & mask }
      bigger[slot] = Self.slot(hash, i)
    }
    slots = bigger
  }

  /// The children of each node, as runs of one list: those of `i` are `list[starts[i]..<starts[i + 1]]`.
  public func children() -> (list: [Int32], starts: [Int32]) {
    var starts = [Int32](repeating: 0, count: nodes.count + 1)
    let list = nodes.withUnsafeBufferPointer { nodes in
      starts.withUnsafeMutableBufferPointer { starts in
        for i in 1..<nodes.count { starts[Int(nodes[i].parent) &+ 1] &+= 1 }
        for i in 1..<starts.count { starts[i] &+= starts[i &- 1] }
        return [Int32](unsafeUninitializedCapacity: nodes.count - 1) { list, count in
          // A run's start moves to its end, the start of the next, as it is filled.
          for i in 1..<nodes.count {
            let parent = Int(nodes[i].parent)
            list[Int(starts[parent])] = Int32(truncatingIfNeeded: i)
            starts[parent] &+= 1
          }
          for i in (1..<starts.count).reversed() { starts[i] = starts[i &- 1] }
          starts[0] = 0
          count = nodes.count - 1
        }
      }
    }
    return (list, starts)
  }

  /// The weight of each node with all above it. A parent comes before its children, so one pass backwards sums.
  public func totals() -> [Int64] {
    nodes.withUnsafeBufferPointer { nodes in
      [Int64](unsafeUninitializedCapacity: nodes.count) { totals, count in
        for (i, node) in nodes.enumerated() { totals.initializeElement(at: i, to: node.weight) }
        for i in nodes.indices.dropFirst().reversed() {
          let parent = Int(nodes[i].parent)
          totals[parent] = totals[parent].addingCapped(totals[i])
        }
        count = nodes.count
      }
    }
  }
}

extension Int64 {
  /// The sum, or the largest number where there is none.
  func addingCapped(_ other: Int64) -> Int64 {
    let (sum, isBeyond) = addingReportingOverflow(other)
    return isBeyond ? .max : sum
  }
}
