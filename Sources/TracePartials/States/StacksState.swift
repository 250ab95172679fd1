import TraceAnalyses
import TraceReports
import TraceSyntax

/// Folded stacks: the weights of a stack sum up over logs.
struct StacksState: PartialState {
  struct Stack: Equatable {
    /// `comm;frame;frame`
    let text: [UInt8]
    var weight: Int64
  }

  /// By the bytes of their texts, each once.
  private(set) var stacks: [Stack] = []
  private(set) var lines: Int64 = 0
  private(set) var samples: Int64 = 0
  private(set) var outOfTime: Int64 = 0

  init(_ result: FoldedStacks) {
    var all: [Stack] = []
    result.forEachStack { path, weight in
      let text = path.map { Array(result.names.text($0)) }.joined(separator: [UInt8(ascii: ";")])
      all.append(Stack(text: Array(text), weight: weight))
    }
    stacks = all
    lines = Int64(result.lines)
    samples = result.samples
    outOfTime = result.outOfTime
    add([])
  }

  mutating func merge(_ other: StacksState, _ places: [Int], _ otherPlaces: [Int]) throws(PartialFault) {
    add(other.stacks)
    lines = Self.sum(lines, other.lines)
    samples = Self.sum(samples, other.samples)
    outOfTime = Self.sum(outOfTime, other.outOfTime)
  }

  private mutating func add(_ more: [Stack]) {
    var sums: [Stack] = []
    for stack in (stacks + more).sorted(by: { $0.text.lexicographicallyPrecedes($1.text) }) {
      if let last = sums.last, last.text == stack.text {
        sums[sums.count - 1].weight = Self.sum(last.weight, stack.weight)
      } else {
        sums.append(stack)
      }
    }
    stacks = sums
  }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, isBeyond) = a.addingReportingOverflow(b)
    return isBeyond ? .max : sum
  }

  /// Lines of folded stacks, whatever the format: that is one of its own.
  func write(to sink: OutputSink, _ format: RecordFormat, _ scene: PartialScene) throws {
    for stack in stacks {
      try sink.write(stack.text)
      try sink.write(" ")
      try sink.write(integer: stack.weight)
      try sink.write("\n")
    }
    try sink.flush()
  }

  var verdict: String? {
    "\(lines) lines: \(samples) samples\(outOfTime > 0 ? ", \(outOfTime) more outside of the times asked for" : ""), \(stacks.count) distinct stacks"
  }

  // MARK: As a message

  func encode(into message: inout ProtoPartial) {
    message.stacks = .with {
      $0.stacks = stacks.map { .init($0.text) }
      $0.weights = stacks.map { UInt64(max(0, $0.weight)) }
      $0.lines = UInt64(lines)
      $0.allSamples = UInt64(samples)
      $0.outOfTime = UInt64(outOfTime)
    }
  }

  init(_ message: ProtoStacks) throws(PartialFault) {
    try require(message.stacks.count == message.weights.count, "stacks without weights")
    for (text, weight) in zip(message.stacks, message.weights) {
      guard let weight = Int64(exactly: weight) else { throw PartialFault("a weight beyond all weights") }
      let text = [UInt8](text)
      try require(!text.contains(UInt8(ascii: "\n")), "a stack of no text")
      if let last = stacks.last, !last.text.lexicographicallyPrecedes(text) { throw PartialFault("stacks that are not in order") }
      stacks.append(Stack(text: text, weight: weight))
    }
    let counts = [message.lines, message.allSamples, message.outOfTime]
    try require(counts.allSatisfy(Limits.isCount), "more samples than there can be")
    (lines, samples, outOfTime) = (Int64(message.lines), Int64(message.allSamples), Int64(message.outOfTime))
  }
}
