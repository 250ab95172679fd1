extension Arguments {
  /// What `-y` says about the descriptor that a call returned: `) = 4</etc/hosts> <0.000021>` -> `/etc/hosts`, with the
  /// fingerprint that later lines give the same decoration; nil where there is none.
  ///
  /// - Parameter result: the text from the `)` that ends the arguments on.
  public static func decoration(ofResult result: UnsafeRawBufferPointer) -> (text: UnsafeRawBufferPointer, fingerprint: UInt32)? {
    var i = 0
    while i < result.count, result[i] == UInt8(ascii: ")") || result[i] == UInt8(ascii: " ") { i += 1 }
    guard i < result.count, result[i] == UInt8(ascii: "=") else { return nil }
    i += 1
    while i < result.count, result[i] == UInt8(ascii: " ") { i += 1 }
    while i < result.count, isNameByte(result[i]) { i += 1 }
    // A blank would be that of `-T`.
    guard i < result.count, result[i] == UInt8(ascii: "<") else { return nil }
    var walk = ArgumentWalk(result, at: i)
    guard let after = walk.afterDecoration() else { return nil }
    var close = after - 1
    while close > i, result[close] != UInt8(ascii: ">") { close -= 1 }
    return (
      UnsafeRawBufferPointer(rebasing: result[(i + 1)..<Swift.max(i + 1, close)]),
      Decoration.fingerprint(UnsafeRawBufferPointer(rebasing: result[i..<after]))
    )
  }
}

extension Decoration {
  /// The inodes of a local socket and of its peer, in the decoration of the former: `UNIX-STREAM:[1779094->1778100,"/tmp/s"]`. The peer
  /// is missing where there is none.
  public static func localSocketInodes(_ text: UnsafeRawBufferPointer) -> (own: UInt64, peer: UInt64?)? {
    guard text.count > 6, CallArgument.equal(UnsafeRawBufferPointer(rebasing: text[..<4]), "UNIX"),
      let bracket = text.firstIndex(of: UInt8(ascii: "["))
    else { return nil }
    var i = bracket + 1
    guard let own = inode(text, &i) else { return nil }
    guard i + 2 < text.count, text[i] == UInt8(ascii: "-"), text[i + 1] == UInt8(ascii: ">") else { return (own, nil) }
    i += 2
    return (own, inode(text, &i))
  }

  private static func inode(_ text: UnsafeRawBufferPointer, _ i: inout Int) -> UInt64? {
    var value: UInt64 = 0
    let first = i
    while i < text.count, isDigit(text[i]), i - first < 19 {
      value = value &* 10 &+ UInt64(text[i] &- 48)
      i += 1
    }
    return i > first ? value : nil
  }
}
