import TraceProcesses

// Which series a timeline's rows are of. There may be as many as connections, so nothing here is larger than a number for each but the series.
extension FdSeries {
  /// Every incarnation that has a row, sorted by process, number and n, only so many of the busiest where `top` says so; and by incarnation the
  /// place of its series, -1 where it has none.
  static func collect(_ rows: [FdTimelineRow], _ model: ProcessModel, top: Int?) -> (series: [FdSeries], places: [Int32]) {
    var places = [Int32](repeating: -1, count: model.incarnations.count)
    for row in rows { places[Int(row.incarnation)] = 0 }
    var order = places.indices.filter { places[$0] >= 0 }.map(Int32.init)
    let ranks = model.tableRanks
    order.sort { a, b in
      let (first, second) = (model.incarnations[Int(a)], model.incarnations[Int(b)])
      if first.table != second.table { return ranks[Int(first.table)] < ranks[Int(second.table)] }
      return (first.descriptor, first.n, a) < (second.descriptor, second.n, b)
    }
    for (place, index) in order.enumerated() { places[Int(index)] = Int32(place) }
    var series = order.map { FdSeries($0, model) }
    for row in rows { series[Int(places[Int(row.incarnation)])].count(row) }
    guard let top, top < series.count else { return (series, places) }
    let kept = busiest(series, top)
    for index in order { places[Int(index)] = -1 }
    for (place, index) in kept.enumerated() { places[Int(order[index])] = Int32(place) }
    return (kept.map { series[$0] }, places)
  }

  /// Where so many of the busiest are, in the order of the table.
  static func busiest(_ series: [FdSeries], _ top: Int) -> [Int] {
    series.indices.sorted { series[$0].isBusier(than: series[$1]) }.prefix(max(0, top)).sorted()
  }

  private init(_ index: Int32, _ model: ProcessModel) {
    let incarnation = model.incarnations[Int(index)]
    let description = model.descriptions[Int(incarnation.description)]
    self.init(
      incarnation: index, process: model.processLabel(incarnation.table),
      processNumber: model.processNumber(incarnation.table), descriptor: incarnation.descriptor, n: incarnation.n,
      kind: description.kind, local: description.local, peer: description.peer, path: description.path,
      protocolName: description.protocolName, stream: description.stream)
  }
}
