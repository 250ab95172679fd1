import TraceSyntax

/// The stacks of a tree sorted by the bytes of their folded lines.
///
/// Where `foo` ends a stack and is followed in another, `foo` comes first, then `foo-bar`, then `foo;x`: as text, not frame by frame.
struct StackOrder {
  private let tree: StackTree
  private let isStack: (Int) -> Bool
  /// Of each name, its place where a stack ends with it and where it goes on.
  private let places: [Int32]
  private let list: [Int32]
  private let starts: [Int32]

  /// - Parameters:
  ///   - tree: the stacks.
  ///   - names: texts of its names.
  ///   - isStack: whether a stack ends at a node.
  init(_ tree: StackTree, _ names: TextTable, _ isStack: @escaping (Int) -> Bool) {
    self.tree = tree
    self.isStack = isStack
    places = names.places(endingOrBefore: UInt8(ascii: ";"))
    (list, starts) = tree.children()
  }

  /// A stack that ends at a node, or those that go on from it.
  private struct Item {
    var node: Int32
    var depth: Int32
    var place: Int32
    var isStack: Bool
  }

  /// Calls `body` with each stack, the root's name first, and the node where it ends.
  func visit<E: Error>(_ body: (_ names: [Int32], _ node: Int) throws(E) -> Void) throws(E) {
    var path: [Int32] = []
    // What is left of each level, the last first.
    var open: [Item] = []
    push(above: 0, &path, &open)
    while let item = open.popLast() {
      if path.count > Int(item.depth) { path.removeSubrange(Int(item.depth)...) }
      path.append(tree.nodes[Int(item.node)].name)
      if item.isStack {
        try body(path, Int(item.node))
      } else {
        push(above: Int(item.node), &path, &open)
      }
    }
  }

  /// What goes on from a node; as long as that is one frame and no stack ends there, the path goes on at once.
  private func push(above start: Int, _ path: inout [Int32], _ open: inout [Item]) {
    list.withUnsafeBufferPointer { list in
      starts.withUnsafeBufferPointer { starts in
        tree.nodes.withUnsafeBufferPointer { nodes in
          var node = start
          while starts[node + 1] - starts[node] == 1, !isStack(Int(list[Int(starts[node])])) {
            node = Int(list[Int(starts[node])])
            path.append(nodes[node].name)
          }
          let (first, depth) = (open.count, Int32(truncatingIfNeeded: path.count))
          for child in list[Int(starts[node])..<Int(starts[node + 1])] {
            let place = 2 * Int(nodes[Int(child)].name)
            if starts[Int(child)] < starts[Int(child) + 1] {
              open.append(Item(node: child, depth: depth, place: places[place + 1], isStack: false))
            }
            if isStack(Int(child)) { open.append(Item(node: child, depth: depth, place: places[place], isStack: true)) }
          }
          if open.count > first + 1 { Self.sort(&open, from: first) }
        }
      }
    }
  }

  /// The last comes first.
  private static func sort(_ open: inout [Item], from first: Int) {
    open.withUnsafeMutableBufferPointer {
      var new = UnsafeMutableBufferPointer(rebasing: $0[first...])
      new.sort { $0.place > $1.place }
    }
  }
}
