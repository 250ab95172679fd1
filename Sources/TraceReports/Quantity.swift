/// Durations for people: three digits and a unit.
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
  /// value / unit with three significant digits, at least none of the whole ones cut.
  static func short(_ value: Int64, _ unit: Int64) -> String {
    let whole = value / unit
    if whole >= 100 { return "\(whole)" }
    let digits: Int64 = whole >= 10 ? 10 : 100
    let fraction = value % unit * digits / unit
    let text = String(fraction)
    return digits == 10 ? "\(whole).\(text)" : "\(whole)." + (text.count < 2 ? "0" : "") + text
  }
}
