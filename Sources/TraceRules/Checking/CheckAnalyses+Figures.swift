import TraceAnalyses
import TraceCalls
import TraceProcesses

extension CheckAnalyses {
  /// The figure of a measure that is not of calls.
  func figure(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    if call.measure.population == .log { return log.figure(call) }
    if log.isTableOnly { return Measured(unknown: CheckedLog.noCalls) }
    switch call.measure.population {
    case .calls, .log: return Measured(unknown: CheckedLog.noCalls)
    case .stalls: return stalls(call, log)
    case .rtmpFreezes: return freezes(call, log)
    case .rtmpSessions: return sessions(call, log)
    case .connections: return connections(call, log)
    case .http: return http(call, log)
    case .dns: return dns(call, log)
    case .futexes: return futexes(call, log)
    case .locks: return locks(call, log)
    case .deadlocks: return deadlocks(call, log)
    case .threads: return threads(call, log)
    case .descriptors: return descriptors(call, log)
    case .leaks: return leaks(call, log)
    }
  }

  // MARK: Silences

  private func stalls(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    guard let result = stallRows[call.length ?? Self.usualStall] else { return Measured(unknown: CheckedLog.noCalls) }
    if result.clock.kind == .none { return Measured(unknown: CheckedLog.noStamps) }
    return RowFigures(
      rows: result.rows,
      answer: { row, test in
        switch test.fact {
        case .kind: test.accepts(row.stall.kind.rawValue)
        case .duration: test.accepts(row.stall.duration)
        case .process: test.accepts(row.process)
        case .tid: test.accepts(row.stall.tid.map { Double($0) })
        case .fd: test.accepts(row.descriptor.map { Double($0) })
        case .peer: test.accepts(row.peer)
        case .stream: test.accepts(row.stream)
        default: test.accepts(String?.none)
        }
      },
      value: { Double($0.stall.duration) },
      evidence: {
        RuleEvidence(
          line: $0.stall.evidenceLine, what: $0.stall.kind.rawValue, fd: $0.descriptor, tid: $0.stall.tid,
          duration: $0.stall.duration)
      }
    ).figure(call, log)
  }

  private func freezes(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    guard let result = rtmpRows[call.length ?? Self.usualFreeze] else { return Measured(unknown: CheckedLog.noCalls) }
    if result.clock.kind == .none { return Measured(unknown: CheckedLog.noStamps) }
    return RowFigures(
      rows: result.freezes,
      answer: { freeze, test in
        switch test.fact {
        case .cause: test.accepts(freeze.cause.rawValue)
        case .duration: test.accepts(freeze.gap.length)
        default: Self.answer(freeze.session, test)
        }
      },
      value: { Double($0.gap.length) },
      evidence: {
        RuleEvidence(
          line: $0.gap.lineBefore, what: $0.session.role?.rawValue ?? "rtmp", fd: $0.session.connection.descriptor,
          duration: $0.gap.length)
      }
    ).figure(call, log)
  }

  private func sessions(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    RowFigures(
      rows: rtmpRows[call.length ?? Self.usualFreeze]?.sessions ?? [], answer: Self.answer, value: { _ in nil },
      evidence: {
        RuleEvidence(
          line: $0.connection.description.evidenceLine ?? $0.connection.openedLine, what: $0.role?.rawValue ?? "rtmp",
          fd: $0.connection.descriptor)
      }
    ).figure(call, log)
  }

  private static func answer(_ session: RtmpSessions.Session, _ test: RowTest) -> Bool {
    switch test.fact {
    case .role: test.accepts(session.role?.rawValue)
    case .app: test.accepts(session.app)
    case .stream: test.accepts(session.stream)
    default: answer(session.connection, test)
    }
  }

  // MARK: Connections

  private static func answer(_ row: Connections.Row, _ test: RowTest) -> Bool {
    switch test.fact {
    case .kind: test.accepts(row.description.kind.rawValue)
    case .protocol: test.accepts(row.description.protocolName)
    case .role: test.accepts(row.role)
    case .peerRole: test.accepts(row.peerRole)
    case .peer: test.accepts(row.description.peer)
    case .local: test.accepts(row.description.local)
    case .stream: test.accepts(row.description.stream)
    case .path: test.accepts(row.description.path)
    case .process: test.accepts(row.process)
    case .fd: test.accepts(Double(row.descriptor))
    case .endedBy: test.accepts(row.endedBy)
    case .readBytes: test.accepts(row.read.bytes)
    case .writeBytes: test.accepts(row.write.bytes)
    case .silence: test.accepts(row.longestSilence)
    case .errors: test.accepts(Double(row.read.errors + row.write.errors))
    default: test.accepts(String?.none)
    }
  }

