/// A sample of a profile. Its frames are in ``StackSamples/frames``, the leaf first and the process last.
public struct StackSample: Sendable {
  /// Number of the event's name in ``StackSamples/events``; -1 where the log names none.
  public var event: Int32
  /// Nanoseconds of perf's clock; nil where the log has no stamps.
  public var time: Int64?
  /// What it counts for: its period, or 1; of a folded stack the count.
  public var weight: Int64
  /// Its part of the frames.
  public var frames: Range<Int>
}

/// What a reader of stacks made of a run of lines, and the names it has met so far. A reader's alone.
public final class StackSamples {
  /// Complete samples of the lines read last.
  public internal(set) var samples: [StackSample] = []
  public internal(set) var frames: [Int32] = []
  /// Names of events, by their numbers.
  public internal(set) var events = TextTable()
  /// Names of frames, by their numbers.
  public private(set) var names = TextTable()
  /// What the frames are, by the same numbers.
  public private(set) var kinds: [FrameKind] = []
  /// Lines read.
  public internal(set) var lines = 0
  /// Lines that are neither sample, frame, source line, comment nor record of perf's own.
  public internal(set) var notUnderstood = 0
  /// The first of them, from 1.
  public internal(set) var firstNotUnderstood: Int?
  /// Events that perf lost, by its own records (`perf script --show-lost-events`).
  public internal(set) var lostEvents: Int64 = 0
  /// Samples whose stack was cut at 65536 frames.
  public internal(set) var cutStacks = 0
  /// Whether the log ended within a sample, before the blank line behind it.
  public internal(set) var endsWithinSample = false

  /// More frames a sample cannot have: perf records 127 unless told otherwise (kernel.perf_event_max_stack).
  static var deepest: Int { 1 << 16 }

  init() {}

  /// The number of a name whose seven following bytes may be read.
  @inline(__always)
  func number(_ text: Pointer, _ count: Int, _ kind: FrameKind) -> Int32 {
    let (number, isNew) = names.number(text, count)
    if isNew { kinds.append(kind) }
    return number
  }

  func number(_ name: [UInt8], _ kind: FrameKind) -> Int32 {
    (name + [UInt8](repeating: 0, count: 8)).withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return 0 }
      return number(base, name.count, kind)
    }
  }

  func noteNotUnderstood() {
    notUnderstood += 1
    if firstNotUnderstood == nil { firstNotUnderstood = lines }
  }
}
