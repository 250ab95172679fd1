/// The value of one argument, of a field or of an element: a piece of the log's text, and readers for what it may be.
///
/// Copying one copies no text. A reader gives nil, or nothing, where the text is not what it reads.
public struct CallArgument: CustomStringConvertible, @unchecked Sendable {
  /// The text without `name=`: valid while the batch it came from is, or, for a script's call, while this value lives.
  public let unsafeBytes: UnsafeRawBufferPointer
  /// How many bytes just before the text read `name=`.
  let nameCount: Int
  let owner: ArgumentStorage?

  /// Looks into text that lives longer than this value.
  public init(_ text: UnsafeRawBufferPointer) { self.init(text, owner: nil) }

  @inline(__always)
  init(_ text: UnsafeRawBufferPointer, owner: ArgumentStorage?) {
    nameCount = Self.nameCount(text)
    unsafeBytes = UnsafeRawBufferPointer(rebasing: text[nameCount...])
    self.owner = owner
  }

  /// A part of this one's text; it has no name.
  func part(_ range: Range<Int>) -> CallArgument {
    CallArgument(value: UnsafeRawBufferPointer(rebasing: unsafeBytes[range]), owner: owner)
  }

  private init(value: UnsafeRawBufferPointer, owner: ArgumentStorage?) {
    nameCount = 0
    unsafeBytes = value
    self.owner = owner
  }

  var empty: CallArgument { part(unsafeBytes.count..<unsafeBytes.count) }

  /// Reads the text while its memory is certain to be there.
  @inline(__always)
  func read<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T { withExtendedLifetime(owner) { body(unsafeBytes) } }

  /// The text as strace printed it; bytes that are no UTF-8 are replaced.
  public var text: String { read { String(decoding: $0, as: UTF8.self) } }
  public var description: String { text }

  /// The text's bytes, for the time of the call.
  public func withUnsafeBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    try withExtendedLifetime(owner) { try body(unsafeBytes) }
  }

  /// There is no such argument.
  public var isEmpty: Bool { unsafeBytes.isEmpty }
  /// `NULL`, or the `0` of strace before 4.13.
  public var isNull: Bool { equals("NULL") || equals("0") }
  public var isStructure: Bool { unsafeBytes.first == UInt8(ascii: "{") }
  public var isArray: Bool { unsafeBytes.first == UInt8(ascii: "[") }

  /// Whether the text is just this.
  func equals(_ word: String) -> Bool { read { Self.equal($0, word) } }

  func hasPrefix(_ word: String) -> Bool {
    read { text in
      text.count >= word.utf8.count && Self.equal(UnsafeRawBufferPointer(rebasing: text[..<word.utf8.count]), word)
    }
  }

  /// Whether the text ends so, as `SOCK_CLOEXEC` and `O_CLOEXEC` do in `_CLOEXEC`.
  public func hasSuffix(_ word: String) -> Bool {
    read { text in
      text.count >= word.utf8.count
        && Self.equal(UnsafeRawBufferPointer(rebasing: text[(text.count - word.utf8.count)...]), word)
    }
  }

  @inline(__always)
  static func equal(_ text: UnsafeRawBufferPointer, _ word: String) -> Bool {
    text.count == word.utf8.count && text.elementsEqual(word.utf8)
  }
}

extension CallArgument {
  /// The field's or argument's name, where strace printed one: `sin_port=htons(80)` -> `sin_port`.
  public var name: String? {
    nameText.map { text in withExtendedLifetime(owner) { String(decoding: text, as: UTF8.self) } }
  }

  func isNamed(_ name: String) -> Bool {
    guard let text = nameText else { return false }
    return withExtendedLifetime(owner) { Self.equal(text, name) }
  }

  private var nameText: UnsafeRawBufferPointer? {
    guard nameCount > 0, let value = unsafeBytes.baseAddress else { return nil }
    let start = value - nameCount
    var count = nameCount - 1
    if start.load(fromByteOffset: count - 1, as: UInt8.self) == UInt8(ascii: ")") {
      while count > 0, start.load(fromByteOffset: count, as: UInt8.self) != UInt8(ascii: "(") { count -= 1 }
    }
    return UnsafeRawBufferPointer(start: start, count: count)
  }

  /// How many bytes `name=` takes at the start of an item; 0 where there is none. Up to 4.12 strace put the length of the
  /// field between: `msg_iov(2)=[...]`.
  @inline(__always)
  private static func nameCount(_ text: UnsafeRawBufferPointer) -> Int {
    guard let first = text.first, (first | 0x20) &- 97 < 26 || first == UInt8(ascii: "_") else { return 0 }
    var i = 1
    while i < text.count, isNameByte(text[i]) || text[i] == UInt8(ascii: ".") { i += 1 }
    if i < text.count, text[i] == UInt8(ascii: "(") {
      let open = i
      i += 1
      while i < text.count, isDigit(text[i]) { i += 1 }
      guard i > open + 1, i < text.count, text[i] == UInt8(ascii: ")") else { return 0 }
      i += 1
    }
    guard i < text.count, text[i] == UInt8(ascii: "=") else { return 0 }
    // `==` compares, `=>` is an arrow.
    if i + 1 < text.count, text[i + 1] == UInt8(ascii: "=") || text[i + 1] == UInt8(ascii: ">") { return 0 }
    return i + 1
  }

