import Glibc
import TraceCalls
import TraceSyntax

/// Compares two sides: finds what differs beyond chance and beyond what does not matter, and ranks it.
struct Comparer {
  /// Of what is called different where nothing is, so many would be: the false discovery rate of Benjamini and Hochberg (1995).
  static let falseDiscoveries = 0.05

  let old: ComparedSide
  let new: ComparedSide
  let byTime: Bool
  var findings: [Comparison.Finding] = []
  var rows: [Comparison.Row] = []
  var notes: [String] = []
  var candidates: [Candidate] = []
  /// The ratio of calls a second of the usual call: what another load makes of all of them.
  var load = 1.0

  /// A difference that a test found, if it stands beside all others.
  struct Candidate {
    var finding: Comparison.Finding
    var pValue: Double
    /// Whether it is large enough to matter.
    var matters: Bool
  }

  init(before: [Behaviour.Result], after: [Behaviour.Result]) {
    let all = before + after
    byTime = all.allSatisfy { $0.hasClock && $0.span > 0 }
    old = ComparedSide(before, byTime: byTime)
    new = ComparedSide(after, byTime: byTime)
  }

  mutating func comparison() -> Comparison {
    if (old.runs + new.runs).contains(where: \.isTable) { return tables() }
    noteDifferentLogs()
    findLoad()
    compareCalls()
    takeCandidates()
    findNews()
    rank()
    return Comparison(
      findings: findings, rows: rows, before: side(old), after: side(new), notes: notes, distributions: distributions())
  }

  private func side(_ side: ComparedSide) -> Comparison.Side {
    Comparison.Side(
      runs: side.runs.count, calls: side.all.callCount,
      span: side.runs.allSatisfy(\.hasClock) ? side.runs.reduce(0) { Summary.sum($0, $1.span) } : nil, floor: side.floor)
  }

  // MARK: Load

  /// The median over calls of the ratios of their rates, as DESeq takes it for counts (Anders and Huber 2010): a different load changes all
  /// rates alike, and is said once.
  private mutating func findLoad() {
    var ratios: [(ratio: Double, weight: Double)] = []
    for (name, before) in old.calls {
      guard let after = new.calls[name], min(before.callCount, after.callCount) >= LatencyShift.fewestCalls else { continue }
      let ratio = (after.calls.reduce(0, +) / new.length) / (before.calls.reduce(0, +) / old.length)
      if ratio.isFinite, ratio > 0 { ratios.append((ratio, Double(min(before.callCount, after.callCount)))) }
    }
    load = ratios.weightedMedian ?? 1
  }

  // MARK: Calls

  private mutating func compareCalls() {
    let controls = old.onFloor.intersection(new.onFloor).filter { !CallNature.waits($0) }
    compareRate(Comparison.Subject(level: .load), old.all, new.all, isWait: false, against: 1)
    for name in Set(old.calls.keys).union(new.calls.keys).sorted() {
      let none = ComparedCalls([SlicedCalls?](repeating: nil, count: old.runs.count), blocks: old.runs.map(\.slices.count))
      let others = ComparedCalls([SlicedCalls?](repeating: nil, count: new.runs.count), blocks: new.runs.map(\.slices.count))
      let (before, after) = (old.calls[name] ?? none, new.calls[name] ?? others)
      let subject = Comparison.Subject(level: .call, syscall: name)
      let isWait = CallNature.waits(name) || waitsForPeers(name)
      compare(subject, before, after, isWait: isWait, isOnFloor: controls.contains(name), controls.subtracting([name]))
      compareErrors(subject, before, after)
    }
    for key in Set(old.classes.keys).intersection(new.classes.keys).sorted(by: {
      ($0.connectionClass, $0.syscall) < ($1.connectionClass, $1.syscall)
    }) {
      guard let before = old.classes[key], let after = new.classes[key] else { continue }
      let subject = Comparison.Subject(level: .connection, syscall: key.syscall, connectionClass: key.connectionClass)
      let isWait = CallNature.waits(key.syscall) || CallNature.reads(key.syscall)
      compare(
        subject, before, after, isWait: isWait, isOnFloor: controls.contains(key.syscall), controls.subtracting([key.syscall]))
    }
  }

  /// Whether a call spends most of its time reading from connections, where it waits for the far end.
  private func waitsForPeers(_ name: String) -> Bool {
    guard CallNature.reads(name) else { return false }
    var (ofPeers, all) = (0.0, 0.0)
    for side in [old, new] {
      all += Double(side.calls[name]?.time ?? 0)
      for (key, calls) in side.classes where key.syscall == name { ofPeers += Double(calls.time) }
    }
    return ofPeers * 2 > all
  }

  /// Whether all connections of a protocol that make such calls have a role: where a log begins in the middle of some, their role may not show, and the
  /// others' calls are fewer for that alone.
  private func hasRoles(_ subject: Comparison.Subject) -> Bool {
    guard subject.level == .connection, let name = subject.connectionClass.split(separator: " ").first else { return true }
    let bare = Behaviour.SeriesKey(connectionClass: String(name), syscall: subject.syscall)
    return old.classes[bare] == nil && new.classes[bare] == nil
  }

