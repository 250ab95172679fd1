/// Memory of its own for argument text, for arguments that outlive the batch they came from.
public final class ArgumentStorage: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  /// Copies both texts, one after the other.
  public init(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer = .init(start: nil, count: 0)) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, first.count + second.count), alignment: 1)
    copy.copyMemory(from: first)
    UnsafeMutableRawBufferPointer(rebasing: copy[first.count...]).copyMemory(from: second)
    bytes = UnsafeRawBufferPointer(rebasing: copy[..<(first.count + second.count)])
    memory = copy
  }

  private let memory: UnsafeMutableRawBufferPointer
  deinit { memory.deallocate() }
}
