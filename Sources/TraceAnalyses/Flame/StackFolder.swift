import TraceInput
import TraceSyntax

/// Folds the stacks of logs, one after the other, in any form of `StackSyntax` but calls and perf's own file.
public struct StackFolder {
  private let options: FoldOptions
  private let reader: StackReader
  private var tree = StackTree()
  /// Samples by their event's number + 1.
  private var eventSamples: [Int64] = []
  /// The event folded: what was asked for, or the first sample's.
  private var event: Int32?
  private var firstTime: Int64?
  private var samples: Int64 = 0
  private var outOfTime: Int64 = 0
  private var withoutTime: Int64 = 0
  private var withoutStack: Int64 = 0
  private var head: [UInt8] = []
  private var times: StackTimes?
  private var clock: SliceNames?

  public init(_ options: FoldOptions = FoldOptions()) {
    self.options = options
    reader = StackReader(options.naming)
    times = options.slice.map { StackTimes(length: $0) }
    clock = options.every.map { SliceNames(length: $0) }
  }

  /// Reads a log to its end.
  /// - Parameters:
  ///   - log: what holds stacks.
  ///   - path: its name in messages.
  ///   - progress: called now and then.
  /// - Throws: `InputError` where it holds no stacks. Damage is no error: what came before it is folded.
  public mutating func read(_ log: LineChunkReader, path: String, progress: () -> Void = {}) throws(InputError) {
    let chunk = LineChunk(capacity: 1 << 18)
    var known = options.syntax
    while log.next(into: chunk) {
      let syntax = known ?? StackSyntax.sniff(UnsafeRawBufferPointer(start: chunk.bytes, count: chunk.count))
      if syntax == .perfData {
        throw InputError(path: path, reason: "is perf's own file: run `perf script -i \(path)` and fold what it prints")
      }
      if syntax == .calls { throw InputError(path: path, reason: "is a log of calls, and the first one is not: fold them apart") }
      known = syntax
      reader.read(chunk.bytes, count: chunk.count, as: syntax ?? .perfScript)
      take()
      if known == nil, log.bytesRead > 64 << 20 { break }
      progress()
    }
    if head.isEmpty { head = log.head }
    guard let known else { throw InputError(path: path, reason: Self.noStacks(log)) }
    reader.finish(known)
    take()
  }

  private static func noStacks(_ log: LineChunkReader) -> String {
    if log.bytesRead == 0 {
      return log.damages.first.map { "\($0.reason) at byte \($0.storedOffset), before anything could be read" }
        ?? "is empty: nothing to fold"
    }
    return
      "holds no stacks: neither of perf script, stackcount, jstack or strace, nor folded ones. Record with: perf record -g -p PID; perf script"
  }

  /// Counts the samples that the reader has ready.
  private mutating func take() {
    let output = reader.output
    var wanted: [StackSample] = []
    wanted.reserveCapacity(Self.together)
    output.frames.withUnsafeBufferPointer { frames in
      for sample in output.samples where isWanted(sample, output) {
        wanted.append(sample)
        if wanted.count == Self.together { count(&wanted, frames) }
      }
      count(&wanted, frames)
    }
  }

  /// So many stacks are looked for at once in a tree that is larger than the processor's caches.
  private static var together: Int { 16 }
  private static var large: Int { 1 << 17 }

  private mutating func count(_ wanted: inout [StackSample], _ frames: UnsafeBufferPointer<Int32>) {
    defer { wanted.removeAll(keepingCapacity: true) }
    if clock != nil || tree.nodes.count < Self.large {
      for sample in wanted {
        let root = sample.time.flatMap { clock?.number(of: $0, in: reader.output) }
        note(sample, node: tree.add(frames[sample.frames], weight: weight(sample), root: root))
      }
    } else {
      withUnsafeTemporaryAllocation(of: StackTree.Climb.self, capacity: Self.together) { stacks in
        for (i, sample) in wanted.enumerated() { stacks.initializeElement(at: i, to: StackTree.Climb(frames[sample.frames])) }
        tree.climb(UnsafeMutableBufferPointer(rebasing: stacks[..<wanted.count]))
        for (i, sample) in wanted.enumerated() { note(sample, node: tree.add(stacks[i], weight: weight(sample))) }
      }
    }
  }

  private func weight(_ sample: StackSample) -> Int64 { options.countsSamples && sample.event >= 0 ? 1 : sample.weight }

  private mutating func note(_ sample: StackSample, node: Int32) {
    samples += 1
    if sample.frames.count < 2, sample.event >= 0 || sample.time != nil { withoutStack += 1 }
    let weight = weight(sample)
    if let time = sample.time { times?.add(time, node: node, weight: weight) }
  }

  private mutating func isWanted(_ sample: StackSample, _ output: StackSamples) -> Bool {
    if firstTime == nil { firstTime = sample.time }
    let place = Int(sample.event) + 1
    while eventSamples.count <= place { eventSamples.append(0) }
    eventSamples[place] += 1
    if sample.event >= 0 {
      if event == nil, isAsked(output.events.text(sample.event)) { event = sample.event }
      guard sample.event == event || (output.addsEvents && options.event == nil) else { return false }
    } else if options.event != nil {
      return false
    }
    guard options.from != nil || options.to != nil else { return true }
    guard let time = sample.time, let firstTime else {
      withoutTime += 1
      return false
    }
    let isBefore = options.from.map { time < $0.resolved(first: firstTime) } ?? false
    let isAfter = options.to.map { time >= $0.resolved(first: firstTime) } ?? false
    if isBefore || isAfter { outOfTime += 1 }
    return !isBefore && !isAfter
  }

  private func isAsked(_ name: ArraySlice<UInt8>) -> Bool { options.event.map { name.elementsEqual($0.utf8) } ?? true }

  public func finish() -> FoldedStacks {
    let stacks = folded
    return options.redaction.map { stacks.redacted($0.redaction(head: head)) } ?? stacks
  }

  private var folded: FoldedStacks {
    var result = FoldedStacks(tree, reader.output)
    result.head = head
    result.times = times?.settled
    result.samples = samples
    result.outOfTime = outOfTime
    result.withoutTime = withoutTime
    result.withoutStack = withoutStack
    result.addsEvents = reader.output.addsEvents && options.event == nil
    let order = eventSamples.indices.sorted { a, _ in Int32(a - 1) == event }
    result.events = order.filter { eventSamples[$0] > 0 }.map {
      (String(decoding: reader.output.events.text(Int32($0 - 1)), as: UTF8.self), eventSamples[$0])
    }
    return result
  }
}