  private mutating func compare(
    _ subject: Comparison.Subject, _ before: ComparedCalls, _ after: ComparedCalls, isWait: Bool, isOnFloor: Bool,
    _ controls: Set<String>
  ) {
    let shift = LatencyShift(before, after)
    rows.append(
      Comparison.Row(
        subject: subject, before: figures(before, old), after: figures(after, new),
        shift: shift.map { shift in
          (.init(shift.superiority), shift.quantiles.map { ($0.share, .init(value: $0.ratio, low: $0.low, high: $0.high)) })
        }))
    if before.callCount > 0, after.callCount > 0, hasRoles(subject) {
      compareRate(subject, before, after, isWait: isWait, against: load)
    }
    if let shift { compareDurations(subject, before, after, shift, isWait: isWait, isOnFloor: isOnFloor, controls) }
  }

  func figures(_ calls: ComparedCalls, _ side: ComparedSide) -> Comparison.Figures {
    var figures = Comparison.Figures()
    figures.calls = calls.callCount
    figures.errors = calls.errorCount
    figures.rate = byTime && side.length > 0 ? calls.calls.reduce(0, +) / side.length : nil
    figures.time = calls.time
    figures.mean = calls.mean
    figures.p50 = calls.durations.quantile(0.5)
    figures.p90 = calls.durations.quantile(0.9)
    figures.p99 = calls.durations.quantile(0.99)
    return figures
  }

  // MARK: What stands

  /// Takes the candidates that matter and pass the step-up procedure of Benjamini and Hochberg over all tests made.
  private mutating func takeCandidates() {
    let sorted = candidates.map(\.pValue).sorted()
    var limit = -1.0
    for (index, pValue) in sorted.enumerated()
    where pValue <= Self.falseDiscoveries * Double(index + 1) / Double(sorted.count) { limit = pValue }
    var taken: [TakenKey: Int] = [:]
    for candidate in candidates where candidate.matters && candidate.pValue <= limit {
      let key = TakenKey(subject: candidate.finding.subject, kind: kind(candidate.finding.change))
      if let index = taken[key] {
        // Of several tests of one thing, the greatest shift is told.
        if strength(candidate.finding) > strength(findings[index]) { findings[index] = candidate.finding }
      } else {
        taken[key] = findings.count
        findings.append(candidate.finding)
      }
    }
  }

  private struct TakenKey: Hashable {
    let subject: Comparison.Subject
    let kind: Int
  }

  private func kind(_ change: Comparison.Change) -> Int {
    switch change {
    case .slower, .faster: 0
    case .moreOften, .lessOften: 1
    case .moreErrors, .fewerErrors: 2
    case .new, .vanished, .moved: 3
    }
  }

  private func strength(_ finding: Comparison.Finding) -> Double {
    // The median says most of what is usual.
    finding.quantile == 0.5 ? .infinity : abs(log(finding.ratio?.value ?? 1))
  }

  // MARK: Order

  private mutating func rank() {
    func weight(_ finding: Comparison.Finding) -> (Int, Double, Double) {
      (
        finding.isWait || finding.subject.level == .load ? 1 : 0, -abs(finding.effect ?? 0),
        -Double(finding.before.calls + finding.after.calls)
      )
    }
    func order(_ finding: Comparison.Finding) -> (String, String, String, String) {
      (finding.subject.syscall, finding.subject.connectionClass, finding.subject.errno, finding.subject.name)
    }
    let sorted = findings.sorted { a, b in weight(a) != weight(b) ? weight(a) < weight(b) : order(a) < order(b) }
    // Parts behind the whole.
    let parts = sorted.filter { $0.subject.level == .connection }
    let wholes = sorted.filter { whole in parts.contains { isWhole(whole, of: $0) } }
    let heads = sorted.filter { part in part.subject.level != .connection || !wholes.contains { isWhole($0, of: part) } }
    var ranked: [Comparison.Finding] = []
    for head in heads {
      let place = ranked.count
      ranked.append(head)
      for part in parts where isWhole(head, of: part) {
        var part = part
        part.parent = place
        ranked.append(part)
      }
    }
    findings = ranked
  }

  private func isWhole(_ whole: Comparison.Finding, of part: Comparison.Finding) -> Bool {
    whole.subject.level == .call && whole.subject.syscall == part.subject.syscall && kind(whole.change) == kind(part.change)
  }

  // MARK: To draw

  /// Of the calls that differ in time, then of the busiest.
  private func distributions() -> [Comparison.Distribution] {
    var subjects: [Comparison.Subject] = []
    for finding in findings where kind(finding.change) == 0 && finding.subject.level == .call { subjects.append(finding.subject) }
    let busiest = rows.filter { $0.subject.level == .call }.sorted {
      ($1.before.time, $0.subject.syscall) < ($0.before.time, $1.subject.syscall)
    }
    for row in busiest where !subjects.contains(row.subject) { subjects.append(row.subject) }
    return subjects.compactMap { subject in
      guard let before = old.calls[subject.syscall]?.durations, let after = new.calls[subject.syscall]?.durations,
        before.total > 0, after.total > 0
      else { return nil }
      return Comparison.Distribution(subject: subject, before: before, after: after)
    }
  }
}

extension Comparison.Effect {
  init(_ estimate: Estimate, least: Double = 0, most: Double = 1) {
    let margin = estimate.margin
    self.init(value: estimate.value, low: max(least, estimate.value - margin), high: min(most, estimate.value + margin))
  }
}

extension [(ratio: Double, weight: Double)] {
  var weightedMedian: Double? {
    let sorted = self.sorted { $0.ratio < $1.ratio }
    let half = reduce(0) { $0 + $1.weight } / 2
    var sum = 0.0
    for (ratio, weight) in sorted {
      sum += weight
      if sum >= half { return ratio }
    }
    return nil
  }
}
