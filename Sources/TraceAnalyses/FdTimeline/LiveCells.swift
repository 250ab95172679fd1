import TraceCalls

/// The cells of a timeline that calls are being counted in: of each series the one in the newest interval it has a call in.
///
/// Every read and write passes here, so the memory is raw: an array would be asked each time whether somebody else holds it too. One thread at a time.
final class LiveCells {
  struct Cell {
    var series: Int32
    var interval: Int64
    var row = FdTimelineRow()
    var samples = DurationSamples()

    /// Counts a call that ended in the interval; `time` of it is spent there.
    @inline(__always)
    mutating func count(_ bytes: Int64, _ duration: Int64, isError: Bool, time: Int64) {
      row.count(bytes, duration, isError: isError)
      row.time &+= time
      if duration >= 0 { samples.add(duration) }
    }
  }

  /// Invariant: `bySeries` holds `seriesCount` indices of cells or -1; the cells up to `count` are initialised, `free` lists those
  /// of them that no series has.
  private struct State {
    var cells = UnsafeMutablePointer<Cell>.allocate(capacity: 64)
    var count = 0
    var capacity = 64
    var bySeries = UnsafeMutablePointer<Int32>.allocate(capacity: 0)
    var seriesCount = 0
    var free: [Int32] = []
    var active: [Int32] = []
  }

  private let state: UnsafeMutablePointer<State>

  init() {
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  deinit {
    for index in 0..<state.pointee.count { state.pointee.cells[index].samples.deallocate() }
    state.pointee.cells.deinitialize(count: state.pointee.count)
    state.pointee.cells.deallocate()
    state.pointee.bySeries.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// The cell of a series; valid until another is added.
  @inline(__always)
  func cell(of series: Int32) -> UnsafeMutablePointer<Cell>? {
    guard Int(series) < state.pointee.seriesCount else { return nil }
    let index = state.pointee.bySeries[Int(series)]
    return index < 0 ? nil : state.pointee.cells + Int(index)
  }

  /// A cell for a series that has none.
  @inline(never)
  func add(_ series: Int32, _ interval: Int64) -> UnsafeMutablePointer<Cell> {
    if Int(series) >= state.pointee.seriesCount { growSeries(to: Int(series) + 1) }
    let index: Int32
    if let free = state.pointee.free.popLast() {
      index = free
      state.pointee.cells[Int(index)].series = series
      state.pointee.cells[Int(index)].interval = interval
    } else {
      if state.pointee.count == state.pointee.capacity { growCells() }
      index = Int32(state.pointee.count)
      (state.pointee.cells + state.pointee.count).initialize(to: Cell(series: series, interval: interval))
      state.pointee.count += 1
    }
    state.pointee.bySeries[Int(series)] = index
    state.pointee.active.append(index)
    return state.pointee.cells + Int(index)
  }

  /// Takes away the cells that the closure says yes to.
  func removeAll(where isDone: (UnsafeMutablePointer<Cell>) -> Bool) {
    var kept = 0
    for index in state.pointee.active {
      let cell = state.pointee.cells + Int(index)
      if isDone(cell) {
        state.pointee.bySeries[Int(cell.pointee.series)] = -1
        state.pointee.free.append(index)
      } else {
        state.pointee.active[kept] = index
        kept += 1
      }
    }
    state.pointee.active.removeSubrange(kept...)
  }

  private func growSeries(to count: Int) {
    let capacity = max(count, state.pointee.seriesCount * 2, 256)
    let bigger = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
    bigger.update(from: state.pointee.bySeries, count: state.pointee.seriesCount)
    (bigger + state.pointee.seriesCount).update(repeating: -1, count: capacity - state.pointee.seriesCount)
    state.pointee.bySeries.deallocate()
    state.pointee.bySeries = bigger
    state.pointee.seriesCount = capacity
  }

  private func growCells() {
    let bigger = UnsafeMutablePointer<Cell>.allocate(capacity: state.pointee.capacity * 2)
    bigger.moveInitialize(from: state.pointee.cells, count: state.pointee.count)
    state.pointee.cells.deallocate()
    state.pointee.cells = bigger
    state.pointee.capacity *= 2
  }
}
