/// The words of `A|B|0x40`, one after the other. With -X verbose they are those of the comment: `0x80241 /* O_WRONLY|O_CREAT */`.
public struct ArgumentFlags: Sequence, Sendable {
  let argument: CallArgument

  public func makeIterator() -> Iterator { Iterator(pieces: Pieces(argument)) }

  public struct Iterator: IteratorProtocol {
    var pieces: Pieces
    /// The comment whose words come next.
    var comment: Pieces?

    public mutating func next() -> CallArgument? {
      while true {
        if let word = comment?.next() { return word }
        comment = nil
        guard let piece = pieces.next() else { return nil }
        guard let known = piece.knownWords else { return piece.withoutComment }
        comment = Pieces(known)
      }
    }
  }

  /// The parts between bars, comments included; `~(A|B)` and `~[INT CHLD]` are one.
  struct Pieces: Sequence, IteratorProtocol {
    private var walk: ArgumentWalk
    private let source: CallArgument

    init(_ argument: CallArgument) {
      source = argument
      walk = ArgumentWalk(argument.unsafeBytes)
    }

    mutating func next() -> CallArgument? {
      withExtendedLifetime(source.owner) {
        while !walk.isAtEnd {
          walk.skipBlanks()
          let start = walk.at
          walk.moveTo(UInt8(ascii: "|"))
          var end = walk.at
          if !walk.isAtEnd { walk.at += 1 }
          while end > start, walk.text[end - 1] == UInt8(ascii: " ") { end -= 1 }
          if end > start { return source.part(start..<end) }
        }
        return nil
      }
    }
  }
}

extension CallArgument {
  /// The words of a set of flags, lazily: `O_WRONLY|O_CREAT|0x40`.
  public var flags: ArgumentFlags { ArgumentFlags(argument: self) }

  /// Whether the flag is among the words, or, where they are numbers (-X raw, `-e raw=`), all bits of `value` among theirs.
  public func contains(_ flag: String, _ value: UInt64 = 0) -> Bool {
    var bits: UInt64 = 0
    for piece in ArgumentFlags.Pieces(self) {
      if piece.isWord(flag) { return true }
      if value != 0 { bits |= piece.unsigned ?? 0 }
    }
    return value != 0 && bits & value == value
  }

  /// Whether the value is this constant, by name or, where it is printed as a number, by value: `F_SETFD`, `0x2`.
  public func isConstant(_ name: String, _ value: Int64) -> Bool { isWord(name) || number == value }

  /// The numbers among the words, put together with those of the names given.
  public func flagBits(_ names: [(name: String, value: UInt64)]) -> UInt64 {
    ArgumentFlags.Pieces(self).reduce(0) { bits, piece in
      if let number = piece.unsigned { return bits | number }
      return bits | (names.first { piece.isWord($0.name) }?.value ?? 0)
    }
  }

  /// The numbers among the words, put together.
  public var flagBits: UInt64 { ArgumentFlags.Pieces(self).reduce(0) { $0 | ($1.unsigned ?? 0) } }

  private func isWord(_ name: String) -> Bool {
    if equals(name) { return true }
    guard let known = knownWords else { return false }
    return ArgumentFlags.Pieces(known).contains { $0.equals(name) }
  }

  /// What -X verbose says a number means; nil where strace does not know either (`0x63 /* FUTEX_??? */`), or there is no comment.
  var knownWords: CallArgument? {
    guard let first = unsafeBytes.first, isDigit(first) || first == UInt8(ascii: "-"), let comment, !comment.hasSuffix("_???")
    else { return nil }
    return comment
  }

  /// The text before a comment.
  var withoutComment: CallArgument {
    read { text in
      var walk = ArgumentWalk(text)
      while !walk.isAtEnd {
        let start = walk.at
        let isComment = ArgumentWalk.startsComment(text, start)
        _ = walk.step()
        guard isComment else { continue }
        var end = start
        while end > 0, text[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return part(0..<end)
      }
      return self
    }
  }
}
