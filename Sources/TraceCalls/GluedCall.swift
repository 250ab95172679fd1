import TraceSyntax

/// A call whose entry stands in a line that others went on writing: its exit comes without a prefix, somewhere below.
struct GluedCall {
  let thread: Int32
  let line: Int
  /// Characters that strace had written of its line, from its own prefix on.
  let column: Int
  /// Whether arguments are still to come.
  let wantsArguments: Bool
  /// Whether the call returns an address.
  let returnsAddress: Bool

  init(thread: Int32, line: Int, column: Int, entry: UnsafeRawBufferPointer, name: String) {
    self.thread = thread
    self.line = line
    self.column = column
    wantsArguments = entry.last == UInt8(ascii: " ")
    returnsAddress = ["mmap", "mmap2", "brk", "mremap", "shmat"].contains(name)
  }

  /// What an exit shows: `ARGUMENTS)      = RESULT`.
  struct Exit {
    let argumentLength: Int
    let blanks: Int
    let isAddress: Bool
    let isError: Bool

    init(_ text: UnsafeRawBufferPointer, _ event: LineEvent, from start: Int) {
      let close = Int(event.argumentsEnd)
      argumentLength = close - start
      var i = close + 1
      while i < text.count, text[i] == UInt8(ascii: " ") { i += 1 }
      blanks = i - close - 1
      isAddress =
        i + 12 < text.count && text[i + 2] == UInt8(ascii: "0") && text[i + 3] == UInt8(ascii: "x") && event.result > 0xffffff
      isError = event.errno != .none
    }
  }

  /// How well an exit fits: whether there are arguments where some are missing, the kind of the result, and the blanks with
  /// which strace fills a short line up to column 40 (`-a`).
  func fit(_ exit: Exit) -> Int {
    var score = 0
    score += wantsArguments == (exit.argumentLength > 0) ? 2 : -2
    if !exit.isError { score += returnsAddress == exit.isAddress ? 1 : -3 }
    score += exit.blanks == max(1, 40 - (column + exit.argumentLength + 1)) ? 2 : -2
    return score
  }
}
