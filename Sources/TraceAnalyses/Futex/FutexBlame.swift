import TraceSyntax

/// What one thread did while others waited for it.
struct BlameStep {
  struct Item {
    var span: CallSpan
    var time: Int64
  }

  var tid: Int32
  /// Nanoseconds that are to be explained, and the lines they lie between.
  var duration: Int64
  var startLine: Int
  var endLine: Int
  /// The calls that took most of it, longest first.
  var items: [Item] = []
}

/// Finds out what the waker of a wait did meanwhile, and, where it waited itself, what its own waker did.
struct BlameFinder {
  let tasks: [FutexTask]
  /// Stamps tell times apart within the second; else the order of the lines has to.
  let isFine: Bool
  private static let longestChain = 6
  private static let mostItems = 3

  func steps(_ wait: EndedWait, waker: Int32, _ wakerThread: Int32) -> [BlameStep] {
    var steps: [BlameStep] = []
    var seen: Set<Int32> = [wait.tid]
    var (tid, thread) = (waker, wakerThread)
    var interval = (start: wait.start, end: wait.end, duration: wait.duration, startLine: wait.startLine, endLine: wait.endLine)
    while steps.count < Self.longestChain, seen.insert(tid).inserted, Int(thread) < tasks.count, thread >= 0,
      tasks[Int(thread)].tid == tid
    {
      var step = BlameStep(
        tid: tid, duration: interval.duration, startLine: interval.startLine, endLine: interval.endLine)
      for span in tasks[Int(thread)].spans {
        let time = overlap(span, interval)
        guard time > 0 else { continue }
        if let same = step.items.firstIndex(where: { Self.isAlike($0.span, span) }) {
          step.items[same].time &+= time
          step.items[same].span.calls &+= span.calls
          step.items[same].span.startLine = min(step.items[same].span.startLine, span.startLine)
          step.items[same].span.endLine = max(step.items[same].span.endLine, span.endLine)
        } else {
          step.items.append(.init(span: span, time: time))
        }
      }
      for index in step.items.indices { step.items[index].time = min(step.items[index].time, interval.duration) }
      step.items.sort { $0.time > $1.time }
      step.items.removeSubrange(min(step.items.count, Self.mostItems)...)
      steps.append(step)
      // It waited itself most of the time: who for?
      guard let first = step.items.first, first.span.row >= 0, first.span.waker != 0, first.time > interval.duration / 2
      else { break }
      (tid, thread) = (first.span.waker, first.span.wakerThread)
      interval = (
        max(interval.start, first.span.start), min(interval.end, first.span.end), first.time,
        max(interval.startLine, first.span.startLine), min(interval.endLine, first.span.endLine)
      )
    }
    return steps
  }

  private static func isAlike(_ a: CallSpan, _ b: CallSpan) -> Bool {
    a.syscall == b.syscall && a.incarnation == b.incarnation && a.row == b.row && a.waker == b.waker && a.isSleep == b.isSleep
  }

  private func overlap(
    _ span: CallSpan, _ interval: (start: Int64, end: Int64, duration: Int64, startLine: Int, endLine: Int)
  ) -> Int64 {
    guard span.endLine > interval.startLine, span.startLine < interval.endLine else { return 0 }
    if isFine {
      let common = min(span.end, interval.end).subtractingReportingOverflow(max(span.start, interval.start))
      return common.overflow ? 0 : max(0, min(span.time, common.partialValue))
    }
    return max(0, min(span.time, interval.duration))
  }
}
