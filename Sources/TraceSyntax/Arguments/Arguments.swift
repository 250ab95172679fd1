import CTraceScan

/// The arguments of a call, looked into on demand: nothing is copied or taken apart until asked for.
///
/// The text is what stands between the parentheses; for a stitched call the two halves are joined first. Any text may be asked
/// anything: what is not there, or was cut, comes back empty or nil.
///
/// ```swift
/// // openat(AT_FDCWD, "/etc/hosts", O_RDONLY|O_CLOEXEC)
/// arguments[1].string                         // /etc/hosts
/// arguments[2].contains("O_CLOEXEC", 0x80000) // true, -X raw or not
/// ```
public struct Arguments: Sequence, CustomStringConvertible, @unchecked Sendable {
  /// The text itself: valid while the batch it came from is, or, in a ``ArgumentStorage``, while this value lives.
  public let unsafeBytes: UnsafeRawBufferPointer
  let owner: ArgumentStorage?

  /// Looks into text that lives longer than this value.
  @inline(__always)
  public init(_ text: UnsafeRawBufferPointer) {
    unsafeBytes = text
    owner = nil
  }

  /// Looks into a part of a storage, and keeps it alive.
  public init(_ storage: ArgumentStorage, _ range: Range<Int>) {
    unsafeBytes = UnsafeRawBufferPointer(rebasing: storage.bytes[range.clamped(to: 0..<storage.bytes.count)])
    owner = storage
  }

  init(_ text: UnsafeRawBufferPointer, owner: ArgumentStorage?) {
    unsafeBytes = text
    self.owner = owner
  }

  /// The text as a string; bytes that are no UTF-8 are replaced.
  public var description: String { withExtendedLifetime(owner) { String(decoding: unsafeBytes, as: UTF8.self) } }
  public var bytes: [UInt8] { withExtendedLifetime(owner) { Array(unsafeBytes) } }
  public var isEmpty: Bool { unsafeBytes.isEmpty }
  /// How many there are; walks over the text.
  public var count: Int { reduce(0) { count, _ in count + 1 } }

  public func makeIterator() -> ArgumentItems.Iterator {
    ArgumentItems.Iterator(ArgumentWalk(unsafeBytes), isNested: false, owner: owner)
  }

  /// The n-th argument, 0 first; empty where there is none. `name=` in front of it (`strace -N`, clone) is no part of its value.
  public subscript(index: Int) -> CallArgument {
    var iterator = makeIterator()
    var left = index
    while let argument = iterator.next() {
      if left == 0 { return argument }
      left -= 1
    }
    return CallArgument(UnsafeRawBufferPointer(rebasing: unsafeBytes[unsafeBytes.count...]), owner: owner)
  }

  /// The argument that strace printed with this name: all with `-N` (6.16), else few (`clone(child_stack=NULL, flags=...`). Empty
  /// where there is none.
  public func named(_ name: String) -> CallArgument {
    for argument in self where argument.isNamed(name) { return argument }
    return CallArgument(UnsafeRawBufferPointer(rebasing: unsafeBytes[unsafeBytes.count...]), owner: owner)
  }

  /// The first argument in brackets: the address of `accept`, the message of `recvmsg`, the pair of `socketpair`. Of a call that
  /// began before the log only the last arguments are known, and their places are not.
  public var firstCompound: CallArgument {
    for argument in self where argument.isStructure || argument.isArray { return argument }
    return CallArgument(UnsafeRawBufferPointer(rebasing: unsafeBytes[unsafeBytes.count...]), owner: owner)
  }

  public func number(_ index: Int) -> Int64? { self[index].number }

  /// The decoration of the n-th argument, without its angle brackets: `3</etc/hosts>` -> `/etc/hosts`.
  public func decoration(_ index: Int) -> CallArgument? {
    // What follows the first argument does not matter to its decoration: no need to look for its end.
    index == 0 ? CallArgument(unsafeBytes, owner: owner).decoration : self[index].decoration
  }

  /// Whether the bytes occur anywhere, in literals too: a quick look before fields are read.
  public func mayContain(_ word: StaticString) -> Bool { first(word) != nil }

  /// Where the bytes occur first.
  func first(_ word: StaticString) -> Int? { withExtendedLifetime(owner) { unsafeBytes.first(word) } }
}

extension CallArgument {
  /// Whether the bytes occur anywhere in it.
  public func mayContain(_ word: StaticString) -> Bool { read { $0.first(word) != nil } }
}

extension UnsafeRawBufferPointer {
  fileprivate func first(_ word: StaticString) -> Int? {
    guard let base = baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    return trace_find(base, UInt64(count), word.utf8Start, UInt64(word.utf8CodeUnitCount)).map { $0 - base }
  }
}
