/// What stands between brackets, one item after the other: elements of `[...]`, fields of `{...}`.
public struct ArgumentItems: Sequence, Sendable {
  let argument: CallArgument

  public func makeIterator() -> Iterator {
    let text = argument.unsafeBytes
    let isBracket = text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[")
    return Iterator(ArgumentWalk(text, at: isBracket ? 1 : text.count), isNested: true, owner: argument.owner)
  }

  public struct Iterator: IteratorProtocol {
    private var walk: ArgumentWalk
    private let isNested: Bool
    private let owner: ArgumentStorage?

    init(_ walk: ArgumentWalk, isNested: Bool, owner: ArgumentStorage?) {
      self.walk = walk
      self.isNested = isNested
      self.owner = owner
    }

    public mutating func next() -> CallArgument? {
      withExtendedLifetime(owner) { advance() }
    }

    private mutating func advance() -> CallArgument? {
      while true {
        walk.skipBlanks()
        guard !walk.isAtEnd else { return nil }
        let start = walk.at
        walk.moveToItemEnd(nested: isNested)
        var end = walk.at
        if !walk.isAtEnd, walk.text[end] != UInt8(ascii: ",") {
          // The closing bracket: nothing is behind it.
          walk.at = walk.text.count
          if end == start { return nil }
        } else {
          walk.at = Swift.min(end + 1, walk.text.count)
        }
        while end > start, walk.text[end - 1] == UInt8(ascii: " ") { end -= 1 }
        let text = UnsafeRawBufferPointer(rebasing: walk.text[start..<end])
        // `, ...` stands for what strace left out.
        if isNested, CallArgument.isEllipsis(text) { continue }
        return CallArgument(text, owner: owner)
      }
    }
  }
}

extension CallArgument {
  /// The elements of `[...]`, or of the `{...}` that stood for an array before strace 4.12. Nothing where it is neither.
  public var elements: ArgumentItems { ArgumentItems(argument: self) }

  /// The fields of `{...}`, in order; their ``name`` is nil in structures that older straces print without names.
  public var fields: ArgumentItems { ArgumentItems(argument: self) }

  /// The field of this name; empty where there is none.
  public subscript(name: String) -> CallArgument {
    for field in fields where field.isNamed(name) { return field }
    return empty
  }

  /// The n-th element or field, 0 first, named or not; empty where there is none.
  public subscript(index: Int) -> CallArgument {
    var left = index
    for item in elements {
      if left == 0 { return item }
      left -= 1
    }
    return empty
  }

  /// The field of this name, or, in a structure without names, the one at its place.
  func field(_ name: String, at place: Int) -> CallArgument {
    var left = place
    for field in fields {
      if field.isNamed(name) || (left == 0 && field.nameCount == 0) { return field }
      left -= 1
    }
    return empty
  }

  /// Whether strace left something out: `{st_mode=S_IFREG|0644, ...}`, `["a", ...]`.
  public var isAbbreviated: Bool {
    read { text in
      guard text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[") else { return false }
      var walk = ArgumentWalk(text, at: 1)
      while !walk.isAtEnd {
        walk.skipBlanks()
        let start = walk.at
        walk.moveToItemEnd(nested: true)
        if Self.isEllipsis(UnsafeRawBufferPointer(rebasing: text[start..<walk.at])) { return true }
        if walk.isAtEnd || text[walk.at] != UInt8(ascii: ",") { return false }
        walk.at += 1
      }
      return false
    }
  }

  static func isEllipsis(_ text: UnsafeRawBufferPointer) -> Bool {
    text.count == 3 && text[0] == UInt8(ascii: ".") && text[1] == UInt8(ascii: ".") && text[2] == UInt8(ascii: ".")
  }

  /// The items of a bracket that blanks or commas part: `[3 6]`, `[3, 6]`, `[INT CHLD]`, decorations and comments kept.
  var words: [CallArgument] {
    var words: [CallArgument] = []
    for element in elements {
      element.read { text in
        var walk = ArgumentWalk(text)
        var start = 0
        while !walk.isAtEnd {
          walk.moveTo(UInt8(ascii: " "))
          let end = walk.at
          walk.skipBlanks()
          // The comment of -X verbose belongs to the number before it.
          if !walk.isAtEnd, ArgumentWalk.startsComment(text, walk.at) { continue }
          words.append(CallArgument(UnsafeRawBufferPointer(rebasing: text[start..<end]), owner: owner))
          start = walk.at
        }
      }
    }
    return words
  }
}
