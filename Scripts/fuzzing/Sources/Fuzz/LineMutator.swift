import CFuzzer
import Glibc

// Logs are lists of lines: half of the time whole lines are moved, doubled, dropped or taken from another input, which keeps
// halves of calls, tables and dumps whole; otherwise libFuzzer's own mutations (and the dictionary) work on the bytes.

/// The random numbers of one mutation, from the seed that libFuzzer gives.
private struct MutationRandom: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ (state >> 29)) &* 0xbf58_476d_1ce4_e5b9
  }
}

/// Copies lines while they fit; gives the bytes used.
private func write(
  _ lines: [ArraySlice<UInt8>], to data: UnsafeMutablePointer<UInt8>, _ limit: Int
) -> Int {
  var count = 0
  for line in lines {
    guard count + line.count + 1 <= limit else { break }
    for byte in line {
      data[count] = byte
      count += 1
    }
    data[count] = 10
    count += 1
  }
  return count
}

private func lines(_ data: UnsafePointer<UInt8>, _ count: Int) -> [ArraySlice<UInt8>] {
  Array(UnsafeBufferPointer(start: data, count: count)).split(separator: 10)
}

@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int {
  guard FuzzTarget.current.hasLines, seed & 1 == 0 else { return LLVMFuzzerMutate(data, size, limit) }
  var random = MutationRandom(state: UInt64(seed) << 1)
  var all = lines(data, size)
  guard all.count > 1 else { return LLVMFuzzerMutate(data, size, limit) }
  let from = Int.random(in: 0..<all.count, using: &random)
  let to = Int.random(in: 0..<all.count, using: &random)
  switch Int.random(in: 0..<4, using: &random) {
  case 0: all.swapAt(from, to)
  case 1: all.insert(all[from], at: to)
  case 2: all.remove(at: from)
  default:
    // The first part of a line and the end of another.
    let cut = Int.random(in: 0...all[from].count, using: &random)
    let rest = Int.random(in: 0...all[to].count, using: &random)
    all[from] = ArraySlice(all[from].prefix(cut) + all[to].suffix(rest))
  }
  let count = write(all, to: data, limit)
  return count > 0 ? count : LLVMFuzzerMutate(data, size, limit)
}

@_cdecl("LLVMFuzzerCustomCrossOver")
public func crossOver(
  _ first: UnsafePointer<UInt8>, _ firstSize: Int, _ second: UnsafePointer<UInt8>, _ secondSize: Int,
  _ out: UnsafeMutablePointer<UInt8>, _ limit: Int, _ seed: UInt32
) -> Int {
  var random = MutationRandom(state: UInt64(seed))
  guard FuzzTarget.current.hasLines else {
    // The head of one and the tail of the other.
    let head = min(limit, Int.random(in: 0...firstSize, using: &random))
    let tail = min(limit - head, Int.random(in: 0...secondSize, using: &random))
    memcpy(out, first, head)
    memcpy(out + head, second + secondSize - tail, tail)
    return head + tail
  }
  let (a, b) = (lines(first, firstSize), lines(second, secondSize))
  guard !a.isEmpty, !b.isEmpty else { return 0 }
  // A run of lines of one goes in between those of the other, as threads' lines lie in a log.
  let start = Int.random(in: 0..<b.count, using: &random)
  let run = b[start..<min(b.count, start + Int.random(in: 1...8, using: &random))]
  var mixed = a
  for line in run { mixed.insert(line, at: Int.random(in: 0...mixed.count, using: &random)) }
  return write(mixed, to: out, limit)
}
