// Which silences are freezes, and what they come from.
extension RtmpSessionRows {
  func freezes(_ feeds: [PlacedFeed]) -> [RtmpSessions.Freeze] {
    var sources: [Int: [Int]] = [:]
    for feed in feeds { sources[feed.sink, default: []].append(feed.source) }
    var freezes: [RtmpSessions.Freeze] = []
    for (index, entry) in entries.enumerated() where entry.isWanted {
      let rhythm = entry.gaps.rhythm
      // Where neither a command nor a rhythm shows media, there is none to miss.
      guard let flow = entry.flow, rhythm != nil || entry.session.role != nil else { continue }
      for gap in entry.longGaps {
        var (cause, source) = flow == .source ? (.unknown, nil) : cause(of: gap, sources[index] ?? [])
        if flow == .sink, rhythm == nil, cause == .unknown { cause = .neverFed }
        freezes.append(
          RtmpSessions.Freeze(
            session: entry.session, gap: gap, rhythm: rhythm, cause: cause, causedBy: source.map { entries[$0].session }))
      }
    }
    return freezes.sorted { ($0.gap.start, $0.gap.lineBefore) < ($1.gap.start, $1.gap.lineBefore) }
  }

  /// A full socket is the player's doing; otherwise the silence of what feeds it, or its end, for at least half of the gap.
  private func cause(of gap: MediaGap, _ sources: [Int]) -> (RtmpSessions.Freeze.Cause, Int?) {
    if gap.blockedLine > 0 { return (.notReading, nil) }
    var ended: Int?
    for source in sources {
      for silence in entries[source].longGaps where min(silence.end, gap.end) &- max(silence.start, gap.start) >= gap.length / 2 {
        return (.sourceSilent, source)
      }
      let (life, moved) = (entries[source].life, entries[source].story.read.last)
      if life.upperBound <= gap.end, min(moved, life.upperBound) <= gap.start &+ gap.length / 2 { ended = source }
    }
    return ended.map { (.sourceEnded, $0) } ?? (.unknown, nil)
  }
}

extension RtmpSessionRows.Entry {
  var gaps: MediaGaps { flow == .source ? story.read : story.write }

  /// Longer than the threshold, and than twice the rhythm.
  var longGaps: [MediaGap] {
    let usual = gaps.rhythm ?? 0
    return gaps.long.filter { $0.length / 2 >= usual }
  }
}
