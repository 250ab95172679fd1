import TraceSyntax

/// The long things that a thread did lately: enough to name the longest one after any time.
///
/// Invariant: durations fall, and ends rise, from the first to the last; so the first that ends after a time is the longest of those. Where more come
/// than there is room, the shortest is given up.
struct RecentSpans {
  struct Span {
    var start: Int64 = 0
    var duration: Int64 = 0
    /// ``SyscallID/unknown`` for being in no call.
    var syscall = SyscallID.unknown
    var descriptor = LineEvent.noDescriptor
    var line = 0
    var activity = Activity.untraced
    var end: Int64 { start &+ duration }
  }

  private var spans = InlineArray<8, Span>(repeating: Span())
  private var count = 0

  mutating func add(_ span: Span) {
    while count > 0, spans[count - 1].duration <= span.duration { count -= 1 }
    if count == spans.count { count -= 1 }
    spans[count] = span
    count += 1
  }

  func longest(after time: Int64) -> Span? {
    for place in 0..<count where spans[place].end > time { return spans[place] }
    return nil
  }
}
