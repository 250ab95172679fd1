import Glibc
import TraceCalls

// Tables of strace -c, which hold sums alone.
extension Comparer {
  /// The least ratio of counts, errors or means that matters: how much they vary by chance is not in a table.
  static let leastTableRatio = 2.0

  private struct TableSide {
    var calls: [String: StraceTable.Row] = [:]
    var hasErrors = true
    var hasMeans = true
    var total: Double { calls.values.reduce(0) { $0 + Double($1.calls) } }
  }

  /// Either side may be a log: it is summed like one.
  mutating func tables() -> Comparison {
    let sides = [old, new].map(Self.table)
    let areTables = [old, new].map { $0.runs.contains(where: \.isTable) }
    notes.append(
      "\(areTables[0] && areTables[1] ? "both sides are" : areTables[0] ? "before is" : "after is") a table of strace -c: shares of calls and of errors\(areTables[0] && areTables[1] ? ", and mean times" : "") are compared, without a measure of chance; no rates, latencies, paths or peers"
    )
    if areTables[0] && areTables[1] {
      notes.append("the time of such a table is CPU time in the kernel, unless it was made with -w; the table does not say")
    } else {
      notes.append(
        "mean times are not compared: those of a table are CPU time unless it was made with -w, those of a log are not")
    }
    for (word, side) in zip(["before", "after"], sides) where side.total == 0 {
      notes.append("\(word) has no column of calls: nothing can be compared (strace -c -U calls,errors,name,time)")
    }
    let comparesMeans = areTables[0] && areTables[1] && sides[0].hasMeans && sides[1].hasMeans
    let (before, after) = (sides[0], sides[1])
    if before.total > 0, after.total > 0 { compare(before, after, comparesMeans) }
    findings.sort { a, b in
      let (first, second) = (Self.tableWeight(a), Self.tableWeight(b))
      return first != second ? first > second : a.subject.syscall < b.subject.syscall
    }
    return Comparison(
      findings: findings, rows: rows,
      before: .init(runs: old.runs.count, calls: Int(before.total), span: nil, floor: nil),
      after: .init(runs: new.runs.count, calls: Int(after.total), span: nil, floor: nil), notes: notes, distributions: [])
  }

  private static func tableWeight(_ finding: Comparison.Finding) -> (Int, Double) {
    (finding.isWait ? 0 : 1, abs(Double(finding.after.time) - Double(finding.before.time)))
  }

  private mutating func compare(_ before: TableSide, _ after: TableSide, _ comparesMeans: Bool) {
    let names = Set(before.calls.keys).union(after.calls.keys).sorted()
    let counts = names.compactMap { name -> (ratio: Double, weight: Double)? in
      guard let a = before.calls[name]?.calls, let b = after.calls[name]?.calls, min(a, b) >= LatencyShift.fewestCalls else {
        return nil
      }
      return (Double(b) / Double(a), Double(min(a, b)))
    }
    let means = names.compactMap { name -> (ratio: Double, weight: Double)? in
      guard !CallNature.waits(name), let a = before.calls[name], let b = after.calls[name], let meanA = a.meanTime,
        let meanB = b.meanTime,
        meanA > 0, meanB > 0, min(a.calls, b.calls) >= LatencyShift.fewestCalls
      else { return nil }
      return (meanB / meanA, Double(min(a.calls, b.calls)))
    }
    let (usualCount, usualMean) = (counts.weightedMedian ?? after.total / before.total, means.weightedMedian ?? 1)
    for name in names {
      let (a, b) = (before.calls[name] ?? .init(), after.calls[name] ?? .init())
      let subject = Comparison.Subject(level: .call, syscall: name)
      let (ofBefore, ofAfter) = (Self.figures(a), Self.figures(b))
      rows.append(.init(subject: subject, before: ofBefore, after: ofAfter, shift: nil))
      func add(_ subject: Comparison.Subject, _ change: Comparison.Change, _ ratio: Double?) {
        var finding = Comparison.Finding(subject: subject, change: change)
        finding.before = ofBefore
        finding.after = ofAfter
        finding.isWait = CallNature.waits(name)
        finding.ratio = ratio.map { .init(value: $0, low: .nan, high: .nan) }
        findings.append(finding)
      }
      if a.calls == 0 || b.calls == 0 {
        if !CallNature.isChancy(name) { add(subject, a.calls == 0 ? .new : .vanished, nil) }
        continue
      }
      guard min(a.calls, b.calls) >= LatencyShift.fewestCalls else { continue }
      let count = Double(b.calls) / Double(a.calls) / usualCount
      let shift = abs(Double(b.calls) / after.total - Double(a.calls) / before.total)
      if max(count, 1 / count) >= Self.leastTableRatio, shift >= Self.leastCallShare, !CallNature.waits(name) {
        add(subject, count > 1 ? .moreOften : .lessOften, count)
      }
      if before.hasErrors, after.hasErrors {
        let (shareA, shareB) = (Double(a.errors) / Double(a.calls), Double(b.errors) / Double(b.calls))
        let ratio = shareB / shareA
        if abs(shareB - shareA) >= Self.leastErrorShare, !(ratio < Self.leastTableRatio && ratio > 1 / Self.leastTableRatio) {
          add(.init(level: .errno, syscall: name), shareB > shareA ? .moreErrors : .fewerErrors, ratio.isFinite ? ratio : nil)
        }
      }
      if comparesMeans, let meanA = a.meanTime, let meanB = b.meanTime, meanA > 0, meanB > 0, !CallNature.waits(name) {
        let ratio = meanB / meanA
        let own = ratio > 1 ? ratio / max(1, usualMean) : 1 / ratio / max(1, 1 / usualMean)
        if own >= Self.leastTableRatio, abs(meanB - meanA) >= 10_000 { add(subject, ratio > 1 ? .slower : .faster, ratio) }
      }
    }
  }

  private static func figures(_ row: StraceTable.Row) -> Comparison.Figures {
    var figures = Comparison.Figures()
    figures.calls = row.calls
    figures.errors = row.errors
    figures.mean = row.meanTime
    figures.time = row.meanTime.map { Int64(min(9e18, $0 * Double(row.calls))) } ?? 0
    return figures
  }

  private static func table(_ side: ComparedSide) -> TableSide {
    var result = TableSide()
    for run in side.runs {
      if let table = run.table, run.calls == 0 {
        for (name, row) in table.rows { result.calls[name, default: .init()].add(row) }
        result.hasErrors = result.hasErrors && table.hasErrors
        result.hasMeans = result.hasMeans && table.rows.values.allSatisfy { $0.meanTime != nil }
        continue
      }
      for (key, series) in run.series {
        result.calls[key.syscall, default: .init()].add(
          .init(calls: series.calls.reduce(0, +), errors: series.errors.reduce(0, +), microseconds: series.time / 1000))
      }
    }
    return result
  }
}

extension StraceTable.Row {
  /// Nanoseconds a call.
  fileprivate var meanTime: Double? {
    guard calls > 0 else { return nil }
    if let microseconds { return Double(microseconds) * 1000 / Double(calls) }
    return mean.map { Double($0) * 1000 }
  }
}
