import TraceCalls

/// Calls by interval: pieces of rows, put together when they become many.
struct SummaryIntervals {
  struct Piece {
    let interval: Int64
    let cell: Int32
    var calls: Int
    var errors: Int
  }

  private var pieces: [Piece] = []
  private var compactAt = 1 << 16

  init() {}

  /// Of what was kept.
  init(_ pieces: [Summary.State.Piece]) {
    self.pieces = pieces.map { Piece(interval: $0.interval, cell: Int32($0.cell), calls: $0.calls, errors: $0.errors) }
  }

  static func index(_ time: Int64, _ interval: Int64) -> Int64 {
    let quotient = time / interval
    return time % interval < 0 ? quotient - 1 : quotient
  }

  /// Counts a call that ended in an interval.
  @inline(__always)
  mutating func count(
    _ event: UnsafePointer<CallEvent>, _ interval: Int64, _ cell: UnsafeMutablePointer<SummaryCell>, _ cells: SummaryCells
  ) {
    if cell.pointee.interval != interval {
      take(cell, Int32(cell - cells.base))
      cell.pointee.interval = interval
    }
    cell.pointee.intervalCalls &+= 1
    if event.pointee.errno != .none { cell.pointee.intervalErrors &+= 1 }
  }

  /// Takes over what a cell has counted in its interval.
  private mutating func take(_ cell: UnsafeMutablePointer<SummaryCell>, _ index: Int32) {
    guard cell.pointee.intervalCalls > 0 else { return }
    pieces.append(
      Piece(
        interval: cell.pointee.interval, cell: index, calls: cell.pointee.intervalCalls, errors: cell.pointee.intervalErrors))
    cell.pointee.intervalCalls = 0
    cell.pointee.intervalErrors = 0
    if pieces.count >= compactAt {
      pieces = Self.merged(pieces)
      compactAt = max(1 << 16, pieces.count * 2)
    }
  }

  /// All pieces, those of one interval and cell put together; the cell's number is what `renamed` makes of it, none where that is nil.
  mutating func finish(_ cells: SummaryCells, _ renamed: (Int32) -> Int32?) -> [Piece] {
    for index in 0..<cells.count { take(cells.base + index, Int32(index)) }
    return Self.merged(
      pieces.compactMap { piece in
        renamed(piece.cell).map { Piece(interval: piece.interval, cell: $0, calls: piece.calls, errors: piece.errors) }
      })
  }

  static func merged(_ pieces: [Piece]) -> [Piece] {
    var merged: [Piece] = []
    for piece in pieces.sorted(by: { ($0.interval, $0.cell) < ($1.interval, $1.cell) }) {
      if let last = merged.last, last.interval == piece.interval, last.cell == piece.cell {
        merged[merged.count - 1].calls = Summary.sum(last.calls, piece.calls)
        merged[merged.count - 1].errors = Summary.sum(last.errors, piece.errors)
      } else {
        merged.append(piece)
      }
    }
    return merged
  }
}
