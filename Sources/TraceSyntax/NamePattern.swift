/// What stays of a name from one run of a program to the next: pids, counters, dates and the random words of temporary names become `*`.
public enum NamePattern {
  /// Trees of installed files: digits in their names are versions, and stay.
  private static let installed: [StaticString] = ["/usr/", "/lib", "/etc/", "/bin/", "/sbin/", "/opt/"]

  /// A path as it is compared between two logs.
  ///
  /// - Digits become one `*`, but in the trees of installed files, where only words as below do.
  /// - A word of eight and more hexadecimal digits with a digit among them, as of a UUID or an inode, becomes `*`.
  /// - A word of up to five letters and digits behind a dot that begins with a letter stays: `.m3u8`.
  /// - A word of six and more letters and digits that is at the end of a part of the path, behind `.`, `-` or `_` or alone, and reads as drawn at
  ///   random, becomes `*`: what mkstemp(3) puts for `XXXXXX`.
  public static func ofPath(_ path: String) -> String {
    var path = path
    return path.withUTF8 { bytes in
      let isInstalled = installed.contains { prefix in
        bytes.count >= prefix.utf8CodeUnitCount
          && prefix.withUTF8Buffer { bytes[..<prefix.utf8CodeUnitCount].elementsEqual($0) }
      }
      var out: [UInt8] = []
      out.reserveCapacity(bytes.count)
      var start = 0
      while start < bytes.count {
        var end = start
        while end < bytes.count, isWordByte(bytes[end]) { end += 1 }
        if end == start {
          out.append(bytes[start])
          start += 1
          continue
        }
        let word = UnsafeBufferPointer(rebasing: bytes[start..<end])
        let endsPart = end == bytes.count || bytes[end] == UInt8(ascii: "/")
        let endsWord = endsPart || bytes[end] == UInt8(ascii: ".")
        let followsMark = start == 0 || isMark(bytes[start - 1])
        if isHexadecimal(word) || (endsPart && followsMark && isRandom(word)) {
          out.append(UInt8(ascii: "*"))
        } else if isInstalled || (endsWord && isExtension(word, after: start > 0 ? bytes[start - 1] : 0)) {
          out.append(contentsOf: word)
        } else {
          appendWithoutDigits(word, to: &out)
        }
        start = end
      }
      return String(decoding: out, as: UTF8.self)
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool { isDigit(byte) || isUpper(byte) || isLower(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
  private static func isUpper(_ byte: UInt8) -> Bool { byte &- 65 < 26 }
  private static func isLower(_ byte: UInt8) -> Bool { byte &- 97 < 26 }
  /// `/tmp/tmp.k3Xa9P`, `upload-k3Xa9P`, `_k3Xa9P`, and a part of its own.
  private static func isMark(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "/")
  }

  private static func isExtension(_ word: UnsafeBufferPointer<UInt8>, after byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") && word.count <= 5 && !isDigit(word[0])
  }

  private static func isHexadecimal(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    word.count >= 8 && word.contains(where: isDigit) && word.allSatisfy { isDigit($0) || ($0 | 0x20) &- 97 < 6 }
  }

  /// Whether a word reads as drawn from letters and digits: `k3Xa9P` does, `README`, `FooBar` and `v2` do not.
  private static func isRandom(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard (6...32).contains(word.count) else { return false }
    var changes = 0
    var hasDigit = false
    for index in word.indices {
      hasDigit = hasDigit || isDigit(word[index])
      guard index > 0 else { continue }
      let (before, now) = (word[index - 1], word[index])
      // A capital that begins a word is how names are written; one that ends capitals is not.
      let endsCapitals = isUpper(before) && isLower(now) && index > 1 && isUpper(word[index - 2])
      if isDigit(before) != isDigit(now) || (isLower(before) && isUpper(now)) || endsCapitals { changes += 1 }
    }
    return changes >= 2 && (hasDigit || word.count == 6)
  }

  private static func appendWithoutDigits(_ word: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
    var wasDigit = false
    for byte in word {
      let isDigit = isDigit(byte)
      if !isDigit { out.append(byte) } else if !wasDigit { out.append(UInt8(ascii: "*")) }
      wasDigit = isDigit
    }
  }
}
