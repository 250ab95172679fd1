import SwiftProtobuf
import TraceCalls
import TraceInput
import TraceReports
import TraceSyntax

extension Partial {
  func message() throws(PartialError) -> [UInt8] {
    var message = ProtoPartial()
    message.tool = ToolVersion.text
    message.analysis = analysis
    message.options = options.map { option in .with { ($0.name, $0.value) = (option.name, option.value) } }
    message.logs = logs.map(\.message)
    state.encode(into: &message)
    do {
      var options = BinaryEncodingOptions()
      options.useDeterministicOrdering = true
      return try message.serializedBytes(options: options)
    } catch {
      throw PartialError("the state cannot be encoded: \(error)")
    }
  }

  init(message bytes: [UInt8], name: String) throws(PartialFault) {
    let message: ProtoPartial
    do {
      var options = BinaryDecodingOptions()
      options.messageDepthLimit = 8
      message = try ProtoPartial(serializedBytes: bytes, options: options)
    } catch {
      throw PartialFault("holds no partial from byte \(PartialFile.headerLength) on (\(error)): write it anew")
    }
    do throws(PartialFault) {
      var logs: [PartialLog] = []
      for log in message.logs { logs.append(try PartialLog(log)) }
      guard !logs.isEmpty else { throw PartialFault("it covers no log") }
      for (log, next) in zip(logs, logs.dropFirst()) where !log.precedes(next) { throw PartialFault("its logs are not in order") }
      let options = message.options.map { PartialOption($0.name, $0.value) }
      let state = try Self.state(message, options, logs)
      self.init(message.analysis, options, logs: logs, state: state, name: name)
    } catch {
      let tool = message.tool.isEmpty || message.tool == ToolVersion.text ? "" : ", by tracestat \(message.tool.terminalSafe)"
      throw PartialFault(
        "the message from byte \(PartialFile.headerLength) on\(tool) is not sound: \(error.reason); write it anew")
    }
  }

  private static func state(
    _ message: ProtoPartial, _ options: [PartialOption], _ logs: [PartialLog]
  ) throws(PartialFault) -> any PartialState {
    switch message.state {
    case .reports(let list): try ReportsState(list, logs)
    case .summary(let summary): try SummaryState(summary, options, logs)
    case .timelines(let list): try TimelinesState(list, logs)
    case .threads(let list): try ThreadsState(list, logs)
    case .growths(let list): try GrowthsState(list, logs)
    case .stacks(let stacks): try StacksState(stacks)
    case .ledgers: LedgersState()
    case nil: throw PartialFault("it holds no state that this tracestat knows")
    }
  }
}

extension PartialLog {
  fileprivate var message: ProtoLog {
    .with {
      $0.name = name
      $0.moreFiles = UInt32(clamping: moreFiles)
      $0.bytes = bytes
      $0.digest = digest
      $0.clock.kind = ProtoStampKind(rawValue: Int(clock.kind.rawValue)) ?? .none
      $0.clock.isFine = clock.isFine
      if let first = clock.first { $0.clock.first = first }
      $0.clock.last = clock.last
      $0.ledger = ledger.message
      $0.damages = damages.map { damage in
        .with {
          $0.path = damage.path
          $0.reason = damage.reason
          $0.storedOffset = damage.storedOffset
          $0.logOffset = damage.logOffset
          $0.isPartial = damage.severity == .partial
        }
      }
      $0.notes = notes
      $0.tables = tables
    }
  }

  fileprivate init(_ message: ProtoLog) throws(PartialFault) {
    let clock = message.clock
    try require(!clock.hasFirst || Limits.isTime(clock.first), "a first stamp that no clock has")
    try require(Limits.isTime(clock.last), "a last stamp that no clock has")
    guard let ledger = Ledger(message.ledger) else { throw PartialFault("a ledger with counts that there cannot be") }
    self.init(
      name: message.name, moreFiles: Int(message.moreFiles), bytes: max(0, message.bytes), digest: message.digest,
      clock: TraceClock(
        kind: try StampKind(message.clock.kind), isFine: clock.isFine, first: clock.hasFirst ? clock.first : nil, last: clock.last
      ),
      ledger: ledger,
      damages: message.damages.map {
        InputDamage(
          path: $0.path, reason: $0.reason, storedOffset: $0.storedOffset, logOffset: $0.logOffset,
          severity: $0.isPartial ? .partial : .ignored)
      }, notes: message.notes, tables: message.tables)
  }
}

extension StampKind {
  init(_ kind: ProtoStampKind) throws(PartialFault) {
    guard let raw = UInt8(exactly: kind.rawValue), let known = StampKind(rawValue: raw) else {
      throw PartialFault("stamps of a kind that this tracestat does not know")
    }
    self = known
  }
}

extension Ledger {
  fileprivate var message: ProtoLedger {
    .with {
      $0.kinds = kinds.map(\.message)
      $0.reasons = reasons.map(\.message)
      $0.calls = Int64(calls)
      $0.errors = Int64(errors)
      $0.withoutStart = withoutStart.message
      $0.abandoned = abandoned.message
      $0.lostNotes = lostNotes.message
      $0.lostEvents = lostEvents
      $0.inFlight = Int64(inFlight)
      $0.skippedBytes = skippedBytes
    }
  }

  fileprivate init?(_ message: ProtoLedger) {
    let entries = message.kinds + message.reasons + [message.withoutStart, message.abandoned, message.lostNotes]
    let counts = [message.calls, message.errors, message.lostEvents, message.inFlight, message.skippedBytes]
    guard entries.allSatisfy({ Limits.isCount($0.lines) && Limits.isCount($0.firstLine) }), counts.allSatisfy(Limits.isCount)
    else { return nil }
    self.init(
      kinds: message.kinds.map(Entry.init), reasons: message.reasons.map(Entry.init), calls: Int(message.calls),
      errors: Int(message.errors), withoutStart: Entry(message.withoutStart), abandoned: Entry(message.abandoned),
      lostNotes: Entry(message.lostNotes), lostEvents: message.lostEvents, inFlight: Int(message.inFlight),
      skippedBytes: message.skippedBytes)
  }
}

extension Ledger.Entry {
  fileprivate var message: ProtoLedger.Entry {
    .with { ($0.lines, $0.firstLine) = (Int64(lines), Int64(firstLine)) }
  }

  fileprivate init(_ message: ProtoLedger.Entry) {
    self.init()
    lines = Int(message.lines)
    firstLine = Int(message.firstLine)
  }
}
