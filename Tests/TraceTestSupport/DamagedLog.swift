/// A log as bad disks, editors and enemies make it: the same for the same seed.
public enum DamagedLog {
  /// Lines with the largest and the oddest numbers that a parser may meet.
  public static let extremes = [
    "7     8999999999.999999999 read(3, \"x\", 1) = 9223372036854775807 <999999999.999999999>",
    "7     8999999999.999999999 read(3, \"x\", 1) = 9223372036854775807 <999999999.999999999>",
    "7     8999999999.999999999 <... read resumed>\"x\", 1) = 9223372036854775807 <999999999.999999999>",
    "99999999 00:00:00 read(2147483647, \"x\", 1) = -9223372036854775808 <0>", "4194304 23:59:59 close(2147483647) = 0",
    "7     99:99:99.999999999 dup2(3, 2147483647) = 2147483647", "7     00:00:00 clone(flags=0) = 2147483647",
    "7     00:00:00 fork() = 9223372036854775807", "7     00:00:00 fork() = 7",
    "7     00:00:00 close_range(0, 4294967295, 0) = 0",
    "7     00:00:00 close_range(5, 4, 0) = 0", "7     00:00:00 pipe([7, 7]) = 0", "7     00:00:00 dup(3) = -5",
    "7     00:00:00 sendfile(3, 3, NULL, 9) = 9223372036854775807",
    "7     00:00:00 splice(-1, NULL, 99999999999, NULL, 9, 0) = 9",
    "7     00:00:00 recvmmsg(3, [{msg_len=9223372036854775807}, {msg_len=9223372036854775807}], 2, 0, NULL) = 2 <0.1>",
    "7     00:00:00 recvmmsg(3, [], 2, 0, NULL) = 9223372036854775807 <0.1>",
    "7     00:00:00 +++ superseded by execve in pid 7 +++",
    "7     00:00:00 +++ superseded by execve in pid 99999999999999999999 +++", "0     +++ exited with 0 +++",
    "+++ exited with 0 +++",
    "7     00:00:00 execve(\"/x\", [], []) = 0", "99999999.999999 read(3, \"x\", 1) = 1",
    "     99999999.999999 read(3, \"x\", 1) = 1 <1.0>",
    "7     00:00:00 read(3, \"\\2\\0\\377\\377\", 4) = 4 <0.1>",
    "7     00:00:00 read(3, \"\\3\\0\\0\\0\\0\\0\\31\\24\\2\\0\\7publish\\0\\177\\377\\377\\377\\377\\377\\377\\377\", 30) = 30 <0.1>",
    "% time     seconds  usecs/call     calls    errors syscall",
    "------ ----------- ----------- --------- --------- ----------------",
    "100.00 99999999999999999999.999999 0 99999999999999999999 99999999999999999999 read",
    "100.00    9.000000           0         9           total",
  ]

  public static func make(from bytes: [UInt8], seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    var lines = bytes.split(separator: 10).map(Array.init)
    for _ in 0..<20 {
      lines.insert(Array(extremes.randomElement(using: &random)!.utf8), at: Int.random(in: 0...lines.count, using: &random))
    }
    for _ in 0..<40 {
      let at = Int.random(in: 0..<lines.count, using: &random)
      switch Int.random(in: 0..<7, using: &random) {
      case 0: lines.remove(at: at)
      case 1: lines.insert(lines[at], at: Int.random(in: 0...lines.count, using: &random))
      case 2: lines[at] = Array(lines[at].prefix(Int.random(in: 0...lines[at].count, using: &random)))
      case 3: lines[at] = Array(lines[at].dropFirst(Int.random(in: 0...lines[at].count, using: &random)))
      case 4: lines.swapAt(at, Int.random(in: 0..<lines.count, using: &random))
      case 5:
        if let byte = lines[at].indices.randomElement(using: &random) {
          lines[at][byte] = UInt8.random(in: 0...255, using: &random)
        }
      // A number elsewhere.
      default:
        for i in lines[at].indices where (48...57).contains(lines[at][i]) && Bool.random(using: &random) { lines[at][i] = 57 }
      }
    }
    return Array(lines.joined(separator: [10]))
  }
}
