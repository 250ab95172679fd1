/// Durations for people: two digits or three, and a unit.
public enum Duration {
  public static func text(_ nanoseconds: Int64) -> String {
    switch nanoseconds {
    case ..<1000: "\(nanoseconds)ns"
    case ..<1_000_000: Quantity.short(nanoseconds, 1000) + "us"
    case ..<1_000_000_000: Quantity.short(nanoseconds, 1_000_000) + "ms"
    default: Quantity.short(nanoseconds, 1_000_000_000) + "s"
    }
  }
}

/// Byte counts for people, in powers of 1000 as networks count.
public enum Bytes {
  public static func text(_ bytes: Int64) -> String {
    switch bytes {
    case ..<1000: "\(bytes)B"
    case ..<1_000_000: Quantity.short(bytes, 1000) + "kB"
    case ..<1_000_000_000: Quantity.short(bytes, 1_000_000) + "MB"
    default: Quantity.short(bytes, 1_000_000_000) + "GB"
    }
  }
}

enum Quantity {
  /// value / unit with two significant digits, or all of the whole ones.
  static func short(_ value: Int64, _ unit: Int64) -> String {
    let whole = value / unit
    if whole >= 10 { return "\(whole)" }
    return "\(whole).\(value % unit * 10 / unit)"
  }
}
