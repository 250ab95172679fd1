/// Names of the frames that `strace -k` prints below a call (src/unwind.c of strace, `STACK_ENTRY_SYMBOL_FMT` and its kin):
///
/// ```
///  > /usr/lib/x86_64-linux-gnu/libc.so.6(__open64+0x51) [0xf8011]
///  > /usr/bin/cat() [0x2752]
///  > /srv/hot(media::alpha(char const*, double)+0x12) [0x1199] /srv/hot.cpp:21
///  > unexpected_backtracing_error [0x7f12]
/// ```
/// The third is of `-kk`. A frame is named as one of perf with the same symbol and module.
public final class StraceFrames {
  private let naming: FrameNaming
  private let output: StackNames
  /// Lines seen before -> their frame, -1 for what names none.
  private var lines = TextTable()
  private var frames: [Int32] = []

  /// - Parameters:
  ///   - naming: how frames are named.
  ///   - names: where they are named.
  public init(_ naming: FrameNaming, _ names: StackNames) {
    self.naming = naming
    output = names
  }

  /// The frame of a line, behind which seven bytes may be read; nil where the line tells of none.
  public func frame(_ line: UnsafeRawBufferPointer) -> Int32? {
    guard line.count > 3, let base = line.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    let (text, isNew) = lines.number(base + 3, line.count - 3)
    if isNew { frames.append(named(UnsafeBufferPointer(start: base + 3, count: min(line.count - 3, TextTable.longest)))) }
    let frame = frames[Int(text)]
    return frame < 0 ? nil : frame
  }

  private func named(_ text: UnsafeBufferPointer<UInt8>) -> Int32 {
    guard let (frame, source) = Self.parts(text) else { return -1 }
    guard var name = naming.names(of: frame, isJava: false).first else { return -1 }
    if naming.sourceLines, !source.isEmpty {
      name.name += [UInt8(ascii: ":")] + source.map { $0 == UInt8(ascii: ";") ? UInt8(ascii: ":") : $0 }
    }
    return output.number(name.name, name.kind)
  }

  /// Module, symbol and address, and where `-kk` says that its source is; nil for an error of the unwinder.
  static func parts(_ text: UnsafeBufferPointer<UInt8>) -> (frame: PerfScriptFrame, source: UnsafeBufferPointer<UInt8>)? {
    guard let base = text.baseAddress else { return nil }
    var end = base + text.count
    while end > base, PerfScriptHeader.isBlank(end[-1]) { end -= 1 }
    // The last `) [0x`: names of files may hold some of it.
    var address = end
    while address - base > 2,
      !(address[0] == UInt8(ascii: "[") && address[-1] == UInt8(ascii: " ") && address[-2] == UInt8(ascii: ")")
        && isAddress(address, end))
    {
      address -= 1
    }
    guard address - base > 2 else { return nil }
    var close = address
    while close < end, close[0] != UInt8(ascii: "]") { close += 1 }
    let source =
      close + 1 < end ? UnsafeBufferPointer(start: close + 2, count: max(0, end - close - 2)) : .init(start: nil, count: 0)
    let p = address - 1
    // The module's parenthesis is the one that matches the last: a symbol may have some of its own.
    var depth = 0
    var open = p - 1
    while open >= base {
      if open[0] == UInt8(ascii: ")") { depth += 1 }
      if open[0] == UInt8(ascii: "(") {
        depth -= 1
        if depth == 0 { break }
      }
      open -= 1
    }
    guard open > base else { return nil }
    return (
      PerfScriptFrame(
        address: .init(start: address + 3, count: close - address - 3), symbol: .init(start: open + 1, count: p - open - 2),
        module: .init(start: base, count: open - base)),
      source
    )
  }

  private static func isAddress(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Bool {
    guard end - start > 4, start[1] == UInt8(ascii: "0"), start[2] == UInt8(ascii: "x") else { return false }
    var p = start + 3
    while p < end, TextRedactor.isHexDigit(p[0]) { p += 1 }
    return p > start + 3 && p < end && p[0] == UInt8(ascii: "]")
  }
}

extension PerfScriptFrame {
  /// A frame of these parts; the symbol's offset is left out.
  init(address: Text, symbol: Text, module: Text) {
    self.address = address
    self.module = module
    guard let base = symbol.baseAddress else {
      self.symbol = symbol
      return
    }
    self.symbol = Text(start: base, count: Self.withoutOffset(base, base + symbol.count) - base)
  }
}
