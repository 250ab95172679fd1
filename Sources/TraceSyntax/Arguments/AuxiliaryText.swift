extension Arguments {
  /// What strace prints in parentheses behind a result that is no error, as arguments: `= 1 ([{fd=3, revents=POLLIN}])` has one,
  /// `= 2 (in [3], out [6], left {tv_sec=1, tv_usec=9})` has three, see ``labelled(_:)``, `= 0x8002 (flags O_RDWR|O_LARGEFILE)` one.
  ///
  /// - Parameter result: the text from the `)` that ends the arguments on.
  public static func auxiliary(ofResult result: Arguments) -> Arguments {
    let text = result.unsafeBytes
    let range: Range<Int>? = withExtendedLifetime(result.owner) {
      var walk = ArgumentWalk(text)
      walk.moveToEquals()
      // The value and its decoration.
      walk.skipBlanks()
      while !walk.isAtEnd, text[walk.at] != UInt8(ascii: " ") { _ = walk.step() }
      walk.skipBlanks()
      guard !walk.isAtEnd, text[walk.at] == UInt8(ascii: "(") else { return nil }
      let open = walk.at
      var depth = 0
      while !walk.isAtEnd {
        let here = walk.at
        switch walk.step() {
        case UInt8(ascii: "("): depth += 1
        case UInt8(ascii: ")"):
          depth -= 1
          if depth == 0 { return (open + 1)..<here }
        default: break
        }
      }
      return nil
    }
    let inner = Arguments(UnsafeRawBufferPointer(rebasing: text[(range ?? 0..<0)]), owner: result.owner)
    // `(errno 38)` is an error.
    return inner[0].hasPrefix("errno ") ? Arguments(.init(start: nil, count: 0)) : inner
  }

  /// The part of an auxiliary text that this word and a blank introduce: `left {tv_sec=1, tv_nsec=5}` -> `{tv_sec=1, tv_nsec=5}`;
  /// empty where there is none.
  public func labelled(_ label: String) -> CallArgument {
    for argument in self where argument.hasPrefix(label) {
      let count = label.utf8.count
      let text = argument.unsafeBytes
      if count < text.count, text[count] == UInt8(ascii: " ") { return argument.part((count + 1)..<text.count) }
    }
    return CallArgument(UnsafeRawBufferPointer(start: nil, count: 0))
  }
}

extension ArgumentWalk {
  /// Past the ` = ` behind the arguments.
  fileprivate mutating func moveToEquals() {
    while !isAtEnd, text[at] == UInt8(ascii: ")") || text[at] == UInt8(ascii: " ") { at += 1 }
    if !isAtEnd, text[at] == UInt8(ascii: "=") { at += 1 } else { at = text.count }
  }
}
