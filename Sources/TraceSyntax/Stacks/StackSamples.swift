/// A sample of a profile. Its frames are in ``StackSamples/frames``, the leaf first and the process last.
public struct StackSample: Sendable {
  /// Number of the event's name in ``StackSamples/events``, of a thread dump the thread's state; -1 where the log names none.
  public var event: Int32
  /// Nanoseconds of perf's clock, of a thread dump the JVM's local time since 1970; nil where the log has no stamps.
  public var time: Int64?
  /// What it counts for: its period, or 1; of a folded stack the count.
  public var weight: Int64
  /// Its part of the frames.
  public var frames: Range<Int>
}

/// Samples and the frames that theirs are parts of.
private struct StackRun {
  var samples: [StackSample] = []
  var frames: [Int32] = []
}

/// What a reader of stacks made of a run of lines, and the names it has met so far. A reader's alone.
public final class StackSamples: StackNames {
  /// By a pointer, so that no access to it is checked at run time: there are some for each sample.
  private let run = UnsafeMutablePointer<StackRun>.allocate(capacity: 1)
  /// Complete samples of the lines read last.
  public internal(set) var samples: [StackSample] {
    get { run.pointee.samples }
    _modify { yield &run.pointee.samples }
  }
  public internal(set) var frames: [Int32] {
    get { run.pointee.frames }
    _modify { yield &run.pointee.frames }
  }
  /// Names of events, by their numbers.
  public internal(set) var events = TextTable()
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

  /// Whether samples of several events are one profile, as threads in several states are; else their weights cannot be summed.
  public internal(set) var addsEvents = false

  override init() { run.initialize(to: StackRun()) }

  deinit { run.deinitialize(count: 1).deallocate() }

  /// Before other lines are read.
  func begin() {
    samples.removeAll(keepingCapacity: true)
    frames.removeAll(keepingCapacity: true)
  }

  /// Adds a sample with its stack.
  func append(_ sample: StackSample, _ stack: UnsafeBufferPointer<Int32>) {
    var sample = sample
    let first = run.pointee.frames.count
    run.pointee.frames.append(contentsOf: stack)
    sample.frames = first..<(first + stack.count)
    run.pointee.samples.append(sample)
  }

  func noteNotUnderstood() {
    notUnderstood += 1
    if firstNotUnderstood == nil { firstNotUnderstood = lines }
  }
}
