/// Which rows count: tests joined by and, or, not.
public struct RowCondition: Sendable, Hashable {
  public indirect enum Node: Sendable, Hashable {
    /// Index into the tests.
    case test(Int)
    case all([Node])
    case any([Node])
    case not(Node)
  }

  /// As many fit into one condition: their answers are kept as the bits of a number.
  public static let mostTests = 32

  public let tests: [RowTest]
  public let root: Node

  /// - Parameters:
  ///   - tests: at most ``mostTests``.
  ///   - root: joins them, by their indices.
  public init(_ tests: [RowTest], _ root: Node) {
    self.tests = tests
    self.root = root
  }

  /// Whether a row counts, by the answers to its tests.
  public func isMet(byTests answer: (Int) -> Bool) -> Bool { Self.isMet(root, answer) }

  /// Whether a row counts, by what answers a test.
  public func holds(where answer: (RowTest) -> Bool) -> Bool { isMet { answer(tests[$0]) } }

  private static func isMet(_ node: Node, _ answer: (Int) -> Bool) -> Bool {
    switch node {
    case .test(let index): answer(index)
    case .all(let nodes): nodes.allSatisfy { isMet($0, answer) }
    case .any(let nodes): nodes.contains { isMet($0, answer) }
    case .not(let node): !isMet(node, answer)
    }
  }

  /// Whether any test asks for one of these facts.
  public func asks(for facts: Set<RowTest.Fact>) -> Bool { tests.contains { facts.contains($0.fact) } }
}
