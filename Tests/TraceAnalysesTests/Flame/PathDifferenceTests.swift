import Testing
import TraceSyntax

@testable import TraceAnalyses

@Suite("Where paths diverge")
struct PathDifferenceTests {
  private func steps(_ old: String, _ new: String) -> String {
    let (old, new) = (Array(old.utf8), Array(new.utf8))
    let steps = PathDifference.aligned(old.map(Int32.init), new.map(Int32.init))
    // What is kept or removed is the old path, what is kept or inserted the new one.
    #expect(steps.filter { $0.change != .inserted }.map { UInt8($0.name) } == old)
    #expect(steps.filter { $0.change != .removed }.map { UInt8($0.name) } == new)
    return steps.map { step in
      let letter = String(UnicodeScalar(UInt8(step.name)))
      return switch step.change {
      case .kept: letter
      case .removed: "-" + letter
      case .inserted: "+" + letter
      }
    }.joined()
  }

  @Test("an alignment that keeps as many frames as can be") func alignment() {
    #expect(steps("abc", "abc") == "abc")
    #expect(steps("abc", "axbc") == "a+xbc")
    #expect(steps("abcd", "axyd") == "a-b-c+x+yd")
    #expect(steps("aa", "aaa") == "aa+a")
    // Four of five can be kept, in several ways.
    #expect(steps("abcbd", "acbbd").filter { "+-".contains($0) }.count == 2)
    #expect(steps("", "ab") == "+a+b" && steps("ab", "") == "-a-b")
    // Longer than what is compared: everything between the ends is other.
    let (left, right) = (String(repeating: "x", count: 200), String(repeating: "xy", count: 150))
    #expect(steps("a\(left)b", "a\(right)b").hasSuffix("yb"))
  }

  @Test(
    "what compilers add to names",
    arguments: [
      ("submit_bio.isra.0", "submit_bio"), ("f.part.12.cold", "f"), ("f.llvm.123456", "f"), ("f.cold", "f"),
      ("f.constprop.0.isra.1", "f"),
      ("vdso.so.1", "vdso.so.1"), (".cold", ".cold"), ("", ""), ("f.1", "f.1"), ("a.partition", "a.partition"),
    ]) func plain(name: String, expected: String)
  {
    #expect(String(decoding: PathDifference.plain(Array(name.utf8)[...]), as: UTF8.self) == expected)
  }

  private func folded(_ stacks: [(String, Int64)]) -> FoldedStacks {
    let names = StackNames()
    var tree = StackTree()
    for (stack, weight) in stacks {
      let numbers = stack.split(separator: ";").reversed().map { names.number(String($0), .user) }
      _ = numbers.withUnsafeBufferPointer { tree.add($0[...], weight: weight) }
    }
    return FoldedStacks(tree, names: names.names, kinds: names.kinds)
  }

  @Test("weights are scaled down to whole numbers; large ones do not overflow") func scaled() {
    let difference = StackDifference(folded([("a", 3), ("b", 4)]), folded([("a", 5), ("c", 5)]))
    #expect(difference.scaled(3) == 4 && difference.scaled(4) == 5 && difference.change(0, 5) == 50)
    var rows: [[Int64]] = []
    difference.forEachStack { rows.append([$1, $2]) }
    #expect(rows == [[3, 5], [4, 0], [0, 5]])
    let huge = StackDifference(folded([("a", .max), ("b", .max)]), folded([("a", 1)]))
    #expect(huge.totals.before == .max && huge.scaled(.max) == 1 && huge.scaled(5) == 0)
    let grown = StackDifference(folded([("a", 1)]), folded([("a", .max)]))
    #expect(grown.scaled(1) == .max && grown.scaled(2) == .max)
    let empty = StackDifference(folded([]), folded([("a", 2)]))
    #expect(empty.frames.count == 1 && empty.frames[0].totalAfter == 2)
  }

  @Test("a recursive frame is in a sample once") func recursion() {
    let difference = StackDifference(folded([("a;b;a", 5), ("a", 2)]), folded([("a;b;a;a", 7)]))
    let frame = difference.frames.first { difference.names.text($0.name).elementsEqual("a".utf8) }!
    #expect(frame.totalBefore == 7 && frame.totalAfter == 7 && frame.selfBefore == 7 && frame.selfAfter == 7)
  }

  @Test("stacks of one profile beside the most similar of the other") func pairs() {
    let before = folded([("r;sys_write;tcp_write;timer.isra.0", 80), ("r;old;same;leaf", 20), ("x;y", 3), ("gone;away", 1)])
    let after = folded([("r;do_syscall;ksys_write;tcp_write;timer", 40), ("r;new;same;leaf", 12), ("x;y", 5)])
    let paths = PathDifference(StackDifference(before, after, isAbsolute: true))
    #expect(paths.common.stacks == 1 && paths.common.before == 3 && paths.common.after == 5)
    #expect(paths.pairs.map(\.before) == [80, 20] && paths.pairs.map(\.after) == [40, 12])
    #expect(paths.pairs[0].steps.map(\.change) == [.kept, .removed, .inserted, .inserted, .kept, .kept])
    #expect(paths.divergences.count == 2 && paths.divergences[0].removed.count == 1 && paths.divergences[0].inserted.count == 2)
    #expect(paths.lone.count == 1 && paths.lone[0].before == 1 && paths.omitted == 0)
  }

  @Test("the same change in many stacks is one divergence") func divergences() {
    let before = folded((0..<300).map { ("r;old;f\($0)", Int64(1000 - $0)) })
    let after = folded((0..<300).map { ("r;new;f\($0)", Int64(1000 - $0)) })
    let paths = PathDifference(StackDifference(before, after))
    #expect(paths.divergences.count == 1 && paths.divergences[0].pairs == 128 && paths.omitted == 2 * (300 - 128))
  }
}
