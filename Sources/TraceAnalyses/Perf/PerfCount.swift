import TraceSyntax

/// Samples of perf by event and whatever else is asked for, in all or over time.
///
/// Memory follows the distinct rows.
public struct PerfCount: PerfAnalysis {
  public struct Options: Sendable {
    public var keys: [PerfKey] = []
    /// Nanoseconds; nil for the sums of the whole log.
    public var interval: Int64?
    public init() {}
  }

  public struct Row: Sendable {
    /// Nanoseconds of perf's clock at which the interval begins.
    public var start: Int64?
    public var event: String
    /// In the order of the keys; empty for what the sample does not say.
    public var values: [String]
    public var samples: Int64
    /// Sum of periods: nanoseconds of a clock event, cycles, ...
    public var weight: Int64
    /// Of the weight of the event's samples in the whole log.
    public var share: Double
  }

  public struct Result: Sendable {
    public var keys: [PerfKey] = []
    public var interval: Int64?
    /// Heaviest first within an event, in the order of intervals where there are.
    public var rows: [Row] = []
    /// Where the first interval begins.
    public var origin: Int64 = 0
    /// Samples without a stamp where intervals were asked for: left out.
    public var withoutTime: Int64 = 0
    /// Samples that have none of the fields asked for.
    public var withoutField: Int64 = 0
  }

  private struct Cell: Hashable {
    var interval: Int64
    var group: Int32
  }

  private struct Sum {
    var samples: Int64 = 0
    var weight: Int64 = 0

    mutating func add(_ weight: Int64) {
      samples += 1
      self.weight = self.weight.addingCapped(weight)
    }
  }

  private let options: Options
  private let fields: [[UInt8]?]
  /// Event and values of a row, zeros between them, and what follows the table's hash may read.
  private var groups = TextTable()
  private var sums: [Sum] = []
  private var cells: [Cell: Sum] = [:]
  private var scratch: [UInt8] = []
  private var withoutTime: Int64 = 0
  private var withoutField: Int64 = 0

  public init(_ options: Options = Options()) {
    self.options = options
    fields = options.keys.map { if case .field(let name) = $0 { Array(name.utf8) } else { nil } }
  }

  public mutating func consume(_ record: PerfRecord, _ records: PerfRecords) {
    if options.interval != nil, record.time == nil {
      withoutTime += 1
      return
    }
    scratch.removeAll(keepingCapacity: true)
    scratch += records.events.text(record.event)
    for (key, field) in zip(options.keys, fields) {
      scratch.append(0)
      append(key, field, record, records)
    }
    let count = scratch.count
    for _ in 0..<8 { scratch.append(0) }
    let group = scratch.withUnsafeBufferPointer { text in text.baseAddress.map { groups.number($0, count).number } ?? 0 }
    if Int(group) == sums.count { sums.append(Sum()) }
    sums[Int(group)].add(record.weight)
    guard let interval = options.interval, let time = record.time else { return }
    cells[Cell(interval: time / interval, group: group), default: Sum()].add(record.weight)
  }

  private mutating func append(_ key: PerfKey, _ field: [UInt8]?, _ record: PerfRecord, _ records: PerfRecords) {
    switch key {
    case .comm: scratch += records.comms.text(record.comm)
    case .symbol: scratch += records.symbols.text(record.symbol)
    case .dso: scratch += records.modules.text(record.module)
    case .pid: append(record.pid)
    case .tid: append(record.tid)
    case .cpu: append(record.cpu)
    case .field:
      let payload = records.payload(record)
      guard let value = field?.withUnsafeBufferPointer({ payload[$0] }) else {
        withoutField += 1
        return
      }
      // A zero ends a value in the table.
      for byte in value { scratch.append(byte == 0 ? UInt8(ascii: " ") : byte) }
    }
  }

  private mutating func append(_ number: Int64?) {
    if let number { scratch += Array(String(number).utf8) }
  }

  /// Sums stay true for what was seen.
  public mutating func lost() {}

  public mutating func finish(_ records: PerfRecords) -> Result {
    var result = Result()
    result.keys = options.keys
    result.interval = options.interval
    result.withoutTime = withoutTime
    result.withoutField = withoutField
    let names = sums.indices.map { group in
      groups.text(Int32(group)).split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
    var totals: [String: Int64] = [:]
    for (name, sum) in zip(names, sums) { totals[name[0], default: 0] = totals[name[0], default: 0].addingCapped(sum.weight) }
    func row(_ group: Int, _ sum: Sum, start: Int64?) -> Row {
      let total = totals[names[group][0]] ?? 0
      return Row(
        start: start, event: names[group][0], values: Array(names[group].dropFirst()), samples: sum.samples, weight: sum.weight,
        share: total > 0 ? Double(sum.weight) / Double(total) : 0)
    }
    if let interval = options.interval {
      result.rows = cells.map { row(Int($0.key.group), $0.value, start: $0.key.interval &* interval) }
      result.origin = result.rows.lazy.compactMap(\.start).min() ?? 0
    } else {
      result.rows = sums.enumerated().map { row($0, $1, start: nil) }
    }
    result.rows.sort { a, b in
      if a.start != b.start { return (a.start ?? 0) < (b.start ?? 0) }
      if a.event != b.event { return a.event < b.event }
      if a.weight != b.weight { return a.weight > b.weight }
      return a.values.lexicographicallyPrecedes(b.values)
    }
    return result
  }
}
