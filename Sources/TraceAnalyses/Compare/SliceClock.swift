/// Cuts a log into at most 32 slices of equal length while its length is still unknown: whenever a time is beyond them, slices become twice as
/// long and pairs of them one. A log of some length ends with 17 to 32.
struct SliceClock {
  static let limit = 32

  private var origin: Int64?
  /// Nanoseconds, or lines of a log without stamps.
  private(set) var length: Int64

  init(length: Int64) { self.length = length }

  /// How often slices must be joined before ``slice(_:)`` has a place for a time.
  mutating func joins(for time: Int64) -> Int {
    guard let origin else {
      origin = time
      return 0
    }
    var joins = 0
    let (distance, isBeyond) = time.subtractingReportingOverflow(origin)
    guard !isBeyond else { return 0 }
    while distance / length >= Int64(Self.limit) {
      length = length.multipliedReportingOverflow(by: 2).overflow ? .max : length * 2
      joins += 1
    }
    return joins
  }

  /// The slice of a time; the first of what seems to be before it.
  @inline(__always)
  func slice(_ time: Int64) -> Int {
    let (distance, isBeyond) = time.subtractingReportingOverflow(origin ?? time)
    return isBeyond ? 0 : Int(min(max(0, distance / length), Int64(Self.limit - 1)))
  }

  /// A set of slices, as bits, after pairs became one.
  static func joined(_ slices: UInt32) -> UInt32 {
    var result: UInt32 = 0
    for pair in 0..<UInt32(limit / 2) where slices >> (pair * 2) & 3 != 0 { result |= 1 << pair }
    return result
  }
}
