/// Counts of numbers on a logarithmic scale, to take percentiles from and to be merged: numbers below 2048 are told apart, of larger ones
/// those that differ by less than 1/1024 may share a bucket. So a percentile is never below the true one and above it by less than 0.1 %.
///
/// The buckets are HdrHistogram's of three significant digits, kept in a hash table: memory follows the distinct durations met, of which
/// `-T` in microseconds prints few, and a row of ten calls takes some hundred bytes. Whoever holds it deallocates it.
///
/// Invariant: `capacity` is a power of two or 0, `used * 4 <= capacity * 3`. A slot is a bucket's number + 1 in its low 16 bits
/// and the count above them, or 0.
struct LogHistogram {
  private var slots: UnsafeMutablePointer<UInt64>?
  private var capacity = 0
  private var used = 0

  /// A bucket with something in it.
  struct Bucket {
    /// The largest number that it stands for.
    let upper: Int64
    let count: Int
  }

  func deallocate() { slots?.deallocate() }

  /// Forgets what was counted and keeps the room for it.
  mutating func removeAll() {
    slots?.update(repeating: 0, count: capacity)
    used = 0
  }

  /// Counts a number; a negative one as 0.
  @inline(__always)
  mutating func add(_ number: Int64) { add(Self.key(UInt64(bitPattern: max(0, number))), 1) }

  /// Counts what another one has counted.
  mutating func merge(_ other: LogHistogram) {
    for index in 0..<other.capacity {
      guard let slot = other.slots?[index], slot != 0 else { continue }
      add(slot & 0xffff, slot >> 16)
    }
  }

  @inline(__always)
  private mutating func add(_ key: UInt64, _ count: UInt64) {
    if let slots {
      var index = place(key)
      while true {
        let slot = slots[index]
        if slot & 0xffff == key {
          slots[index] = slot &+ count << 16
          return
        }
        if slot == 0 { break }
        index = (index &+ 1) & (capacity &- 1)
      }
    }
    insert(key, count)
  }

  @inline(never)
  private mutating func insert(_ key: UInt64, _ count: UInt64) {
    if (used + 1) * 4 > capacity * 3 { grow() }
    put(key | count << 16)
    used += 1
  }

  private func put(_ slot: UInt64) {
    guard let slots else { return }
    var index = place(slot & 0xffff)
    while slots[index] != 0 { index = (index + 1) & (capacity - 1) }
    slots[index] = slot
  }

  private mutating func grow() {
    let (old, oldCapacity) = (slots, capacity)
    capacity = max(8, capacity * 2)
    let bigger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    bigger.initialize(repeating: 0, count: capacity)
    slots = bigger
    guard let old else { return }
    for index in 0..<oldCapacity where old[index] != 0 { put(old[index]) }
    old.deallocate()
  }

  /// Where the search for a bucket begins: neighbours, which are many, are spread by Knuth's multiplicative hash.
  @inline(__always)
  private func place(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 40) & (capacity &- 1) }

  // MARK: Buckets

  /// Number of the bucket of the largest number.
  static let lastKey: UInt64 = 55_296

  /// The buckets by their numbers, ascending.
  var numbered: [Summary.State.LogBucket] {
    guard let slots else { return [] }
    var found = UnsafeBufferPointer(start: slots, count: capacity).filter { $0 != 0 }
    found.sort { $0 & 0xffff < $1 & 0xffff }
    return found.compactMap { Summary.State.LogBucket(number: $0 & 0xffff, count: $0 >> 16) }
  }

  /// Counts what such buckets hold.
  mutating func add(_ buckets: [Summary.State.LogBucket]) {
    for bucket in buckets { add(UInt64(bucket.number), bucket.count) }
  }

  /// The number of a bucket, from 1.
  @inline(__always)
  private static func key(_ number: UInt64) -> UInt64 {
    // 10 bits below the leading one are kept.
    let shift = UInt64(max(0, 53 &- number.leadingZeroBitCount))
    return shift &* 1024 &+ (number >> shift) &+ 1
  }

  private static func upper(_ key: UInt64) -> Int64 {
    let bucket = key - 1
    guard bucket >= 2048 else { return Int64(bucket) }
    let shift = bucket / 1024 - 1
    return Int64(truncatingIfNeeded: ((bucket - shift * 1024 + 1) << shift) - 1)
  }

  /// What was counted, from the least number to the greatest.
  var buckets: [Bucket] {
    guard let slots else { return [] }
    var found = UnsafeBufferPointer(start: slots, count: capacity).filter { $0 != 0 }
    found.sort { $0 & 0xffff < $1 & 0xffff }
    return found.map { slot in Bucket(upper: Self.upper(slot & 0xffff), count: Int(slot >> 16)) }
  }
}

extension [LogHistogram.Bucket] {
  /// Nearest rank: the least number that so many thousandths of the calls do not exceed.
  func percentile(_ thousandths: Int) -> Int64? {
    let total = reduce(0) { $0 &+ $1.count }
    // 48 bits of count leave room for the product.
    let rank = Swift.max(1, (total &* thousandths &+ 999) / 1000)
    var seen = 0
    for bucket in self {
      seen &+= bucket.count
      if seen >= rank { return bucket.upper }
    }
    return last?.upper
  }
}
