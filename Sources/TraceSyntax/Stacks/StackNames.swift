/// Names of frames and what they are, by numbers from 0.
public class StackNames {
  public private(set) var names = TextTable()
  /// By the same numbers.
  public private(set) var kinds: [FrameKind] = []

  public init() {}

  /// The number of a name whose seven following bytes may be read.
  @inline(__always)
  func number(_ text: Pointer, _ count: Int, _ kind: FrameKind) -> Int32 {
    let (number, isNew) = names.number(text, count)
    if isNew { kinds.append(kind) }
    return number
  }

  /// The number of a name.
  public func number(_ name: [UInt8], _ kind: FrameKind) -> Int32 {
    (name + [UInt8](repeating: 0, count: 8)).withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return 0 }
      return number(base, name.count, kind)
    }
  }

  /// The number of a name from elsewhere, in which a semicolon does not part frames nor a line end stacks.
  public func number(_ name: String, _ kind: FrameKind) -> Int32 {
    let bytes = name.utf8.prefix(TextTable.longest)
    return number(bytes.map { $0 == UInt8(ascii: ";") ? UInt8(ascii: ":") : $0 < 32 ? UInt8(ascii: "?") : $0 }, kind)
  }
}
