import TraceSyntax

// What one side has and the other has not.
extension Comparer {
  /// How often a thing is to be expected in the other side for its absence there to be told, counting each block of a log in which it is met
  /// once: calls come in bursts. About once for what the program is asked to do; three times, which chance misses once in twenty (exp(-3)),
  /// for what timing decides.
  static let leastExpected = 0.8
  static let leastChancyExpected = 3.0

  mutating func findNews() {
    var untold = 0
    for isNew in [true, false] {
      let (here, there) = isNew ? (new, old) : (old, new)
      guard there.length > 0, here.length > 0 else { continue }
      let exposure = there.length / here.length
      if !hasOtherFilter {
        for (name, calls) in here.calls where there.calls[name] == nil {
          let subject = Comparison.Subject(level: .call, syscall: name)
          let isTold = isExpected(Double(calls.occasions) * exposure, isChancy: CallNature.isChancy(name))
          guard isTold else {
            untold += 1
            continue
          }
          add(subject, isNew, figures(calls, here), evidence(calls.first, isAfter: isNew), isWait: CallNature.waits(name))
        }
      }
      untold += findErrors(here, there, isNew: isNew)
      untold += findPeers(here, there, isNew: isNew)
    }
    if old.length > 0, new.length > 0 { untold += findPaths() }
    if untold > 0 {
      notes.append(
        "\(untold) rare calls, errors, paths or peers of one side are not in the other, and may just as well have been missed there by chance: not told"
      )
    }
  }

  private func isExpected(_ times: Double, isChancy: Bool) -> Bool {
    times >= (isChancy ? Self.leastChancyExpected : Self.leastExpected)
  }

  private mutating func add(
    _ subject: Comparison.Subject, _ isNew: Bool, _ figures: Comparison.Figures, _ evidence: Comparison.Evidence?,
    isWait: Bool = false
  ) {
    var finding = Comparison.Finding(subject: subject, change: isNew ? .new : .vanished)
    if isNew { finding.after = figures } else { finding.before = figures }
    let length = isNew ? new.length : old.length
    if byTime, length > 0 { finding.effect = Double(figures.time) / length * (isNew ? 1 : -1) }
    finding.isWait = isWait
    finding.evidence = evidence
    findings.append(finding)
  }

  /// Errors of calls that both sides have; how many are too rare to tell.
  private mutating func findErrors(_ here: ComparedSide, _ there: ComparedSide, isNew: Bool) -> Int {
    var untold = 0
    for (name, calls) in here.calls {
      guard let others = there.calls[name], others.callCount > 0 else { continue }
      let exposure = Double(others.callCount) / Double(max(1, calls.callCount))
      for (errno, counts) in calls.errnos where others.errnos[errno] == nil {
        let isChancy = CallNature.isChancy(errno)
        guard isExpected(Double(counts.count { $0 > 0 }) * exposure, isChancy: isChancy) else {
          untold += 1
          continue
        }
        var figures = figures(calls, here)
        figures.errors = Int(counts.reduce(0, +))
        if isChancy, Double(figures.errors) / Double(max(1, figures.calls)) < Self.leastErrorShare { continue }
        let before = self.figures(others, there)
        let subject = Comparison.Subject(level: .errno, syscall: name, errno: errno.name)
        var finding = Comparison.Finding(subject: subject, change: isNew ? .new : .vanished)
        finding.before = isNew ? before : figures
        finding.after = isNew ? figures : before
        if isNew { finding.before.errors = 0 } else { finding.after.errors = 0 }
        finding.isWait = isChancy
        if byTime, let mean = calls.mean, here.length > 0 {
          finding.effect = Double(figures.errors) * mean / here.length * (isNew ? 1 : -1)
        }
        finding.evidence = evidence(calls.firstErrors[errno], isAfter: isNew)
        findings.append(finding)
      }
    }
    return untold
  }

  // MARK: Paths and peers

  private typealias Found = (place: Behaviour.Place, run: Int)

