import CTraceScan
import Glibc

/// A symbol as perf demangled it, made fit for a flame graph: without parameter lists, semicolons and quotes.
///
/// ```
/// SocketThread::run(int)                                    SocketThread::run
/// (anonymous namespace)::f(int)                             (anonymous namespace)::f
/// std::function<void (int)>::operator()(int) const          std::function<void (int)>::operator()
/// net/http.(*Client).Do                                     net/http.(*Client).Do
/// Ljava/util/Map;.get(Ljava/lang/Object;)Ljava/lang/Object; Ljava/util/Map:.get
/// closure #1 (Swift.Int) -> () in main.work(n: Swift.Int)   closure #1 in main.work
/// ```
/// Parentheses within `<>`, `[]` or `{}` belong to the name. Where brackets do not match (names cut short, JavaScript's expressions) everything
/// from the first parenthesis on is left out.
struct SymbolName {
  typealias Text = UnsafeBufferPointer<UInt8>
  private let text: Text

  init(_ text: Text) { self.text = text }

  static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

  /// `(java)`: old versions of perf named the process among the frames.
  var isProcessName: Bool { text.first == UInt8(ascii: "(") && !has("(anonymous namespace)", at: 0) }

  /// Names that a JIT joined by `->`, outermost first. An arrow with a blank before it, within brackets or of `operator->` is part of a name.
  var inlinedParts: [Text] {
    var parts: [Text] = []
    var start = 0
    var i = 0
    let isBalanced = self.isBalanced
    while i + 1 < text.count {
      if isBalanced, let end = bracketEnd(i) {
        i = end
      } else if let end = operatorEnd(i) {
        i = end
      } else if text[i] == UInt8(ascii: "-"), text[i + 1] == UInt8(ascii: ">"), i > start, text[i - 1] != UInt8(ascii: " ") {
        parts.append(Text(rebasing: text[start..<i]))
        start = i + 2
        i += 2
      } else {
        i += 1
      }
    }
    if start < text.count || parts.isEmpty { parts.append(Text(rebasing: text[start...])) }
    return parts
  }

  /// The name to show.
  var tidied: [UInt8] {
    var name: [UInt8] = []
    name.reserveCapacity(text.count)
    var i = 0
    let isBalanced = self.isBalanced
    while i < text.count {
      if text[i] == UInt8(ascii: "("), isBalanced {
        guard let next = afterParameters(i, &name) else { break }
        i = next
        continue
      }
      if text[i] == UInt8(ascii: "("), !has("(anonymous namespace)", at: i) { break }
      let end = (isBalanced ? bracketEnd(i) : nil) ?? operatorEnd(i) ?? i + 1
      copy(i..<end, to: &name)
      i = end
    }
    while name.last == UInt8(ascii: " "), name.count > 1 { name.removeLast() }
    return name
  }

  /// Goes on behind the parentheses at `i`, outside of other brackets: keeps those of a name, drops parameters. nil where the name is over.
  private func afterParameters(_ i: Int, _ name: inout [UInt8]) -> Int? {
    let end = groupEnd(i) ?? text.count
    let isGoReceiver = i > 0 && text[i - 1] == UInt8(ascii: ".")
    if has("(anonymous namespace)", at: i) || isGoReceiver || endsWithWord("decltype", before: i) {
      copy(i..<end, to: &name)
      return end
    }
    var next = end
    if has(" const", at: next) { next += 6 }
    if has("::", at: next) { return next }
    // Swift names a closure by its number; what it is in tells which.
    if Self.isClosure(name), let place = find(" in ", from: end) {
      name.append(contentsOf: name.last == UInt8(ascii: " ") ? Array("in ".utf8) : Array(" in ".utf8))
      return place + 4
    }
    return nil
  }

  private static func isClosure(_ name: [UInt8]) -> Bool {
    let word: StaticString = "closure #"
    return name.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      return trace_find(base, UInt64(bytes.count), word.utf8Start, UInt64(word.utf8CodeUnitCount)) != nil
    }
  }

  private func copy(_ range: Range<Int>, to name: inout [UInt8]) {
    for byte in text[range] where !Self.isQuote(byte) { name.append(byte == UInt8(ascii: ";") ? UInt8(ascii: ":") : byte) }
  }

  private func has(_ word: StaticString, at i: Int) -> Bool {
    guard i + word.utf8CodeUnitCount <= text.count, let base = text.baseAddress else { return false }
    return memcmp(base + i, word.utf8Start, word.utf8CodeUnitCount) == 0
  }

  private func find(_ word: StaticString, from: Int) -> Int? {
    (from..<max(from, text.count)).first { has(word, at: $0) }
  }

  /// `decltype` or `decltype ` right before `i`.
  private func endsWithWord(_ word: StaticString, before i: Int) -> Bool {
    let end = i > 0 && text[i - 1] == UInt8(ascii: " ") ? i - 1 : i
    return end >= word.utf8CodeUnitCount && has(word, at: end - word.utf8CodeUnitCount)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    byte &- 48 < 10 || (byte | 0x20) &- 97 < 26 || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  /// Behind `operator()`, `operator<<`, `operator->` ... that begins at `i`; nil where none does.
  private func operatorEnd(_ i: Int) -> Int? {
    guard text[i] == UInt8(ascii: "o"), has("operator", at: i), i == 0 || !Self.isWordByte(text[i - 1]) else { return nil }
    let start = i + 8
    if has("()", at: start) || has("[]", at: start) { return start + 2 }
    for sign: StaticString in ["<=>", "->*", "<<=", ">>=", "<<", ">>", "<=", ">=", "->", "<", ">"] where has(sign, at: start) {
      return start + sign.utf8CodeUnitCount
    }
    return nil
  }

  /// Behind the `<>`, `[]` or `{}` that opens at `i`; nil where none does, or none closes.
  private func bracketEnd(_ i: Int) -> Int? {
    switch text[i] {
    case UInt8(ascii: "<"), UInt8(ascii: "["), UInt8(ascii: "{"): groupEnd(i)
    default: nil
    }
  }

  /// Behind the bracket that closes the one at `i`, by counting; nil where none does.
  private func groupEnd(_ start: Int) -> Int? {
    var depth = 0
    var i = start
    while i < text.count {
      if i > start, let end = operatorEnd(i) {
        i = end
        continue
      }
      depth += step(i)
      i += 1
      if depth == 0 { return i }
    }
    return nil
  }

  private func step(_ i: Int) -> Int {
    switch text[i] {
    case UInt8(ascii: "<"), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "("): 1
    case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ")"): -1
    // Not the head of an arrow.
    case UInt8(ascii: ">"): i > 0 && (text[i - 1] == UInt8(ascii: "-") || text[i - 1] == UInt8(ascii: "=")) ? 0 : -1
    default: 0
    }
  }

  private var isBalanced: Bool {
    var depth = 0
    var i = 0
    while i < text.count {
      if let end = operatorEnd(i) {
        i = end
        continue
      }
      depth += step(i)
      if depth < 0 { return false }
      i += 1
    }
    return depth == 0
  }
}
