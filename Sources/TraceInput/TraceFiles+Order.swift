import Glibc

// How several files with stamps lie in time: one after the other (a rotated log), or side by side (several hosts or straces).
extension TraceFiles {
  enum Order: Equatable {
    /// Nothing is known: argument order.
    case asGiven
    /// One after the other, in this order.
    case sorted([String])
    /// They overlap, or how far they reach is not known without reading them.
    case sideBySide
  }

  func order(_ format: Format) -> Order {
    guard paths.count <= Self.mostHosts, !paths.contains("-") else { return .asGiven }
    var spans: [(path: String, first: Int64, last: Int64?)] = []
    var anchor: Format.Line?
    for path in paths {
      guard let head = try? withHead(path, { firstStamp($0, format) }), let first = head.stamp,
        head.cycle == anchor?.cycle ?? head.cycle
      else { return .asGiven }
      var clock = CyclicClock(cycle: head.cycle, near: anchor?.stamp)
      if anchor == nil { anchor = head }
      let start = clock.rise(to: first)
      spans.append((path, start, lastStamp(path, format).map { clock.rise(to: $0) }))
    }
    // Stable: files that begin at the same stamp stay in argument order.
    let sorted = spans.enumerated().sorted { ($0.element.first, $0.offset) < ($1.element.first, $1.offset) }.map(\.element)
    let follow = zip(sorted, sorted.dropFirst()).allSatisfy { a, b in a.last.map { $0 <= b.first } ?? false }
    return follow ? .sorted(sorted.map(\.path)) : .sideBySide
  }

  private func firstStamp(_ text: UnsafeRawBufferPointer, _ format: Format) -> Format.Line? {
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      let line = format.line(UnsafeRawBufferPointer(rebasing: text[start..<end]))
      if line.stamp != nil { return line }
      start = end + 1
    }
    return nil
  }

  /// The last stamp of a plain file; nil where that is not to be had without reading all of it.
  private func lastStamp(_ path: String, _ format: Format) -> Int64? {
    guard let source = try? openSource(path, options).source as? FileSource, let size = source.size else { return nil }
    let count = Int(min(size, 64 << 10))
    return withUnsafeTemporaryAllocation(byteCount: max(1, count), alignment: 1) { buffer in
      guard source.readTail(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])) == count else { return nil }
      var end = count
      while end > 0 {
        let start = buffer[..<(end - 1)].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if let stamp = format.line(UnsafeRawBufferPointer(rebasing: buffer[start..<end])).stamp { return stamp }
        end = start
      }
      return nil
    }
  }
}

/// Stamps of a clock that starts anew now and then, as one that rises: a step back of more than half a cycle is a new one.
struct CyclicClock {
  private let cycle: Int64
  private var base: Int64 = 0
  private var previous: Int64?

  /// - Parameter near: a stamp that the first one is at most half a cycle from.
  init(cycle: Int64, near: Int64? = nil) {
    self.cycle = cycle
    previous = near
  }

  mutating func rise(to stamp: Int64) -> Int64 {
    defer { previous = stamp }
    guard cycle > 0, let previous else { return base &+ stamp }
    if stamp < previous - cycle / 2 { base &+= cycle } else if stamp > previous + cycle / 2 { base &-= cycle }
    return base &+ stamp
  }
}
