/// One comparison of a condition: a fact about a row, and what it is to be.
///
/// A fact that the log does not tell fulfils `!=` and `!~` only.
public struct RowTest: Sendable, Hashable {
  /// What rows have facts about. Which rows have which is said where conditions are read.
  public enum Fact: String, Sendable, CaseIterable {
    case syscall, errno, fd, tid, thread, process, direction, duration, bytes, path, peer, local, `protocol`, stream, kind, role
    case peerRole = "peer_role"
    case name, type, outcome, server, attempts, latency, method, host, status, cause, use, app, silence
    case endedBy = "ended_by"
    case openedBy = "opened_by"
    case requestBytes = "request_bytes"
    case responseBytes = "response_bytes"
    case readBytes = "read_bytes"
    case writeBytes = "write_bytes"
    case errors, waits, saturation
  }

  public enum Relation: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case like = "~"
    case unlike = "!~"
    case oneOf = "in"
  }

  /// What the fact is compared with; durations are nanoseconds.
  public enum Operand: Sendable, Hashable {
    case texts([String])
    case glob(Glob)
    case numbers([ClosedRange<Double>])
  }

  public let fact: Fact
  public let relation: Relation
  public let operand: Operand

  public init(_ fact: Fact, _ relation: Relation, _ operand: Operand) {
    self.fact = fact
    self.relation = relation
    self.operand = operand
  }

  public func accepts(_ text: String?) -> Bool {
    let isNegated = relation == .unequal || relation == .unlike
    guard let text, !text.isEmpty else { return isNegated }
    switch operand {
    case .texts(let texts): return texts.contains(text) != isNegated
    case .glob(let glob): return glob.matches(text) != isNegated
    case .numbers: return isNegated
    }
  }

  public func accepts(_ number: Double?) -> Bool {
    guard let number, case .numbers(let ranges) = operand, let first = ranges.first else { return relation == .unequal }
    switch relation {
    case .equal, .oneOf, .like: return ranges.contains { $0.contains(number) }
    case .unequal, .unlike: return !ranges.contains { $0.contains(number) }
    case .less: return number < first.lowerBound
    case .lessOrEqual: return number <= first.upperBound
    case .greater: return number > first.upperBound
    case .greaterOrEqual: return number >= first.lowerBound
    }
  }

  public func accepts(_ number: Int64?) -> Bool { accepts(number.map { Double($0) }) }
}