  /// What `-y` and `-yy` say about a descriptor, without the angle brackets: `3</etc/hosts>` -> `/etc/hosts`,
  /// `5<TCP:[1.2.3.4:80->5.6.7.8:9]>` -> `TCP:[1.2.3.4:80->5.6.7.8:9]`.
  public var decoration: CallArgument? {
    read { text in
      var walk = ArgumentWalk(text)
      if !walk.isAtEnd, text[0] == UInt8(ascii: "-") { walk.at = 1 }
      while !walk.isAtEnd, isNameByte(text[walk.at]) { walk.at += 1 }
      if !walk.isAtEnd, text[walk.at] == UInt8(ascii: " ") {
        walk.skipBlanks()
        guard !walk.isAtEnd, ArgumentWalk.startsComment(text, walk.at) else { return nil }
        _ = walk.step()
      }
      guard !walk.isAtEnd, text[walk.at] == UInt8(ascii: "<"), let after = walk.afterDecoration() else { return nil }
      let open = walk.at
      var close = after - 1
      while close > open, text[close] != UInt8(ascii: ">") { close -= 1 }
      return part((open + 1)..<max(open + 1, close))
    }
  }

  /// What stands in `/* */`, also where it is all that a bracket holds: `0x7ffc /* 41 vars */` and `[/* 41 vars */]` -> `41 vars`.
  public var comment: CallArgument? {
    read { text in
      var walk = ArgumentWalk(text)
      if text.first == UInt8(ascii: "["), ArgumentWalk.startsComment(text, 1) { walk.at = 1 }
      var depth = 0
      while !walk.isAtEnd {
        let start = walk.at
        let isComment = ArgumentWalk.startsComment(text, start)
        switch walk.step() {
        case UInt8(ascii: "/") where isComment && depth == 0: return commentContent(start, walk.at)
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
        default: break
        }
      }
      return nil
    }
  }

  /// The inside of the comment at [start, end), which may be cut.
  func commentContent(_ start: Int, _ end: Int) -> CallArgument {
    let text = unsafeBytes
    var last = end
    if last - start >= 5, text[last - 1] == UInt8(ascii: "/"), text[last - 2] == UInt8(ascii: "*") { last -= 2 }
    var first = min(start + 2, last)
    while first < last, text[first] == UInt8(ascii: " ") { first += 1 }
    while last > first, text[last - 1] == UInt8(ascii: " ") { last -= 1 }
    return part(first..<last)
  }

  // MARK: In and out

  /// What the program passed, where strace shows what the kernel made of it too: `[128 => 16]`, `[0] => [3]` (`->` from 4.13
  /// to 5.11). Where it does not, both are the value itself: it did not change, or only the end is shown.
  public var before: CallArgument { arrow.map { $0.0 } ?? self }
  /// What the kernel left there; see ``before``.
  public var after: CallArgument { arrow.map { $0.1 } ?? self }

  private var arrow: (CallArgument, CallArgument)? {
    read { text in
      if let (end, start) = Self.arrow(in: text, from: 0, to: text.count) {
        return (part(0..<end), part(start..<text.count))
      }
      // Inside the brackets of a value behind a pointer.
      guard text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]"),
        let (end, start) = Self.arrow(in: text, from: 1, to: text.count - 1)
      else { return nil }
      return (part(1..<end), part(start..<(text.count - 1)))
    }
  }

  /// The end of what is before the arrow and the start of what is after it.
  private static func arrow(in text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> (Int, Int)? {
    guard start < end else { return nil }
    var walk = ArgumentWalk(UnsafeRawBufferPointer(rebasing: text[..<end]), at: start)
    var depth = 0
    while !walk.isAtEnd {
      let at = walk.at
      switch walk.step() {
      case UInt8(ascii: "="), UInt8(ascii: "-"):
        guard depth == 0, at > start, at + 1 < end, text[at + 1] == UInt8(ascii: ">") else { continue }
        var before = at
        while before > start, text[before - 1] == UInt8(ascii: " ") { before -= 1 }
        var after = at + 2
        while after < end, text[after] == UInt8(ascii: " ") { after += 1 }
        return (before, after)
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
      default: break
      }
    }
    return nil
  }

  /// The operands of `name(...)`, as in `htons(80)`, `inet_addr("1.2.3.4")`; nil where it is something else.
  func operands(of name: String) -> Arguments? {
    guard hasPrefix(name) else { return nil }
    return read { text in
      let open = name.utf8.count
      guard open < text.count, text[open] == UInt8(ascii: "(") else { return nil }
      var walk = ArgumentWalk(text, at: open + 1)
      walk.moveToItemEnd(nested: true)
      while !walk.isAtEnd, text[walk.at] == UInt8(ascii: ",") {
        walk.at += 1
        walk.moveToItemEnd(nested: true)
      }
      return Arguments(UnsafeRawBufferPointer(rebasing: text[(open + 1)..<walk.at]), owner: owner)
    }
  }
}
