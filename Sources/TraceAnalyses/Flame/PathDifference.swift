import TraceSyntax

/// Where the call paths of two profiles diverge: stacks that only one has, each beside the most similar one that only the other has.
///
/// Frames are compared without what compilers add to names (`.isra.0`, `.constprop.3`, `.part.1`, `.cold`, `.llvm.123`): it differs from build to
/// build.
public struct PathDifference: Sendable {
  public struct Step: Sendable, Equatable {
    public enum Change: Sendable { case kept, removed, inserted }
    public let change: Change
    public let name: Int32
  }

  /// A stack of the first profile and the one of the second that came in its place.
  public struct Pair: Sendable {
    public let before: Int64
    public let after: Int64
    /// From the root on.
    public let steps: [Step]
  }

  /// Frames that are other ones in the second profile, in all pairs where they are.
  public struct Divergence: Sendable {
    /// The frame before them, on the root's side; nil at the root.
    public let below: Int32?
    public let removed: [Int32]
    public let inserted: [Int32]
    public var pairs = 0
    public var before: Int64 = 0
    public var after: Int64 = 0
  }

  /// A stack that nothing in the other profile resembles.
  public struct Lone: Sendable {
    public let path: [Int32]
    public let before: Int64
    public let after: Int64
  }

  /// Distinct stacks of both.
  public private(set) var stacks = (before: 0, after: 0)
  /// Of them, those in both, and their weights.
  public private(set) var common = (stacks: 0, before: Int64(0), after: Int64(0))
  /// The heaviest first.
  public private(set) var pairs: [Pair] = []
  public private(set) var divergences: [Divergence] = []
  public private(set) var lone: [Lone] = []
  /// Stacks of either profile that were too light to be compared.
  public private(set) var omitted = 0

  /// So many stacks of each profile that the other has not are compared, the heaviest.
  static let mostCompared = 128
  /// So many frames between those alike at both ends are compared; where there are more, all of them differ.
  private static let longestMiddle = 128
  /// Frames alike of all, below which stacks are no pair.
  private static let leastSimilar = 0.3

  private struct Path {
    /// Names as they are, and what they are compared by.
    var names: [Int32]
    var keys: [Int32]
    var before: Int64 = 0
    var after: Int64 = 0
  }

  public init(_ difference: StackDifference) {
    let keys = Self.keys(difference.names)
    var paths: [[Int32]: Path] = [:]
    difference.forEachStack { names, before, after in
      let compared = names.map { keys[Int($0)] }
      var path = paths[compared] ?? Path(names: names, keys: compared)
      path.before = path.before.addingCapped(before)
      path.after = path.after.addingCapped(after)
      paths[compared] = path
    }
    var (removed, inserted): ([Path], [Path]) = ([], [])
    for path in paths.values {
      if path.before > 0 { stacks.before += 1 }
      if path.after > 0 { stacks.after += 1 }
      if path.before > 0, path.after > 0 {
        common.stacks += 1
        common.before = common.before.addingCapped(path.before)
        common.after = common.after.addingCapped(path.after)
      } else if path.before > 0 {
        removed.append(path)
      } else if path.after > 0 {
        inserted.append(path)
      }
    }
    match(Self.heaviest(removed) { $0.before }, Self.heaviest(inserted) { $0.after })
    omitted = max(0, removed.count - Self.mostCompared) + max(0, inserted.count - Self.mostCompared)
    // As heavy as they would be in the second profile; which paths it has was asked of the weights as they are.
    common.before = difference.scaled(common.before)
    pairs = pairs.map { Pair(before: difference.scaled($0.before), after: $0.after, steps: $0.steps) }
    lone = lone.map { Lone(path: $0.path, before: difference.scaled($0.before), after: $0.after) }
    findDivergences()
  }

  private static func heaviest(_ paths: [Path], _ weight: (Path) -> Int64) -> [Path] {
    Array(
      paths.sorted { weight($0) != weight($1) ? weight($0) > weight($1) : $0.keys.lexicographicallyPrecedes($1.keys) }
        .prefix(mostCompared))
  }

  /// Names that are compared as one have one key.
  private static func keys(_ names: TextTable) -> [Int32] {
    let table = StackNames()
    return (0..<Int32(names.count)).map { table.number(Array(plain(names.text($0))), .user) }
  }

  /// `submit_bio.part.0` -> `submit_bio`.
  static func plain(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let suffixes = [".isra", ".constprop", ".part", ".cold", ".llvm"].map { Array($0.utf8) }
    var name = name
    while true {
      var stem = name
      while let last = stem.last, last &- 48 < 10 { stem = stem.dropLast() }
      if stem.count < name.count, stem.last == UInt8(ascii: ".") { stem = stem.dropLast() } else { stem = name }
      guard let suffix = suffixes.first(where: { stem.count > $0.count && stem.suffix($0.count).elementsEqual($0) }) else {
        return name
      }
      name = stem.dropLast(suffix.count)
    }
  }

  // MARK: Pairs