  private func connections(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    guard let result = connectionRows else { return Measured(unknown: CheckedLog.noCalls) }
    let isOfTime = call.measure.quantity == .time
    if isOfTime, result.clock.kind == .none { return Measured(unknown: CheckedLog.noStamps) }
    return RowFigures(
      rows: result.rows.filter { !$0.isFile }, answer: Self.answer,
      value: { isOfTime ? $0.longestSilence.map { Double($0) } : nil },
      evidence: {
        RuleEvidence(
          line: $0.description.evidenceLine ?? max(1, $0.openedLine), what: $0.description.kind.rawValue, fd: $0.descriptor,
          duration: isOfTime ? $0.longestSilence : nil)
      }
    ).figure(call, log)
  }

  private func leaks(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    RowFigures(
      rows: leakRows?.rows ?? [],
      answer: { row, test in
        switch test.fact {
        case .kind: test.accepts(row.kind.rawValue)
        case .path: test.accepts(row.path)
        case .peer: test.accepts(row.peer)
        case .process: test.accepts(row.process)
        case .openedBy: test.accepts(Self.word(row.openedBy, log))
        default: test.accepts(String?.none)
        }
      },
      value: { Double($0.neverClosed) }, weight: { $0.neverClosed },
      evidence: { RuleEvidence(line: $0.first.openedLine, syscall: Self.word($0.openedBy, log), fd: $0.first.descriptor) }
    ).figure(call, log)
  }

  private static func word(_ event: Incarnation.Event, _ log: CheckedLog) -> String {
    switch event {
    case .syscall(let id): log.names.name(id)
    case .received: "SCM_RIGHTS"
    case .implicit: "implicit"
    default: ""
    }
  }

  // MARK: Open descriptors

  private func descriptors(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    guard let result = growthRows else { return Measured(unknown: CheckedLog.noCalls) }
    if result.clock.kind == .none { return Measured(unknown: CheckedLog.noStamps) }
    let rows = result.rows.filter { row in
      call.condition.map { $0.holds { $0.accepts(row.process) } } ?? true
    }
    guard call.measure.figure == .growth else { return Measured(rows.map { Double($0.peak) }.max() ?? 0) }
    guard result.last > result.origin else {
      return Measured(
        unknown: "the log ends within its first \(result.interval / 1_000_000_000) seconds: no growth can be seen")
    }
    // What was open at the end of each process's first interval, which is where programs open what they need, and at the last.
    var first: [String: FdGrowth.Row] = [:]
    var last: [String: FdGrowth.Row] = [:]
    for row in rows {
      if first[row.process] == nil { first[row.process] = row }
      last[row.process] = row
    }
    let rates = first.compactMap { process, row -> Double? in
      guard result.last > row.interval, let end = last[process] else { return nil }
      let time = Double(result.last - row.interval) * Double(result.interval) / 1e9
      return Double(end.open.all - row.open.all) / time
    }
    return Measured(rates.max() ?? 0)
  }

  // MARK: Messages

  private func http(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    let isTimed = log.clock.kind != .none
    if call.measure.quantity == .time, !isTimed { return Measured(unknown: CheckedLog.noStamps) }
    return RowFigures(
      rows: httpRows?.rows ?? [],
      answer: { row, test in
        switch test.fact {
        case .method: test.accepts(row.exchange.request?.method)
        case .host: test.accepts(row.exchange.request?.host)
        case .path: test.accepts(row.exchange.request?.path)
        case .status: test.accepts(row.exchange.response?.status.map { Double($0) })
        case .latency: test.accepts(row.latency)
        case .role: test.accepts(row.role.rawValue)
        case .process: test.accepts(row.process)
        case .tid: test.accepts(Double(row.place.tid))
        case .fd: test.accepts(Double(row.descriptor))
        case .requestBytes: test.accepts(row.exchange.request == nil ? nil : Double(row.exchange.requestBytes))
        case .responseBytes: test.accepts(row.exchange.response == nil ? nil : Double(row.exchange.responseBytes))
        default: test.accepts(String?.none)
        }
      },
      value: { $0.latency.map { Double($0) } },
      evidence: { row in
        RuleEvidence(
          line: row.place.line, what: row.exchange.response?.status.map { "status \($0)" } ?? "no response", fd: row.descriptor,
          tid: row.place.tid, duration: row.latency)
      },
      isError: { ($0.exchange.response?.status ?? 0) / 100 == 5 }, isAnswered: { $0.exchange.response?.status != nil },
      isZeroWithoutRows: false
    ).figure(call, log)
  }

  private func dns(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    if call.measure.quantity == .time, log.clock.kind == .none { return Measured(unknown: CheckedLog.noStamps) }
    return RowFigures(
      rows: dnsRows?.rows ?? [],
      answer: { row, test in
        switch test.fact {
        case .name: test.accepts(row.name)
        case .type: test.accepts(row.type)
        case .outcome: test.accepts(row.outcome)
        case .server: test.accepts(row.server)
        case .attempts: test.accepts(Double(row.attempts))
        case .latency: test.accepts(row.latency)
        case .tid: test.accepts(Double(row.tid))
        default: test.accepts(String?.none)
        }
      },
      value: { $0.latency.map { Double($0) } },
      evidence: {
        RuleEvidence(line: $0.line, what: $0.outcome.isEmpty ? "no answer" : $0.outcome, tid: $0.tid, duration: $0.latency)
      },
      isError: { !$0.outcome.isEmpty && $0.outcome != "NOERROR" }, isZeroWithoutRows: false
    ).figure(call, log)
  }

