/// What one line is, as far as the line alone tells.
public enum LineKind: UInt8, Sendable, BitwiseCopyable {
  /// A whole call, with its result (or `= ?`).
  case whole
  /// A call's first half: it ends `<unfinished ...>`.
  case unfinished
  /// A call's second half: `<... name resumed>`.
  case resumed
  /// A call that the tracer let go of: `<detached ...>`.
  case detached
  /// `--- SIGX {...} ---`, `--- stopped by SIGX ---`.
  case signal
  /// `+++ exited with N +++`, `+++ killed by SIGX +++`.
  case exit
  /// `+++ superseded by execve in pid N +++`: N is in `result`.
  case superseded
  /// A frame of `strace -k`.
  case stack
  /// A row of `-e read=` / `-e write=`.
  case dump
  /// Something else that the tracer recorded: a page fault or a tracepoint of perf.
  case event
  /// The tracer's own message, personality notices included.
  case note
  case blank
  /// A call line whose end is missing: cut, or interrupted by foreign output. The ordered consumer may join it.
  case partial
  /// The rest of a line: it starts at `)` or `,`. The ordered consumer joins it or counts it.
  case fragment
  /// None of these; the ordered consumer looks at it in context (summary tables, program output).
  case other
}

/// Which clock a line's stamp is of.
public enum StampKind: UInt8, Sendable, BitwiseCopyable {
  case none
  /// `-t`, `-tt`: since midnight, no date.
  case timeOfDay
  /// `-ttt`: since 1970.
  case epoch
  /// `-r` alone: since the line before.
  case relative
  /// perf trace: since the first event, or with `-T` since the machine started.
  case sinceStart
}

public struct LineFlags: OptionSet, Sendable, BitwiseCopyable {
  public let rawValue: UInt16
  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// The result is `?` and no errno follows: the call never returned.
  @inlinable public static var noResult: Self { Self(rawValue: 1) }
  /// `= ? <unavailable>`: returned, result and time unknown.
  @inlinable public static var unavailable: Self { Self(rawValue: 2) }
  /// The bytes of a read or written buffer hold an AMF0 string header (`\2\0` in strace's spelling).
  @inlinable public static var amf: Self { Self(rawValue: 4) }
  /// A `<...>` decoration follows the number of the first argument.
  @inlinable public static var decorated: Self { Self(rawValue: 8) }
  /// The stamp is printed with a fraction.
  @inlinable public static var fineStamp: Self { Self(rawValue: 16) }
  /// The result is an unsigned number above `Int64.max`, or was clamped.
  @inlinable public static var hugeResult: Self { Self(rawValue: 32) }
  /// A fd decoration follows the result.
  @inlinable public static var decoratedResult: Self { Self(rawValue: 64) }
  /// The pid stands in brackets, as strace writes to a terminal: the program's own output may be among the lines.
  @inlinable public static var bracketedPid: Self { Self(rawValue: 256) }
  /// The `<...>` decoration is perf's: looked up in /proc when the line was printed, not when the call was made, and kept until perf sees
  /// a close. It may be the name of what the number was later, or before.
  @inlinable public static var lateName: Self { Self(rawValue: 512) }
  /// The last line of its task: perf shows no other end than the call of `exit`.
  @inlinable public static var endsTask: Self { Self(rawValue: 1024) }
  /// `LOST n events!` of perf: n is in the event's result.
  @inlinable public static var lostEvents: Self { Self(rawValue: 2048) }
  /// A resumed line that ends `<unfinished ...>`: the call is still open.
  @inlinable public static var stillOpen: Self { Self(rawValue: 128) }
}

/// One line of a log as fixed-size numbers; text stays where it is.
///
/// Offsets are into ``LineEventBuffer/text``: the chunk's bytes, or what a parser made of them. Invariant: offset <= argumentsStart <= argumentsEnd <= offset + length.
public struct LineEvent: Sendable, BitwiseCopyable {
  public var kind = LineKind.other
  public var stampKind = StampKind.none
  public var flags = LineFlags()
  public var syscall = SyscallID.unknown
  public var errno = Errno.none
  /// The tid of the prefix; 0 where there is none.
  public var tid: Int32 = 0
  /// The first argument as a descriptor number, or ``noDescriptor``.
  public var descriptor = LineEvent.noDescriptor
  public var offset: UInt32 = 0
  public var length: UInt32 = 0
  /// Where the call's name starts (its text is needed only when ``syscall`` is unknown), or the body of another line.
  public var bodyStart: UInt32 = 0
  public var argumentsStart: UInt32 = 0
  public var argumentsEnd: UInt32 = 0
  /// ``Decoration/fingerprint(_:)`` of the decoration of the first argument; 0 where there is none, or nobody took it.
  public var decoration: UInt32 = 0
  /// Nanoseconds of ``stampKind``'s clock.
  public var stamp: Int64 = 0
  /// What `-T` printed, in nanoseconds, or ``unknownDuration``.
  public var duration = LineEvent.unknownDuration
  public var result: Int64 = 0

  @inlinable public static var noDescriptor: Int32 { .min }
  @inlinable public static var unknownDuration: Int64 { -1 }
}
