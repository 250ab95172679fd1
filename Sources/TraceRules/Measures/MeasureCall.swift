import TraceAnalyses

/// A measure with its arguments.
public struct MeasureCall: Sendable, Hashable {
  public let measure: Measure
  /// As written, runs of blanks as one.
  public let text: String
  /// Thousandths, of `p(99.5)`.
  let thousandths: Int?
  /// Of system calls; empty for all.
  let syscalls: [Glob]
  /// Nanoseconds: what is shorter is none.
  let length: Int64?
  let condition: RowCondition?

  /// Which calls it is of.
  var selection: CallSelection { CallSelection(syscalls, where: condition) }

  public static func == (a: Self, b: Self) -> Bool {
    a.measure.name == b.measure.name && a.thousandths == b.thousandths && a.syscalls == b.syscalls && a.length == b.length
      && a.condition == b.condition && a.text == b.text
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(measure.name)
    hasher.combine(text)
  }
}
