import TraceSyntax

/// The stacks of a tree sorted by the bytes of their folded lines.
///
/// Where `foo` ends a stack and is followed in another, `foo` comes first, then `foo-bar`, then `foo;x`: as text, not frame by frame.
struct StackOrder {
  private let tree: StackTree
  private let names: TextTable
  private let isStack: (Int) -> Bool
  private let list: [Int32]
  private let starts: [Int]

  /// - Parameters:
  ///   - tree: the stacks.
  ///   - names: texts of its names.
  ///   - isStack: whether a stack ends at a node.
  init(_ tree: StackTree, _ names: TextTable, _ isStack: @escaping (Int) -> Bool) {
    self.tree = tree
    self.names = names
    self.isStack = isStack
    (list, starts) = tree.children()
  }

  /// Calls `body` with each stack, the root's name first, and the node where it ends.
  func visit<E: Error>(_ body: (_ names: [Int32], _ node: Int) throws(E) -> Void) throws(E) {
    var path: [Int32] = []
    var open: [(items: [Item], next: Int)] = [(items(of: 0), 0)]
    while let level = open.last {
      guard level.next < level.items.count else {
        open.removeLast()
        if !path.isEmpty { path.removeLast() }
        continue
      }
      open[open.count - 1].next += 1
      let item = level.items[level.next]
      path.append(tree.nodes[Int(item.node)].name)
      if item.isStack {
        try body(path, Int(item.node))
        path.removeLast()
      } else {
        open.append((items(of: Int(item.node)), 0))
      }
    }
  }

  /// A stack that ends at a node, or those that go on from it.
  private struct Item {
    var node: Int32
    var isStack: Bool
  }

  private func items(of node: Int) -> [Item] {
    var items: [Item] = []
    for child in list[starts[node]..<starts[node + 1]] {
      if isStack(Int(child)) { items.append(Item(node: child, isStack: true)) }
      if starts[Int(child)] < starts[Int(child) + 1] { items.append(Item(node: child, isStack: false)) }
    }
    if items.count > 1 { items.sort(by: precedes) }
    return items
  }

  private func precedes(_ a: Item, _ b: Item) -> Bool {
    let (left, right) = (names.text(tree.nodes[Int(a.node)].name), names.text(tree.nodes[Int(b.node)].name))
    var (i, j) = (left.startIndex, right.startIndex)
    while i < left.endIndex, j < right.endIndex {
      if left[i] != right[j] { return left[i] < right[j] }
      i += 1
      j += 1
    }
    // What ends first goes on with a semicolon, or not at all.
    let separator = UInt8(ascii: ";")
    if i == left.endIndex, j == right.endIndex { return a.isStack && !b.isStack }
    if i == left.endIndex { return a.isStack || separator < right[j] }
    return !b.isStack && left[i] < separator
  }
}