  // MARK: Threads and locks

  private func futexes(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    RowFigures(
      rows: futexRows?.rows ?? [],
      answer: { row, test in
        switch test.fact {
        case .use: test.accepts(row.use.rawValue)
        case .process: test.accepts(row.process)
        case .waits: test.accepts(Double(row.waits))
        default: test.accepts(String?.none)
        }
      },
      value: { $0.waits > 0 ? $0.waitTime.map { Double($0) } : 0 }, weight: { $0.waits },
      evidence: { row in
        RuleEvidence(line: row.longestWaits.first?.startLine ?? row.firstLine, what: row.use.rawValue, duration: row.longest)
      }
    ).figure(call, log)
  }

  private func locks(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    let rows = futexRows?.rows ?? []
    if call.measure.quantity == .time, rows.contains(where: { $0.waits > 0 }),
      rows.allSatisfy({ $0.waits == 0 || $0.waitTime == nil })
    {
      return Measured(unknown: CheckedLog.noDurations)
    }
    let isLongest = call.measure.figure == .most
    return RowFigures(
      rows: futexRows?.locks ?? [],
      answer: { lock, test in
        switch test.fact {
        case .process: test.accepts(lock.process)
        case .waits: test.accepts(Double(lock.waits))
        default: test.accepts(String?.none)
        }
      },
      value: { Double(isLongest ? $0.longest : $0.waitTime) }, weight: { $0.waits },
      evidence: { lock in
        lock.longestWaits.first.map { RuleEvidence(line: $0.startLine, what: "lock", tid: $0.tid, duration: $0.duration) }
      }
    ).figure(call, log)
  }

  private func deadlocks(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    RowFigures(
      rows: futexRows?.deadlocks ?? [], answer: { $1.accepts($0.process) }, value: { _ in nil },
      evidence: { deadlock in
        deadlock.members.first.map { RuleEvidence(line: $0.line, what: "deadlock", tid: $0.tid, duration: $0.waited) }
      }
    ).figure(call, log)
  }

  private func threads(_ call: MeasureCall, _ log: CheckedLog) -> Measured {
    guard let result = threadRows else { return Measured(unknown: CheckedLog.noCalls) }
    if call.measure.quantity == .share, result.clock.kind == .none { return Measured(unknown: CheckedLog.noStamps) }
    func saturation(_ thread: ThreadsResult.Thread) -> Double? {
      thread.present.flatMap { $0 > 0 ? Double(thread.saturated) / Double($0) : nil }
    }
    return RowFigures(
      rows: result.threads,
      answer: { thread, test in
        switch test.fact {
        case .thread: test.accepts(thread.name)
        case .role: test.accepts(thread.role.rawValue)
        case .process: test.accepts(thread.process)
        case .tid: test.accepts(Double(thread.tid))
        case .saturation: test.accepts(saturation(thread))
        default: test.accepts(String?.none)
        }
      },
      value: saturation, evidence: { _ in nil }
    ).figure(call, log)
  }
}

extension CheckedLog {
  /// A figure of the ledger, the clock or the input.
  func figure(_ call: MeasureCall) -> Measured {
    func lines(_ kind: Ledger.Kind) -> Measured {
      Measured(
        Double(ledger[kind].lines), ledger[kind].lines > 0 ? [RuleEvidence(line: ledger[kind].firstLine, what: kind.name)] : [])
    }
    switch call.measure.figure {
    case .lines: return Measured(Double(ledger.lines))
    case .signals: return lines(.signal)
    case .exits: return lines(.exit)
    case .lostEvents:
      return Measured(
        Double(ledger.lostEvents),
        ledger.lostNotes.lines > 0 ? [RuleEvidence(line: ledger.lostNotes.firstLine, what: "lost events")] : [])
    case .damages: return Measured(Double(damages))
    case .duration: return duration.map { Measured(Double($0)) } ?? Measured(unknown: Self.noStamps)
    case .notUnderstood:
      let reasons = Ledger.Reason.allCases.filter { ledger.reasons[$0.rawValue].lines > 0 }
      return Measured(
        Double(ledger.notUnderstood) / Double(max(1, ledger.lines)),
        reasons.map { RuleEvidence(line: ledger.reasons[$0.rawValue].firstLine, what: $0.text) })
    case .unpaired:
      let all = ledger.calls + ledger.abandoned.lines
      guard all > 0 else { return isTableOnly ? Measured(unknown: Self.noCalls) : Measured(0) }
      let evidence = [(ledger.withoutStart, "begun before the log"), (ledger.abandoned, "contradicted")]
      return Measured(
        Double(ledger.withoutStart.lines + ledger.abandoned.lines) / Double(all),
        evidence.filter { $0.0.lines > 0 }.map { RuleEvidence(line: $0.0.firstLine, what: $0.1) })
    default: return Measured(unknown: "it cannot be measured")
    }
  }
}