  /// The most similar first, each stack once.
  private mutating func match(_ removed: [Path], _ inserted: [Path]) {
    var candidates: [(similarity: Double, a: Int, b: Int)] = []
    for (a, old) in removed.enumerated() {
      for (b, new) in inserted.enumerated() {
        let alike = Self.aligned(old.keys, new.keys).count { $0.change == .kept }
        let similarity = 2 * Double(alike) / Double(old.keys.count + new.keys.count)
        if similarity >= Self.leastSimilar { candidates.append((similarity, a, b)) }
      }
    }
    candidates.sort { $0.similarity != $1.similarity ? $0.similarity > $1.similarity : ($0.a, $0.b) < ($1.a, $1.b) }
    var (takenA, takenB): (Set<Int>, Set<Int>) = ([], [])
    for candidate in candidates where !takenA.contains(candidate.a) && !takenB.contains(candidate.b) {
      takenA.insert(candidate.a)
      takenB.insert(candidate.b)
      let (old, new) = (removed[candidate.a], inserted[candidate.b])
      pairs.append(Pair(before: old.before, after: new.after, steps: Self.steps(old, new)))
    }
    pairs.sort { Self.sum($0.before, $0.after) > Self.sum($1.before, $1.after) }
    for (a, path) in removed.enumerated() where !takenA.contains(a) {
      lone.append(Lone(path: path.names, before: path.before, after: 0))
    }
    for (b, path) in inserted.enumerated() where !takenB.contains(b) {
      lone.append(Lone(path: path.names, before: 0, after: path.after))
    }
    lone.sort { Self.sum($0.before, $0.after) > Self.sum($1.before, $1.after) }
  }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64 { a.addingCapped(b) }

  /// With the names of the second profile where both have a frame.
  private static func steps(_ old: Path, _ new: Path) -> [Step] {
    var (a, b) = (0, 0)
    return aligned(old.keys, new.keys).map { step in
      defer {
        if step.change != .inserted { a += 1 }
        if step.change != .removed { b += 1 }
      }
      return Step(change: step.change, name: step.change == .removed ? old.names[a] : new.names[b])
    }
  }

  /// An alignment with as many frames kept as can be (a longest common subsequence); removals come before insertions.
  static func aligned(_ old: [Int32], _ new: [Int32]) -> [Step] {
    let shorter = min(old.count, new.count)
    let prefix = zip(old, new).prefix { $0 == $1 }.count
    let suffix = zip(old.reversed(), new.reversed()).prefix(shorter - prefix).prefix { $0 == $1 }.count
    let (left, right) = (old[prefix..<(old.count - suffix)], new[prefix..<(new.count - suffix)])
    return old[..<prefix].map { Step(change: .kept, name: $0) } + middle(Array(left), Array(right))
      + old[(old.count - suffix)...].map { Step(change: .kept, name: $0) }
  }

  private static func middle(_ old: [Int32], _ new: [Int32]) -> [Step] {
    guard !old.isEmpty, !new.isEmpty, old.count <= longestMiddle, new.count <= longestMiddle else {
      return old.map { Step(change: .removed, name: $0) } + new.map { Step(change: .inserted, name: $0) }
    }
    // lengths[i][j]: of the longest common subsequence of what follows i and j.
    let columns = new.count + 1
    var lengths = [Int32](repeating: 0, count: (old.count + 1) * columns)
    for i in old.indices.reversed() {
      for j in new.indices.reversed() {
        lengths[i * columns + j] =
          old[i] == new[j]
          ? lengths[(i + 1) * columns + j + 1] + 1 : max(lengths[(i + 1) * columns + j], lengths[i * columns + j + 1])
      }
    }
    var steps: [Step] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if i < old.count, j < new.count, old[i] == new[j] {
        steps.append(Step(change: .kept, name: old[i]))
        i += 1
        j += 1
      } else if j == new.count || (i < old.count && lengths[(i + 1) * columns + j] >= lengths[i * columns + j + 1]) {
        steps.append(Step(change: .removed, name: old[i]))
        i += 1
      } else {
        steps.append(Step(change: .inserted, name: new[j]))
        j += 1
      }
    }
    return steps
  }

  // MARK: Divergences

  private struct Place: Hashable {
    let below: Int32?
    let removed: [Int32]
    let inserted: [Int32]
  }

  private mutating func findDivergences() {
    var found: [Place: Divergence] = [:]
    for pair in pairs {
      var below: Int32?
      var (removed, inserted): ([Int32], [Int32]) = ([], [])
      func end() {
        guard !removed.isEmpty || !inserted.isEmpty else { return }
        let place = Place(below: below, removed: removed, inserted: inserted)
        var divergence = found[place] ?? Divergence(below: below, removed: removed, inserted: inserted)
        divergence.pairs += 1
        divergence.before = divergence.before.addingCapped(pair.before)
        divergence.after = divergence.after.addingCapped(pair.after)
        found[place] = divergence
      }
      for step in pair.steps {
        switch step.change {
        case .removed: removed.append(step.name)
        case .inserted: inserted.append(step.name)
        case .kept:
          end()
          (removed, inserted) = ([], [])
          below = step.name
        }
      }
      end()
    }
    divergences = found.values.sorted {
      let (left, right) = (Self.sum($0.before, $0.after), Self.sum($1.before, $1.after))
      if left != right { return left > right }
      if $0.below != $1.below { return ($0.below ?? -1) < ($1.below ?? -1) }
      return ($0.removed + [-1] + $0.inserted).lexicographicallyPrecedes($1.removed + [-1] + $1.inserted)
    }
  }
}
