/// When the samples of a profile were taken: how many of which stack in each slice of time.
public struct StackTimes: Sendable {
  public struct Cell: Sendable {
    /// Number of the slice: its time since ``StackTimes/origin``, in lengths of a slice. Below 0 where samples are out of order.
    public var slice: Int64
    /// Of the stacks' tree.
    public var node: Int32
    public var samples: Int64
    public var weight: Int64
  }

  /// Nanoseconds of a slice.
  public let length: Int64
  /// Start of slice 0 on the profile's clock: the second in which the first sample was taken.
  public private(set) var origin: Int64 = 0
  /// By slice and node; each pair once after `settle()`.
  public private(set) var cells: [Cell] = []
  private var hasOrigin = false
  private var settleAt = 1 << 20

  init(length: Int64) { self.length = max(1, length) }

  mutating func add(_ time: Int64, node: Int32, weight: Int64) {
    if !hasOrigin {
      hasOrigin = true
      let second: Int64 = 1_000_000_000
      origin = time - (time % second + second) % second
    }
    let (sinceOrigin, isBeyond) = time.subtractingReportingOverflow(origin)
    guard !isBeyond else { return }
    let slice = sinceOrigin / length - (sinceOrigin % length < 0 ? 1 : 0)
    cells.append(Cell(slice: slice, node: node, samples: 1, weight: weight))
    if cells.count >= settleAt {
      settle()
      settleAt = max(settleAt, cells.count * 2)
    }
  }

  /// Sorted and summed; nil where there is nothing.
  var settled: StackTimes? {
    var times = self
    times.settle()
    return times.cells.isEmpty ? nil : times
  }

  /// Sorts and sums: memory follows the distinct stacks of each slice.
  mutating func settle() {
    cells.sort { $0.slice != $1.slice ? $0.slice < $1.slice : $0.node < $1.node }
    var kept = 0
    for cell in cells {
      if kept > 0, cells[kept - 1].slice == cell.slice, cells[kept - 1].node == cell.node {
        cells[kept - 1].samples = cells[kept - 1].samples.addingCapped(cell.samples)
        cells[kept - 1].weight = cells[kept - 1].weight.addingCapped(cell.weight)
      } else {
        cells[kept] = cell
        kept += 1
      }
    }
    cells.removeLast(cells.count - kept)
  }

  /// Whether the clock of the samples seems to tell no fractions of a second: of twenty or more, nine of ten were taken in the
  /// first slice of one.
  public var isOfWholeSeconds: Bool {
    let perSecond = 1_000_000_000 / length
    guard perSecond >= 10 else { return false }
    var (all, first): (Int64, Int64) = (0, 0)
    for cell in cells {
      all = all.addingCapped(cell.samples)
      if cell.slice % perSecond == 0 { first = first.addingCapped(cell.samples) }
    }
    return all >= 20 && first >= all - all / 10
  }

  /// The same in slices of a second, where a second has a whole number of those here.
  public var bySecond: StackTimes {
    var times = StackTimes(length: 1_000_000_000)
    let perSecond = max(1, times.length / length)
    times.origin = origin
    times.hasOrigin = hasOrigin
    times.cells = cells
    for i in times.cells.indices {
      let slice = cells[i].slice
      times.cells[i].slice = slice / perSecond - (slice % perSecond < 0 ? 1 : 0)
    }
    times.settle()
    return times
  }

  /// The same times for stacks whose nodes have other numbers.
  mutating func renumber(_ places: [Int32]) {
    for i in cells.indices { cells[i].node = places[Int(cells[i].node)] }
    settle()
  }
}
