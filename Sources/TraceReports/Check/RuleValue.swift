import TraceRules

/// Values of rules for people: three digits and a unit.
enum RuleValue {
  static func text(_ value: Double, _ quantity: RuleQuantity) -> String {
    switch quantity {
    case .number, .count: return digits(value)
    case .share: return digits(value * 100) + "%"
    case .time: return scaled(value, [("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9)])
    case .bytes: return scaled(value, bytes)
    case .throughput: return scaled(value, bytes) + "/s"
    case .rate:
      let magnitude = value.magnitude
      if magnitude >= 1 || magnitude == 0 { return digits(value) + "/s" }
      return magnitude >= 1.0 / 60 ? digits(value * 60) + "/min" : digits(value * 3600) + "/h"
    }
  }

  /// Measured and budget; where three digits do not tell them apart, all of them.
  static func texts(_ a: Double, _ b: Double, _ quantity: RuleQuantity) -> (String, String) {
    let (x, y) = (text(a, quantity), text(b, quantity))
    return x != y || a == b ? (x, y) : (exact(a) + quantity.unit, exact(b) + quantity.unit)
  }

  /// As data have it: whole numbers without a fraction.
  static func exact(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(value)"
  }

  private static let bytes: [(String, Double)] = [("B", 1), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12)]

  private static func scaled(_ value: Double, _ units: [(String, Double)]) -> String {
    let unit = units.last { value.magnitude >= $0.1 } ?? units[0]
    return digits(value / unit.1) + unit.0
  }

  /// Three significant digits, or all of a whole number.
  private static func digits(_ value: Double) -> String {
    if value == value.rounded() || value.magnitude >= 100 { return exact(value.rounded()) }
    var scale = 1.0
    while scale < 1e9, value.magnitude * scale < 100 { scale *= 10 }
    let rounded = (value * scale).rounded()
    let whole = Int64(rounded.magnitude)
    let divisor = Int64(scale)
    let fraction = String(whole % divisor)
    var text = String(repeating: "0", count: max(0, String(divisor).count - 1 - fraction.count)) + fraction
    while text.hasSuffix("0") { text.removeLast() }
    return (value < 0 ? "-" : "") + String(whole / divisor) + (text.isEmpty ? "" : "." + text)
  }
}

extension RuleEvidence {
  /// `sendto(17) by 14899 took 9.2s`, `consumer_slow fd 17 for 9.2s`.
  var text: String {
    var text = syscall ?? what ?? "line"
    if let fd { text += syscall == nil ? " fd \(fd)" : "(\(fd))" }
    if let tid { text += " by \(tid)" }
    if let errno { text += " failed: \(errno)" }
    if let duration, errno == nil { text += (syscall == nil ? " for " : " took ") + Duration.text(duration) }
    return text
  }
}

extension CheckReport {
  /// `ok`, `breach`, `warning`, `not measured`.
  func word(_ outcome: RuleOutcome) -> String {
    switch outcome.verdict {
    case .kept: "ok"
    case .breached: set.rules[outcome.rule].severity == .error ? "breach" : "warning"
    case .notMeasured: "not measured"
    }
  }

  /// Of a log: `ok`, `breach`, `partial`, `unreadable`, `not run`.
  func word(_ log: CheckedLogReport) -> String {
    if case .notRun = log.outcome { return "not run" }
    return switch status(of: log) {
    case .kept: "ok"
    case .partial: "partial"
    case .unreadable: "unreadable"
    case .breached: "breach"
    }
  }

  /// How a log was read: `ok`, `partial`, `unreadable`, `not run`.
  func reading(_ log: CheckedLogReport) -> String {
    switch log.outcome {
    case .unreadable: "unreadable"
    case .notRun: "not run"
    case .checked: message(log) == nil ? "ok" : "partial"
    }
  }

  /// What there is to say of a log as a whole.
  func message(_ log: CheckedLogReport) -> String? {
    switch log.outcome {
    case .unreadable(let reason): reason
    case .notRun: "a log before it failed"
    case .checked(let result):
      log.damages.first { $0.severity == .partial }.map { "\($0.reason) at byte \($0.storedOffset)" }
        ?? (log.isPartial ? "\(result.ledger.notUnderstood) lines are not understood" : nil)
    }
  }

  /// `measured 53.2ms, budget < 50ms`, or why nothing was measured.
  func finding(_ outcome: RuleOutcome) -> String {
    let comparison = set.rules[outcome.rule].comparison
    guard let measured = outcome.measured, let budget = outcome.budget else {
      return "not measured: \(outcome.reason ?? "it is not known why")"
    }
    let (x, y) = RuleValue.texts(measured, budget, comparison.quantity)
    return "measured \(x), budget \(comparison.relation.rawValue) \(y)"
  }
}
