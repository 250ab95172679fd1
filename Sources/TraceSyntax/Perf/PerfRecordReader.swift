/// Lines of `perf script` -> records: one for each sample, whether with a call chain below it, its only frame on the line, or none.
public final class PerfRecordReader {
  public let output = PerfRecords()
  /// The sample being read: frames may follow.
  private var record: PerfRecord?
  private var payload: [UInt8] = []

  public init() {}

  /// Reads whole lines, of which 128 readable bytes follow; complete records are then in ``output``.
  public func read(_ bytes: UnsafePointer<UInt8>, count: Int) {
    startRun()
    ChunkLines.forEach(bytes, count: count) { line($0, $1) }
  }

  /// Ends a log: its last record comes out.
  public func finish() {
    startRun()
    close()
  }

  private func startRun() {
    output.records.removeAll(keepingCapacity: true)
    output.payloads.count = 0
  }

  private func line(_ start: Pointer, _ end: Pointer) {
    output.lines += 1
    if start == end || start[0] == UInt8(ascii: "\r") { return close() }
    if start[0] == UInt8(ascii: "#") { return }
    let isIndented = PerfScriptHeader.isBlank(start[0])
    let hasStamp = PerfScriptHeader.stamp(start, end) != nil
    if record != nil, isIndented, !hasStamp {
      // A frame, or a source line below one.
      if record?.symbol == -1, record?.module == -1, let frame = PerfScriptFrame(start, end) { take(frame) }
      return
    }
    guard let header = PerfScriptHeader(start, end) else {
      if !UnsafeBufferPointer(start: start, count: end - start).allSatisfy(PerfScriptHeader.isBlank) { noteNotUnderstood() }
      return
    }
    close()
    open(header)
    // perf fills up comms with blanks where no call chains follow.
    if isIndented { close() }
  }

  private func noteNotUnderstood() {
    output.notUnderstood += 1
    if output.firstNotUnderstood == nil { output.firstNotUnderstood = output.lines }
  }

  private func open(_ header: PerfScriptHeader) {
    if header.event.isEmpty, header.rest.starts(with: "PERF_RECORD_".utf8) {
      guard let lost = PerfScriptHeader.lostEvents(header.rest), lost > 0 else { return }
      output.lostEvents = output.lostEvents.addingReportingOverflow(lost).partialValue
      var loss = PerfRecord()
      loss.isLoss = true
      output.records.append(loss)
      return
    }
    var record = PerfRecord()
    record.line = output.lines
    record.comm = Self.number(header.comm, &output.comms)
    record.event = Self.number(header.event, &output.events)
    record.pid = header.pid
    record.tid = header.tid
    record.cpu = header.cpu
    record.time = header.time
    record.weight = max(1, header.period ?? 1)
    payload.removeAll(keepingCapacity: true)
    self.record = record
    guard let base = header.rest.baseAddress, !header.rest.isEmpty else { return }
    if let frame = PerfScriptFrame(base, base + header.rest.count), !frame.module.isEmpty {
      take(frame)
    } else {
      payload.append(contentsOf: header.rest.prefix(TextTable.longest))
    }
  }

  private func take(_ frame: PerfScriptFrame) {
    record?.symbol = Self.number(frame.symbol, &output.symbols)
    record?.module = Self.number(frame.module, &output.modules)
    // What has neither is a frame all the same: the next is not the innermost.
    if record?.symbol == -1, record?.module == -1 { record?.symbol = Self.unknown(&output.symbols) }
  }

  private func close() {
    guard var record else { return }
    let side = output.payloads
    side.reserve(payload.count)
    payload.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { (side.base + side.count).update(from: base, count: bytes.count) }
    }
    record.payload = side.count..<(side.count + payload.count)
    side.count += payload.count
    output.records.append(record)
    self.record = nil
  }

  /// Of a text within a chunk, whose following bytes may be read; -1 of an empty one.
  private static func number(_ text: UnsafeBufferPointer<UInt8>, _ table: inout TextTable) -> Int32 {
    guard let base = text.baseAddress, !text.isEmpty else { return -1 }
    return table.number(base, text.count).number
  }

  private static func unknown(_ table: inout TextTable) -> Int32 {
    let text: StaticString = "[unknown]\0\0\0\0\0\0\0\0"
    return table.number(text.utf8Start, 9).number
  }
}
