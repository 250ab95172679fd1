import Glibc
import TraceSyntax

// Rates, errors and durations: what is tested, and what is too small to matter.
extension Comparer {
  /// The least ratio of quantiles that matters, in either direction; of calls that wait.
  static let leastRatio = 1.25
  static let leastWaitRatio = 2.0
  /// The least ratio of rates, beside the load's; of calls that wait.
  static let leastRateRatio = 1.5
  /// Of all calls, the share that a change of rate must be of.
  static let leastCallShare = 0.005
  /// The least shift in times of the cheapest call: what the tracer takes of a call varies as much from run to run.
  static let leastFloors = 2.0
  /// Nanoseconds of a shift beyond the median: less is what waiting for a processor makes of it on a machine that is a little busier.
  static let leastTailShift = 1e6
  /// Cliff's delta: below 0.147 it is negligible, from 0.33 medium (Romano and others 2006).
  static let leastDelta = 0.147
  static let leastWaitDelta = 0.33
  /// The least change of the share of calls that fail, in either direction; with errors that timing brings.
  static let leastErrorShare = 0.01
  static let leastChancyShare = 0.1

  mutating func compareRate(
    _ subject: Comparison.Subject, _ before: ComparedCalls, _ after: ComparedCalls, isWait: Bool, against load: Double
  ) {
    guard before.callCount >= LatencyShift.fewestCalls, after.callCount >= LatencyShift.fewestCalls,
      let rateBefore = old.rate(before.calls), let rateAfter = new.rate(after.calls), rateBefore.value > 0, rateAfter.value > 0
    else { return }
    // On the scale of logarithms, by the delta method.
    func logarithm(_ rate: Estimate) -> Estimate {
      Estimate(value: log(rate.value), variance: rate.variance / (rate.value * rate.value), degrees: rate.degrees)
    }
    var difference = Estimate.difference(logarithm(rateAfter), logarithm(rateBefore))
    let margin = difference.margin
    let ratio = exp(difference.value)
    let least = isWait ? Self.leastWaitRatio : Self.leastRateRatio
    let beside = max(ratio / load, load / ratio)
    let share =
      abs(rateAfter.value - rateBefore.value)
      / max(old.all.calls.reduce(0, +) / old.length, new.all.calls.reduce(0, +) / new.length)
    let isSame = max(ratio, 1 / ratio) < least
    let consistent = agree(before, after) { calls, run, side in Self.rate(calls, run, side) }
    difference.value -= log(load)
    var finding = Comparison.Finding(subject: subject, change: ratio > 1 ? .moreOften : .lessOften)
    finding.isWait = isWait
    finding.before = figures(before, old)
    finding.after = figures(after, new)
    finding.ratio = .init(value: ratio, low: exp(log(ratio) - margin), high: exp(log(ratio) + margin))
    finding.pValue = difference.pValue(against: 0)
    if byTime, subject.level != .load, let meanBefore = before.mean, let meanAfter = after.mean {
      finding.effect = (rateAfter.value - rateBefore.value) * (meanBefore + meanAfter) / 2
    }
    finding.evidence = evidence(ratio > 1 ? after.first : before.first, isAfter: ratio > 1)
    candidates.append(
      Candidate(
        finding: finding, pValue: finding.pValue ?? 1,
        matters: beside >= least && !isSame && share >= Self.leastCallShare && consistent))
  }

  private static func rate(_ calls: ComparedCalls, _ run: Int, _ side: ComparedSide) -> Double? {
    var (sum, length) = (0.0, 0.0)
    for index in calls.runs.indices where calls.runs[index] == run {
      sum += calls.calls[index]
      length += side.lengths[index]
    }
    return length > 0 ? sum / length : nil
  }

  /// Whether every run of one side is above every run of the other: what runs of a side do by themselves is no change.
  private func agree(
    _ before: ComparedCalls, _ after: ComparedCalls, _ value: (ComparedCalls, Int, ComparedSide) -> Double?
  ) -> Bool {
    guard old.runs.count > 1 || new.runs.count > 1 else { return true }
    let ofBefore = old.runs.indices.compactMap { value(before, $0, old) }
    let ofAfter = new.runs.indices.compactMap { value(after, $0, new) }
    guard let lowBefore = ofBefore.min(), let highBefore = ofBefore.max(), let lowAfter = ofAfter.min(),
      let highAfter = ofAfter.max()
    else { return true }
    return lowAfter > highBefore || highAfter < lowBefore
  }

  // MARK: Errors

