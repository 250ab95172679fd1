import CTraceScan

/// What a tracepoint prints: `timer=0xffff9a function=tcp_write_timer expires=4294`, or, of system calls, `fd: 0x0a, ubuf: 0x7f`.
public struct PerfPayload {
  public typealias Text = UnsafeBufferPointer<UInt8>
  public let text: Text
  public init(_ text: Text) { self.text = text }

  /// The value of a field; nil where there is none of that name.
  ///
  /// After `=` it goes to the next field, since a comm holds blanks, after `: ` to the next comma. Brackets around fields are no part of them.
  public subscript(_ name: Text) -> Text? {
    guard let base = text.baseAddress, let start = valueStart(name) else { return nil }
    let end = base + text.count
    return trimmed(start, start[-1] == UInt8(ascii: "=") ? Self.valueEnd(start, end) : Self.comma(start, end))
  }

  public subscript(_ name: StaticString) -> Text? { self[Text(start: name.utf8Start, count: name.utf8CodeUnitCount)] }

  /// The number of a field, in decimal; nil for any other text.
  public func number(_ name: StaticString) -> Int64? {
    guard let value = self[name], let base = value.baseAddress else { return nil }
    return PerfScriptHeader.number(base, base + value.count)
  }

  /// Behind `name=` or `name: `.
  private func valueStart(_ name: Text) -> Pointer? {
    guard let base = text.baseAddress, let wanted = name.baseAddress, !name.isEmpty else { return nil }
    let end = base + text.count
    var from = base
    while let at = trace_find(from, UInt64(end - from), wanted, UInt64(name.count)) {
      from = at + 1
      let next = at + name.count
      guard next < end, at == base || Self.isBoundary(at[-1]) else { continue }
      if next[0] == UInt8(ascii: "=") { return next + 1 }
      if next[0] == UInt8(ascii: ":"), next + 1 < end, next[1] == UInt8(ascii: " ") { return next + 2 }
    }
    return nil
  }

  /// Before ` word=`, ` [word=` or ` ==> `.
  private static func valueEnd(_ start: Pointer, _ end: Pointer) -> Pointer {
    var p = start
    while p < end {
      if p[0] == UInt8(ascii: " ") {
        var q = p + 1
        if q < end, q[0] == UInt8(ascii: "=") { return p }
        if q < end, q[0] == UInt8(ascii: "[") { q += 1 }
        while q < end, isNameByte(q[0]) { q += 1 }
        if q > p + 1, q < end, q[0] == UInt8(ascii: "=") { return p }
      }
      p += 1
    }
    return end
  }

  private static func comma(_ start: Pointer, _ end: Pointer) -> Pointer {
    var p = start
    while p < end, p[0] != UInt8(ascii: ",") { p += 1 }
    return p
  }

  private func trimmed(_ start: Pointer, _ stop: Pointer) -> Text {
    var end = stop
    while end > start, end[-1] == UInt8(ascii: " ") || end[-1] == UInt8(ascii: ",") { end -= 1 }
    let value = Text(start: start, count: end - start)
    guard value.last == UInt8(ascii: "]"), !value.contains(UInt8(ascii: "[")) else { return value }
    return Text(rebasing: value.dropLast())
  }

  private static func isBoundary(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "(")
  }
}
