import TraceSyntax

/// What folding made of a profile: the stacks, and what was left out.
public struct FoldedStacks: Sendable {
  public internal(set) var tree: StackTree
  /// Names of frames, by the numbers in the tree.
  public internal(set) var names: TextTable
  /// What frames are, by the same numbers.
  public internal(set) var kinds: [FrameKind]
  /// Samples folded; for folded stacks, lines.
  public var samples: Int64 = 0
  /// Samples outside of the times asked for, of the event asked for.
  public var outOfTime: Int64 = 0
  /// Samples without a stamp where times were asked for: left out.
  public var withoutTime: Int64 = 0
  /// Events of the log with their samples, the one folded first; of no name where the log names none.
  public var events: [(name: String, samples: Int64)] = []
  /// Whether all of them are folded.
  public var addsEvents = false
  /// Samples of the log in which no frame but the process was named.
  public var withoutStack: Int64 = 0
  /// What the weights are of.
  public var unit = Unit.count
  public var lines = 0
  public var notUnderstood = 0
  /// The first line not understood, from 1.
  public var firstNotUnderstood: Int?
  public var lostEvents: Int64 = 0
  public var cutStacks = 0
  public var endsWithinSample = false
  /// Of a log of calls: those whose time it does not tell, and those that did not return in it.
  public var untimedCalls: Int64 = 0
  /// Those that `strace -k` printed a stack of.
  public var callsWithFrames: Int64 = 0
  public var openCalls: Int64 = 0
  /// Of a log of calls: what was assumed about it.
  public var sourceNotes: [String] = []
  /// When which stack was sampled, where that was asked for and any sample has a time.
  public var times: StackTimes?
  /// The first bytes of the first log: pseudonyms are made with them.
  public var head: [UInt8] = []

  /// What a weight is a number of.
  public enum Unit: Sendable {
    /// Samples, or what perf's event counts.
    case count
    case nanoseconds, calls, bytes
  }

  init(_ tree: StackTree, names: TextTable, kinds: [FrameKind]) {
    self.tree = tree
    self.names = names
    self.kinds = kinds
  }

  init(_ tree: StackTree, _ output: StackSamples) {
    self.init(tree, names: output.names, kinds: output.kinds)
    lines = output.lines
    notUnderstood = output.notUnderstood
    firstNotUnderstood = output.firstNotUnderstood
    lostEvents = output.lostEvents
    cutStacks = output.cutStacks
    endsWithinSample = output.endsWithinSample
  }

  /// Distinct stacks.
  public var stacks: Int { tree.nodes.count { $0.samples > 0 } }

  /// Calls `body` with each stack, the root's name first, and its weight, sorted by the bytes of the folded line.
  public func forEachStack<E: Error>(_ body: (_ names: [Int32], _ weight: Int64) throws(E) -> Void) throws(E) {
    try StackOrder(tree, names) { tree.nodes[$0].samples > 0 }.visit { (path, node) throws(E) in
      try body(path, tree.nodes[node].weight)
    }
  }

  /// The same stacks, their leaves at the root: who calls what costs.
  public var reversed: FoldedStacks {
    var result = self
    result.tree = tree.reversed()
    result.times = nil
    return result
  }
}
