/// Lists of tids (`--tids`).
enum TidTarget {
  nonisolated(unsafe) private static let file = MemoryFile()

  static func run(_ input: UnsafeRawBufferPointer) {
    file.write(input)
    let lines = input.count { $0 == 10 } + 1
    // A list that cannot be read is an error with a reason; a trap is not.
    if let tgids = try? TidList.read(file.path, quoting: true) { demand(tgids.count <= lines, "no more tasks than lines") }
  }
}
