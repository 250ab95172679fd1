// What cannot be compared.
extension Comparer {
  /// Below this share of calls in common two logs are taken for those of different programs.
  static let leastInCommon = 0.2
  /// Names of calls that only one side has from which on it is taken for a filter of strace's.
  static let fewestFiltered = 8

  mutating func noteDifferentLogs() {
    for (word, side) in [("before", old), ("after", new)] {
      for run in side.runs { for note in run.notes { notes.append("\(word): \(note)") } }
      if !side.runs.allSatisfy(\.hasClock) {
        notes.append(
          "\(word) has no time stamps: calls are compared as shares of all calls, not by second (record with strace -tt -T)")
      } else if side.runs.contains(where: { $0.span == 0 }) {
        notes.append("\(word) lasts no time by its stamps: calls are compared as shares of all calls, not by second")
      }
      if side.all.callCount > 0, side.all.durations.total == 0 {
        notes.append("\(word) has no durations: latencies are not compared (record with strace -T)")
      } else {
        let timed = side.all.durations.total
        if timed * 10 < side.all.callCount * 9 {
          notes.append("\(word) has durations of \(timed) of \(side.all.callCount) calls: latencies are of those")
        }
      }
      let blocks = side.runs.map(\.slices.count).reduce(0, +)
      if side.all.callCount > 0, blocks < LatencyShift.fewestBlocks {
        notes.append("\(word) is too short to tell how its calls vary: latencies are not compared")
      }
    }
    noteDerived()
    if old.runs.contains(where: { !$0.isFine && $0.hasClock }) || new.runs.contains(where: { !$0.isFine && $0.hasClock }) {
      notes.append("stamps of whole seconds: how calls vary over less is not seen")
    }
    if let filtered = filterNote { notes.append(filtered) }
    noteDifferentPrograms()
    if byTime, max(old.length, new.length) > 5 * min(old.length, new.length) {
      notes.append(
        "one side is \(Int(min(1e9, max(old.length, new.length) / min(old.length, new.length)))) times as long as the other: rare things of it need not be in the shorter one"
      )
    }
  }

  /// Durations that are differences of stamps hold what strace did meanwhile.
  private mutating func noteDerived() {
    func share(_ side: ComparedSide) -> Double {
      let derived = side.runs.reduce(0) { $0 + $1.series.values.reduce(0) { $0 + $1.derived } }
      return Double(derived) / Double(max(1, side.all.durations.total))
    }
    if abs(share(old) - share(new)) > 0.5 {
      notes.append(
        "durations are printed by -T on one side and taken from stamps on the other, which makes them longer: shifts may be of that"
      )
    }
  }

  /// Names that one side lacks altogether, where the other lacks none: `-e trace=` differed.
  private var filterNote: String? {
    let (before, after) = (Set(old.calls.keys), Set(new.calls.keys))
    guard hasOtherFilter else { return nil }
    let word = before.count < after.count ? "before" : "after"
    return
      "\(word) has only \(min(before.count, after.count)) names of calls where the other has \(max(before.count, after.count)): traced with another -e trace=? Calls that it lacks are not told, nor paths and peers"
  }

  var hasOtherFilter: Bool {
    let (before, after) = (Set(old.calls.keys), Set(new.calls.keys))
    let (fewer, more) = before.count < after.count ? (before, after) : (after, before)
    let missing = more.subtracting(fewer).count
    // A program that began before its log has fewer names too, but the same calls in numbers.
    guard missing >= Self.fewestFiltered, missing * 2 >= more.count, fewer.subtracting(more).count <= 1 else { return false }
    let side = before.count < after.count ? new : old
    let calls = side.calls.reduce(0) { $0 + (fewer.contains($1.key) ? 0 : $1.value.callCount) }
    return calls * 5 >= side.all.callCount
  }

  private mutating func noteDifferentPrograms() {
    let programs = [old, new].map { side in Set(side.runs.compactMap(\.program)) }
    if let before = programs[0].first, let after = programs[1].first, programs[0].isDisjoint(with: programs[1]) {
      notes.append("before ran \(before), after \(after): different programs?")
      return
    }
    let (before, after) = (Double(max(1, old.all.callCount)), Double(max(1, new.all.callCount)))
    var common = 0.0
    for (name, calls) in old.calls {
      common += min(Double(calls.callCount) / before, Double(new.calls[name]?.callCount ?? 0) / after)
    }
    if old.all.callCount > 0, new.all.callCount > 0, common < Self.leastInCommon, !hasOtherFilter {
      notes.append(
        "the sides have \(Int(common * 100)) % of their calls in common: of different processes, or traced differently? Differences are of that"
      )
    }
  }
}
