/// What kind of figure a number is. Figures of different kinds are not compared.
public enum RuleQuantity: String, Sendable, CaseIterable {
  /// A number without a unit.
  case number
  case count
  /// A part of a whole: 0.1% is 0.001.
  case share
  /// Nanoseconds.
  case time
  case bytes
  /// Counts per second.
  case rate
  /// Bytes per second.
  case throughput

  /// The unit of values in data.
  public var unit: String {
    switch self {
    case .number, .count: ""
    case .share: "share"
    case .time: "ns"
    case .bytes: "B"
    case .rate: "/s"
    case .throughput: "B/s"
    }
  }

  /// `a time`.
  var name: String {
    switch self {
    case .number: "a number"
    case .count: "a count"
    case .share: "a share"
    case .time: "a time"
    case .bytes: "a number of bytes"
    case .rate: "a count per time"
    case .throughput: "bytes per time"
    }
  }

  /// How a budget of it is written.
  var example: String {
    switch self {
    case .number, .count: "5"
    case .share: "0.1%"
    case .time: "50ms"
    case .bytes: "64KiB"
    case .rate: "10/min"
    case .throughput: "1MB/s"
    }
  }

  private var isPlain: Bool { self == .number || self == .count || self == .share }

  /// Whether both may be compared and added: a bare number is a count as well as a share.
  func fits(_ other: RuleQuantity) -> Bool {
    self == other || (self == .number && other.isPlain) || (isPlain && other == .number)
  }

  /// Of the sum of two that fit.
  static func sum(_ a: RuleQuantity, _ b: RuleQuantity) -> RuleQuantity { a == .number ? b : a }

  /// nil where the product is no figure.
  static func product(_ a: RuleQuantity, _ b: RuleQuantity) -> RuleQuantity? {
    switch (a, b) {
    case (.number, let other), (let other, .number): other
    case (.share, let other), (let other, .share): other
    case (.count, let other), (let other, .count): other
    case (.rate, .time), (.time, .rate): .count
    case (.throughput, .time), (.time, .throughput): .bytes
    default: nil
    }
  }

  /// nil where the quotient is no figure.
  static func quotient(_ a: RuleQuantity, _ b: RuleQuantity) -> RuleQuantity? {
    switch (a, b) {
    case (.number, .number): .number
    case (let whole, .number), (let whole, .share): whole
    case (let part, let whole) where part == whole: .share
    case (let sum, .count): sum
    case (.count, .time): .rate
    case (.bytes, .time): .throughput
    case (.count, .rate), (.bytes, .throughput): .time
    default: nil
    }
  }
}

/// Units that follow numbers.
struct RuleUnit: Sendable {
  let name: String
  let quantity: RuleQuantity
  /// In the base unit of its quantity.
  let scale: Double

  static let all: [RuleUnit] =
    [("ns", 1.0), ("us", 1e3), ("\u{b5}s", 1e3), ("\u{3bc}s", 1e3), ("ms", 1e6), ("s", 1e9), ("min", 60e9), ("h", 3600e9)].map {
      RuleUnit(name: $0, quantity: .time, scale: $1)
    }
    + [
      ("B", 1.0), ("kB", 1e3), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("KiB", 1024), ("MiB", 1_048_576),
      ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776),
    ].map { RuleUnit(name: $0, quantity: .bytes, scale: $1) }
    + [RuleUnit(name: "%", quantity: .share, scale: 0.01)]

  static func named(_ name: String) -> RuleUnit? { all.first { $0.name == name } }

  /// So many of it in the base unit: what is a whole number but for the error of the product, is one.
  func value(_ number: Double) -> Double {
    if quantity == .share { return number / 100 }
    let product = number * scale
    let whole = product.rounded()
    return (product - whole).magnitude <= whole.magnitude * 1e-12 ? whole : product
  }
}
