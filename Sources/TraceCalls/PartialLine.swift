/// A call line without an end, kept until the next line shows whether it goes on.
///
/// On a shared stderr strace's own messages and the program's output cut lines in the middle; strace 5.2 to 6.1 push a foreign
/// `<unfinished ...>` into calls under `-z`.
struct PartialLine {
  var isWaiting = false
  var bytes: [UInt8] = []
  var line = 0
  /// strace said that it let go of tasks in the middle of the line: the call on it stays open.
  var isDetached = false
  /// Pieces beyond this are given up: a line of normal length is far below it.
  static let longest = 1 << 20
}