  mutating func compareErrors(_ subject: Comparison.Subject, _ before: ComparedCalls, _ after: ComparedCalls) {
    for errno in Set(before.errnos.keys).intersection(after.errnos.keys).sorted() {
      guard let old = before.errnos[errno], let new = after.errnos[errno],
        before.callCount >= LatencyShift.fewestCalls, after.callCount >= LatencyShift.fewestCalls,
        let shareBefore = BlockRatio.estimate(old, of: before.calls, runs: before.runs),
        let shareAfter = BlockRatio.estimate(new, of: after.calls, runs: after.runs)
      else { continue }
      func independent(_ share: Estimate, _ calls: ComparedCalls) -> Double {
        let n = Double(calls.callCount) + 4
        let p = (share.value * Double(calls.callCount) + 2) / n
        return p * (1 - p) / n
      }
      let difference = Estimate.difference(
        shareAfter.atLeast(independent(shareAfter, after)), shareBefore.atLeast(independent(shareBefore, before)))
      let ratio = shareAfter.value / shareBefore.value
      let isChancy = CallNature.isChancy(errno)
      let subject = Comparison.Subject(level: .errno, syscall: subject.syscall, errno: errno.name)
      var finding = Comparison.Finding(subject: subject, change: ratio > 1 ? .moreErrors : .fewerErrors)
      finding.isWait = isChancy
      finding.before = figures(before, self.old)
      finding.after = figures(after, self.new)
      finding.before.errors = Int(old.reduce(0, +))
      finding.after.errors = Int(new.reduce(0, +))
      finding.effect = errorEffect(before, after, old, new)
      finding.pValue = difference.pValue(against: 0)
      let margin = difference.margin
      finding.ratio = .init(
        value: ratio, low: max(0, (shareAfter.value - margin) / shareBefore.value),
        high: (shareAfter.value + margin) / shareBefore.value)
      finding.evidence = evidence(ratio > 1 ? after.firstErrors[errno] : before.firstErrors[errno], isAfter: ratio > 1)
      let consistent = agree(before, after) { calls, run, _ in
        Self.share(calls.errnos[errno] ?? [], calls, run)
      }
      candidates.append(
        Candidate(
          finding: finding, pValue: finding.pValue ?? 1,
          matters: max(ratio, 1 / ratio) >= Self.leastRateRatio
            && abs(difference.value) >= (isChancy ? Self.leastChancyShare : Self.leastErrorShare) && consistent))
    }
  }

  private static func share(_ errors: [Double], _ calls: ComparedCalls, _ run: Int) -> Double? {
    var (sum, all) = (0.0, 0.0)
    for index in calls.runs.indices where calls.runs[index] == run && index < errors.count {
      sum += errors[index]
      all += calls.calls[index]
    }
    return all > 0 ? sum / all : nil
  }

  /// What the failing calls take: their number times the mean of the call.
  func errorEffect(_ before: ComparedCalls, _ after: ComparedCalls, _ old: [Double], _ new: [Double]) -> Double? {
    guard byTime, let mean = after.mean ?? before.mean, self.old.length > 0, self.new.length > 0 else { return nil }
    return (new.reduce(0, +) / self.new.length - old.reduce(0, +) / self.old.length) * mean
  }

  // MARK: Durations

  mutating func compareDurations(
    _ subject: Comparison.Subject, _ before: ComparedCalls, _ after: ComparedCalls, _ shift: LatencyShift, isWait: Bool,
    isOnFloor: Bool, _ controls: Set<String>
  ) {
    // What the tracer and the machine do to calls that do next to nothing.
    let (controlBefore, controlAfter) = (old.durations(of: controls), new.durations(of: controls))
    let floor = Self.leastFloors * Double(max(old.floor ?? 0, new.floor ?? 0))
    let least = isWait ? Self.leastWaitRatio : Self.leastRatio
    let delta = 2 * shift.superiority.value - 1
    let leastDelta = isWait ? Self.leastWaitDelta : Self.leastDelta
    for quantile in shift.quantiles {
      let isMedian = quantile.share == 0.5
      // A wait's tail is the load's; a median on the floor is the tracer's.
      if isWait && !isMedian { continue }
      let difference = Double(quantile.after - quantile.before)
      var ofControls = 0.0
      var ratioOfControls = 1.0
      if let a = controlBefore.quantile(quantile.share), let b = controlAfter.quantile(quantile.share) {
        ofControls = Double(b - a)
        ratioOfControls = Double(max(500, b)) / Double(max(500, a))
      }
      let isSlower = quantile.after > quantile.before
      // What controls do in the same direction is taken off; that they go the other way proves nothing.
      let own = isSlower ? difference - max(0, ofControls) : -(difference - min(0, ofControls))
      let ratio = isSlower ? quantile.ratio / max(1, ratioOfControls) : (1 / quantile.ratio) / max(1, 1 / ratioOfControls)
      var matters = own >= (isMedian ? floor : max(floor, Self.leastTailShift)) && ratio >= least && difference != 0
      matters = matters && !(quantile.low <= 1 && quantile.high >= 1)
      if isMedian { matters = matters && !isOnFloor && abs(delta) >= leastDelta && (delta > 0) == isSlower }
      matters =
        matters
        && agree(before, after) { calls, run, _ in
          let blocks = calls.runs.indices.filter { calls.runs[$0] == run }.map { calls.times[$0] }
          return DurationCounts(blocks.mergedPairwise()).quantile(quantile.share).map(Double.init)
        }
      var finding = Comparison.Finding(subject: subject, change: isSlower ? .slower : .faster)
      finding.isWait = isWait
      finding.before = figures(before, old)
      finding.after = figures(after, new)
      finding.ratio = .init(value: quantile.ratio, low: quantile.low, high: quantile.high)
      finding.quantile = quantile.share
      finding.superiority = .init(shift.superiority)
      finding.pValue = isMedian ? shift.superiorityPValue : quantile.pValue
      if byTime, let meanBefore = before.mean, let meanAfter = after.mean {
        let rates = before.calls.reduce(0, +) / old.length + after.calls.reduce(0, +) / new.length
        finding.effect = (meanAfter - meanBefore) * rates / 2
      }
      let longest = isSlower ? after.longest : before.longest
      finding.evidence = evidence(longest.map { ($0.run, $0.line) }, isAfter: isSlower)
      candidates.append(Candidate(finding: finding, pValue: finding.pValue ?? 1, matters: matters))
    }
  }

  func evidence(_ place: (run: Int, line: Int)?, isAfter: Bool) -> Comparison.Evidence? {
    place.map { Comparison.Evidence(isAfter: isAfter, run: $0.run, line: $0.line) }
  }
}
