/// Paths of two logs that differ in the name of one directory alone: a release or a working folder by another name.
struct MovedPaths {
  struct Move {
    /// The directory under both names.
    let from: String
    let to: String
    let paths: [(old: String, new: String)]
  }

  /// Paths of one side that are looked at, the first in order.
  static let limit = 5000
  /// Paths under a directory from which on it is taken for moved.
  static let fewest = 2
  private static let mostAlike = 16

  private struct Frame: Hashable {
    let front: [Substring]
    let back: [Substring]
  }

  private struct Rename: Hashable {
    let front: [Substring]
    let old: Substring
    let new: Substring
  }

  private(set) var moves: [Move] = []

  init(from old: [String], to new: [String]) {
    var frames: [Frame: [(path: String, part: Substring)]] = [:]
    Self.forEachFrame(old) { path, frame, part in frames[frame, default: []].append((path, part)) }
    var pairs: [Rename: [(old: String, new: String)]] = [:]
    Self.forEachFrame(new) { path, frame, part in
      // Where one name may be any of many, none is another's.
      guard let others = frames[frame], others.count <= Self.mostAlike else { return }
      for (other, oldPart) in others {
        pairs[Rename(front: frame.front, old: oldPart, new: part), default: []].append((other, path))
      }
    }
    var taken: Set<String> = []
    let ranked = pairs.sorted { a, b in
      a.value.count != b.value.count
        ? a.value.count > b.value.count
        : (a.key.front.joined(separator: "/"), a.key.old, a.key.new) < (b.key.front.joined(separator: "/"), b.key.old, b.key.new)
    }
    for (rename, pairs) in ranked {
      let free = pairs.filter { !taken.contains($0.old) && !taken.contains($0.new) }
      guard free.count >= Self.fewest else { continue }
      for pair in free { taken.formUnion([pair.old, pair.new]) }
      func directory(_ part: Substring) -> String { (rename.front + [part]).joined(separator: "/") }
      moves.append(Move(from: directory(rename.old), to: directory(rename.new), paths: free))
    }
  }

  /// Each path with each of its directories left out in turn.
  private static func forEachFrame(_ paths: [String], _ body: (String, Frame, Substring) -> Void) {
    for path in paths.sorted().prefix(limit) {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      for index in parts.indices where !parts[index].isEmpty && index + 1 < parts.count {
        body(path, Frame(front: Array(parts[..<index]), back: Array(parts[(index + 1)...])), parts[index])
      }
    }
  }
}
