/// Task number -> small reusable index.
///
/// Kernel tids are below 4194304 (`pid_max`), so a two-level array answers without hashing. Pages are allocated on first touch,
/// the list of pages grows with the number of hosts: memory follows the tids in use.
struct ThreadTable {
  private static let pageBits: Int32 = 12
  private var pages = [UnsafeMutablePointer<Int32>?](repeating: nil, count: 1024)

  /// The index of a task, or -1.
  @inline(__always)
  subscript(tid: Int32) -> Int32 {
    let page = Int(UInt32(bitPattern: tid) >> UInt32(Self.pageBits))
    guard page < pages.count, let page = pages[page] else { return -1 }
    return page[Int(tid & (1 << Self.pageBits - 1))]
  }

  mutating func set(_ tid: Int32, _ index: Int32) {
    let page = Int(UInt32(bitPattern: tid) >> UInt32(Self.pageBits))
    if page >= pages.count { pages += [UnsafeMutablePointer<Int32>?](repeating: nil, count: page + 1 - pages.count) }
    if pages[page] == nil {
      let fresh = UnsafeMutablePointer<Int32>.allocate(capacity: 1 << Int(Self.pageBits))
      fresh.initialize(repeating: -1, count: 1 << Int(Self.pageBits))
      pages[page] = fresh
    }
    pages[page]?[Int(tid & (1 << Self.pageBits - 1))] = index
  }

  func deallocate() { for page in pages { page?.deallocate() } }
}
