import TraceSyntax

/// A live connection, as far as silences go.
struct StallFlow {
  let description: Int32
  /// The descriptor's life used last.
  var incarnation: Int32
  // Reading.
  /// Its beats are the ends of reads that moved bytes.
  var rhythm: Rhythm?
  var reads = 0
  var bytesRead: Int64 = 0
  var reader: Int32 = -1
  var readerTid: Int32 = 0
  /// A read found nothing then.
  var drained: Int64 = .min
  // Writing.
  var writes = 0
  var lastWrite: Int64 = .min
  /// A write was refused or fell short then, and none moved bytes since; .min where that is not so.
  var refused: Int64 = .min
  var slow: SlowWriting?

  init(_ description: Int32, _ incarnation: Int32) {
    self.description = description
    self.incarnation = incarnation
  }

  /// Question and answer go both ways: its silences are somebody's pauses for thought, unless an answer is owed to us.
  var isDialogue: Bool { writes &* 3 >= reads }
  /// Single bytes wake event loops; that is no stream.
  var isStream: Bool { bytesRead > Int64(clamping: reads) &* 8 }
}

/// A run of writes that were held up.
struct SlowWriting {
  var start: Int64
  var end: Int64
  /// Nanoseconds of it in which a write was held up.
  var held: Int64
  var tid: Int32
  /// The longest hold-up, and the line that shows it.
  var longest: Int64
  var line: Int
  var syscall: SyscallID
}