  private mutating func findPaths() -> Int {
    let (vanished, new) = (paths(of: old, not: self.new), paths(of: self.new, not: old))
    let moves = MovedPaths(from: Array(vanished.keys), to: Array(new.keys)).moves
    var moved: Set<String> = []
    for move in moves {
      moved.formUnion(move.paths.flatMap { [$0.old, $0.new] })
      var (before, after) = (Found?.none, Found?.none)
      for (old, path) in move.paths {
        if let found = vanished[old] { before.take(found.place, found.run) }
        if let found = new[path] { after.take(found.place, found.run) }
      }
      guard let before, let after else { continue }
      var finding = Comparison.Finding(subject: .init(level: .path, name: "\(move.from) -> \(move.to)"), change: .moved)
      finding.before = before.place.figures
      finding.after = after.place.figures
      if byTime { finding.effect = Double(after.place.time) / self.new.length - Double(before.place.time) / old.length }
      finding.evidence = evidence(after, true)
      findings.append(finding)
    }
    var untold = 0
    for isNew in [true, false] {
      let (here, there) = isNew ? (self.new, old) : (old, self.new)
      for (path, found) in isNew ? new : vanished where !moved.contains(path) {
        guard isExpected(Double(found.place.occasions) * there.length / here.length, isChancy: false) else {
          untold += 1
          continue
        }
        add(Comparison.Subject(level: .path, name: path), isNew, found.place.figures, evidence(found, isNew))
      }
    }
    return untold
  }

  /// Paths that one side has and the other has not.
  private func paths(of here: ComparedSide, not there: ComparedSide) -> [String: Found] {
    guard there.runs.allSatisfy(\.hasAllPaths), !hasOtherFilter else { return [:] }
    let known = Set(there.runs.flatMap { $0.paths.keys })
    let knowsNames = there.runs.allSatisfy(\.namesDescriptors)
    var paths: [String: Found] = [:]
    for (run, result) in here.runs.enumerated() {
      for (path, place) in result.paths where !known.contains(path) && (knowsNames || !place.isOfDecoration) {
        paths[path].take(place, run)
      }
    }
    return paths.filter { path, _ in !Self.siblings(path).contains(where: known.contains) }
  }

  private mutating func findPeers(_ here: ComparedSide, _ there: ComparedSide, isNew: Bool) -> Int {
    guard there.runs.allSatisfy(\.hasAllPeers), !hasOtherFilter else { return 0 }
    let known = Set(there.runs.flatMap { $0.peers.keys.map(\.peer) })
    let knowsNames = there.runs.allSatisfy(\.namesDescriptors)
    var peers: [Behaviour.PeerKey: Found] = [:]
    for (run, result) in here.runs.enumerated() {
      for (key, place) in result.peers where !known.contains(key.peer) && (knowsNames || !place.isOfDecoration) {
        peers[key].take(place, run)
      }
    }
    var untold = 0
    for (key, found) in peers {
      guard isExpected(Double(found.place.occasions) * there.length / here.length, isChancy: false) else {
        untold += 1
        continue
      }
      add(
        Comparison.Subject(level: .peer, connectionClass: key.connectionClass, name: key.peer), isNew, found.place.figures,
        evidence(found, isNew))
    }
    return untold
  }

  private func evidence(_ found: (place: Behaviour.Place, run: Int), _ isAfter: Bool) -> Comparison.Evidence? {
    found.place.firstLine > 0 ? Comparison.Evidence(isAfter: isAfter, run: found.run, line: found.place.firstLine) : nil
  }

  /// The same path with `*` for one of its words: the random word of a temporary name may look like any other.
  static func siblings(_ path: String) -> [String] {
    var result: [String] = []
    var start = path.startIndex
    while start < path.endIndex {
      guard path[start].isLetter || path[start] == "*" || path[start].isNumber else {
        start = path.index(after: start)
        continue
      }
      let end = path[start...].firstIndex { !$0.isLetter && !$0.isNumber && $0 != "*" } ?? path.endIndex
      result.append(path[..<start] + "*" + path[end...])
      start = end
    }
    return result
  }
}

extension (place: Behaviour.Place, run: Int)? {
  /// Of a thing met in several runs, the first one's line.
  fileprivate mutating func take(_ more: Behaviour.Place, _ run: Int) {
    guard var mine = self else {
      self = (more, run)
      return
    }
    mine.place.calls += more.calls
    mine.place.time = Summary.sum(mine.place.time, more.time)
    mine.place.occasions += more.occasions
    self = mine
  }
}

extension Behaviour.Place {
  fileprivate var figures: Comparison.Figures {
    var figures = Comparison.Figures()
    figures.calls = calls
    figures.time = time
    return figures
  }
}
