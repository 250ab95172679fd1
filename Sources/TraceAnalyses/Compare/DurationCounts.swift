/// Durations as sorted buckets with sums from the left.
struct DurationCounts: Sendable {
  let buckets: [LogHistogram.Bucket]
  /// How many are in the buckets up to each one, itself included.
  private let sums: [Int]
  var total: Int { sums.last ?? 0 }

  init(_ buckets: [LogHistogram.Bucket]) {
    self.buckets = buckets
    var sum = 0
    sums = buckets.map {
      sum += $0.count
      return sum
    }
  }

  /// Durations up to one, itself included.
  func atMost(_ duration: Int64) -> Int {
    let index = place(after: duration)
    return index == 0 ? 0 : sums[index - 1]
  }

  /// Shorter ones, and half of the equal ones, as a share.
  func placement(_ duration: Int64) -> Double {
    guard total > 0 else { return 0 }
    let upTo = atMost(duration)
    let below = atMost(duration - 1)
    return (Double(below) + Double(upTo - below) / 2) / Double(total)
  }

  /// Nearest rank.
  func quantile(_ share: Double) -> Int64? {
    guard total > 0 else { return nil }
    let rank = min(Double(total), max(1, (share * Double(total)).rounded(.up)))
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if Double(sums[middle]) >= rank { high = middle } else { low = middle + 1 }
    }
    return buckets[low].upper
  }

  /// How many buckets are up to a duration.
  private func place(after duration: Int64) -> Int {
    var (low, high) = (0, buckets.count)
    while low < high {
      let middle = (low + high) / 2
      if buckets[middle].upper <= duration { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
