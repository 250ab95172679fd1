import TraceCalls

/// The series over time of each address, as the calls come.
struct FutexTimeline {
  struct Key: Hashable {
    var interval: Int64
    var row: Int32
  }

  struct Cell {
    var waits = 0
    var time: Int64 = 0
    var longest: Int64 = -1
    var woken = 0
    var eagain = 0
    var timeouts = 0
    var interrupted = 0
    var wakes = 0
    var threadsWoken: Int64 = 0

    mutating func count(_ outcome: FutexOutcome, _ duration: Int64) {
      waits &+= 1
      switch outcome {
      case .woken: woken &+= 1
      case .changed: eagain &+= 1
      case .timeout: timeouts &+= 1
      case .interrupted: interrupted &+= 1
      case .error, .inFlight: break
      }
      longest = max(longest, duration)
    }
  }

  /// Nanoseconds; 0 for no series.
  var interval: Int64 = 0
  private(set) var cells: [Key: Cell] = [:]

  /// Counts in the interval of the end; time goes to all intervals that the wait touched.
  mutating func addWait(_ row: Int32, _ place: UnsafePointer<CallEvent>) {
    let grid = IntervalGrid(interval)
    var key = Key(interval: grid.index(of: place.pointee.end), row: row)
    let duration = place.pointee.duration
    cells[key, default: Cell()].count(FutexOutcome(place.pointee.errno), duration)
    guard duration >= 0 else { return }
    grid.spread(place.pointee.busyStart, duration) { first, count, part in
      // A million intervals of one wait are a damaged log or a far too fine interval: the rest goes to the last.
      let most = min(count, 1 << 20)
      for index in 0..<most {
        key.interval = first &+ index
        cells[key, default: Cell()].time &+= part
      }
      if count > most { cells[key]?.time &+= (count - most) &* part }
    }
  }

  mutating func addWake(_ row: Int32, _ place: UnsafePointer<CallEvent>, _ woke: Int64) {
    let key = Key(interval: IntervalGrid(interval).index(of: place.pointee.end), row: row)
    cells[key, default: Cell()].wakes &+= 1
    cells[key]?.threadsWoken &+= woke
  }
}
