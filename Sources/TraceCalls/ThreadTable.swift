/// tid -> small reusable index.
///
/// Kernel tids are below 4194304 (`pid_max`), so a two-level array answers without hashing; anything else (a damaged log) goes
/// to a dictionary. Pages are allocated on first touch: memory follows the tids in use.
struct ThreadTable {
  private static let pageBits: Int32 = 12
  private var pages = [UnsafeMutablePointer<Int32>?](repeating: nil, count: 1024)
  private var odd: [Int32: Int32] = [:]

  /// The index of a tid, or -1.
  @inline(__always)
  subscript(tid: Int32) -> Int32 {
    let page = Int(UInt32(bitPattern: tid) >> UInt32(Self.pageBits))
    if page < 1024 {
      guard let page = pages[page] else { return -1 }
      return page[Int(tid & (1 << Self.pageBits - 1))]
    }
    return odd[tid] ?? -1
  }

  mutating func set(_ tid: Int32, _ index: Int32) {
    let page = Int(UInt32(bitPattern: tid) >> UInt32(Self.pageBits))
    guard page < 1024 else {
      odd[tid] = index < 0 ? nil : index
      return
    }
    if pages[page] == nil {
      let fresh = UnsafeMutablePointer<Int32>.allocate(capacity: 1 << Int(Self.pageBits))
      fresh.initialize(repeating: -1, count: 1 << Int(Self.pageBits))
      pages[page] = fresh
    }
    pages[page]?[Int(tid & (1 << Self.pageBits - 1))] = index
  }

  func deallocate() { for page in pages { page?.deallocate() } }
}
