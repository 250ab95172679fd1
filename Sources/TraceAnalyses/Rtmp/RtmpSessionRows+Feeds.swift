import TraceProcesses

// Which source feeds which sink.
extension RtmpSessionRows {
  /// A feed, and the places of its two ends among the entries.
  struct PlacedFeed {
    let source: Int
    let sink: Int
    let feed: RtmpSessions.Feed
  }

  /// By reads alone, a feed needs as many turns as that, and most of the sink's.
  private static let leastTurns = 8
  private static let leastShare = 0.5
  /// By another thread's reads less will do, but twice what chance would give: the next publisher's read may come before the write.
  private static let leastShareHandedOver = 0.3
  private static let leastLift = 2.0

  func feeds() -> [PlacedFeed] {
    let places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.description, $0) })
    var byName: [String: [Int]] = [:]
    for (index, entry) in entries.enumerated() where entry.flow == .source {
      if let name = entry.wholeName { byName[name, default: []].append(index) }
    }
    var feeds: [PlacedFeed] = []
    for (sink, entry) in entries.enumerated() where entry.flow == .sink {
      var links: [Int: MediaTurns.Link] = [:]
      for link in turns.links(to: entry.description) {
        guard let source = places[link.source], entries[source].flow == .source else { continue }
        if link.isHandedOver, link.share < Self.leastLift * turns.chance(link, entry.description) { continue }
        if link.turns > links[source]?.turns ?? 0 { links[source] = link }
      }
      var named = (entry.wholeName.flatMap { byName[$0] } ?? []).filter { isSameStream($0, sink) }
      // A stream that this process has itself is not fetched from another.
      let own = named.filter { entries[$0].session.connection.process == entry.session.connection.process }
      if !own.isEmpty { named = own }
      for source in Set(named).union(links.keys) {
        let isNamed = named.contains(source)
        let link = links[source]
        if !isNamed {
          let least = link?.isHandedOver == true ? Self.leastShareHandedOver : Self.leastShare
          guard let link, link.turns >= Self.leastTurns, link.share >= least, isSameStream(source, sink) else {
            continue
          }
        }
        feeds.append(PlacedFeed(source: source, sink: sink, feed: feed(source, sink, isNamed, link)))
      }
    }
    return feeds.sorted { ($0.source, $0.sink) < ($1.source, $1.sink) }
  }

  private func feed(_ source: Int, _ sink: Int, _ isNamed: Bool, _ link: MediaTurns.Link?) -> RtmpSessions.Feed {
    let (from, to) = (entries[source].session, entries[sink].session)
    let basis: RtmpSessions.Feed.Basis =
      switch link?.isHandedOver {
      case nil: .name
      case false: isNamed ? .nameAndReads : .reads
      case true: isNamed ? .nameAndHandover : .handover
      }
    return RtmpSessions.Feed(
      source: from, sink: to, basis: basis, share: link?.share,
      writes: link?.writes ?? 0, bytes: link?.bytes ?? 0, sourceLine: link?.readLine ?? from.start?.line,
      sinkLine: link?.writeLine ?? to.start?.line)
  }

  /// Whether two may carry one stream: they lived at the same time, and no name that the log shows, whole or in part, says otherwise.
  private func isSameStream(_ source: Int, _ sink: Int) -> Bool {
    let (a, b) = (entries[source], entries[sink])
    return a.life.overlaps(b.life) && Self.mayAgree(a.session.app, b.session.app)
      && Self.mayAgree(a.session.stream, b.session.stream)
  }

  /// `cam-...` and `cam-lobby` may be the same, as may anything and nothing.
  private static func mayAgree(_ a: String?, _ b: String?) -> Bool {
    guard let a = a.map(ShownName.init), let b = b.map(ShownName.init) else { return true }
    if a.isWhole, b.isWhole { return a.path == b.path }
    if a.isWhole { return a.path.hasPrefix(b.path) }
    if b.isWhole { return b.path.hasPrefix(a.path) }
    return a.path.hasPrefix(b.path) || b.path.hasPrefix(a.path)
  }
}

/// The name of a stream or app without its query, which is the client's own, as far as -s showed it.
private struct ShownName {
  let path: Substring
  let isWhole: Bool

  init(_ name: String) {
    let isCut = name.hasSuffix("...")
    let shown = isCut ? name.dropLast(3) : name[...]
    path = shown.prefix { $0 != "?" }
    isWhole = !isCut || path.endIndex < shown.endIndex
  }
}

extension RtmpSessionRows.Entry {
  /// The stream's name, where all of it was shown.
  fileprivate var wholeName: String? {
    guard let name = session.stream.map(ShownName.init), name.isWhole, !name.path.isEmpty else { return nil }
    return String(name.path)
  }
}
